"""Comparisons and the monitor: what differs is found, what does not is not, and looking often costs nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest, fisher_exact
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.ledger import Ledger, Reader, Record, segments
from iatro_governor.ledger.retiring import retire
from iatro_governor.review.differences import difference, holm, paired
from iatro_governor.review.fleet import Fleet
from iatro_governor.review.index import Index
from iatro_governor.review.monitor import ALPHA, GONE, drift, drifts
from iatro_governor.review.page.comparing import comparing
from iatro_governor.review.proportions import share

RNG_RUNS = 300


def records(
    model: str, parted: Sequence[bool], digest: str, parent: str = "", t: float = 1.75e9
) -> list[Record]:
    """A statement and its verdict each, an hour apart."""
    made = []
    for n, one in enumerate(parted):
        run, when = f"run-{model}-{digest}", t + 3600.0 * n
        planner = {"model_id": model, "digest": digest, "parent_digest": parent}
        said = {"plan_id": f"plan-{n}", "planner": planner}
        verdict = {
            "kind": "statement", "verdict": "PARTIAL" if one else "AGREES", "severity": 2 if one else 0,
            "planner_model": model, "planner_run": run, "statement_seqs": [n], "statement_t": when, "channel": "base",
        }  # fmt: skip
        made.append(Record("statement", run, n, when, f"plan-{n}", None, said))
        made.append(Record("verdict", f"w-{model}-{digest}", n, when, f"plan-{n}", "base", verdict))
    return made


def written(path: Path, *groups: list[Record]) -> Path:
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as ledger:
        for group in groups:
            ledger.append(group)
    return path


def asked(*arguments: object) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["compare", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, one derived from it that disagrees far more, and a stranger."""
    parent = [n % 10 == 0 for n in range(60)]
    child = [n % 2 == 0 for n in range(60)]
    path = tmp_path_factory.mktemp("compare") / "ledger.db"
    return written(
        path,
        records("base", parent, "sha:1"),
        records("base-q4", child, "sha:2", "sha:1", t=1.76e9),
        records("other", parent, "sha:9"),
    )


def test_a_derived_model_stands_beside_its_parent(ledger: Path) -> None:
    found = asked(ledger)
    (one,) = found["comparisons"]
    assert (one["a"], one["b"], one["lineage"]) == ("base", "base-q4", "derived")
    row = {measure["name"]: measure for measure in one["differences"]}["disagreement"]
    assert (row["a"]["part"], row["b"]["part"], row["value"]) == (6, 30, 0.4)
    assert row["p"] == pytest.approx(fisher_exact([[6, 54], [30, 30]])[1])
    assert row["p"] <= row["p_holm"] <= 3 * row["p"] and row["low"] > 0.2 < row["effect"]
    pair = one["paired"]["disagreement"]
    assert (pair["pairs"], pair["only_a"], pair["only_b"]) == (60, 0, 24)
    assert pair["p"] == pytest.approx(binomtest(0, 24).pvalue)
    assert found["undeclared"] == []


def test_two_filters_of_any_kind_can_be_sides(ledger: Path) -> None:
    found = asked(ledger, "--a", "until=2025-08-01", "--b", "since=2025-08-01", "--context", "field")
    (one,) = found["comparisons"]
    sides = {row["name"]: row for row in one["differences"]}["disagreement"]
    assert (sides["a"]["whole"], sides["b"]["whole"], sides["b"]["part"]) == (120, 60, 30)
    same = asked(ledger, "--a", "model=base", "--b", "model=other")["comparisons"][0]["differences"][0]
    assert (same["value"], same["p"]) == (0.0, 1.0)
    shown = CliRunner().invoke(app, ["review", "compare", str(ledger)])
    assert shown.exit_code == 0 and "base-q4 (made from it)" in shown.stdout and "+40.0" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--a", "model=base"), "two sides"),
        (("--a", "colour=red", "--b", "model=base"), "'colour=red'"),
        (("--a", "since=never", "--b", "model=base"), "'never'"),
        (("--a", "severity=x", "--b", "model=base"), "severity=x"),
        (("--by", "colour"), "--by colour"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: tuple[str, ...], said: str, ledger: Path) -> None:
    result = CliRunner().invoke(app, ["compare", str(ledger), *arguments, "--json"])
    assert result.exit_code == 2 and said in json.loads(result.stdout)["error"]


def test_a_digest_that_changes_without_a_parent_is_flagged(tmp_path: Path) -> None:
    path = written(
        tmp_path / "ledger.db", records("m", [True], "sha:1"), records("m", [False], "sha:2"),
        records("n", [True], "sha:3"), records("n", [True], "sha:4", "sha:3"),
    )  # fmt: skip
    assert asked(path)["undeclared"] == [{"model": "m", "digests": ["sha:1", "sha:2"]}]


def test_statistics_by_hand() -> None:
    # Newcombe 1998, table II, method 10: 56/70 - 48/80 has the interval 0.0524 to 0.3339.
    found = difference("x", share(48, 80), share(56, 70))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert difference("x", share(0, 0), share(1, 2)).value is None
    assert holm([0.01, None, 0.04, 0.03]) == [0.03, None, 0.06, 0.06]
    assert paired([(True, True)]).p is None


def runs(first: float, later: float, length: int, seed: int) -> list[tuple[float, bool]]:
    chance = random.Random(seed)
    return [(float(n), chance.random() < (first if n < 200 else later)) for n in range(200 + length)]


