"""``iatro ledger``: exit codes, JSON, and no traceback for anything given."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.ledger import app
from iatro_governor.ledger import Ledger, Record


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: bytes) -> Callable[..., Result]:
    monkeypatch.delenv("IATRO_KEY", raising=False)
    (tmp_path / "key").write_text(key.hex())
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_sound_ledger(
    run: Callable[..., Result],
    closed_ledger: Path,
    tmp_path: Path,
    key: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = run("verify", closed_ledger, "--key", tmp_path / "key", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["records"] == 62
    monkeypatch.setenv("IATRO_KEY", key.hex())
    assert run("verify", closed_ledger).exit_code == 0


def test_a_changed_ledger_names_its_first_bad_record(
    run: Callable[..., Result], closed_ledger: Path, tmp_path: Path
) -> None:
    db = sqlite3.connect(closed_ledger, isolation_level=None)
    db.execute("UPDATE record SET t = t + 1 WHERE id = 23")
    db.close()
    result = run("verify", closed_ledger, "--key", tmp_path / "key")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["first_bad"] == 23
    assert "record 23" in result.stderr


def verdict(first: int, statements: list[int], commands: int) -> dict[str, Any]:
    """A verdict's body, as far as accounting looks at it."""
    numbers = {"ring": [[first, first + commands - 1]]} if commands else {}
    conduct = {"writer": "ring", "first_seq": first, "commands": commands, "numbers": numbers}
    return {
        "kind": "statement" if statements else "unattributed",
        "planner_run": "run" if statements else "",
        "statement_seqs": statements,
        "evidence": {"channels": {"base": conduct}},
    }


def test_a_conduct_that_two_records_share_counts_once(
    run: Callable[..., Result],
    tmp_path: Path,
    open_ledger: Callable[..., Ledger],
    make_decision: Callable[..., Record],
) -> None:
    """A final statement is judged by the conduct of the plan that it ends."""
    with open_ledger() as ledger:
        ledger.append([Record("statement", "run", seq, seq, "p", "base", {}) for seq in (0, 1)])
        ledger.append([make_decision(0), make_decision(1)])
        ledger.append([Record("verdict", "w", seq, 3.0, "p", "base", verdict(0, [seq], 2)) for seq in (0, 1)])
    result = run("reconcile", tmp_path / "ledger.db")
    assert result.exit_code == 0, result.stdout
    assert json.loads(result.stdout)["attributed"] == 2


