"""Mean speeds of a window of 10 s, by positions and by velocities, worked out by hand."""

from __future__ import annotations

import pytest

from iatro_governor.governor.shown import Means, Shown

WINDOW_S = 10.0


def looked_at(shown: Shown) -> float | None:
    """For how long, s, where there are means."""
    return None if shown.means is None else shown.means.span_s


def test_a_sample_is_due_at_once_and_then_ten_times_in_a_window():
    """At 3 s the first, the next a second later; what is early by no more than rounding is not put off."""
    shown = Shown(1, WINDOW_S)
    assert shown.due(-1e9)
    shown.take(3.0, [0.0], [0.0])
    assert not shown.due(3.0) and not shown.due(3.9375) and shown.due(4.0) and shown.due(4.0 - 1e-9)
    assert not shown.due(4.0 - 2e-9)


def test_means_are_of_ways_and_of_velocities_between_two_samples_the_mean_of_both():
    """In 4 s at 0.5 and then 1.5, and in 6 s at 1.5 and then 2.5, velocities tell of 4 + 12 = 16; it came 3 + 5 = 8."""
    shown = Shown(2, WINDOW_S)
    shown.take(0.0, [7.0, 7.0], [0.5, 0.0])
    shown.take(4.0, [3.0, 0.0], [1.5, -1.0])
    shown.take(10.0, [5.0, -2.5], [2.5, -2.0])
    # The second component: -0.5 * 4 - 1.5 * 6 = -11.
    assert shown.means is not None
    span_s, by_positions, by_velocities = shown.means
    assert (span_s, by_positions) == (10.0, [0.8, -0.25]) and by_velocities == pytest.approx([1.6, -1.1])


def test_there_are_none_before_a_whole_window_was_looked_at_and_rounding_puts_them_off_no_longer():
    shown = Shown(1, WINDOW_S)
    shown.take(0.0, [0.0], [1.0])
    assert looked_at(shown) is None
    shown.take(9.75, [1.0], [1.0])
    assert looked_at(shown) is None
    shown.take(10.0 - 1e-9, [1.0], [1.0])
    assert looked_at(shown) == 10.0 - 1e-9


def test_what_lies_a_whole_window_back_begins_the_next_one():
    """At 12 s the sample of 2 s is the first that counts: from there it came 4 + 5 in 10 s."""
    shown = Shown(1, WINDOW_S)
    for t, way in [(0.0, 0.0), (2.0, 3.0), (7.0, 4.0), (12.0, 5.0)]:
        shown.take(t, [way], [0.5])
    assert shown.means == Means(10.0, [0.9], [0.5])
    shown.take(16.0, [2.0], [0.5])
    # The one of 7 s is 9 s ago, so that of 2 s still counts: 4 + 5 + 2 in 14 s.
    assert shown.means == Means(14.0, [11.0 / 14.0], [0.5])
