"""How far towards what is admissible an output gets, by limits of a test's own on the components of two channels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.admissible import Admissible
from iatro_governor.governor.decision import Action
from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.standstill import STUCK
from test.governor.bounded import PERIOD, SIZE, Bound, Nothing, Situation, admissible, member, towards


def test_on_the_straight_way_the_slowest_component_says_how_far_it_gets():
    """In 0.1 s by 0.2, and the lift by 0.1 of 0.4: a quarter of the way."""
    made = admissible([0.0, 0.0, 0.0])
    assert towards(made, [0.6, -0.4, 0.4]) == pytest.approx([0.15, -0.1, 0.1])
    assert made.step(np.array([[0.6, -0.4, 0.4]]), PERIOD)[0] == pytest.approx([0.15, -0.1, 0.1])


def test_a_pause_lets_it_gain_speed_for_two_periods_at_most():
    """In 0.5 s as in 0.2 s, by either way that it is worked out."""
    made = admissible([0.0, 0.0, 0.0])
    assert towards(made, [0.8, 0.0, 0.0], dt=0.5) == pytest.approx([0.4, 0.0, 0.0])
    assert made.step(np.array([[0.8, 0.0, 0.0]]), 0.5)[0] == pytest.approx([0.4, 0.0, 0.0])


def test_where_what_stands_is_beyond_a_limit_no_slow_component_keeps_it_up():
    """The arm stands at 1 and may at most at 0.2; the lift would take 0.8 s to 0.8, and the arm would wait for it."""
    limit = Bound([0], 0.2)
    made = admissible([1.0, 0.0, 0.0], [limit])
    target = [0.2, 0.0, 0.8]
    assert towards(made, target) == pytest.approx([0.9, 0.0, 0.1]), (
        "an eighth of the way, where nothing is broken"
    )
    assert towards(made, target, limit) == pytest.approx([0.6, 0.0, 0.1]), "each as far as it gets by itself"


def test_where_braking_alone_would_not_be_slower_the_way_stays_straight():
    limit = Bound([0], 0.2)
    made = admissible([1.0, 0.0, 0.5], [limit])
    assert towards(made, [0.0, 0.0, 0.4], limit) == pytest.approx([0.6, 0.0, 0.46])


def test_what_would_break_another_limit_by_itself_brakes_instead():
    """Beyond its bound the arm's first joint slows, and the second may not grow meanwhile: then all of it brakes."""
    first, second = Bound([0], 0.2), Bound([1], 0.05)
    made = admissible([1.0, 0.0, 0.0], [first, second])
    target = [0.2, 0.8, 0.0]
    assert towards(made, target, first) == pytest.approx([0.6, 0.2, 0.0])
    assert towards(made, target, first, second) == pytest.approx([0.6, 0.0, 0.0])


def test_a_way_that_is_not_clear_is_not_taken_for_being_slower():
    """The lift may stay where it is, and not move by itself."""
    limit, keep = Bound([0], 0.2), Bound([2], 0.04, keeps=True)
    made = admissible([1.0, 0.0, 0.0], [limit, keep])
    straight = towards(made, [0.2, 0.0, 0.3], limit)
    assert towards(made, [0.2, 0.0, 0.3], limit, keep) == pytest.approx(
        towards(made, [0.2, 0.0, 0.3])
    ) and straight != pytest.approx(towards(made, [0.2, 0.0, 0.3]))


def test_where_jerk_is_bounded_each_component_goes_on_from_the_pace_that_there_is():
    """By 20 a second each second: in 0.1 s the pace may change by 2, and so by 0.2 in the output."""
    limit, jerk = Bound([0], 0.2), np.array([20.0, 20.0, 2.0])
    made = admissible([1.0, 0.0, 0.0], [limit], jerk=jerk, pace=[-1.0, 0.0, 0.0])
    plain = admissible([1.0, 0.0, 0.0], [limit])
    alone = towards(made, [0.2, 0.0, 0.8], limit)
    assert alone[2] <= 0.1 * 0.2 + 1e-9, "the lift by its jerk"
    assert alone[0] < towards(made, [0.2, 0.0, 0.8])[0], "the arm does not wait for it"
    assert alone[0] >= towards(plain, [0.2, 0.0, 0.8], limit)[0], (
        "and brakes no harder than without a bound on jerk"
    )


