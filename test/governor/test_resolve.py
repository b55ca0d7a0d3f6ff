"""More limits never admit more, and what is admitted is admissible."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.rollout import roll_out
from iatro_governor.governor.resolve import resolve
from test.limits.situations import make, situations, twists

SQUARE = {"polygon": {"corners": [[-1.6, 0.6], [0.4, 0.6], [0.4, 1.6], [-1.6, 1.6]]}}


def everything():
    """Limits of every kind that bounds a target, some of them twice."""
    return [
        make("speed"),
        make("speed", name="turn", axis="wz", bound=0.9),
        make("speed", name="reverse", axis="vx", direction="negative", bound=0.2),
        make("zone"),
        make("zone", name="office", figure=SQUARE),
        make("slow_zone"),
        make("obstacle"),
        make("obstacle", name="wide", margin=0.2),
        make("time_to_collision"),
        make("unseen"),
    ]


def reach_for(situation):
    """Unbounded rate shaping: the target is the output."""
    return lambda targets: targets


@st.composite
def some_limits(draw: st.DrawFn):
    """The same kinds with any bounds."""
    speed, margin = st.floats(0.05, 2.0), st.floats(0.06, 0.5)
    corner, size = st.floats(-2.0, 2.0), st.floats(0.2, 2.0)
    x, y, dx, dy = draw(corner), draw(corner), draw(size), draw(size)
    box = {"polygon": {"corners": [[x, y], [x + dx, y], [x + dx, y + dy], [x, y + dy]]}}
    return [
        make("speed", bound=draw(speed)),
        make("speed", name="turn", axis="wz", bound=draw(speed)),
        make("zone", figure=box, margin=draw(margin)),
        make("slow_zone", figure=box, speed=draw(speed)),
        make("obstacle", margin=draw(margin), retreat_speed=draw(speed)),
        make("time_to_collision", bound=draw(st.floats(0.2, 3.0)), margin=draw(margin)),
        make("unseen", speed=draw(speed)),
    ]


subsets = st.lists(st.booleans(), min_size=10, max_size=10)


@settings(max_examples=300, deadline=None)
@given(at=situations(), command=twists, chosen=subsets, extra=st.integers(0, 9))
def test_one_more_limit_never_raises_the_scale(at, command, chosen, extra):
    limits = everything()
    fewer = [limit for k, limit in enumerate(limits) if chosen[k] and k != extra]
    before = resolve(command, at, fewer, reach_for(at))
    after = resolve(command, at, [*fewer, limits[extra]], reach_for(at))
    if before.scale is None:
        assert after.scale is None
    elif after.scale is not None:
        assert after.scale <= before.scale + 1e-12


@settings(max_examples=200, deadline=None)
@given(at=situations(), command=twists, limits=some_limits())
def test_what_is_admitted_is_admissible_for_every_limit(at, command, limits):
    answer = resolve(command, at, limits, reach_for(at))
    if answer.scale is None:
        return
    assert np.isfinite(answer.target).all()
    rollouts = roll_out(answer.target[None], at.flight, at.period, at.braking, at.reach)
    for limit in limits:
        cap, clear = limit.cap(answer.target, at), limit.clear(rollouts, at)
        assert cap is None or cap.scale >= 1.0 - 1e-9
        assert clear is None or clear.all()


@settings(max_examples=200, deadline=None)
@given(at=situations(), command=twists, limits=some_limits(), extra=st.integers(0, 6))
def test_one_more_limit_of_any_bound_never_raises_the_scale(at, command, limits, extra):
    fewer = [limit for k, limit in enumerate(limits) if k != extra]
    before, after = (resolve(command, at, some, reach_for(at)) for some in (fewer, limits))
    assert after.scale is None or (before.scale is not None and after.scale <= before.scale + 1e-12)


@settings(max_examples=100, deadline=None)
@given(at=situations())
def test_zero_stays_zero(at):
    answer = resolve(np.zeros(3), at, everything(), reach_for(at))
    assert not answer.target.any() or answer.scale is None


@settings(max_examples=100, deadline=None)
@given(at=situations(at_rest=True), command=twists)
def test_at_rest_standing_still_is_always_possible(at, command):
    assert resolve(command, at, everything(), reach_for(at)).scale is not None
