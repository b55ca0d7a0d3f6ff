"""Which of a channel's values count for which quantity, and which shapes count for none."""

from __future__ import annotations

import math

import pytest

from iatro_governor.testimony.motion import NOTHING, Size, Values, size

UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def turned(angle: float) -> Values:
    """A quaternion about the first axis."""
    return (math.sin(angle / 2), 0.0, 0.0, math.cos(angle / 2))


@pytest.mark.parametrize(
    ("kind", "values", "rest", "expected"),
    [
        ("twist", (3.0, 4.0, 0.0, 7.0, 7.0, -2.0), None, Size(speed=5.0, angular_speed=2.0)),
        ("joint_velocity", (0.5, -2.0), (9.0, 9.0), Size(angular_speed=2.0)),
        ("joint_position", (1.0, 2.0), (0.5, 4.0), Size(angular_speed=2.0)),
        ("joint_trajectory", (1.0, 2.0), (0.5, 4.0), Size(angular_speed=2.0)),
        ("pose", (3.0, 4.0, 12.0, *UPRIGHT), (0.0, 0.0, 0.0, *UPRIGHT), Size(speed=13.0)),
        ("gripper", (0.25, -30.0), (1.0, 5.0), Size(speed=0.75, force=30.0)),
        ("gripper", (0.25, -30.0), None, Size(force=30.0)),
        ("joint_effort", (1.0, -4.0), (0.5, 1.0), Size(torque=5.0)),
        ("wrench", (2.0, 3.0, 6.0, 2.0, 0.0, 1.5), None, Size(force=7.0, torque=2.5)),
    ],
)
def test_the_values_of_a_channel_are_of_its_quantities(
    kind: str, values: Values, rest: Values | None, expected: Size
) -> None:
    assert size(kind, values, rest) == expected


@pytest.mark.parametrize(
    ("kind", "values", "rest"),
    [
        ("twist", (1.0,) * 5, None),
        ("twist", (1.0,) * 7, None),
        ("joint_position", (1.0,), None),
        ("joint_trajectory", (1.0,), ()),
        ("pose", (1.0,) * 6, (0.0,) * 6),
        ("pose", (1.0,) * 8, (0.0,) * 8),
        ("pose", (1.0, 1.0, 1.0, *UPRIGHT), None),
        ("gripper", (1.0,), (0.0,)),
        ("gripper", (1.0,) * 3, (0.0,) * 3),
        ("wrench", (1.0,) * 5, None),
        ("wrench", (1.0,) * 7, None),
        ("another", (1.0,) * 6, None),
        ("joint_velocity", (), None),
        ("joint_velocity", None, None),
    ],
)
def test_values_of_another_shape_are_nothing(kind: str, values: Values | None, rest: Values | None) -> None:
    assert size(kind, values, rest) == NOTHING == Size(0.0, 0.0, 0.0, 0.0, False)


def test_a_pose_turns_by_the_angle_between_the_two_whichever_way_they_are_written() -> None:
    for angle in (0.5, 1.0):
        for sign in (1.0, -1.0):
            there = (0.0, 0.0, 0.0, *(sign * part for part in turned(angle)))
            found = size("pose", there, (0.0, 0.0, 0.0, *UPRIGHT))
            assert found.speed == 0.0 and found.angular_speed == pytest.approx(angle)


def test_a_quaternion_a_little_too_long_has_not_turned() -> None:
    assert size("pose", (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.5), (0.0, 0.0, 0.0, *UPRIGHT)) == NOTHING


def test_a_rest_of_another_shape_is_all_zeros() -> None:
    assert size("joint_effort", (1.0, -4.0), (9.0,)).torque == 4.0
    assert size("joint_position", (1.0, 2.0), (9.0,)).angular_speed == 2.0


def test_a_push_is_what_goes_beyond_holding_still_by_more_than_it_may() -> None:
    rest = (5.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    pushes = [size("wrench", (5.0, force, 0.0, 0.0, 0.0, 0.0), rest, 2.0).pushes for force in (0.0, 2.0, 2.5)]
    assert pushes == [False, False, True]
    assert [size("joint_effort", (torque,), None, 2.0).pushes for torque in (2.0, 2.5)] == [False, True]