def test_a_bound_on_jerk_holds_of_every_step():
    """2 a second each second: in 0.1 s from rest by 0.02."""
    made = admissible([0.0] * 3, jerk=np.array([1e6, 1e6, 2.0]))
    assert made.step(np.array([[0.0, 0.0, 0.8]]), PERIOD)[0] == pytest.approx([0.0, 0.0, 0.02])
    assert towards(made, [0.0, 0.0, 0.8]) == pytest.approx([0.0, 0.0, 0.02])


def test_a_component_by_itself_gains_speed_for_two_periods_at_most():
    limit = Bound([0], 0.2)
    made = admissible([1.0, 0.0, 0.0], [limit])
    assert towards(made, [0.2, 0.0, 0.8], limit, dt=0.5) == pytest.approx([0.2, 0.0, 0.2])


WIDE = np.full(SIZE, 1e6)
"""A bound on jerk that bounds nothing here."""


def test_where_jerk_is_bounded_braking_of_all_together_is_no_measure_of_how_slow_it_can_be():
    """The lift lets all of it brake from 1 to 0.8 in 0.1 s, as the straight way does; by itself the arm gets to 0.6."""
    limit, target = Bound([0], 0.2), [0.2, 0.0, 0.9]
    stands = [1.0, 0.0, 0.5]
    assert towards(admissible(stands, [limit], jerk=WIDE), target, limit) == pytest.approx([0.6, 0.0, 0.6])
    assert towards(admissible(stands, [limit]), target, limit) == pytest.approx([0.8, 0.0, 0.6])


def test_where_jerk_is_bounded_what_would_break_another_limit_by_itself_stays_on_the_straight_way():
    """To 1/9 of it, as far as the lift gets; by itself the second joint would get to 0.2, where 0.05 is allowed."""
    first, second = Bound([0], 0.2), Bound([1], 0.05)
    made = admissible([1.0, 0.0, 0.0], [first, second], jerk=WIDE)
    found = towards(made, [0.2, 0.8, 0.9], first, second)
    assert found == pytest.approx([1.0 - 0.8 / 9, 0.8 / 9, 0.1])


def test_where_jerk_is_bounded_a_straight_way_that_is_as_slow_is_taken():
    """The arm needs two periods for it, so the lift gets half of its way, too, though it could get all of it."""
    limit = Bound([0], 0.2)
    made = admissible([1.0, 0.0, 0.0], [limit], jerk=WIDE)
    assert towards(made, [0.2, 0.0, 0.1], limit) == pytest.approx([0.6, 0.0, 0.05])


def resolved(made: Admissible, wanted: list[float], *limits: Any, t: float = 0.0, dt: float = PERIOD) -> Any:
    return made.resolve(np.array(wanted), Situation(made._outputs.standing), list(limits), dt, t)


def test_all_of_it_is_scaled_alike_before_anything_stands_still():
    limit = Bound([0, 1], 0.3)
    resolution, action = resolved(admissible([0.0] * 3, [limit]), [0.4, 0.2, 0.5], limit)
    assert action is Action.SCALED and resolution.target == pytest.approx([0.2, 0.1, 0.25])


@pytest.mark.parametrize(
    ("stuck", "target"),
    [([0, 1], [0.0, 0.0, 0.5]), ([2], [0.4, 0.2, 0.0])],
    ids=["the arm is stuck", "the lift is stuck"],
)
def test_where_one_channel_is_stuck_the_other_goes_on_and_says_whose_limit_it_is(stuck, target):
    limit = Bound(stuck, 0.0)
    resolution, action = resolved(admissible([0.0] * 3, [limit]), [0.4, 0.2, 0.5], limit)
    assert action is Action.SPLIT and resolution.target == pytest.approx(target) and resolution.scale == 1.0
    assert [cap.scale for _, cap in resolution.caps] == [0.0], "of the whole of it"


def test_of_the_only_channel_that_moves_parts_are_tried_in_their_order():
    limit = Bound([0], 0.0)
    arm = member("arm", slice(0, 2), parts=([0.4, 0.0], [0.0, 0.3], [0.0, 0.2]))
    made = admissible([0.0] * 3, [limit], members=[arm, member("lift", slice(2, 3))])
    resolution, action = resolved(made, [0.4, 0.2, 0.0], limit)
    assert action is Action.SPLIT and resolution.target == pytest.approx([0.0, 0.3, 0.0])