def test_the_monitor_hardly_ever_cries_wolf_however_often_one_looks() -> None:
    alarms = sum(
        found.alarm
        for seed in range(RNG_RUNS)
        if (found := drift("m", runs(0.2, 0.2, 600, seed))) is not None
    )
    expected = RNG_RUNS * ALPHA
    assert alarms <= expected + 3 * (expected * (1 - ALPHA)) ** 0.5


def test_the_monitor_finds_a_rate_that_went_up_and_says_when() -> None:
    for seed in range(20):
        found = drift("m", runs(0.1, 0.5, 300, seed))
        assert found is not None and found.since is not None and 200 < found.since < 300
    better = drift("m", runs(0.5, 0.1, 600, 1))
    assert better is not None and not better.alarm, "less disagreement is no alarm"
    assert drift("m", runs(0.1, 0.1, -1, 1)) is None


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    outcomes = [one for _, one in runs(0.1, 0.5, 100, 3)]
    path = written(tmp_path / "ledger.db", records("m", outcomes[:250], "sha:1"))
    later = records("m", outcomes, "sha:1")[500:]
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as again:
        again.append(later)
    with Reader(path) as reader, Index(reader) as index:
        (found,) = drifts(index.rows)
    whole = drift("m", [(1.75e9 + 3600.0 * n, one) for n, one in enumerate(outcomes)])
    assert found == whole and found.alarm


def test_a_clock_that_begins_anew_in_a_ledger_leaves_its_statements_in_their_order(tmp_path: Path) -> None:
    """A simulation's: of both runs the first seconds were the reference, and no alarm was left of a rate that rose."""
    outcomes = [one for _, one in runs(0.1, 0.5, 100, 3)]
    path = written(
        tmp_path / "ledger.db",
        records("m", outcomes[:200], "sha:1", t=1000.0),
        records("m", outcomes[200:], "sha:2", "sha:1", t=0.0),
    )
    with Reader(path) as reader, Index(reader) as index:
        (found,) = drifts(index.rows)
    times = [1000.0 + 3600.0 * n for n in range(200)] + [3600.0 * n for n in range(100)]
    assert found == drift("m", list(zip(times, outcomes, strict=True))) and found.alarm


def test_statements_of_several_ledgers_follow_each_other_by_time(tmp_path: Path) -> None:
    """And those of one in their own order: the second robot's clock began anew for its last one."""
    pytest.importorskip("duckdb")
    outcomes = [one for _, one in runs(0.1, 0.5, 200, 3)]
    one, other = outcomes[::2], outcomes[1::2]
    sources = [
        written(tmp_path / "one.db", records("m", one, "sha:1")),
        written(
            tmp_path / "other.db",
            records("m", other[:199], "sha:1", t=1.75e9 + 1800.0),
            records("m", other[199:], "sha:2", "sha:1", t=5.0),
        ),
    ]
    with Fleet(sources) as fleet:
        (found,) = drifts(fleet.rows)
    times = [1.75e9 + 1800.0 * n for n in range(399)] + [5.0]
    *before, last, anew = zip(times, outcomes, strict=True)
    assert found == drift("m", [*before, anew, last])


def shortened(folder: Path, how: str = "retired") -> Path:
    """A ledger of a model whose rate rises after 200 statements, the first 150 of which are gone."""
    made = records("m", [one for _, one in runs(0.1, 0.5, 300, 3)], "sha:1")
    path = folder / "ledger.db"
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as ledger:
        ledger.append(made[:300])
        ledger.seal()
        ledger.append(made[300:])
    (whole,) = asked(path)["monitor"]
    assert whole["alarm"] and not whole["gone"] and GONE not in told(path)
    (sealed,) = segments.sealed(path)
    if how == "lost":
        sealed.unlink()
        return path
    with Ledger.open(path, key=bytes(32), context="field", software_version="0") as ledger:
        retire(ledger, sealed, "older than 30 days")
    return path


@pytest.mark.parametrize("how", ["retired", "lost"])
def test_where_the_first_statements_are_gone_it_is_said_of_the_rate(how: str, tmp_path: Path) -> None:
    path = shortened(tmp_path, how)
    (left,) = asked(path)["monitor"]
    assert left["gone"] and left["reference"]["whole"] == 200
    assert GONE in told(path)
    with Reader(path) as reader:
        assert comparing(reader, None)["gone"] == GONE
    pytest.importorskip("duckdb")
    with Fleet([path, written(tmp_path / "other.db", records("n", [True], "sha:9"))]) as fleet:
        assert fleet.gone


def told(*arguments: object) -> str:
    return " ".join(CliRunner().invoke(app, ["compare", *map(str, arguments)]).stdout.split())


def test_where_nothing_is_compared_it_is_said_of_whom(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "it takes two groups with statements, and there are those of" in told(ledger, "--by", "context")
    sides = told(ledger, "--a", "until=2001-01-01", "--b", "since=2001-01-01")
    assert "a (until=2001-01-01) has no statements, so nothing is compared" in sides
    assert "b (since=2001-01-01) has no statements" not in sides


def test_groups_beyond_those_with_the_most_statements_are_named(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iatro_governor.review.compare._descent", lambda _rows: {})
    assert "Not compared" not in told(ledger)
    monkeypatch.setattr("iatro_governor.review.compare.MOST", 2)
    assert "Not compared, for they have the fewest statements: " in told(ledger)
