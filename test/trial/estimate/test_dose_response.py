"""Curves that are written down are found again, within their intervals as often as those promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.trial.estimate.dose_response import Response, respond
from iatro_governor.trial.estimate.interval import Estimate
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import AT, FIELDS
from iatro_governor.trial.estimate.table import UNGOVERNED, Spec, Table
from iatro_governor.trial.estimate.weights import Weights
from test.trial.estimate.synthetic import FAMILIES, Treatment, hill, known, sweep

DOSES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
KNOWN = Treatment(effect=hill(0.6, 3.0), harm=hill(3.0, 4.0))
REPLICATIONS, DRAWS = 100, 200


def response(treatment: Treatment, count: int = 40, seed: int = 0) -> Response:
    table = Table.of(sweep(treatment, DOSES, count, seed), ())
    specs = [Spec(dose) for dose in table.doses()]
    return respond(table.doses(), table.sample(specs, UNGOVERNED, Weights()))


def test_a_treatment_that_does_nothing_has_no_window() -> None:
    found = response(Treatment(lambda _: 0.0, lambda _: 0.0))
    assert found.points["ed95"].value is None
    assert found.points["td5"].value is None
    assert found.empty is None


def test_a_treatment_that_harms_before_it_helps_has_an_empty_window() -> None:
    found = response(Treatment(hill(2.0, 4.0), hill(0.5, 4.0)))
    assert found.empty is True
    assert known(found.points["td5"].value) < known(found.points["ed95"].value)


def test_an_effect_that_falls_is_said_and_not_fitted_away() -> None:
    found = response(Treatment(lambda d: 0.9 * math.exp(-((d - 1) ** 2)), lambda _: 0.0))
    assert found.effect.falls
    assert found.effect.falls[0].low == 1.0
    assert found.effect.falls[0].high == 4.0
    assert known(found.points["ed95"].value) <= 1.0


def test_chance_alone_is_called_a_fall_seldom() -> None:
    rng = np.random.default_rng(5)
    called = 0
    for _ in range(100):
        scores = np.zeros((4, 60, len(FIELDS)))
        scores[:, :, AT["at_stake"]] = scores[:, :, AT["harmed"]] = scores[:, :, AT["runs"]] = 1.0
        scores[:, :, AT["prevented"]] = rng.random((4, 60)) < 0.5
        called += bool(respond((0.5, 1.0, 2.0, 3.0), Sample(scores, FAMILIES * 10)).effect.falls)
    assert called <= 11  # 5% of 100, and what chance adds to it once in a hundred times


def test_known_doses_are_found_again() -> None:
    found = response(KNOWN, count=200)
    assert found.points["ed50"].value == pytest.approx(0.6, abs=0.08)
    assert found.points["td50"].value == pytest.approx(3.0, abs=0.25)
    assert known(found.effect.logistic).dose(0.5) == pytest.approx(0.6, rel=0.1)
    assert known(found.harm.logistic).slope == pytest.approx(4.0, rel=0.15)
    assert found.ratio("td50", "ed50") == pytest.approx(5.0, rel=0.15)
    # TD1 = 3 (1/99)^(1/4), ED99 = 0.6 * 99^(1/3)
    assert found.smooth_ratio("td1", "ed99") == pytest.approx(3 * 99**-0.25 / (0.6 * 99 ** (1 / 3)), rel=0.35)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = {"effect": 0, "harm": 0, "ed50": 0, "td50": 0}
    for seed in range(REPLICATIONS):
        table = Table.of(sweep(KNOWN, DOSES, 20, seed), ())
        sample = table.sample([Spec(dose) for dose in DOSES], UNGOVERNED, Weights())
        found = _quick(sample)
        held["effect"] += _inside(found.effect.shares[3], KNOWN.effect(0.75))
        held["harm"] += _inside(found.harm.shares[6], KNOWN.harm(2.0))
        held["ed50"] += _inside(found.points["ed50"], _straight(KNOWN.effect, 0.5, KNOWN.effect(4.0)))
        held["td50"] += _inside(found.points["td50"], _straight(KNOWN.harm, 0.5, 1.0))
    for name, count in held.items():
        # 95% of 100; three standard deviations of chance, and of the draws, below and above.
        assert 0.88 <= count / REPLICATIONS <= 1.0, name


def test_the_same_table_gives_the_same_numbers() -> None:
    assert response(KNOWN).to_json() == response(KNOWN).to_json()


def _quick(sample: Sample) -> Response:
    return respond(DOSES, sample, draws=DRAWS)


def _inside(estimate: Estimate, truth: float) -> bool:
    return (
        known(estimate.low) - 1e-9 <= truth <= (math.inf if estimate.high is None else estimate.high + 1e-9)
    )


def _straight(curve, share: float, top: float) -> float:
    """The dose that straight lines between ``DOSES`` give, as the estimate draws them."""
    values = [curve(dose) for dose in DOSES]
    return float(np.interp(share * top, values, DOSES))
