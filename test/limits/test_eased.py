"""What an operator who brings a body out of a trap is given: as near as they may come, and no limit more."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.shape import Box
from iatro_governor.limits.registry import KINDS
from test.limits.broken import broken, room
from test.limits.situations import make, situation

KEPT = 0.02
"""What the operator still keeps, m."""
LEAST = {"obstacle": ("floor", 0.05), "link_obstacle": ("self_filter", 0.07)}
"""By kind: what it keeps at the least, whatever the operator asks for, and a value of that, m."""
GIVING = ["geofence", "link_obstacle", "link_zone", "obstacle", "workspace", "zone"]
FIRM = sorted(set(KINDS) - {*GIVING, "unseen"})


@pytest.mark.parametrize("kind", GIVING)
def test_the_operator_may_come_as_near_as_they_are_given_and_no_nearer(kind):
    at, limit = broken(kind), make(kind)
    eased = limit.eased(KEPT, 0.05)
    assert type(eased) is type(limit) and eased.config.name == limit.config.name
    before, after = limit.clearance(at), eased.clearance(at)
    assert before is not None and after is not None
    least = getattr(limit.config, LEAST[kind][0]) if kind in LEAST else 0.0
    assert eased.config.margin == pytest.approx(max(KEPT, least)) and after.required <= before.required
    assert after.now == pytest.approx(before.now)


@pytest.mark.parametrize("kind", ["geofence", "zone"])
def test_a_way_that_the_margin_forbids_is_open_under_the_eased_one_and_its_end_is_not(kind):
    """At 20 mm, with 10 mm asked for: 50 mm/s on for one period is nothing, and on to the edge too far."""
    limit = make(kind)
    at = situation(np.zeros((0, 2)), pose=np.array([2.76 if kind == "geofence" else 0.76, 0.0, 0.0]))
    on = next(
        way
        for way in np.array([[0.02, 0, 0], [-0.02, 0, 0]])
        if room(kind, way, at) < room(kind, 0 * way, at)
    )

    def free(rule, factor):
        clear = rule.clear(at.roll_out((factor * on)[None]), at)
        return clear is None or bool(clear[0])

    eased = limit.eased(-0.05, 0.05)
    assert not free(limit, 1.0) and free(eased, 1.0) and not free(eased, 30.0)


def test_of_what_stands_across_a_slot_of_a_zone_the_operator_gets_no_deeper_either():
    """0.2 m wide, and open at y = 2 m: a box across it at y = 0.5 m has 1.9 m to go, and its middle none."""
    right = [[2.0, -2.0], [2.0, 2.0], [0.1, 2.0], [0.1, -1.0]]
    slotted = right + [[-x, y] for x, y in reversed(right)]
    at = situation(np.zeros((0, 2)), Box((0.0, 0.0), (0.4, 0.25)), np.array([0.0, 0.5, math.pi / 2]))
    eased: Any = make("zone", figure={"polygon": {"corners": slotted}}).eased(-1.91, 0.05)
    clearance, ways = eased.clearance(at), np.array([[0.05, 0.0, 0.0], [-0.05, 0.0, 0.0], [-0.3, 0.0, 0.0]])
    assert clearance is not None and clearance.now == pytest.approx(-1.9)
    clear = eased.clear(at.roll_out(ways), at)
    assert clear is not None and clear.tolist() == [True, True, False]


@pytest.mark.parametrize("kind", sorted(LEAST))
def test_what_counts_as_touching_is_kept_from_the_operator_as_well(kind):
    field, value = LEAST[kind]
    limit = make(kind, margin=0.1, **{field: value})
    least, more = limit.eased(0.0, 0.05), limit.eased(0.09, 0.05)
    assert least is not None and least.config.margin == value
    assert more is not None and more.config.margin == 0.09


@pytest.mark.parametrize("kind", FIRM)
def test_no_other_limit_gives_way(kind):
    assert make(kind).eased(0.0, 10.0) is None
