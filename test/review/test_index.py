"""The index of incidents: whatever is asked of it is what the ledger says, and it can be lost, damaged or stale."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.main import app
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, segments
from iatro_governor.ledger.aside import index_path
from iatro_governor.review.export import export
from iatro_governor.review.fleet import Fleet, expanded
from iatro_governor.review.index import Index
from iatro_governor.review.queries import Filter
from iatro_governor.review.rates import rates_by
from iatro_governor.review.wanted import query
from test.review.oracle import SORTS, incidents

KEY = bytes(32)
HOSTILE = [
    "",
    "<script>alert(1)</script>",
    "\x00\x1b[2J",
    "\ud800",
    "=1+1",
    "plain words",
    "x" * 20_000,
    "ÄÖ|ü",
    "Ärger in der Straße",
    "A\u0308RGER \u039f\u0394\u039f\u03a3",  # the same letter in two characters, and a sigma that ends a word
]


def verdict(number: int, rng: random.Random) -> Record:
    limits = [{"name": name} for name in rng.sample(["speed", "aisle", "arm"], rng.randrange(3))]
    conduct = {
        "writer": rng.choice(["aa11", "bb22"]),
        "first_t": number * 1.5,
        "commands": 2,
        "limits": limits,
    }
    body = {
        "verdict": rng.choice(["PARTIAL", "AGREES", "BROKEN_CLAIM"]), "severity": rng.randrange(5), "channel": "base",
        "planner_model": rng.choice(["m1", "m2", ""]), "text": rng.choice(HOSTILE), "all_verdicts": ["PARTIAL"],
        "evidence": {"channels": {"base": conduct}} if rng.random() < 0.9 else 3,
    }  # fmt: skip
    return Record("verdict", "w", number, number * 1.5, rng.choice([None, f"p{number}"]), "base", body)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    rng, path = random.Random(1), tmp_path / "one" / "ledger.db"
    path.parent.mkdir()
    for part, context in enumerate(("field", "evaluation")):
        with Ledger.open(path, key=KEY, context=context, software_version="0") as one:
            one.append([verdict(n, rng) for n in range(40 * part, 40 * part + 40)])
            one.seal()
    return path


FILTERS = (
    Filter(), Filter(verdict="PARTIAL"), Filter(severity=3), Filter(model="m1"), Filter(context="field"),
    Filter(since=30.0, until=60.0), Filter(robot="base"), Filter(robot="ba"), Filter(limit="speed"),
    Filter(limit="spee"), Filter(text="SCRIPT"), Filter(text="äö"), Filter(text="ärger"), Filter(text="ÄRGER"),
    Filter(text="STRASSE"), Filter(text="οδος"), Filter(text="ΟΔΟΣ"),
    Filter(text="%"), Filter(text="'"), Filter(verdict="PARTIAL", model="m2", severity=2),
)  # fmt: skip


FOUND_NOWHERE = (Filter(robot="ba"), Filter(limit="spee"), Filter(text="%"), Filter(text="'"))


def asked(
    index: Any, wanted: Filter, sort: str = "time", most: int | None = None, skip: int = 0
) -> list[int]:
    return [row[0] for row in index.rows(*query(wanted, "id", sort, most, skip))]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_index_and_fleet_find_what_the_ledger_itself_says(wanted: Filter, ledger: Path) -> None:
    with Reader(ledger) as reader, Index(reader) as index, Fleet([ledger]) as fleet:
        expected = [one.id for one in incidents(reader, wanted)]
        assert expected or wanted in FOUND_NOWHERE
        assert asked(index, wanted) == expected
        assert asked(fleet, wanted) == expected


def test_pages_are_pieces_of_the_whole(ledger: Path) -> None:
    with Reader(ledger) as reader, Index(reader) as index:
        for sort in SORTS:
            whole = asked(index, Filter(), sort)
            assert whole == [one.id for one in incidents(reader, Filter(), sort)]
            assert whole == [one for skip in range(0, 80, 7) for one in asked(index, Filter(), sort, 7, skip)]


def test_what_is_new_is_added_and_what_is_damaged_is_made_anew(ledger: Path) -> None:
    made = index_path(ledger)
    with Reader(ledger) as reader:
        Index(reader).close()
    with Ledger.open(ledger, key=KEY, context="field", software_version="0") as one:
        one.append([verdict(80, random.Random(2))])
    for damage in (
        lambda: None,
        lambda: made.write_bytes(b"no index" * 999),
        lambda: made.unlink(),
        _spoil(made),
    ):
        damage()
        with Reader(ledger) as reader, Index(reader) as index:
            assert asked(index, Filter()) == [one.id for one in incidents(reader)]
            assert made.exists()


def _spoil(made: Path) -> Callable[[], None]:
    """An index of another ledger, which has forgotten an incident."""

    def spoil() -> None:
        with closing(sqlite3.connect(made, isolation_level=None)) as db:
            db.execute("DELETE FROM incident WHERE id > 5")
            db.execute("UPDATE state SET mac = zeroblob(32)")

    return spoil


def test_a_folder_that_cannot_be_written_gets_an_index_in_memory(ledger: Path) -> None:
    made = index_path(ledger)
    made.mkdir()  # stands in the way, whoever runs the test
    with Reader(ledger) as reader, Index(reader) as index:
        assert len(asked(index, Filter())) == 80


def test_the_index_is_no_part_of_the_ledger(ledger: Path) -> None:
    from iatro_governor.ledger import verify

    with Reader(ledger) as reader, Index(reader) as index:
        assert index.rows("SELECT count(*) FROM incident") == [(80,)]
    assert verify(ledger, KEY).sound


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["review", *map(str, arguments)])


def test_a_fleet_of_ledgers_and_parquet_files(ledger: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    folder.mkdir()
    assert run("export", ledger, "--out", folder / "a.parquet", "--json").exit_code == 0
    shutil.copytree(ledger.parent, folder / "two")
    found = json.loads(run("list", folder, "--json").stdout)
    assert len(found) == 160
    assert {Path(one["source"]).name for one in found} == {"a.parquet", "ledger.db"}
    single = json.loads(run("overview", ledger, "--by", "model", "--json").stdout)
    both = json.loads(run("overview", folder, "--by", "model", "--json").stdout)
    assert [2 * one["records"] for one in single] == [one["records"] for one in both]
    with Reader(ledger) as reader, Index(reader) as index:
        assert [one.to_json() for one in rates_by(index.rows, "model")] == single
    assert sum(one["records"] for one in single) == 80


def test_exports_are_the_same_incidents_in_every_form(ledger: Path, tmp_path: Path) -> None:
    listed = json.loads(run("list", ledger, "--json").stdout)
    for form in ("jsonl", "csv", "parquet"):
        assert run("export", ledger, "--out", tmp_path / f"x.{form}").exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text().splitlines()]
    csv.field_size_limit(2_000_000)
    cells = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text())))
    table = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert [one["id"] for one in lines] == [one["id"] for one in table] == [one["id"] for one in listed]
    assert [one["text"] for one in table] == [one["text"] for one in listed]
    assert [int(one["id"]) for one in cells] == [one["id"] for one in listed]
    assert not any(one["text"].startswith("=") for one in cells)


def test_redacted_exports_hold_no_word_and_keep_its_hash(ledger: Path, tmp_path: Path) -> None:
    with Ledger.open(ledger, key=KEY, context="field", software_version="0") as one:
        body = {
            "text": "SECRET a",
            "reasoning": "SECRET b",
            "actions": ["SECRET(c)"],
            "planner": {"model_id": "m"},
        }
        one.append([Record("statement", "run", 0, 1.0, "p", "base", body)])
        one.append(
            [
                Record(
                    "verdict",
                    "w",
                    81,
                    1.0,
                    "p",
                    "base",
                    {"text": "SECRET d", "claims": [{"text": "SECRET e"}]},
                )
            ]
        )
    for form in ("jsonl", "csv", "parquet"):
        for kind in ([], ["--records"]):
            out = tmp_path / f"r.{form}"
            assert run("export", ledger, "--out", out, "--redact", *kind).exit_code == 0
            content = str(pq.read_table(out).to_pylist()) if form == "parquet" else out.read_text()
            assert "SECRET" not in content and "sha256:" in content
            assert run("export", ledger, "--out", out, *kind).exit_code == 0
            plain = str(pq.read_table(out).to_pylist()) if form == "parquet" else out.read_text()
            assert "SECRET" in plain


def test_records_go_to_parquet_and_back(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "records.parquet"
    assert json.loads(run("export", ledger, "--records", "--out", out, "--json").stdout)["rows"] == 86
    with Reader(ledger) as reader:
        expected = [(one.id, one.kind, one.config_hash) for one in reader.records()]
    sql = f"SELECT id, kind, config_hash FROM '{out}' ORDER BY id"
    found = duckdb.connect().execute(sql).fetchall()
    assert found == expected


def test_bad_sources_are_clear_errors_and_no_traceback(ledger: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "t": [1.0]}), tmp_path / "short.parquet")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + b"x" * 100)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.db").write_text("text\n" * 1000)
    cases: list[tuple[Any, str]] = [
        ("short.parquet", "columns are missing"), ("cut.parquet", "cannot be read as Parquet"),
        ("empty", "no ledger and no Parquet"), ("absent.db", "no such ledger"), ("text.db", "not a"),
        ("absent.parquet", "cannot be read"),
    ]  # fmt: skip
    for name, message in cases:
        for command in (["list"], ["overview"], ["export", "--out", tmp_path / "o.jsonl"]):
            result = run(*command, tmp_path / name)
            assert result.exit_code == 2, (name, command, result.output)
            assert message in result.stderr
    for arguments in (
        ["list", ledger, "--since", "soon"],
        ["list", ledger, "--sort", "x"],
        ["overview", ledger, "--by", "x"],
        ["export", ledger, "--out", tmp_path / "x.doc"],
        ["export", ledger, "--out", tmp_path / "no" / "x.csv"],
    ):
        result = run(*arguments)
        assert result.exit_code == 2 and result.exception.__class__ is SystemExit


def test_times_are_seconds_or_dates(ledger: Path) -> None:
    early = json.loads(run("list", ledger, "--until", "1970-01-01T00:00:30", "--json").stdout)
    assert early == json.loads(run("list", ledger, "--until", "30", "--json").stdout)
    assert 0 < len(early) < 80


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "x.jsonl"
    out.write_text("before")

    def rows() -> Iterator[tuple[int]]:
        yield (1,)
        raise LedgerError("the ledger is damaged here")

    with pytest.raises(LedgerError, match="damaged"):
        export(rows(), {"a": "int64"}, out, "jsonl")
    assert out.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["x.jsonl"]


def test_no_ledger_of_a_folder_is_left_out_for_its_name(ledger: Path, tmp_path: Path) -> None:
    """Only what is read with another ledger is none of its own: its index, and its sealed files."""
    folder, names = tmp_path / "fleet", ("20261126.db", "amr.7.db", "001.db", "amr.000001.db", "old.index.db")
    folder.mkdir()
    for name in names:
        shutil.copy(segments.sealed(ledger)[0], folder / name)
    shutil.copytree(ledger.parent, folder / "whole")
    with Reader(folder / "whole" / "ledger.db") as reader:
        Index(reader).close()
    assert {one.name for one in (folder / "whole").glob("*.db")} >= {"ledger.index.db", "ledger.000001.db"}
    expected = {*(str(folder / name) for name in names), str(folder / "whole" / "ledger.db")}
    result = run("list", folder, "--json")
    assert {one["source"] for one in json.loads(result.stdout)} == expected
    assert set(expanded([folder])[0]) == expected
