"""One step in plain numbers is the step of all, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.stepping import Rates

SIZE = 4
VALUE = st.one_of(st.just(0.0), st.floats(0.01, 2.0), st.floats(-2.0, -0.01))
VALUES = st.lists(VALUE, min_size=SIZE, max_size=SIZE).map(np.array)
BOUNDS = st.lists(st.sampled_from([0.3, 1.0, 4.0, 1e6]), min_size=SIZE, max_size=SIZE).map(np.array)


@settings(max_examples=200, deadline=None)
@given(
    anchor=VALUES, target=VALUES, growth=BOUNDS, decrease=BOUNDS, dt=st.sampled_from([0.0, 0.004, 0.01, 0.2])
)
def test_one_target_is_shaped_as_many_are(anchor, target, growth, decrease, dt):
    rates = Rates(growth, decrease, np.full(SIZE, np.inf), ())
    alone = rates.one(anchor, target, dt, 0.02)
    assert alone.tolist() == rates.step(anchor, target[None], dt, 0.02)[0].tolist()


@settings(max_examples=200, deadline=None)
@given(
    anchor=VALUES, target=VALUES, growth=BOUNDS, decrease=BOUNDS, dt=st.sampled_from([0.0, 0.004, 0.01, 0.2])
)
def test_what_each_component_reaches_by_itself_is_reached_and_no_more(anchor, target, growth, decrease, dt):
    rates = Rates(growth, decrease, np.full(SIZE, np.inf), ())
    place = rates.alone(anchor, target, dt, 0.02)
    assert rates.one(anchor, place, dt, 0.02) == pytest.approx(place, abs=1e-12)
    straight = rates.one(anchor, target, dt, 0.02)
    assert (np.abs(place - target) <= np.abs(straight - target) + 1e-12).all()
    for component in range(SIZE):
        by_itself = anchor.copy()
        by_itself[component] = target[component]
        assert rates.one(anchor, by_itself, dt, 0.02)[component] == pytest.approx(place[component], abs=1e-12)
