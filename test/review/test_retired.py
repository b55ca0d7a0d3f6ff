"""What is retired is gone for readers, too: from the index's rows and from the bytes of its file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Reader, Record, segments, verify
from iatro_governor.ledger.aside import index_path
from iatro_governor.ledger.retiring import retire
from iatro_governor.review.incidents import numbered
from iatro_governor.review.index import Index
from iatro_governor.review.report import render

KEY = bytes(32)
PART = 120


def verdict(number: int, text: str) -> Record:
    body = {"verdict": "PARTIAL", "severity": 2, "channel": "base", "planner_model": "m", "text": text}
    return Record("verdict", "w", number, float(number), f"p{number}", "base", body)


def decision(number: int) -> Record:
    return Record("decision", "ring", number, float(number), None, "base", {})


def opened(path: Path) -> Ledger:
    return Ledger.open(path, key=KEY, context="field", software_version="0")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A sealed file in which somebody is named, and what came after it; the index has grown with it."""
    path = tmp_path / "ledger.db"
    with opened(path) as one:
        for part, name in enumerate(("MRS SMITH", "MR JONES")):
            for number in range(PART * part, PART * (part + 1)):
                one.append([decision(number), verdict(number, f"{name} " * (1 + 97 * number % 500))])
                if number % 40 == 0:
                    with Reader(path) as reader:
                        Index(reader).close()
            if not part:
                one.seal()
    with Reader(path) as reader:
        Index(reader).close()
    assert b"MRS SMITH" in index_path(path).read_bytes()
    return path


def listed(path: Path) -> list[tuple[int, float]]:
    """Incidents with when their ledger begins, from its index."""
    with Reader(path) as reader, Index(reader) as index:
        return index.rows("SELECT id, begins FROM incident ORDER BY id")


def retired(path: Path) -> None:
    with opened(path) as one:
        retire(one, segments.sealed(path)[0], "older than 30 days")
    assert verify(path, KEY).sound


def test_words_go_with_their_file_though_nobody_looks(ledger: Path) -> None:
    retired(ledger)
    content = index_path(ledger).read_bytes()
    assert b"MRS SMITH" not in content and b"MR JONES" in content


def test_an_index_that_was_in_use_loses_them_when_it_is_opened_next(ledger: Path) -> None:
    with closing(sqlite3.connect(index_path(ledger), isolation_level=None)) as reviewer:
        reviewer.execute("BEGIN")
        reviewer.execute("SELECT count(*) FROM incident").fetchone()
        retired(ledger)
    assert b"MRS SMITH" in index_path(ledger).read_bytes(), "the ledger does not wait for a reader"
    assert len(listed(ledger)) == PART
    assert b"MRS SMITH" not in index_path(ledger).read_bytes()


@pytest.mark.parametrize("how", ["retired", "lost"])
def test_an_old_index_says_what_a_new_one_would(how: str, ledger: Path) -> None:
    """Also where a sealed file is gone that nobody retired."""
    if how == "retired":
        retired(ledger)
    else:
        segments.sealed(ledger)[0].unlink()
    old = listed(ledger)
    index_path(ledger).unlink()
    assert old == listed(ledger)
    assert len(old) == PART
    with Reader(ledger) as reader:
        assert all(numbered(reader, id).incident.text.startswith("MR JONES") for id, _ in old)
    listing = CliRunner().invoke(app, ["review", "list", str(ledger), "--json"])
    assert "MRS SMITH" not in listing.stdout and len(json.loads(listing.stdout)) == PART


def test_a_ledger_whose_opening_was_retired_is_shown_and_reported(tmp_path: Path) -> None:
    """A recorder that runs for months has opened it once, in a file that is gone."""
    from iatro_governor.review.page.desk import Desk
    from iatro_governor.review.page.incident import incident
    from iatro_governor.review.page.wanted import Wanted

    path = tmp_path / "ledger.db"
    with opened(path) as one:
        one.append([verdict(0, "MRS SMITH")])
        one.seal()
        one.append([decision(0), verdict(1, "MR JONES")])
        retire(one, segments.sealed(path)[0], "older than 30 days")
        with Reader(path) as reader:
            assert reader.sessions() == []
            (left,) = reader.records("verdict")
            shown = incident(reader, Desk.lay(path, "no key"), left.id, Wanted.model_validate({}))
        assert ("ledger", one.ledger_id) in shown["origin"]
        assert one.ledger_id[:12] in render(path, None, None, {})


def test_a_retirement_that_a_crash_interrupted_is_brought_to_its_end(ledger: Path) -> None:
    """Before the file went, that is; until then it is still listed."""
    sealed, index = segments.sealed(ledger)[0], index_path(ledger)
    before = {path: path.read_bytes() for path in (sealed, index)}
    retired(ledger)
    for path, content in before.items():
        path.write_bytes(content)
    assert len(listed(ledger)) == 2 * PART
    opened(ledger).close()
    assert not sealed.exists()
    assert b"MRS SMITH" not in index.read_bytes()