def test_what_moves_a_little_after_it_was_stuck_is_not_tried_again_as_a_part_of_itself():
    """A twentieth of it, which is less than what was stuck counts as free from, and more than none."""
    limit = Bound([0], 0.0)
    arm = member("arm", slice(0, 2), parts=([0.0, 0.3],))
    made = admissible([0.0] * 3, [limit], members=[arm, member("lift", slice(2, 3))])
    resolved(made, [0.4, 0.2, 0.0], limit)
    limit.bound = 0.02
    resolution, action = resolved(made, [0.4, 0.2, 0.0], limit, t=PERIOD)
    assert action is Action.SPLIT and resolution.target == pytest.approx([0.0, 0.3, 0.0])


@pytest.mark.parametrize(("lift", "action"), [(0.0626, Action.SPLIT), (0.0625, Action.SCALED)])
def test_little_of_a_huge_command_is_no_standing_still_where_a_part_would_be_hardly_faster(lift, action):
    """Of 4 there is 1 / 128 left, 1 / 32; a part is taken that is more than twice as fast."""
    slow, slower = Bound([0], 1 / 32), Bound([2], lift)
    made = admissible([0.0] * 3, [slow, slower])
    resolution, found = resolved(made, [4.0, 0.0, 2.0], slow, slower)
    assert found is action
    whole, part = [1 / 32, 0.0, 1 / 64], [0.0, 0.0, lift]
    assert resolution.target == pytest.approx(part if action is Action.SPLIT else whole)


@pytest.mark.parametrize(("share", "action"), [(STUCK, Action.SPLIT), (STUCK * 0.9, Action.SCALED)])
def test_a_part_that_would_hardly_move_either_is_not_taken(share, action):
    held, slow = Bound([0], 0.0), Bound([2], share * 0.5)
    made = admissible([0.0] * 3, [held, slow])
    resolution, found = resolved(made, [0.4, 0.0, 0.5], held, slow)
    assert found is action and resolution.target.any() == (action is Action.SPLIT)


def test_what_is_judged_is_a_whole_periods_step_however_soon_it_comes():
    """Of 1, a step by 0.2 is not clear, and one by 0.02 would be."""
    keep = Bound([0], 0.1, keeps=True)
    made = admissible([0.0] * 3, [keep])
    scales = [resolved(made, [1.0, 0.0, 0.0], keep, dt=dt)[0].scale for dt in (0.01, PERIOD, 0.15)]
    assert scales[0] == scales[1] < 1.0 and scales[2] <= scales[1]


class Projector:
    """Has something nearer, or nothing."""

    def __init__(self, nearer: Any) -> None:
        self.nearer = nearer

    def improve(self, *_: Any) -> Any:
        return self.nearer


def test_a_nearer_command_is_taken_where_there_is_one_and_ends_standing_still():
    """Nothing has been admissible since 0 s, and parts are tried after 0.5 s of it."""
    nearer, limit = Resolution(1.0, np.array([0.1, 0.2, 0.3])), Bound([0, 1], 0.0)
    projector = Projector(None)
    made = admissible([0.0] * 3, [limit], projector=projector, freeze_s=0.5)
    assert resolved(made, [0.4, 0.2, 0.5], limit, t=0.0)[1] is Action.SCALED
    projector.nearer = nearer
    assert resolved(made, [0.4, 0.2, 0.5], limit, t=0.4) == (nearer, Action.PROJECTED)
    projector.nearer = None
    found = [resolved(made, [0.4, 0.2, 0.5], limit, t=t)[1] for t in (0.5, 0.9, 1.1)]
    assert found == [Action.SCALED, Action.SCALED, Action.SPLIT]


def test_what_goes_on_beside_less_of_the_rest_is_taken_as_it_is():
    less = Resolution(0.25, np.array([0.1, 0.0, 0.0]))

    class Along(Nothing):
        def beside(self, whole: Resolution, *_: Any) -> Resolution:
            return less

    made = admissible([0.0] * 3, trajectories=Along())
    assert resolved(made, [0.4, 0.2, 0.5]) == (less, Action.SCALED)


def test_a_trajectory_that_goes_on_is_neither_shaped_nor_left_out():
    class Along(Nothing):
        going = ("lift",)

        def fill(self, outputs: np.ndarray) -> np.ndarray:
            return np.array([*outputs[:2], 0.9])

        def unshaped(self, steps: np.ndarray, targets: np.ndarray) -> np.ndarray:
            steps[:, 2] = targets[:, 2]
            return steps

    made = admissible([0.0] * 3, trajectories=Along())
    assert towards(made, [0.2, 0.0, 0.7]) == pytest.approx([0.2 / 7, 0.0, 0.9])
    assert made.step(np.array([[0.2, 0.0, 0.7]]), PERIOD)[0] == pytest.approx([0.2 / 7, 0.0, 0.7])
