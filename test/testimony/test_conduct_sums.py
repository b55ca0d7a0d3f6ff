"""What is added up over the decisions of a channel: how far, how fast, how near; and what counts as nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from iatro_governor.testimony.conduct import Amount, Conduct, Peaks
from test.testimony.conducts import PARAMS, lasting, limit, sample, taken
from test.testimony.events import twist

PLACES: dict[str, Any] = {"channel_type": "joint_position", "rest": [0.0, 0.0]}


def test_peaks_are_the_largest_of_each_quantity() -> None:
    peaks = taken(sample(0.0, 0.5, 0.75), sample(0.125, 1.0, 0.25), sample(0.25, 0.75, 0.5)).requested
    assert (peaks.speed, peaks.angular_speed, peaks.pushed) == (1.0, 0.75, False)


def test_forces_and_torques_peak_and_once_pushed_is_pushed() -> None:
    pressed = [sample(0.125 * n, channel_type="wrench", requested=[0, 0, f, m, 0, 0])
               for n, (f, m) in enumerate([(3.0, 0.25), (0.5, 4.0), (0.25, 0.5)])]  # fmt: skip
    peaks = taken(*pressed).requested
    assert (peaks.force, peaks.torque, peaks.pushed) == (3.0, 4.0, True)
    assert peaks.to_json() == {"speed": 0.0, "angular_speed": 0.0, "force": 3.0, "torque": 4.0}
    soft = taken(pressed[2]).requested
    assert not soft.pushed and soft.to_json()["force"] == 0.25


def test_peaks_of_several_channels_are_the_largest_of_each() -> None:
    whole = Peaks()
    whole.take(Peaks(0.5, 2.0, 3.0, 0.5, False))
    whole.take(Peaks(1.0, 1.0, 1.0, 4.0, True))
    whole.take(Peaks())
    assert whole == Peaks(1.0, 2.0, 3.0, 4.0, True) and not Peaks().pushed
    assert Peaks().to_json() == {"speed": 0.0, "angular_speed": 0.0}


def test_what_goes_into_the_record_is_rounded_to_a_millionth() -> None:
    third = taken(sample(0.0, 1 / 3, 2 / 3), sample(1 / 6, 1 / 3, 2 / 3)).to_json()
    for side in ("requested", "allowed", "measured"):
        assert third[side] == {"speed": 0.333333, "angular_speed": 0.666667}
    assert (third["vigour"], third["displacement_m"], third["rotation_rad"]) == (0.666667, 0.055556, 0.111111)
    cut = lasting(0.0, 1 / 6, speed=1.0, allowed=twist(0.5), limits=[limit(requested=1.0, allowed=0.5)])
    assert cut.to_json()["longest_cut_s"] == 0.166667


def test_vigour_is_the_speed_and_the_turn_at_arm_s_length_at_its_highest() -> None:
    assert taken(sample(0.0, 0.5, 1.0), sample(0.125, 0.25, 0.25)).vigour == 1.0
    assert taken(sample(0.0, **PLACES, requested=[0.0, 1.0])).vigour == 0.0


def test_distance_and_turn_are_what_was_measured_times_what_passed() -> None:
    conduct = lasting(0.0, 0.125, 0.25, speed=0.5, turn=1.0, measured=twist(1.0, 2.0))
    assert (conduct.displacement, conduct.rotation) == (0.25, 0.5)
    assert (conduct.travel, conduct.turn) == (Amount(0.125, 0.25, True), Amount(0.25, 0.5, True))


def test_of_a_pause_a_quarter_of_a_second_counts_and_of_time_that_goes_back_none() -> None:
    conduct = lasting(0.0, 4.0, 2.0, speed=1.0)
    assert conduct.displacement == 0.25 == conduct.travel.asked == conduct.travel.measured


def test_what_is_measured_of_standing_still_is_no_distance() -> None:
    conduct = lasting(0.0, 0.125, speed=1.0, measured=twist(0.25, 0.5))
    assert (conduct.displacement, conduct.rotation) == (0.0, 0.0), "the floor itself"
    conduct = lasting(0.0, 0.125, speed=1.0, measured=twist(0.5, 1.0))
    assert (conduct.displacement, conduct.rotation) == (0.0625, 0.125)


def test_an_amount_is_what_was_asked_for_and_done_or_asked_for_where_nobody_saw() -> None:
    assert (Amount(3.0, 2.0, True).both, Amount(2.0, 3.0, True).both) == (2.0, 2.0)
    assert Amount(3.0).both == 3.0 and Amount() == Amount(0.0, 0.0, False)
    unseen = lasting(0.0, 0.125, speed=1.0, measured=None)
    assert unseen.travel == Amount(0.125, 0.0, False)
    assert taken(sample(0.0, 1.0), sample(0.125, 1.0, measured=None)).travel.seen


def test_only_a_base_travels() -> None:
    turning = lasting(0.0, 0.125, channel_type="joint_velocity", requested=[0.0, 1.0])
    assert turning.turn == Amount() and turning.moves == (0.0, 0.125) and turning.kind == "joint_velocity"


def test_motion_is_asked_for_from_the_first_time_to_the_last() -> None:
    speeds = [0.0, 1.0, 0.25, 1.0, 0.0]
    conduct = taken(*(sample(0.125 * n, speed) for n, speed in enumerate(speeds)))
    assert conduct.moves == (0.125, 0.375) and lasting(0.0, speed=0.25, turn=0.5).moves is None


def test_places_are_as_far_as_the_furthest_was_from_the_first() -> None:
    at = [[1.0, 1.0], [1.5, 1.0], [1.0, 1.25], [1.0, 1.0]]
    conduct = taken(*(sample(0.125 * n, **PLACES, measured=place) for n, place in enumerate(at)))
    assert (conduct.rotation, conduct.displacement, conduct.start) == (0.5, 0.0, (1.0, 1.0))
    assert lasting(0.0, **PLACES, measured=None).start is None
    fingers = [sample(t, channel_type="gripper", rest=[0.0, 0.0], requested=[0.0, 0.0], measured=[gap, 0.0])
               for t, gap in ((0.0, 0.5), (0.125, 0.25), (0.25, 0.5))]  # fmt: skip
    assert taken(*fingers).displacement == 0.25


@pytest.mark.parametrize(
    ("kind", "unit", "near"),
    [
        ("separation", "m", {"people", "anything"}),
        ("link_separation", "m", {"people", "anything"}),
        ("obstacle", "m", {"anything"}),
        ("link_zone", "m", {"anything"}),
        ("obstacle", "m/s", set()),
        ("tip_over", "m", set()),
    ],
)
def test_the_nearest_that_a_limit_of_clearance_tells_of_is_kept(kind: str, unit: str, near: set[str]) -> None:
    told = [sample(0.125 * n, 1.0, limits=[limit(kind, unit=unit, requested=value)])
            for n, value in enumerate((0.5, 0.25, 0.75, None))]  # fmt: skip
    assert taken(*told).closest == dict.fromkeys(near, 0.25)


@pytest.mark.parametrize("value", [None, math.inf, -math.inf])
def test_a_limit_that_gives_no_number_tells_of_nothing_near(value: float | None) -> None:
    near = limit("separation", unit="m", requested=value)
    assert lasting(0.0, speed=1.0, limits=[near]).closest == {}


def test_nothing_is_near_where_no_motion_is_asked_for() -> None:
    told: dict[str, Any] = {"limits": [limit("obstacle", unit="m", requested=0.5)]}
    assert lasting(0.0, speed=0.25, **told).closest == {}


@pytest.mark.parametrize(
    ("body", "still"),
    [
        ({"speed": 0.25, "turn": 0.5}, True),
        ({"speed": 0.375}, False),
        ({"turn": 0.625}, False),
        ({"channel_type": "wrench", "requested": [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]}, True),
        ({"channel_type": "wrench", "requested": [0.0, 0.0, 1.5, 0.0, 0.0, 0.0]}, False),
        ({"measured": twist(1.0, 2.0)}, True),
        ({"measured": twist(1.5)}, False),
        ({"measured": twist(0.0, 2.5)}, False),
    ],
)
def test_what_was_asked_for_and_done_within_the_noise_is_nothing(body: dict[str, Any], still: bool) -> None:
    """Two decisions an eighth of a second apart: at 1 m/s and 2 rad/s they go as far as the floors."""
    conduct = lasting(0.0, 0.125, **body)
    assert conduct.null(PARAMS) is still
    assert (conduct.moves is None) is (still or "measured" in body)


def test_nothing_at_all_is_nothing() -> None:
    assert (
        Conduct().null(PARAMS) and not Conduct().intervened(PARAMS) and Conduct().last_command_t == -math.inf
    )


def test_what_limits_tell_of_a_command_is_asked_for_with_it() -> None:
    told = [
        limit("link_speed", requested=-3.0),
        limit("link_speed", requested=2.0),
        limit("link_speed", requested=None),
        limit("link_speed", unit="rad/s", requested=9.0),
        limit("speed", requested=9.0),
        limit("contact_force", unit="N", requested=5.0),
        limit("contact_force", unit="m/s", requested=50.0),
    ]
    peaks = taken(sample(0.0, 1.0, limits=told)).requested
    assert (peaks.speed, peaks.force) == (3.0, 5.0)
    assert taken(sample(0.0, requested=None, allowed=twist(0.0), limits=told)).requested == Peaks()


def test_commands_and_ticks_are_decisions_and_faults_are_counted() -> None:
    fault: dict[str, Any] = {"faults": [{"name": "sensor_stale"}]}
    conduct = taken(sample(0.25, 1.0, **fault), sample(0.5, trigger="tick", **fault), sample(0.375, 1.0))
    assert (conduct.commands, conduct.decisions, conduct.last_command_t) == (2, 3, 0.375)
    assert conduct.faults == {"sensor_stale": 2}
    assert (conduct.first, conduct.last, conduct.writer) == ((0.25, 2), (0.375, 3), "ring")
