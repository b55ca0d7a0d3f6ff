"""No command writes over what it reads, over a ledger, or over a ledger's key."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli._apart import WouldOverwrite, apart
from iatro_governor.cli.main import app
from iatro_governor.ledger.keys import key_beside
from test.cli.test_init import BASE
from test.governor.profiles import AMR
from test.review.conftest import PLANS, build


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a ledger, its key and anchors, a profile, events and a description."""
    build(tmp_path / "ledger.db", PLANS[:1])
    (tmp_path / "robot.yaml").write_bytes(AMR.read_bytes())
    (tmp_path / "events.jsonl").write_text('{"t": 0.0, "type": "tick"}\n', encoding="utf-8")
    (tmp_path / "linked.jsonl").hardlink_to(tmp_path / "events.jsonl")
    (tmp_path / "texts.jsonl").write_text('{"id": 1, "text": "On my way."}\n', encoding="utf-8")
    (tmp_path / "robot.urdf").write_text(BASE, encoding="utf-8")
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("review report ledger.db --out ledger.db", "ledger.db"),
        ("review report ledger.db --out ledger.db.key", "ledger.db.key"),
        ("review report ledger.db --out ledger.db.anchors", "ledger.db.anchors"),
        ("govern --config robot.yaml --in events.jsonl --out robot.yaml", "robot.yaml"),
        ("govern --config robot.yaml --in events.jsonl --out ledger.db", "ledger.db"),
        ("govern --config robot.yaml --in events.jsonl --out ./events.jsonl", "events.jsonl"),
        ("govern --config robot.yaml --in events.jsonl --out linked.jsonl", "events.jsonl"),
        ("testify --in texts.jsonl --out texts.jsonl", "texts.jsonl"),
        ("testify --in texts.jsonl --out ./texts.jsonl", "texts.jsonl"),
        ("testify --in events.jsonl --out linked.jsonl", "events.jsonl"),
        ("testify --in texts.jsonl --out ledger.db", "ledger.db"),
        ("testify --in texts.jsonl --out ledger.db.key", "ledger.db.key"),
        ("testify --in - --out ledger.db.anchors --json", "ledger.db.anchors"),
        ("policy robot.yaml --out robot.yaml", "robot.yaml"),
        ("init --urdf robot.urdf --out robot.urdf --yes --force", "robot.urdf"),
    ],
)
def test_a_slip_of_the_keyboard_ends_nothing(
    desk: Path, command: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    before = Path(target).read_bytes()
    done = run(*command.split())
    assert "stays as it is" in f"{done.output}{done.exception}" and done.exit_code != 0
    assert Path(target).read_bytes() == before


def test_an_export_does_not_go_over_itself(desk: Path) -> None:
    pytest.importorskip("duckdb")
    out = desk / "a.parquet"
    assert run("review", "export", desk / "ledger.db", "--out", out).exit_code == 0
    done = run("review", "export", out, "--out", out)
    assert done.exit_code == 2 and "is read by this command" in done.output


def test_what_nobody_reads_may_be_written_anew(desk: Path) -> None:
    for _ in range(2):
        assert run("review", "report", desk / "ledger.db", "--out", desk / "report.html").exit_code == 0
    apart(desk / "new.yaml", [desk / "robot.yaml"])
    apart(Path("/dev/null"), ["/dev/null"])
    with pytest.raises(WouldOverwrite):
        apart(key_beside(desk / "ledger.db"))
