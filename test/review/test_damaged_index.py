"""An index that is damaged where nobody has looked yet, or of a forged ledger: made anew, it says the same."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger.aside import index_path
from iatro_governor.ledger.reader import Reader
from iatro_governor.review.fleet import Fleet
from iatro_governor.review.index import Index
from iatro_governor.review.page.fleet import fleet
from test.review.conftest import build

ALL = "SELECT id, verdict, severity, context FROM incident ORDER BY id"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with its index."""
    made = build(tmp_path / "ledger.db")
    with Reader(made) as reader, Index(reader):
        pass
    return made


def scrambled(path: Path) -> None:
    """Overwrite what the index holds of its incidents, and leave its layout and its state as they are."""
    raw = index_path(path).read_bytes()
    with closing(sqlite3.connect(index_path(path))) as db:
        (size,) = db.execute("PRAGMA page_size").fetchone()
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'incident'").fetchone()
    start = (root - 1) * size
    index_path(path).write_bytes(raw[:start] + b"\xff" * size + raw[start + size :])


def test_an_index_that_turns_out_to_be_damaged_is_made_anew_when_it_is_asked(path: Path) -> None:
    with Reader(path) as reader, Index(reader) as index:
        sound = index.rows(ALL)
    assert sound
    scrambled(path)
    with Reader(path) as reader, Index(reader) as index:
        assert index.rows(ALL) == sound
    with Reader(path) as reader, Index(reader) as index:
        assert index.db.execute(ALL).fetchall() == sound, "and stays so on the disk"


def test_a_fleet_with_a_damaged_index_has_every_incident_once(path: Path) -> None:
    with Fleet([path]) as fleet:
        sound = fleet.rows(ALL)
    assert sound
    scrambled(path)
    with Fleet([path]) as fleet:
        assert fleet.rows(ALL) == sound and fleet.problems == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("severity", "x"), ("severity", None), ("begins", b"\xff"), ("t", "x"), ("verdict", None)],
)
def test_no_column_of_an_index_takes_what_no_incident_has(path: Path, column: str, value: Any) -> None:
    with closing(sqlite3.connect(index_path(path))) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute(f"UPDATE incident SET {column} = ?", (value,))


def test_an_index_that_names_a_record_beyond_the_ledgers_last_is_not_believed(path: Path) -> None:
    """The wrong answer: it is as far as any ledger can go, so nothing new is ever looked for."""
    with closing(sqlite3.connect(index_path(path), isolation_level=None)) as db:
        (sound,) = db.execute("SELECT last FROM state").fetchone()
        db.execute("UPDATE state SET last = ?, mac = x''", (2**62,))
    with Reader(path) as reader, Index(reader) as index:
        assert index.rows("SELECT last FROM state") == [(sound,)]


@pytest.mark.parametrize("column", ["context", "robot", "model", "verdict"])
def test_an_index_with_texts_that_no_ledger_has_is_shown_as_far_as_it_can_be(path: Path, column: str) -> None:
    """A filter for such a context cannot be asked for, so there is no link to one."""
    odd = "[" * 300
    with closing(sqlite3.connect(index_path(path))) as db, db:
        db.execute(f"UPDATE incident SET {column} = ?", (odd,))
    with Reader(path) as reader:
        groups = {group["name"]: group["rows"] for group in fleet(reader)["groups"]}
    assert any(row["name"].startswith("[[") for row in groups.get(column, ())) == (column in groups)
    assert all(row["href"] is None for row in groups["context"]) == (column == "context")


@pytest.mark.parametrize("key", ["severity", "statement_seqs"])
def test_a_number_that_no_database_holds_hides_no_incident(path: Path, key: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        number, body = db.execute("SELECT id, body FROM record WHERE kind = 'verdict' LIMIT 1").fetchone()
        forged = {**json.loads(body), key: 10**30 if key == "severity" else [10**30], "planner_run": "r"}
        db.execute("UPDATE record SET body = ? WHERE id = ?", (json.dumps(forged), number))
    index_path(path).unlink()
    with Reader(path) as reader, Index(reader) as index:
        assert index.rows("SELECT count(*) FROM incident WHERE id = ?", (number,)) == [(1,)]
    shown = CliRunner().invoke(app, ["review", "list", str(path)])
    assert shown.exit_code == 0, shown.output


def test_damaged_text_in_an_index_layout_is_damage_and_no_traceback(path: Path) -> None:
    """SQLite quotes it in its message, which then is no text."""
    raw = index_path(path).read_bytes()
    at = raw.index(b"by_context ON incident (context") + len(b"by_context ON incident (")
    index_path(path).write_bytes(raw[: at - 1] + b"\xa8" + raw[at:])
    shown = CliRunner().invoke(app, ["review", "list", str(path), "--json"])
    assert shown.exit_code == 0 and json.loads(shown.stdout)
