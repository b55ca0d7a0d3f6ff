"""Two campaigns beside each other, and what is proposed from one: never what is looser, or was not tried."""

from __future__ import annotations

import pytest

from iatro_governor.errors import TrialError
from iatro_governor.trial.estimate.comparison import compare
from iatro_governor.trial.estimate.proposal import Proposal, propose
from iatro_governor.trial.estimate.table import Table
from iatro_governor.trial.estimate.weights import Weights
from test.trial.estimate.synthetic import OWN, PREVENTABLE, Treatment, known, run, sweep, twins

GOOD = Treatment(lambda d: 0.9 if d else 0.0, lambda d: 0.0)
POOR = Treatment(lambda d: 0.4 if d else 0.0, lambda d: 0.2 if d else 0.0)


def table(treatment: Treatment, seed: int = 0, count: int = 15) -> Table:
    return Table.of(sweep(treatment, (1.0,), count, seed), ())


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(TrialError, match="--scenarios"):
        compare(table(GOOD), Table.of([run(family="another")], ()), Weights())


def test_a_campaign_does_not_differ_from_itself() -> None:
    found = compare(table(POOR), table(POOR), Weights())
    assert found.difference.value == found.difference.low == found.difference.high == 0.0
    assert {change.better for change in found.changes} == {None}
    assert found.flipped == ()


def test_what_became_worse_is_said_with_the_runs_that_show_it() -> None:
    found = compare(table(GOOD), table(POOR), Weights())
    by_name = {change.name: change for change in found.changes}
    assert by_name["prevented"].better is False
    assert by_name["toxicity"].better is False
    assert known(found.difference.high) < 0
    assert found.flipped[0][1] <= -1.0
    back = {change.name: change.better for change in compare(table(POOR), table(GOOD), Weights()).changes}
    assert back["prevented"] is back["net"] is True


def test_runs_of_one_campaign_only_are_counted_and_left_out() -> None:
    found = compare(table(GOOD, count=15), table(GOOD, count=10), Weights())
    assert (found.twins, found.left_out) == (60, 30)


def proposal(effect: dict[float, float], harm: dict[float, float], most: float = 10.0) -> Proposal:
    treatment = Treatment(lambda d: effect[d], lambda d: harm[d])
    found = propose(Table.of(sweep(treatment, sorted(effect), 20, 0), ()), Weights(), 1.0, most)
    return known(found)


def test_a_looser_dose_is_never_proposed_however_good() -> None:
    found = proposal({0.5: 1.0, 1.0: 0.3, 2.0: 0.2}, {0.5: 0.0, 1.0: 0.1, 2.0: 0.1})
    assert found.tried[0].dose == 0.5
    assert "source" in found.tried[0].refused
    assert not found.changes
    assert found.best.dose == 1.0


def test_a_stricter_dose_is_proposed_where_it_is_proved() -> None:
    found = proposal({1.0: 0.3, 1.5: 0.9, 2.0: 0.9}, {1.0: 0.1, 1.5: 0.1, 2.0: 0.6})
    assert found.changes
    assert found.best.dose == 1.5


def test_bounds_are_kept() -> None:
    found = proposal({1.0: 0.3, 1.5: 0.5, 2.0: 0.99}, {1.0: 0.1, 1.5: 0.1, 2.0: 0.1}, most=1.5)
    assert found.best.dose == 1.5
    assert {one.dose: bool(one.refused) for one in found.tried} == {1.0: False, 1.5: False, 2.0: True}


def test_doses_of_single_limits_count_too() -> None:
    rows = []
    for who in twins(10):
        rows += [
            run(**who, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 1.0}),
            run(**who, harms={PREVENTABLE: 1.0} if who["seed"] % 2 else {}),
            run(**who, doses={"obstacles": 2.0}),
            run(**who, doses={"obstacles": 0.5}),
            run(**who, doses={"obstacles": 3.0}, harms={OWN: 1.0}),
        ]
    found = known(propose(Table.of(rows, ("obstacles",)), Weights(), 1.0, 10.0))
    assert found.best.doses == {"obstacles": 2.0}
    assert found.best.dose_of("obstacles") == 2.0
    assert found.best.dose_of("travel_speed") == 1.0
    assert found.best.text() == "dose 1, obstacles at 2"


def test_nothing_as_configured_proposes_nothing() -> None:
    assert propose(Table.of(sweep(GOOD, (2.0,), 3, 0), ()), Weights(), 1.0, 10.0) is None
