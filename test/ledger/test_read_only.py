"""A disk that is read-only (EROFS): whoever would write says so, whoever reads goes on, and nothing is changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest

from test.ledger.conftest import KEY

MOUNTED = (
    'mount -t tmpfs none "$0" && cp -r "$1"/. "$0" && mount -o remount,ro "$0" && exec "$2" -c "$3" "$0"'
)
TRIED = """
import json, sys
from pathlib import Path
from typer.testing import CliRunner
from iatro_governor.cli.main import app
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger
from iatro_governor.ledger.clips import write
from iatro_governor.ledger.journal import Journal
from iatro_governor.ledger.ring import Ring

disk = Path(sys.argv[1])
key = bytes.fromhex((disk / "key").read_text())
def written(name):
    return lambda: Ledger.open(disk / name, key=key, context="simulation", software_version="0")
def told(of):
    try:
        of()
    except (LedgerError, OSError) as error:
        return [type(error).__name__, str(error)]
    return None
def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    return [result.exit_code, result.stdout, result.stderr]
print(json.dumps({
    "go on": told(written("ledger.db")),
    "begin": told(written("new.db")),
    "ring": told(lambda: Ring.open(disk / "a.ring", 65536)),
    "journal": told(lambda: Journal(disk / "new.inputs", "w", 10**6)),
    "clip": told(lambda: write(disk / "clips" / "a.mcap", [], {})),
    "verify": run("ledger", "verify", disk / "ledger.db", "--key", disk / "key"),
    "list": run("review", "list", disk / "ledger.db", "--json"),
    "recover": run("ledger", "recover", disk / "ledger.db", "--key", disk / "key"),
    "export": run("review", "export", disk / "ledger.db", "--out", disk / "x.jsonl"),
    "report": run("review", "report", disk / "ledger.db", "--out", disk / "report.html"),
    "files": sorted(path.name for path in disk.iterdir()),
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What each of them says on a read-only disk that holds a closed ledger."""
    from iatro_governor.ledger import Ledger, Record

    folder = tmp_path_factory.mktemp("read-only")
    source, disk = folder / "source", folder / "disk"
    source.mkdir()
    disk.mkdir()
    with Ledger.open(source / "ledger.db", key=KEY, context="simulation", software_version="0") as ledger:
        body = {"verdict": "AGREES", "kind": "statement", "text": "On my way."}
        ledger.append([Record("verdict", "w", 0, 1.0, "p", "base", body)])
    (source / "key").write_text(KEY.hex())
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("no mount of our own can be made on this machine (unshare -rm)")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", MOUNTED, str(disk), str(source), sys.executable, TRIED],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 32:
        pytest.skip(f"no tmpfs can be mounted on this machine: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("what", ["go on", "begin", "ring", "journal", "clip"])
def test_whoever_would_write_says_that_the_disk_is_read_only(what: str, told: dict[str, list[Any]]) -> None:
    assert told[what] is not None
    kind, message = told[what]
    assert kind == ("OSError" if what == "journal" else "LedgerError")
    assert "Read-only file system" in message


@pytest.mark.parametrize("what", ["recover", "export", "report"])
def test_a_command_that_would_write_there_ends_with_a_message(what: str, told: dict[str, list[Any]]) -> None:
    code, output, message = told[what]
    assert code == 2, output
    assert "Read-only file system" in message or "readonly" in message


def test_whoever_reads_goes_on(told: dict[str, list[Any]]) -> None:
    assert told["verify"][0] == 0 and json.loads(told["verify"][1])["sound"]
    code, output, _ = told["list"]
    assert code == 0
    assert [one["verdict"] for one in json.loads(output)] == ["AGREES"]


def test_nothing_is_changed(told: dict[str, list[Any]]) -> None:
    assert told["files"] == ["key", "ledger.db", "ledger.db.anchors", "ledger.db.lock"]
