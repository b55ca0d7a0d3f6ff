"""What all limits have in common: how distances are judged along ways, and what is said where nothing is overridden."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.limit import Cap, Clearance, Guard, Limit, LimitConfig, excess
from test.limits.bodies import body_situation
from test.limits.situations import make, situation

MARGIN, FLOOR, NOISE = 0.3, 0.05, 0.01
HALF = 0.04
"""Half a step, m: so much more than the margin is needed at each sample."""


def holds(now, *ways, half=HALF, margin=MARGIN):
    """Of things ``now`` (g,), each way (k, g) of distances."""
    guard = Guard(np.array(now), np.array(ways, dtype=float), margin, FLOOR, NOISE)
    return guard.holds(np.full((len(ways), 1), half)).tolist()


def one(now, *samples, **more):
    """Of one thing, one way."""
    return holds([now], [[each] for each in samples], **more)[0]


def test_at_every_sample_the_margin_and_half_a_step_are_kept():
    assert one(0.9, 0.5, 0.34, 0.5) and not one(0.9, 0.5, 0.3399, 0.5)
    assert not one(0.9, 0.3399, 0.5, 0.5) and not one(0.9, 0.5, 0.5, 0.3399)


def test_what_is_nearer_already_comes_no_nearer():
    assert one(0.2, 0.25, 0.2, 0.3) and not one(0.2, 0.25, 0.199, 0.3)


def test_less_than_rounding_is_no_closing_in():
    """A distance of 1e-9 m."""
    assert one(0.25, 0.25 - 1e-9) and not one(0.25, 0.25 - 2e-9)
    assert one(0.03, 0.03 - 1e-9) and not one(0.03, 0.03 - 2e-9)


def test_every_thing_is_judged_by_itself_on_each_way():
    now = [0.9, 0.2]
    assert holds(now, [[0.5, 0.2], [0.34, 0.4]], [[0.5, 0.2], [0.33, 0.4]], [[0.5, 0.2], [0.34, 0.19]]) == [
        True,
        False,
        False,
    ]


def test_what_touches_may_seem_nearer_by_noise_on_the_way_and_not_at_its_end():
    """At 0.03 m, below the floor of 0.05 m, with 0.01 m of noise."""
    assert one(0.03, 0.0201, 0.0201, 0.03) and not one(0.03, 0.03, 0.0199, 0.03)
    assert not one(0.03, 0.03, 0.0301, 0.0299)
    assert not one(0.05, 0.045, 0.045, 0.05)  # at the floor itself nothing touches
    assert one(0.03125, 0.03125 - NOISE, 0.03125)  # by all of the noise


def test_one_thing_that_touches_eases_nothing_of_another():
    touching, near = 0.03, 0.2
    slid, neared = [[0.025, 0.2], [0.03, 0.3], [0.03, 0.2]], [[0.025, 0.195], [0.03, 0.3], [0.03, 0.2]]
    assert holds([touching, near], slid, neared) == [True, False]


def test_an_excess_is_more_than_rounding():
    assert excess(0.75, 0.5) == 0.25 and excess(0.4, 0.5) == 0.0
    assert excess(0.5 + 1e-9, 0.5) == 0.0 and excess(0.5 + 2e-9, 0.5) == pytest.approx(2e-9)
    assert Cap(0.5, 1.0, 0.5).excess == 0.0


class Keeping(Limit[LimitConfig]):
    """Keeps 0.3 m and is at 0.5 m; a way is told by the least distance that it leads to, and its half step."""

    model = LimitConfig
    unit = "m"

    def __init__(self, clearance=None):
        super().__init__(LimitConfig(name="mine", kind="mine", channel="base", source="a test"))
        self._clearance = clearance

    def clear(self, rollouts, situation, tolerance=0.0):
        return np.zeros(len(rollouts.half_step), dtype=bool)

    def clearance(self, situation):
        return self._clearance

    def least_ahead(self, rollouts, situation):
        return rollouts.least


def ways(least, *half_steps):
    return SimpleNamespace(least=least, half_step=np.array(half_steps))


NEAR = Clearance(0.5, 0.3)


def test_what_is_refused_is_told_by_the_least_distance_of_the_last_way_less_half_a_step():
    assert Keeping(NEAR).judged_ahead(ways(0.25, 0.125, 0.0625), None) == 0.1875
    assert Keeping(NEAR).judged_ahead(ways(0.25, [0.5, 0.5], [0.03125, 0.125]), None) == 0.125
    assert Keeping(NEAR).judged_ahead(ways(None, 0.125), None) is None
    told = Keeping(NEAR).blocked(np.ones(3), None, ways(0.25, 0.125, 0.0625))
    assert told == (0.1875, 0.3, pytest.approx(0.2))


def test_without_a_distance_on_the_way_it_is_told_by_the_one_now():
    assert Keeping(NEAR).blocked(np.ones(3), None, ways(None, 0.1))[0] == 0.5


def test_without_ways_the_wanted_output_alone_is_followed():
    asked = []

    def roll_out(outputs):
        asked.append(outputs.tolist())
        return ways(0.25, 0.125)

    assert Keeping(NEAR).blocked(np.array([1.0, 2.0]), SimpleNamespace(roll_out=roll_out))[0] == 0.125
    assert asked == [[[1.0, 2.0]]]


def test_who_refuses_ways_and_keeps_no_clearance_cannot_tell_by_what():
    with pytest.raises(NotImplementedError, match="Keeping"):
        Keeping().blocked(np.ones(3), None, ways(0.25, 0.1))


def test_faces_are_those_that_a_limit_overrides():
    assert Keeping().keeps and Keeping().faces == ("clear",)
    assert not make("speed").keeps and make("speed").faces == ("cap",)
    assert make("obstacle").faces == ("cap", "clear")
    assert make("contact_force").faces == ("cap", "alarm")


def test_by_default_a_limit_says_nothing():
    mute = Keeping()
    assert mute.weighs is False and mute.foresees is False and mute.fault == ""
    assert mute.bound is None and mute.each is None and mute.row_unit == "m"
    assert mute.idle(None, None) is False and mute.alarm(None) is None and mute.strain(None) is None
    assert mute.cap(np.ones(3), None) is None and mute.rows(None) is None and mute.eased(0.1, 0.1) is None
    assert Limit.clear(mute, None, None) is None and mute.present(None) is None and mute.about(None) is None


def test_by_default_it_is_tried_by_every_component_of_its_channel_in_every_scene():
    scenes = [situation(np.zeros((0, 2))), situation(np.array([[1.0, 0.0]]))]
    (challenge,) = Keeping(NEAR).trips(scenes)
    trips = list(challenge.trips)
    # Three sizes, three components, both ways, two scenes, from rest and at that speed already.
    assert challenge.face == "clear" and len(trips) == 3 * 3 * 2 * 2 * 2
    arm = make("link_speed").trips([body_situation(np.zeros(2))])
    assert all(trip.command.any() for each in arm for trip in each.trips)


def test_a_row_of_the_list_has_its_bound_or_its_bounds():
    whole, each = make("obstacle").row(), make("joint_velocity").row()
    assert (whole["bound"], whole["bounds"], whole["unit"]) == (make("obstacle").bound, None, "m")
    assert (each["bound"], each["bounds"], each["unit"]) == (None, [1.0, 1.0], "rad/s")
    assert (whole["name"], whole["channel"], whole["kind"], whole["source"]) == (
        "obstacle",
        "base",
        "obstacle",
        "a test",
    )


def test_what_bounds_turning_is_in_radians():
    assert make("jerk", axis="angular").row()["unit"] == "rad/s3" and make("jerk").row()["unit"] == "m/s3"
