"""A filter that was mistyped is never taken for a clean record, and one bad ledger hides no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.main import app
from test.review.test_index import ledger as ledger  # a fixture


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("COLUMNS", "80")
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)])


COMMANDS = (["review", "list"], ["review", "overview"], ["review", "stats"], ["compare"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--verdict", "NOPE", "BROKEN_CLAIM"), ("--verdict", "PARTIAL,BROKEN_CLAIM", "BROKEN_CLAIM"),
        ("--context", "nonsense", "field, simulation, evaluation"),
    ],
)  # fmt: skip
def test_of_a_closed_set_anything_else_is_refused(
    command: list[str], option: str, value: str, allowed: str, run: Callable[..., Result], ledger: Path
) -> None:
    result = run(*command, ledger, option, value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert value in result.stderr and allowed in result.stderr


def test_sides_of_a_comparison_are_checked_too(run: Callable[..., Result], ledger: Path) -> None:
    result = run("compare", ledger, "--a", "verdict=NOPE", "--b", "model=m1")
    assert result.exit_code == 2 and "BROKEN_CLAIM" in result.stderr
    result = run("compare", ledger, "--a", "model=m9", "--b", "model=m1")
    assert result.exit_code == 0 and "no model 'm9' here; there are: m1, m2" in result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("option", "there"),
    [
        ("--limit", "aisle, arm, speed"),
        ("--model", "m1, m2"),
        ("--robot", "base"),
        ("--version", "0"),
        ("--plan", ""),
    ],
)
def test_of_an_open_set_it_is_said_what_there_is(
    command: list[str], option: str, there: str, run: Callable[..., Result], ledger: Path
) -> None:
    result = run(*command, ledger, option, "x")
    assert result.exit_code == 0
    assert f"no {option[2:]} 'x' here" in result.stderr and there in result.stderr
    assert "here" not in run(*command, ledger, option, there.split(", ")[0]).stderr or not there


def test_what_is_there_and_passes_nothing_is_just_none(run: Callable[..., Result], ledger: Path) -> None:
    result = run("review", "list", ledger, "--limit", "speed", "--until", "0")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "No incidents.\n", "")
    assert run("review", "list", ledger, "--most", "0").exit_code == 2


@pytest.fixture
def fleet(ledger: Path, tmp_path: Path) -> Path:
    """A folder with a sound ledger, a cut one, a foreign file and a torn export."""
    folder = tmp_path / "fleet"
    shutil.copytree(ledger.parent, folder / "good")
    (folder / "cut.db").write_bytes(ledger.read_bytes()[:6000])
    (folder / "text.db").write_text("text\n" * 1000)
    (folder / "torn.parquet").write_bytes(b"PAR1" + b"x" * 100)
    return folder


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_one_damaged_ledger_hides_no_other(
    command: list[str], run: Callable[..., Result], fleet: Path
) -> None:
    result = run(*command, fleet, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    alone = json.loads(run(*command, fleet / "good/ledger.db", "--json").stdout)
    assert len(found) == len(alone)
    for name in ("cut.db", "text.db", "torn.parquet"):
        assert f"left out: {fleet / name}: " in result.stderr
    assert result.stderr.count("left out") == 3


def test_a_source_that_is_not_there_is_misuse_and_no_damage(run: Callable[..., Result], ledger: Path) -> None:
    result = run("review", "list", ledger, "typo.db")
    assert (result.exit_code, result.stdout) == (2, "") and "typo.db: no such ledger" in result.stderr


def test_where_nothing_can_be_read_every_reason_is_given(run: Callable[..., Result], fleet: Path) -> None:
    shutil.rmtree(fleet / "good")
    result = run("review", "list", fleet)
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(name in result.stderr for name in ("cut.db", "text.db", "torn.parquet"))


def test_an_export_of_a_fleet_says_what_is_not_in_it(
    run: Callable[..., Result], fleet: Path, tmp_path: Path
) -> None:
    result = run("review", "export", fleet, "--out", tmp_path / "x.jsonl")
    assert result.exit_code == 1 and "80 rows" in result.stdout and "cut.db" in result.stderr


def test_an_address_reaches_duckdb_and_its_error_is_whole(run: Callable[..., Result], ledger: Path) -> None:
    """Without a network there is no httpfs to be had, and with it no such bucket: either way one line says all."""
    result = run("review", "list", "s3://iatro-no-such-bucket.invalid/fleet/*.parquet", ledger)
    assert result.exit_code == 1
    (line,) = [one for one in result.stderr.splitlines() if "s3://" in one]
    assert line.startswith(
        "left out: s3://iatro-no-such-bucket.invalid/fleet/*.parquet: cannot be read as Parquet: "
    )
    assert line.rstrip()[-1] in ".)'\"" or len(line) > 200
    assert "80 incidents" in result.stdout
