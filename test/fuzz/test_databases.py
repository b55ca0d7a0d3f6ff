"""Spoilt ledgers and indexes: what reads them shows what is left or says why not; nothing else comes out."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.errors import IatroError
from iatro_governor.ledger.aside import index_path
from iatro_governor.ledger.keys import key_beside
from iatro_governor.ledger.reader import Reader
from iatro_governor.review.index import Index
from iatro_governor.review.page.comparing import comparing
from iatro_governor.review.page.desk import Desk
from iatro_governor.review.page.fleet import fleet
from iatro_governor.review.page.incident import incident
from iatro_governor.review.page.listing import listing
from iatro_governor.review.page.render import page
from iatro_governor.review.page.wanted import Wanted
from test.review.conftest import build

SEED = int(os.environ.get("IATRO_SEED", "11"))
MANY = max(int(os.environ.get("IATRO_FUZZ", "2000")) // 1000, 1)
"""Spoilt files of each way: reading one every way costs as much as a thousand spoilt lines."""
TOLD = (SystemExit, IatroError, OSError)
"""What the command line makes a message and an exit code of."""
VALUES: tuple[Any, ...] = (
    None, 0, -1, 2**63 - 1, -(2**63), 1e308, float("inf"), b"", b"\xff", "", "x", "\x00", "\ud7ff", "{}", "[]", "null",
    "3", '"x"', "[" * 2000, '{"verdict": 3}', '{"t": NaN}', '{"t": 1e999}', '{"evidence": []}', '{"severity": 1e400}',
)  # fmt: skip
SURE = (
    *("[" * 100_000, '{"a":' * 100_000, "[" * 900 + "]" * 900, '{"text": ' + "[" * 480 + "]" * 480 + "}"),
    *('{"first": 1e999, "of": "", "last": 1e999, "head": "", "cause": "", "facts": {"a": 1}}', "null", "7"),
)
"""Bodies that once ended in a traceback somewhere: tried surely, and not once in a thousand times."""
KINDS = ("open", "statement", "decision", "verdict", "close", "segment", "tombstone", "lost", "note", "clip")
INNER: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, "", "x", "\u0000\u001b[2J", "<script>", [], {}, [None], [[]], {"": None}, [3],
)  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger, its key beside it, and its index."""
    path = build(tmp_path_factory.mktemp("sound") / "ledger.db")
    with Reader(path) as reader, Index(reader):
        pass
    return path


def turned(path: Path, chance: random.Random) -> None:
    """Turn a few bits of a file."""
    raw = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def cut(path: Path, chance: random.Random) -> None:
    """Leave the end of a file away."""
    raw = path.read_bytes()
    path.write_bytes(raw[: chance.randrange(len(raw))])


def hostile(path: Path, chance: random.Random) -> None:
    """Put values into a few places that nobody who writes by the rules puts there."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        (table,) = chance.choice(db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall())
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        rows = [row[0] for row in db.execute(f"SELECT rowid FROM {table}")]
        for _ in range(chance.randrange(1, 4) if rows else 0):
            with suppress(sqlite3.Error):  # a constraint forbids it
                change = f"UPDATE {table} SET {chance.choice(columns)} = ? WHERE rowid = ?"
                db.execute(change, (chance.choice(VALUES), chance.choice(rows)))


def respoken(path: Path, chance: random.Random) -> None:
    """Replace, drop or add values inside what the records say, with the rest of them as it was."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        wanted = "SELECT id, body FROM record WHERE kind IN ('verdict', 'statement')"
        for number, body in chance.sample(db.execute(wanted).fetchall(), 3):
            told = json.loads(body)
            inner(told, chance)
            db.execute("UPDATE record SET body = ? WHERE id = ?", (json.dumps(told), number))


def inner(told: Any, chance: random.Random) -> None:
    """Spoil one value at any depth."""
    while isinstance(told, dict | list) and told:
        key = chance.choice(list(told)) if isinstance(told, dict) else chance.randrange(len(told))
        if chance.random() < 0.4 or not isinstance(told[key], dict | list) or not told[key]:
            told[key] = chance.choice(INNER)
            return
        told = told[key]


