"""For an arm, too: more limits never admit more, and what is admitted is admissible for every one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.resolve import resolve
from iatro_governor.limits.rate import RateLimit
from iatro_governor.limits.registry import KINDS
from test.limits.bodies import body_situations, joint_rates
from test.limits.situations import make

KEPT = [kind for kind, limit in KINDS.items() if limit.view == "body" and not issubclass(limit, RateLimit)]
BALL = {"sphere": {"centre": [0.4, 0.5, 0.0], "radius": 0.15}}


def everything():
    """Of every kind that looks at a body, and some twice."""
    more = [
        make("link_zone", name="ball", volume=BALL, margin=0.05),
        make("link_slow_zone", name="slow_ball", volume=BALL, speed=0.05),
        make("link_speed", name="crawl", bound=0.2, links=["lower"]),
        make("contact_force", name="tender", report=[5.0, 1.0], stop=[10.0, 2.0]),
        make("power_and_force", name="near", distance=0.4, velocity_noise=0.1),
    ]
    return [*map(make, KEPT), *more]


COUNT = len(everything())


def as_it_is(targets):
    return targets


@settings(max_examples=120, deadline=None)
@given(
    at=body_situations(),
    command=joint_rates,
    chosen=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT),
    extra=st.integers(0, COUNT - 1),
)
def test_one_more_limit_never_raises_the_scale(at, command, chosen, extra):
    limits = everything()
    fewer = [limit for k, limit in enumerate(limits) if chosen[k] and k != extra]
    before = resolve(command, at, fewer, as_it_is)
    after = resolve(command, at, [*fewer, limits[extra]], as_it_is)
    if before.scale is None:
        assert after.scale is None
    elif after.scale is not None:
        assert after.scale <= before.scale + 1e-12


@settings(max_examples=80, deadline=None)
@given(at=body_situations(), command=joint_rates)
def test_what_is_admitted_is_admissible_for_every_limit(at, command):
    limits = everything()
    answer = resolve(command, at, limits, as_it_is)
    if answer.scale is None:
        return
    assert np.isfinite(answer.target).all()
    ways = at.roll_out(answer.target[None])
    for limit in limits:
        cap, clear = limit.cap(answer.target, at), limit.clear(ways, at)
        assert cap is None or cap.scale >= 1 - 1e-9, limit.config.kind
        assert clear is None or clear.all(), limit.config.kind


@settings(max_examples=80, deadline=None)
@given(at=body_situations(at_rest=True), command=joint_rates)
def test_at_rest_there_is_always_an_answer(at, command):
    assert resolve(command, at, everything(), as_it_is).scale is not None


def test_every_kind_is_tried():
    assert {"link_separation", "power_and_force", "contact_force", "link_obstacle", "tip_over"} <= set(KEPT)
