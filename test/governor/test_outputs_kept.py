"""What is known of the outputs that were published; most numbers are such that floats hold them exactly."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.outputs import LAG_S, LONGEST_S, OVERSHOOT, SAME_S, Outputs

DELAY = 0.125
FIRST, SECOND = slice(0, 1), slice(1, 2)
NO_SLACK = np.zeros(2)


def made(*rows: tuple[float, tuple[float, ...]], keep_s: float = 100.0) -> Outputs:
    """Two components, published as ``rows`` (t, values) say, each the time after the one before."""
    outputs, last = Outputs(2, DELAY, keep_s), 0.0
    for t, values in rows:
        outputs.publish(t, np.array(values), t - last)
        last = t
    return outputs


def test_before_the_first_output_all_is_rest():
    outputs = Outputs(3, DELAY, 2.0)
    assert outputs.standing.tolist() == [0.0, 0.0, 0.0] and outputs.values == (0.0, 0.0, 0.0)
    assert outputs.pace.tolist() == [0.0, 0.0, 0.0]
    assert outputs.led_until(5.0).tolist() == outputs.gone_until(5.0).tolist() == [0.0, 0.0, 0.0]
    assert not outputs.steady_since(5.0)


def test_the_pace_is_the_change_from_the_last_output_by_the_time_between():
    outputs = made((1.0, (0.5, -0.25)), (1.25, (0.75, 0.5)))
    assert outputs.pace.tolist() == [1.0, 3.0]


def test_outputs_too_close_in_time_tell_no_pace_and_one_that_is_told_counts():
    outputs = made((1.0, (0.5, -0.25)), (1.25, (0.75, 0.5)))
    outputs.publish(1.25, np.array([3.0, 3.0]), SAME_S)
    assert outputs.pace.tolist() == [1.0, 3.0]
    outputs.publish(1.5, np.array([0.0, 0.0]), 0.25, np.array([0.125, 0.0625]))
    assert outputs.pace.tolist() == [0.125, 0.0625]


def test_what_is_published_has_no_negative_zeros():
    outputs = Outputs(2, DELAY, 2.0)
    assert not np.signbit(outputs.publish(1.0, np.array([-0.0, 0.0]), 0.01)).any()
    assert not np.signbit(outputs.values).any()


def test_the_time_since_the_last_output_is_a_period_at_first_and_never_negative_nor_long():
    outputs = Outputs(1, DELAY, 2.0)
    assert outputs.elapsed(7.0, 0.02) == 0.02
    outputs.publish(3.0, np.zeros(1), 0.01)
    outputs.publish(7.0, np.zeros(1), 0.01)
    assert outputs.elapsed(7.0625, 0.02) == 0.0625
    assert outputs.elapsed(6.5, 0.02) == 0.0
    assert outputs.elapsed(9.0, 0.02) == LONGEST_S == 0.25


def test_an_output_has_to_stand_a_period_or_as_long_as_is_covered():
    assert Outputs(1, DELAY, 2.0).hold_s(0.02) == 0.02
    covering = Outputs(1, DELAY, 2.0, covered_s=0.0625)
    assert (covering.hold_s(0.02), covering.hold_s(0.07)) == (0.0625, 0.07)


@pytest.mark.parametrize(
    ("gap_s", "gap", "counts"), [(0.1, 0.1875, 0.1875), (0.1, 1.0, 0.25), (0.5, 1.0, 0.5)]
)
def test_a_gap_may_come_again_as_long_as_it_is_no_overrun(gap_s, gap, counts):
    outputs = Outputs(1, DELAY, 200.0, gap_s=gap_s)
    outputs.publish(1.0, np.zeros(1), 0.01)
    outputs.publish(1.0 + gap, np.zeros(1), 0.01)
    assert outputs.hold_s(0.01) == counts


def test_half_of_a_gap_is_forgotten_after_140_outputs():
    outputs = Outputs(1, DELAY, 200.0)
    outputs.publish(1.0, np.zeros(1), 0.01)
    for k in range(141):
        outputs.publish(1.125 + k * 0.0078125, np.zeros(1), 0.01)
    assert outputs.hold_s(0.0) == pytest.approx(0.125 / 2, rel=0.01)


def test_how_far_outputs_have_led_is_their_sum_and_how_far_they_have_gone_counts_there_and_back():
    """0.5 for 2 s, then -0.25 for 4 s: led to 1 - 1 = 0 and gone 1 + 1 = 2; the second component by hand likewise."""
    outputs = made((1.0, (0.5, 0.0)), (3.0, (-0.25, 0.125)), (7.0, (1.0, -3.0)))
    assert outputs.led_until(7.0).tolist() == [0.0, 0.5] and outputs.gone_until(7.0).tolist() == [2.0, 0.5]
    assert outputs.led_until(7.5).tolist() == [0.5, -1.0] and outputs.gone_until(7.5).tolist() == [2.5, 2.0]
    assert outputs.led_until(5.0).tolist() == [0.5, 0.25] and outputs.gone_until(5.0).tolist() == [1.5, 0.25]
    assert outputs.led_until(0.5).tolist() == outputs.gone_until(0.5).tolist() == [0.0, 0.0]
    assert outputs.gone_since(5.0, 7.5).tolist() == [1.0, 1.75]
    assert outputs.gone_since(7.25, 7.75).tolist() == [0.5, 1.5]


def test_a_clock_that_has_gone_back_takes_nothing_back():
    """The second output came 4 s after the first, and so it did whatever the clock says at the third."""
    outputs = made((1.0, (0.5, -1.0)), (5.0, (0.25, 0.25)), (3.0, (0.125, 0.125)))
    assert outputs.led_until(3.0).tolist() == [2.0, -4.0] and outputs.gone_until(3.0).tolist() == [2.0, 4.0]


def test_what_stood_between_two_times_is_told_in_four_pieces_or_in_as_many_as_are_short_enough():
    outputs = made((1.0, (0.5, 0.0)), (3.0, (-0.25, 1.0)))
    assert outputs.told(2.0, 4.0) == [((0.5, 0.0), 0.5)] * 2 + [((-0.25, 1.0), 0.5)] * 2
    assert outputs.told(2.5, 4.5, SECOND) == [((0.0,), 0.5)] + [((1.0,), 0.5)] * 3
    assert outputs.told(2.75, 3.75, FIRST, 0.25) == [((0.5,), 0.25)] + [((-0.25,), 0.25)] * 3
    assert outputs.told(2.0, 4.0, FIRST, 0.25) == [((0.5,), 0.25)] * 4 + [((-0.25,), 0.25)] * 4
    assert [seconds for _, seconds in outputs.told(2.0, 4.0, FIRST, 0.22)] == [0.2] * 10


def test_nothing_stood_in_no_time():
    outputs = made((1.0, (0.5, 0.0)))
    assert outputs.told(2.0, 2.0) == [] == outputs.told(2.0, 1.5)


def test_what_is_older_than_is_kept_is_forgotten_and_what_is_just_as_old_is_not():
    """Of what is forgotten nobody knows where it led: the oldest that is known stands for it."""
    rows = (1.0, (0.5, 0.0)), (2.0, (0.0, 0.25))
    assert made(*rows, (4.0, (0.0, 0.0)), keep_s=3.0).led_until(1.0).tolist() == [0.0, 0.0]
    assert made(*rows, (4.25, (0.0, 0.0)), keep_s=3.0).led_until(1.0).tolist() == [0.5, 0.0]
    assert made(*rows, (5.25, (0.0, 0.0)), keep_s=3.0).led_until(1.0).tolist() == [0.5, 0.25 * 3.25]


def test_an_output_is_steady_from_when_it_was_first_published():
    outputs = made((1.0, (0.5, 0.0)), (2.0, (0.5, 0.25)), (3.0, (0.5, 0.25)))
    assert outputs.steady_since(2.0) and outputs.steady_since(3.5) and not outputs.steady_since(1.75)


def test_components_have_rested_from_the_output_on_that_brought_them_to_rest():
    outputs = made((1.0, (0.5, 0.25)), (2.0, (0.0, 0.25)), (4.0, (0.0, 0.0)))
    assert outputs.rested_since(2.0, FIRST) and outputs.rested_since(3.0, FIRST)
    assert not outputs.rested_since(1.75, FIRST)
    assert outputs.rested_since(4.0, SECOND) and not outputs.rested_since(3.0, SECOND)
    assert not outputs.rested_since(3.0, slice(0, 2)), "one of them is enough"
    assert made((1.0, (0.0, 0.0))).rested_since(0.0, FIRST)


@pytest.mark.parametrize(
    ("told", "low", "high"), [(0.5, -0.125, 0.675), (-0.5, -0.675, 0.125), (0.0, -0.125, 0.125)]
)
def test_from_rest_to_a_tenth_more_than_what_stands_and_the_slack_beyond_both_is_explained(told, low, high):
    """0.5 and a tenth are 0.55, and the slack is 0.125."""
    outputs, slack = made((1.0, (9.0, told))), np.array([0.125])
    for value, fine in (low + 1e-9, True), (low - 1e-9, False), (high - 1e-9, True), (high + 1e-9, False):
        assert outputs.explains(np.array([value]), slack, SECOND) is fine


def test_the_bounds_of_what_is_explained_are_explained():
    slack, most = 0.125, 0.5 * (1.0 + OVERSHOOT) + 0.125
    for told, value in ((0.5, most), (0.5, -slack), (-0.5, -most), (-0.5, slack)):
        assert made((1.0, (told, told))).explains(np.array([value]), np.array([slack]), FIRST)


def test_one_component_that_nothing_explains_is_enough():
    outputs = made((1.0, (0.5, 0.5)))
    assert outputs.explains(np.array([0.5, 0.5]), NO_SLACK)
    assert not outputs.explains(np.array([0.5, 0.7]), NO_SLACK)
    assert not outputs.explains(np.array([0.7, 0.5]), NO_SLACK)


T, AGE = 8.0, 0.0625
OLDEST = T - AGE - DELAY - LAG_S
"""What stood then may still explain what was measured."""


def beyond(outputs: Outputs, *measured: float, slack: float = 0.0) -> list[float]:
    """At T, of what was measured AGE ago."""
    found: list[float] = outputs.beyond(T, AGE, np.array(measured), np.full(len(measured), slack)).tolist()
    return found


def test_what_no_output_of_late_explains_is_beyond_and_the_rest_is_not():
    outputs = made((1.0, (3.0, 3.0)), (2.0, (0.5, -0.25)), (7.75, (0.0, 0.0)))
    assert beyond(outputs, 0.54, -0.26) == [0.0, 0.0]
    assert beyond(outputs, 0.56, -0.26) == [0.56, 0.0]
    assert beyond(outputs, 0.54, -0.28) == [0.0, -0.28]
    assert beyond(outputs, -0.01, 0.01) == [-0.01, 0.01]
    assert beyond(outputs, 0.56, -0.28, slack=0.03) == [0.0, 0.0]
    assert beyond(outputs, 0.59, 0.04, slack=0.03) == [0.59, 0.04]


def test_the_ends_of_what_outputs_of_late_explain_are_explained():
    outputs = made((1.0, (0.5, -0.5)), (7.75, (0.0, 0.0)))
    most = 0.5 * (1.0 + OVERSHOOT)
    assert beyond(outputs, most, -most) == [0.0, 0.0]


def test_late_is_the_age_the_delay_and_the_lag_together():
    fast, rest = (0.5, 0.5), (0.0, 0.0)
    assert beyond(made((1.0, fast), (OLDEST + 0.001, rest)), 0.5, 0.5) == [0.0, 0.0]
    assert beyond(made((1.0, fast), (OLDEST, rest)), 0.5, 0.5) == [0.5, 0.5]
    assert beyond(made((1.0, fast), (OLDEST - 1.0, rest), (T, rest)), 0.5, 0.5) == [0.5, 0.5]
    assert OLDEST == pytest.approx(8.0 - 0.0625 - 0.125 - 0.3)


def test_a_body_that_moves_before_anything_was_published_is_beyond():
    outputs = Outputs(2, DELAY, 2.0)
    assert beyond(outputs, 0.5, 0.02, slack=0.03) == [0.5, 0.0]
    assert beyond(outputs, 0.02, -0.03, slack=0.03) == [0.0, 0.0]