def test_statements_need_exactly_their_own_verdict(
    run: Callable[..., Result], tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    """Sums that hold by chance are not enough."""
    with open_ledger() as ledger:
        ledger.append([Record("statement", "run", seq, seq, "p", "base", {}) for seq in (0, 1)])
        ledger.append([Record("verdict", "w", seq, 3.0, "p", "base", verdict(0, [0], 0)) for seq in (0, 1)])
    result = run("reconcile", tmp_path / "ledger.db")
    accounts = json.loads(result.stdout)
    assert result.exit_code == 1
    assert accounts["holds"]["verdict_records"]
    assert (accounts["unjudged"], accounts["rejudged"]) == (1, 1)


def test_a_verdict_record_of_another_make_is_counted_and_unsound(
    run: Callable[..., Result], tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    with open_ledger() as ledger:
        ledger.append([Record("verdict", "w", 0, 0.0, None, None, {"evidence": {"channels": {"base": 3}}})])
    result = run("reconcile", tmp_path / "ledger.db")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["unreadable"] == 1


def test_reconcile_adds_up_or_says_what_does_not(
    run: Callable[..., Result],
    tmp_path: Path,
    open_ledger: Callable[..., Ledger],
    make_decision: Callable[..., Record],
) -> None:
    said = Record("statement", "run", 0, 0.0, "p", "base", {"text": "hello"})
    judged = Record("verdict", "witness", 0, 1.0, "p", "base", verdict(0, [0], 2))
    silent = Record("verdict", "witness", 1, 2.0, None, "base", verdict(2, [], 1))
    with open_ledger() as ledger:
        ledger.append([said, make_decision(0), make_decision(1), make_decision(2), judged, silent])
    result = run("reconcile", tmp_path / "ledger.db")
    accounts = json.loads(result.stdout)
    assert result.exit_code == 0
    assert accounts["holds"] == {"verdict_records": True, "commands": True}
    assert (accounts["attributed"], accounts["unattributed"], accounts["unattributed_groups"]) == (2, 1, 1)
    with open_ledger() as ledger:
        ledger.append([make_decision(5), make_decision(6, trigger="tick")])
    result = run("reconcile", tmp_path / "ledger.db")
    accounts = json.loads(result.stdout)
    assert result.exit_code == 1
    assert accounts["missing"] == {"decision/ring": [[3, 4]]}
    assert accounts["lost"] == 2
    assert accounts["problems"] == [
        "decision/ring: number 3 to 4 never came",
        "4 commands, but 2 attributed and 1 unattributed",
    ]


@pytest.mark.parametrize("command", ["verify", "reconcile"])
@pytest.mark.parametrize("name", ["absent.db", "text.db", "foreign.db", "."])
def test_no_ledger_is_exit_2(command: str, name: str, run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("text\n" * 1000)
    foreign = sqlite3.connect(tmp_path / "foreign.db")
    foreign.execute("CREATE TABLE other (x)")
    foreign.close()
    key = ("--key", tmp_path / "key") if command == "verify" else ()
    result = run(command, tmp_path / name, *key)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["sound"] is None
    assert str(tmp_path / name) in result.stderr


@pytest.mark.parametrize("command", ["verify", "anchor", "recover", "judge"])
@pytest.mark.parametrize(
    ("content", "why"), [(b"", "an empty file"), (b"root:x:0:0:\n" * 20, "not a SQLite file")]
)
def test_what_is_no_ledger_is_said_before_a_key_is_asked_for(
    command: str, content: bytes, why: str, run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "passwd").write_bytes(content)
    result = run(command, tmp_path / "passwd")
    assert result.exit_code == 2
    assert f"passwd: {why}" in result.stderr and "key" not in result.stderr


def test_without_a_key_there_is_no_verdict(
    run: Callable[..., Result], closed_ledger: Path, tmp_path: Path
) -> None:
    assert run("verify", closed_ledger).exit_code == 2
    assert run("verify", closed_ledger, "--key", tmp_path / "absent").exit_code == 2
    assert run("verify").exit_code == 2


def test_an_anchor_kept_elsewhere_finds_a_rollback_of_both_files(
    run: Callable[..., Result], closed_ledger: Path, tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    key = ("--key", tmp_path / "key")
    kept, old = tmp_path / "kept", tmp_path / "old"
    old.mkdir()
    for name in ("ledger.db", "ledger.db.anchors"):
        shutil.copy(tmp_path / name, old)
    kept.write_text(run("anchor", closed_ledger, *key).stdout)
    open_ledger().close()
    with kept.open("a") as file:
        file.write(run("anchor", closed_ledger, *key).stdout)
    assert run("verify", closed_ledger, *key, "--anchors", kept).exit_code == 0
    assert run("verify", old / "ledger.db", *key).exit_code == 0
    result = run("verify", old / "ledger.db", *key, "--anchors", kept)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["first_bad"] == 63
    assert run("verify", closed_ledger, *key, "--anchors", tmp_path / "absent").exit_code == 2
    kept.write_text(kept.read_text().replace('"records": 6', '"records": 7'))
    assert run("verify", closed_ledger, *key, "--anchors", kept).exit_code == 1


def test_an_unsound_ledger_gets_no_anchor(
    run: Callable[..., Result], closed_ledger: Path, tmp_path: Path
) -> None:
    db = sqlite3.connect(closed_ledger, isolation_level=None)
    db.execute("DELETE FROM record WHERE id = 9")
    db.close()
    result = run("anchor", closed_ledger, "--key", tmp_path / "key")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["first_bad"] == 9


def test_an_emptied_ledger_does_not_add_up(run: Callable[..., Result], closed_ledger: Path) -> None:
    db = sqlite3.connect(closed_ledger, isolation_level=None)
    db.execute("DELETE FROM record")
    db.close()
    result = run("reconcile", closed_ledger)
    assert result.exit_code == 1 and "no record at all" in result.stdout
