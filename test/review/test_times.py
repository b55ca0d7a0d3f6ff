"""Times have one meaning and one look: in a list, beside one incident, on the page, of a ledger and of its export."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Reader, Record
from iatro_governor.review import times

EPOCH = 1.7641e9
"""2025-11-25 19:46:40 UTC."""
AFTER = (2.5, 31.0, 90.0)


def made(path: Path, start: float) -> Path:
    """A ledger whose first record is a decision at ``start`` (s), and incidents ``AFTER`` it (s)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as ledger:
        ledger.append([Record("decision", "r", 0, start, None, "base", {"channel": "base", "t": start})])
        bodies: list[dict[str, Any]] = [
            {"kind": "statement", "verdict": "AGREES", "statement_t": start + after, "text": f"at {after}"}
            for after in AFTER
        ]
        ledger.append(
            [Record("verdict", "w", n, start + 99, f"p{n}", "base", body) for n, body in enumerate(bodies)]
        )
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments: CliRunner().invoke(app, ["review", *map(str, arguments)])


def seconds(result: Result) -> list[str]:
    """What the column of times says."""
    return re.findall(r"(?m)^ *(?:\d+ +)?\d+ +(\d+\.\d) ", result.stdout)


@pytest.mark.parametrize("start", [100.0, EPOCH])
def test_a_ledger_and_its_export_say_the_same_times(
    start: float, run: Callable[..., Result], tmp_path: Path
) -> None:
    ledger, out = made(tmp_path / "ledger.db", start), tmp_path / "x.parquet"
    assert run("export", ledger, "--out", out, "--since", "30").exit_code == 0
    for source, expected in ((ledger, ["2.5", "31.0", "90.0"]), (out, ["31.0", "90.0"])):
        listed = run("list", source)
        assert seconds(listed) == expected, listed.stdout
        assert ("2025-11-25 19:46:40 UTC" in listed.stdout) is (start == EPOCH)
        assert seconds(run("list", source, "--until", "40")) == [one for one in expected if float(one) < 40]
        assert seconds(run("list", source, "--since", "31")) == ["31.0", "90.0"]


def test_of_several_ledgers_each_counts_from_its_own_first_record(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    made(tmp_path / "fleet/a/ledger.db", EPOCH)
    made(tmp_path / "fleet/b/ledger.db", EPOCH + 86_400)
    listed = run("list", tmp_path / "fleet", "--since", "30", "--until", "60")
    assert seconds(listed) == ["31.0", "31.0"]
    for part in ("1: ", "2: ", "a/ledger.db", "2025-11-25 19:46:40 UTC", "2025-11-26 19:46:40 UTC"):
        assert part in listed.stdout.replace("\n", "")
    dated = run("list", tmp_path / "fleet", "--since", "2025-11-26", "--json")
    assert [one["t"] for one in json.loads(dated.stdout)] == [EPOCH + 86_400 + after for after in AFTER]


def test_wide_tables_have_a_date_in_every_line(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: Any
) -> None:
    ledger = made(tmp_path / "ledger.db", EPOCH)
    monkeypatch.setenv("COLUMNS", "120")
    assert len(re.findall(r"2025-11-25 19:4\d:\d\d", run("list", ledger).stdout)) == len(AFTER) + 1


def test_an_export_of_before_counts_from_its_first_incident(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    assert run("export", made(tmp_path / "l.db", 100.0), "--out", tmp_path / "x.parquet").exit_code == 0
    pq.write_table(pq.read_table(tmp_path / "x.parquet").drop_columns(["begins"]), tmp_path / "old.parquet")
    assert seconds(run("list", tmp_path / "old.parquet")) == ["0.0", "28.5", "87.5"]


def test_the_index_follows_a_first_record_that_comes_late(tmp_path: Path, run: Callable[..., Result]) -> None:
    ledger = made(tmp_path / "ledger.db", 100.0)
    assert seconds(run("list", ledger))[0] == "2.5"
    with Ledger.open(ledger, key=bytes(32), context="field", software_version="0") as one:
        one.append([Record("statement", "run", 0, 98.0, None, None, {"text": "late"})])
    with Reader(ledger) as reader:
        assert reader.count("statement") == 1
    assert seconds(run("list", ledger)) == ["4.5", "33.0", "92.0"]


@pytest.mark.parametrize("text", ["soon", "1e9", "NaN", "", "2026-13-01"])
def test_what_is_no_time_is_refused_with_what_is(
    text: str, run: Callable[..., Result], tmp_path: Path
) -> None:
    result = run("list", made(tmp_path / "ledger.db", 100.0), "--since", text)
    assert result.exit_code == 2 and "seconds after the first record" in result.stderr
    with pytest.raises(ValueError, match="a time is a date"):
        times.read(text)
