"""Rising fits, against scipy's; crossings; and the logistic curve."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import isotonic_regression

from iatro_governor.trial.estimate.fits import Logistic, crossing, isotonic, logistic
from test.trial.estimate.synthetic import known

DOSES = np.array([0.0, 0.5, 1.0, 2.0])


@settings(max_examples=60)
@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 9)), elements=st.floats(0, 1, width=32)))
def test_rising_fits_are_scipys(rows: np.ndarray) -> None:
    expected = [isotonic_regression(row).x for row in rows]
    assert isotonic(rows) == pytest.approx(np.array(expected), abs=1e-9)


def test_what_is_never_reached_has_no_dose() -> None:
    assert math.isinf(crossing(DOSES, np.array([0.0, 0.1, 0.2, 0.3]), 0.31))


@pytest.mark.parametrize(("level", "dose"), [(0.0, 0.0), (0.1, 0.5), (0.15, 0.75), (0.3, 1.5), (0.4, 2.0)])
def test_crossings_lie_straight_between_doses(level: float, dose: float) -> None:
    assert crossing(DOSES, np.array([0.0, 0.1, 0.2, 0.4]), level) == pytest.approx(dose)


def test_a_plateau_has_no_crossing_of_its_own() -> None:
    assert crossing(DOSES, np.array([0.0, 0.4, 0.4, 0.4]), 0.4) == pytest.approx(0.5)


def test_a_curve_that_levels_off_is_fitted_with_its_top() -> None:
    true = Logistic(1.0, 3.0, 0.7)
    shares = np.array([true.at(dose) for dose in DOSES])
    found = known(logistic(DOSES, shares, 1000.0, np.linspace(shares.max(), 1, 9).tolist()))
    assert found.top == pytest.approx(0.7, abs=0.05)
    assert found.dose(0.5) == pytest.approx(math.exp(-1 / 3), rel=0.05)


def test_a_step_between_two_doses_keeps_the_fit_finite() -> None:
    found = logistic(DOSES, np.array([0.0, 0.0, 1.0, 1.0]), 50.0)
    assert 0.5 < known(known(found).dose(0.5)) < 1.0


def test_one_dose_makes_no_curve() -> None:
    assert logistic(np.array([0.0, 1.0]), np.array([0.0, 0.5]), 10.0) is None


def test_a_falling_curve_has_no_dose() -> None:
    assert Logistic(0.0, -1.0).dose(0.5) is None