def commands(path: Path) -> None:
    """What the command line says of it: a result or a message, and never a traceback."""
    for words in (["list"], ["list", "--json"], ["stats"], ["show", "2"], ["show", "1", "--json"]):
        name, *rest = words
        result = CliRunner().invoke(app, ["review", name, str(path), *rest])
        assert result.exception is None or isinstance(result.exception, TOLD), (words, result.exception)
        assert result.exit_code in (0, 1, 2) and "Traceback" not in result.output
        if "--json" in words and result.exit_code == 0:
            json.loads(result.stdout)


def checks(path: Path) -> None:
    """What the ledger's own commands say of it: a result or why there is none, and never a traceback."""
    for words in (["verify"], ["reconcile"], ["recover"]):
        result = CliRunner().invoke(app, ["ledger", *words, str(path)])
        assert result.exception is None or isinstance(result.exception, TOLD), (words, result.exception)
        assert result.exit_code in (0, 1, 2) and "Traceback" not in result.output
        json.loads(result.stdout)


def pages(path: Path) -> None:
    """What the page shows of it: HTML, or the error that its address answers with."""
    with suppress(IatroError):
        desk = Desk.lay(path, bytes(32))
        for template, values in (
            ("list.html.j2", lambda reader: listing(reader, Wanted.model_validate({}))),
            ("incident.html.j2", lambda reader: incident(reader, desk, 2, Wanted.model_validate({}))),
            ("fleet.html.j2", fleet),
            ("compare.html.j2", lambda reader: comparing(reader, None)),
        ):
            with suppress(IatroError), desk.reader() as reader:
                assert b"<html" in bytes(page(template, **{"form_mark": "x"} | values(reader)).body)


@pytest.mark.parametrize("way", [turned, cut, hostile, respoken])
@pytest.mark.parametrize("read", [commands, checks, pages])
def test_a_spoilt_ledger_is_shown_or_refused(
    way: Callable[[Path, random.Random], None], read: Callable[[Path], None], sound: Path, tmp_path: Path
) -> None:
    """Without an index, so that it is made of the spoilt records."""
    chance = random.Random(f"{SEED} {way.__name__}")
    for number in range(MANY):
        path = copied(sound, tmp_path / str(number))
        index_path(path).unlink()
        way(path, chance)
        read(path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", SURE, ids=lambda body: body[:12])
def test_a_record_of_any_kind_with_a_body_that_nobody_can_read_is_shown_or_refused(
    kind: str, body: str, sound: Path, tmp_path: Path
) -> None:
    path = copied(sound, tmp_path / "one")
    index_path(path).unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        place = "SELECT coalesce((SELECT min(id) FROM record WHERE kind = ?1), 5)"
        db.execute(f"UPDATE record SET kind = ?1, body = ?2 WHERE id = ({place})", (kind, body))
    for read in (commands, checks, pages):
        read(path)


@pytest.mark.parametrize("column", ["kind", "body", "mac"])
def test_a_layout_that_is_no_text_is_shown_or_refused(column: str, sound: Path, tmp_path: Path) -> None:
    path = copied(sound, tmp_path / "one")
    said = re.compile(rf"\b{column} (TEXT|BLOB) NOT".encode())
    path.write_bytes(said.sub(f"{column} T".encode() + b"\xff\xffT NOT", path.read_bytes(), count=1))
    for read in (commands, checks, pages):
        read(path)


@pytest.mark.parametrize("way", [turned, cut, hostile])
def test_a_spoilt_index_is_made_anew_or_believed_in_nothing_that_is_not_there(
    way: Callable[[Path, random.Random], None], sound: Path, tmp_path: Path
) -> None:
    chance = random.Random(f"{SEED} index {way.__name__}")
    for number in range(MANY):
        path = copied(sound, tmp_path / str(number))
        way(index_path(path), chance)
        commands(path)
        pages(path)


def copied(sound: Path, folder: Path) -> Path:
    """The ledger with all that is beside it, in a folder of its own."""
    folder.mkdir()
    for file in sound.parent.iterdir():
        shutil.copy(file, folder)
    assert key_beside(folder / sound.name).exists()
    return folder / sound.name
