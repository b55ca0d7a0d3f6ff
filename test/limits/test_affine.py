"""Shares of a command by hand: each pair of numbers decides for a reason of its own."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.limits.affine import convex_shares, largest_share


def share(start, change, bound):
    return largest_share(*(np.array(each, dtype=float) for each in (start, change, bound)))


def test_the_component_that_has_the_least_room_for_its_change_decides():
    """From 3 by 8 to 7 at most: a half. From -2 by -9 to -5 at most: a third. From 1 by 2 to 3: all of it."""
    assert share([3.0, -2.0, 1.0], [8.0, -9.0, 2.0], [7.0, 5.0, 3.0]) == (pytest.approx(1 / 3), 1)
    assert share([3.0, 2.0, 1.0], [8.0, -9.0, 2.0], [7.0, 5.0, 3.0]) == (pytest.approx(1 / 2), 0)


def test_what_is_at_its_bound_or_beyond_takes_nothing_from_a_command_that_leaves_it_there():
    assert share([7.0, -9.0, 0.0], [0.0, 0.0, 4.0], [7.0, 5.0, 5.0])[0] == 1.0
    assert share([0.0, 7.0], [0.0, 0.0], [0.0, 7.0]) == (1.0, 0)


def test_what_is_beyond_its_bound_may_come_back_as_far_as_the_other_side_and_no_further_out():
    assert share([9.0], [-21.0], [7.0])[0] == pytest.approx(16 / 21)
    assert share([-9.0], [0.5], [7.0])[0] == 1.0 and share([-9.0], [-0.5], [7.0])[0] == 0.0


@pytest.mark.parametrize(
    ("value", "idle", "added", "allowed", "expected"),
    [
        (9.0, 2.0, 8.0, 5.0, 3 / 8),  # 3 of the 8 that a command adds have room
        (5.0, 2.0, 4.0, 5.0, 1.0),  # just what is allowed, though 2 + 4 might be more
        (4.0, 2.0, 9.0, 5.0, 1.0),  # what is within, however much might have been added
        (9.0, 2.0, 3.0, 5.0, 1.0),  # what a command adds has room, and so it is not to blame
        (9.0, 6.0, 0.0, 5.0, 1.0),  # nothing is left, and the command adds nothing
        (9.0, 6.0, 0.5, 5.0, 0.0),
    ],
)
def test_the_share_of_what_a_command_adds_by_hand(value, idle, added, allowed, expected):
    found = convex_shares(*(np.array([each]) for each in (value, idle, added, allowed)))
    assert found == pytest.approx([expected])
