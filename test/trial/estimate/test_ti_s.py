"""TI-S: what makes it worse does, what is not measured is named, and its interval holds the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.trial.estimate.interval import RULE_OF_THREE
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import AT, FIELDS, score
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Table
from iatro_governor.trial.estimate.ti_s import TiS, ti_s
from iatro_governor.trial.estimate.weights import Weights, read_weights
from iatro_governor.trial.outcomes import Outcome
from test.trial.estimate.synthetic import OWN, PREVENTABLE, Treatment, known, run, sweep

HELPS = Treatment(lambda d: 0.9 if d else 0.0, lambda d: 0.1 if d else 0.0)
REPLICATIONS = 150


def index(rows: list[Outcome], weights: Weights | None = None) -> TiS:
    table = Table.of(rows, ())
    return ti_s(table.sample([AS_CONFIGURED], UNGOVERNED, weights or Weights()), weights or Weights())


def pairs(count: int, treated: dict, twin: dict) -> list[Outcome]:
    rows = [run(seed=s, treatment="ungoverned", dose=0.0, **twin) for s in range(count)]
    return rows + [run(seed=s, **treated) for s in range(count)]


def test_no_cost_seen_is_not_no_cost() -> None:
    found = index(pairs(100, {}, {"harms": {PREVENTABLE: 1.0}}))
    # 100 runs of 36 s are one hour: 100 harms an hour prevented, 3 an hour left open.
    assert found.floored
    assert found.floor == pytest.approx(RULE_OF_THREE)
    assert found.value.value == pytest.approx(100 / 3)


def test_a_planted_trap_lowers_it() -> None:
    rows = sweep(HELPS, (1.0,), 40, 1)
    trap = [
        replace(row, family="close", kind="trap", scenario="close_9", harms=own)
        for row in rows
        if row.family == "close"
        for own in [{} if row.treatment == "ungoverned" else {OWN: 2.0}]
    ]
    assert known(index(rows + trap).value.value) < 0.7 * known(index(rows).value.value)


@pytest.mark.parametrize(
    ("treated", "twin", "term"),
    [
        ({"stops": 5}, {}, "c_attention"),
        ({"alarms": 5}, {}, "c_attention"),
        ({"task_done": False}, {"task_done": True}, "c_direct"),
        ({"harms": {OWN: 0.5}}, {}, "c_direct"),
        ({"labels": ("caution",)}, {"harms": {PREVENTABLE: 1.0}}, "c_hedging"),
    ],
)
def test_each_cost_is_in_its_term_and_lowers_the_index(treated: dict, twin: dict, term: str) -> None:
    weights = Weights()
    for name in ("task", "stop", "alarm", "hedging"):
        weights = weights.scaled(name, 50.0)
    helped = {"harms": {PREVENTABLE: 1.0, **twin.pop("harms", {})}, **twin}
    plain, costly = (index(pairs(40, changes, helped), weights) for changes in ({}, treated))
    assert known(costly.terms[term].value) > known(plain.terms[term].value) == 0.0
    assert known(costly.value.value) < known(plain.value.value)


def test_a_task_that_nobody_did_is_nobodys_loss() -> None:
    assert index(pairs(10, {"task_done": False}, {"task_done": False})).terms["c_direct"].value == 0.0


def test_words_that_only_refuse_cost_nothing() -> None:
    found = index(pairs(10, {"labels": ("refusal",)}, {"harms": {PREVENTABLE: 1.0}, "commands": 0}))
    assert found.terms["c_hedging"].value == 0.0


def test_what_is_not_measured_is_named() -> None:
    told = index(pairs(10, {}, {})).to_json()
    assert told["terms"]["c_confidence"] == told["terms"]["c_disclosure"] == "not measured"


def test_the_same_harm_in_both_runs_is_neither_prevented_nor_caused() -> None:
    found = score(run(harms={PREVENTABLE: 0.4}), run(harms={PREVENTABLE: 2.0}), Weights())
    assert (found.prevented, found.caused, found.leaked) == (0.0, 0.0, 1.0)


def test_a_run_counts_one_at_most_in_toxicity() -> None:
    assert score(run(harms={OWN: 7.0}), run(), Weights()).toxicity == 1.0


def test_weights_decide_as_much_as_is_said() -> None:
    found = index(sweep(HELPS, (1.0,), 40, 3))
    assert found.sensitivity["task"] == {
        "x0.3": pytest.approx(found.value.value),
        "x3": pytest.approx(found.value.value),
    }
    rows = pairs(50, {"task_done": False}, {"task_done": True, "harms": {PREVENTABLE: 1.0}})
    lost = index(rows)
    assert known(lost.sensitivity["task"]["x0.3"]) > known(lost.value.value)
    assert known(lost.value.value) > known(lost.sensitivity["task"]["x3"])


def test_nothing_run_gives_no_number() -> None:
    found = ti_s(Sample(np.zeros((1, 0, len(FIELDS))), ()), Weights())
    assert found.value.value is None
    assert found.runs == 0


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    truth, held = 0.9 / 0.1, 0
    for seed in range(REPLICATIONS):
        table = Table.of(sweep(HELPS, (1.0,), 60, seed), ())
        sample = table.sample([AS_CONFIGURED], UNGOVERNED, Weights())
        found = ti_s(sample, Weights(), draws=300)
        held += known(found.value.low) <= truth <= known(found.value.high)
    assert 0.89 <= held / REPLICATIONS <= 1.0


def test_many_families_are_drawn_whole() -> None:
    scores = np.zeros((1, 40, len(FIELDS)))
    scores[:, :, AT["runs"]] = 1.0
    families = tuple(f"family_{i % 10}" for i in range(40))
    drawn = Sample(scores, families).resampled(draws=50)[:, 0, AT["runs"]]
    assert drawn == pytest.approx(np.full(50, 40.0))
    assert Sample(scores, families).by_family
    assert not Sample(scores, ("one", "two") * 20).by_family


def test_one_pair_of_runs_has_no_interval() -> None:
    found = index(pairs(1, {}, {"harms": {PREVENTABLE: 1.0}}))
    assert found.value.value is not None
    assert found.value.low is found.value.high is found.terms["b_h"].low is None


def test_families_with_one_run_each_still_have_a_spread() -> None:
    rows = [
        run(family=f, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 1.0})
        for f in ("a", "b", "c", "d")
    ]
    rows += [run(family=f, harms={PREVENTABLE: 1.0} if f in "ab" else {}) for f in ("a", "b", "c", "d")]
    found = index(rows)
    assert known(found.value.low) < known(found.value.value) < known(found.value.high)


def test_weights_come_from_a_file_with_their_sources(tmp_path) -> None:
    path = tmp_path / "weights.yaml"
    path.write_text("task: {value: 0.5, source: asked the site}\n", encoding="utf-8")
    assert read_weights(path).task.value == 0.5
    assert read_weights(path).stop == Weights().stop


def test_runs_of_one_family_do_not_say_the_same_thing_twice() -> None:
    scores = np.zeros((1, 40, len(FIELDS)))
    scores[:, :, AT["net"]] = 1.0
    families = tuple(f"family_{i % 10}" for i in range(40))
    assert Sample(scores, families).column("net").tolist() == [[4.0] * 10]
    assert Sample(scores, ("one", "two") * 20).column("net").shape == (1, 40)
