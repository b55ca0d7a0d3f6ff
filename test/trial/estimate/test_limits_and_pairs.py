"""A limit that harms, one that does nothing, and a pair that does not go together are found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from iatro_governor.trial.estimate.each_limit import each_limit
from iatro_governor.trial.estimate.interaction import pairs
from iatro_governor.trial.estimate.table import AS_CONFIGURED, Table
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.outcomes import Outcome
from test.trial.estimate.synthetic import OWN, PREVENTABLE, known, run, twins

LIMITS = ("helps", "hard_stop", "idle", "other")
World = Callable[[frozenset[str], np.ndarray], dict[str, float]]
"""Harms of a run with these limits on, and this twin's own numbers."""


def true_world(on: frozenset[str], chance: np.ndarray) -> dict[str, float]:
    """One limit prevents 3 of 4 harms, one runs 2 of 5 times into a follower, one does nothing."""
    harms = {PREVENTABLE: 1.0}
    if "helps" in on and chance[0] < 0.75:
        harms = {}
    if "hard_stop" in on and chance[1] < 0.4:
        harms[OWN] = 1.0
    return harms


def antagonists(on: frozenset[str], chance: np.ndarray) -> dict[str, float]:
    """Each of two prevents by itself; together they leave no way out and let the harm happen, and one of their own."""
    both = {"helps", "other"} <= on
    one = ("helps" in on) != ("other" in on)
    harms = {} if (one and chance[0] < 0.9) or (both and chance[0] < 0.4) else {PREVENTABLE: 1.0}
    return {**harms, OWN: 1.0} if both and chance[1] < 0.3 else harms


def fine(on: frozenset[str], chance: np.ndarray) -> dict[str, float]:
    """Two that prevent independently of each other, and harm nobody."""
    saved = ("helps" in on and chance[0] < 0.6) or ("other" in on and chance[2] < 0.5)
    return {} if saved else {PREVENTABLE: 1.0}


def campaign(world: World, offs: Iterable[tuple[str, ...]], count: int = 12, seed: int = 0) -> Table:
    rng, rows = np.random.default_rng(seed), list[Outcome]()
    for who in twins(count):
        chance = rng.random(3)
        rows.append(run(**who, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 1.0}))
        rows.append(run(**who, dose=0.0, harms=world(frozenset(), chance)))
        rows.append(run(**who, off=LIMITS, harms=world(frozenset(), chance)))
        for off in offs:
            on = frozenset(LIMITS) - set(off)
            rows.append(run(**who, off=off, harms=world(on, chance)))
    return Table.of(rows, LIMITS)


LEFT_OUT = ((), *((name,) for name in LIMITS))
TWO_LEFT_OUT = (*LEFT_OUT, *((a, b) for i, a in enumerate(LIMITS) for b in LIMITS[i + 1 :]))


def test_a_limit_that_does_nothing_is_not_called_a_help() -> None:
    found = {effect.name: effect for effect in each_limit(campaign(true_world, LEFT_OUT), Weights())}
    assert found["idle"].finding == found["other"].finding == "no effect seen"
    assert found["idle"].p == 1.0
    assert found["idle"].index.value.value == 0.0


def test_a_hard_stop_with_a_close_follower_is_named() -> None:
    found = {effect.name: effect for effect in each_limit(campaign(true_world, LEFT_OUT), Weights())}
    assert found["hard_stop"].finding == "harms"
    assert known(found["hard_stop"].net.high) < 0
    assert found["helps"].finding == "helps"
    assert known(found["helps"].index.value.low) > 1


def test_too_few_runs_leave_it_undecided() -> None:
    found = {e.name: e for e in each_limit(campaign(true_world, LEFT_OUT, count=1, seed=2), Weights())}
    assert found["hard_stop"].finding in ("undecided", "no effect seen")


def test_alone_is_taken_where_nothing_was_left_out() -> None:
    alone = [tuple(n for n in LIMITS if n != name) for name in LIMITS]
    found = {effect.name: effect for effect in each_limit(campaign(true_world, alone), Weights())}
    assert {effect.against for effect in found.values()} == {"alone"}
    assert found["hard_stop"].finding == "harms"


def test_what_was_not_tried_is_not_there() -> None:
    assert each_limit(campaign(true_world, [()]), Weights()) == []
    assert pairs(campaign(true_world, LEFT_OUT), Weights()) == []


def test_a_pair_that_goes_together_is_not_accused() -> None:
    assert not [p for p in pairs(campaign(fine, TWO_LEFT_OUT), Weights()) if p.antagonistic or p.toxic]


def test_an_antagonistic_pair_is_named_first_and_alone() -> None:
    found = pairs(campaign(antagonists, TWO_LEFT_OUT), Weights())
    assert found[0].limits == ("helps", "other")
    assert found[0].antagonistic
    assert found[0].toxic
    assert known(found[0].effect.high) < 0 < known(found[0].harm.low)
    assert not any(pair.antagonistic or pair.toxic for pair in found[1:])


def test_pairs_alone_are_measured_against_none() -> None:
    alone = [tuple(n for n in LIMITS if n not in keep) for keep in ({"helps"}, {"other"}, {"helps", "other"})]
    (found,) = pairs(campaign(antagonists, alone), Weights())
    assert found.how == "alone"
    assert found.antagonistic


def test_pairs_that_go_together_are_seldom_accused_by_chance() -> None:
    accused = sum(
        any(
            p.antagonistic or p.toxic
            for p in pairs(campaign(fine, TWO_LEFT_OUT, count=3, seed=seed), Weights())
        )
        for seed in range(20)
    )
    assert accused <= 3


@pytest.mark.parametrize("dose", [1.0, 2.0])
def test_a_limit_has_a_window_of_its_own_where_it_was_varied(dose: float) -> None:
    rows = []
    for who in twins(6):
        rows += [
            run(**who, off=("helps",), harms={PREVENTABLE: 1.0}),
            run(**who, harms={} if dose == 1 else {PREVENTABLE: 1.0}),
            run(**who, doses={"helps": 2.0}, harms={}),
            run(**who, doses={"helps": 4.0}, harms={OWN: 1.0}),
        ]
    (found,) = each_limit(Table.of(rows, LIMITS), Weights())
    response = known(found.response)
    assert response.doses == (1.0, 2.0, 4.0)
    assert response.points["ed95"].value == pytest.approx(1.0 if dose == 1 else 1.95)
    assert 2.0 < known(response.points["td5"].value) < 4.0


def test_the_table_knows_what_was_run() -> None:
    table = campaign(true_world, LEFT_OUT, count=1)
    assert table.limits == LIMITS
    assert Table.of([run()], LIMITS).limits == ()
    assert table.has(AS_CONFIGURED, table.without("idle"))
    assert not table.has(table.only("idle"))
    assert table.doses() == [0.0, 1.0]
    assert table.runs == 6 * 8
