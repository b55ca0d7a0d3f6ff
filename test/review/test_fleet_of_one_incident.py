"""One incident and one report out of many ledgers: found wherever it is, and a damaged neighbour is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from iatro_governor.cli.review import app
from test.review.conftest import PLANS, build


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("IATRO_KEY", raising=False)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Two robots, a cut ledger, and an export of a third robot."""
    folder = tmp_path / "fleet"
    for name, plans in (("a", PLANS[:2]), ("b", PLANS[2:4])):
        (folder / name).mkdir(parents=True)
        build(folder / name / "ledger.db", plans)
    (folder / "cut.db").write_bytes((folder / "a/ledger.db").read_bytes()[:5000])
    (tmp_path / "third").mkdir()
    third = build(tmp_path / "third/ledger.db", PLANS[4:6])
    out = folder / "third.parquet"
    assert CliRunner().invoke(app, ["export", str(third), "--out", str(out)]).exit_code == 0
    return folder


@pytest.mark.parametrize(("plan", "where"), [("aisle-02", "a"), ("claim-03", "b")])
def test_an_incident_is_found_in_whatever_ledger_has_it(
    plan: str, where: str, run: Callable[..., Result], fleet: Path
) -> None:
    alone = run("show", fleet / where / "ledger.db", plan)
    among = run("show", fleet, plan)
    assert (alone.exit_code, among.exit_code) == (0, 1)
    assert alone.stdout in among.stdout and f"{where}/ledger.db" in among.stdout.replace("\n", "")
    assert f"left out: {fleet / 'cut.db'}" in among.stderr
    found = json.loads(run("show", fleet, plan, "--json").stdout)
    assert found["source"] == str(fleet / where / "ledger.db") and found["chain"]["sound"]


def test_an_export_shows_its_line_and_what_it_does_not_hold(run: Callable[..., Result], fleet: Path) -> None:
    result = run("show", fleet / "third.parquet", "refuse-05")
    assert result.exit_code == 0
    for part in ("HALLUCINATION_REFUSAL", PLANS[4].text, PLANS[4].reasoning, "an export holds no decision",
                 "an export has no chain", "s after the first record"):  # fmt: skip
        assert part in " ".join(result.stdout.split())
    assert "no command under this plan" not in result.stdout


def test_a_ledger_goes_before_its_export(run: Callable[..., Result], fleet: Path) -> None:
    shutil.copytree(fleet.parent / "third", fleet / "c")
    found = json.loads(run("show", fleet, "refuse-05", "--json").stdout)
    assert found["source"] == str(fleet / "c/ledger.db") and found["action"]["decisions"] > 0


def test_what_is_in_several_or_in_none_is_refused(run: Callable[..., Result], fleet: Path) -> None:
    shutil.copytree(fleet / "a", fleet / "again")
    result = run("show", fleet, "aisle-02")
    assert result.exit_code == 2 and "in 2 places" in result.stderr and "again/ledger.db" in result.stderr
    result = run("show", fleet, "nobody")
    assert result.exit_code == 2 and "no incident 'nobody' in 4 sources" in result.stderr
    assert "cut.db" in result.stderr
    assert run("show", fleet / "third.parquet", "nobody").exit_code == 2
    assert run("show", fleet / "cut.db", "nobody").exit_code == 2


def test_each_ledger_gets_its_report(run: Callable[..., Result], fleet: Path, tmp_path: Path) -> None:
    result = run("report", fleet, "--out", tmp_path / "pages", "--json")
    assert result.exit_code == 1
    written = json.loads(result.stdout)["reports"]
    assert sorted(written) == [str(fleet / name / "ledger.db") for name in ("a", "b")]
    for ledger, plan in zip(sorted(written), ("aisle-02", "claim-03"), strict=True):
        assert plan in Path(written[ledger]).read_text(encoding="utf-8")
    assert "cut.db" in result.stderr and "third.parquet: a report needs the ledger itself" in result.stderr
    assert run("report", fleet / "third.parquet").exit_code == 2


def test_the_page_of_exports_alone_is_refused(fleet: Path) -> None:
    from iatro_governor.cli.main import app as whole

    result = CliRunner().invoke(
        whole, ["review", "serve", str(fleet / "third.parquet"), str(fleet / "cut.db")]
    )
    assert result.exit_code == 2
    assert "third.parquet: an export; a page needs the ledger itself" in result.stderr
    assert "cut.db" in result.stderr


@pytest.mark.parametrize("redact", [[], ["--redact"]])
def test_what_counts_twice_is_said(
    run: Callable[..., Result], fleet: Path, tmp_path: Path, redact: list[str]
) -> None:
    ledger, out = fleet / "a/ledger.db", tmp_path / "a.parquet"
    assert run("export", ledger, "--out", out, *redact).exit_code == 0
    twice = run("overview", ledger, out)
    said = " ".join(twice.stderr.split())
    assert (
        twice.exit_code == 0
        and "have 2 incidents of the same number, time and plan, which count twice" in said
    )
    assert "count twice" not in run("overview", ledger, fleet / "b/ledger.db").stderr
