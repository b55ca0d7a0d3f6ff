"""What the body has yet to do of what was published: neither forgotten nor counted twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.governor.outputs import MOST, Outputs, Published
from test.memory import kept

PERIOD, DELAY, BRAKING = 0.01, 0.1, 1.0


def ramp(speed: float, count: int = 60) -> tuple[Outputs, list[float]]:
    """One component, held at ``speed`` and then braked at ``BRAKING``; also what was published, a period each."""
    outputs, sent = Outputs(1, DELAY, 2.0), []
    for k in range(count):
        value = speed if k < 30 else max(speed - BRAKING * (k - 30) * PERIOD, 0.0)
        outputs.publish(k * PERIOD, np.array([value]), PERIOD)
        sent.append(value)
    return outputs, sent


def led(pieces) -> float:
    return float(sum(moves[0] * seconds for moves, seconds in pieces))


@given(speed=st.floats(0.05, 0.3), cycle=st.integers(31, 59), age=st.floats(0.0, 0.08))
def test_a_body_that_brakes_as_told_goes_no_further_than_it_was_told(speed, cycle, age):
    """Its measured speed is from before: that it is faster than the newest outputs means nothing."""
    outputs, sent = ramp(speed)
    t = cycle * PERIOD
    index = int(max((t - age - DELAY) // PERIOD, 0))
    measured = np.array([sent[index]])
    told = sum(value * PERIOD for k, value in enumerate(sent) if t - age - DELAY <= k * PERIOD < t)
    span = age + DELAY
    got = led(outputs.pieces(t, age, DELAY, measured, float(measured[0]) / BRAKING))
    assert told - 1e-9 <= got + BRAKING * PERIOD * span
    # A piece counts as its fastest moment, and lasts a quarter of the span.
    assert got <= told + BRAKING * span * span / 4 + speed * 2 * PERIOD


def test_a_body_that_is_faster_than_told_goes_on_as_far_as_a_stop_takes_it():
    outputs, _ = ramp(0.0)
    got = led(outputs.pieces(0.3, 0.0, DELAY, np.array([0.5]), 0.5 / BRAKING))
    assert 0.5 * DELAY - BRAKING * DELAY**2 / 2 <= got <= 0.5 * DELAY


def test_each_channel_has_its_own_share_of_what_is_in_flight():
    """A fast arm does not hide a slow base: outputs are ordered by the channel's own components."""
    outputs = Outputs(2, DELAY, 2.0)
    for k, values in enumerate([(0.4, 0.0), (0.1, 2.0)]):
        outputs.publish(k * 0.6 * DELAY, np.array(values), 0.6 * DELAY)
    whole = outputs.pieces(DELAY, 0.0, DELAY, np.zeros(1), 0.0, slice(0, 1))
    assert [moves for moves, _ in whole] == [(0.4,), (0.4,), (0.4,), (0.1,)]
    assert led(whole) == pytest.approx(0.4 * DELAY * 3 / 4 + 0.1 * DELAY / 4)


def test_before_anything_was_published_what_is_measured_is_all_there_is():
    outputs = Outputs(2, DELAY, 2.0)
    pieces = outputs.pieces(1.0, 0.0, DELAY, np.array([0.2, -0.3]), 1.0)
    assert pieces[0][0] == (0.2, -0.3) and all(abs(moves[0]) <= 0.2 for moves, _ in pieces)


def test_what_is_ahead_is_where_all_pieces_lead():
    rng = np.random.default_rng(2)
    outputs, t, seen = Outputs(3, DELAY, 2.0), 0.0, set()
    for _ in range(200):
        changes = rng.random() < 0.1
        output = rng.uniform(-1, 1, 3) if changes else outputs.standing
        outputs.publish(t, output, 0.01)
        t += rng.choice([0.0, 0.01, 0.02])
        place, age = slice(0, 2), rng.uniform(0.0, 0.05)
        measured = rng.choice([0.3, 1.5]) * output[place]
        pieces = outputs.pieces(t, age, DELAY, measured, 0.2, place)
        way = np.sum([np.array(own) * seconds for own, seconds in pieces], axis=0)
        steady = outputs.steady_ahead(t, age + DELAY, measured.tolist(), place)
        assert steady is None or steady == pytest.approx(way.tolist())
        seen.add(steady is None)
        start = t - age
        gone = outputs.gone_until(t) - outputs.gone_until(start)
        assert outputs.gone_since(start, t) == pytest.approx(gone, abs=1e-12)
    assert seen == {True, False}


def steps(*rows: tuple[float, tuple[float, ...]]) -> Outputs:
    """Two components that act at once, published as ``rows`` (t, values) say."""
    outputs = Outputs(2, 0.0, 100.0)
    for t, values in rows:
        outputs.publish(t, np.array(values), PERIOD)
    return outputs


REST = np.zeros(2)


def in_flight(
    outputs: Outputs, measured: np.ndarray = REST, slowing_s: float = 1.0
) -> list[tuple[float, ...]]:
    """Of the second until 8 s: what counts in each quarter of it."""
    pieces = outputs.pieces(8.0, 0.75, 0.25, measured, slowing_s)
    assert [seconds for _, seconds in pieces] == [0.25] * 4
    return [moves for moves, _ in pieces]


def test_nothing_is_in_flight_where_nothing_takes_time():
    assert steps((1.0, (0.5, 0.0))).pieces(8.0, 0.0, 0.0, REST, 1.0) == []


def test_each_quarter_counts_as_the_fastest_output_that_stood_in_it_at_its_ends_too():
    """Quarters begin at 7, 7.25, 7.5 and 7.75: what is published as one begins stood at the end of the one before."""
    slow, fast, middle = (0.125, 0.0), (0.25, 0.5), (-0.25, 0.125)
    outputs = steps((1.0, (3.0, 3.0)), (7.0, slow), (7.5, fast), (7.625, slow), (8.0, middle))
    assert in_flight(outputs) == [slow, fast, fast, middle]
    assert in_flight(steps((1.0, slow), (7.25, fast), (7.375, slow))) == [fast, fast, slow, slow]
    assert in_flight(steps((1.0, slow), (7.6, fast))) == [slow, slow, fast, fast]
    assert in_flight(steps((1.0, fast), (7.25, slow))) == [fast, slow, slow, slow]


def test_of_two_outputs_as_fast_the_newer_counts():
    assert in_flight(steps((1.0, (0.5, 0.0)), (7.875, (0.0, 0.5)))) == [(0.5, 0.0)] * 3 + [(0.0, 0.5)]


def test_a_body_that_is_faster_slows_down_to_its_commands_while_a_stop_would_last():
    """At 0, 0.25, 0.5 and 0.75 s of a stop that lasts 0.5 s it has all, half and none of its speed left."""
    outputs = steps((1.0, (0.25, -0.25)))
    assert in_flight(outputs, np.array([2.0, -1.0]), 0.5) == [(2.0, -1.0), (1.0, -0.5)] + [(0.25, -0.25)] * 2
    assert in_flight(outputs, np.array([0.125, -1.0]), 0.5)[:2] == [(0.25, -1.0), (0.25, -0.5)]


def test_what_moves_against_its_commands_counts_as_what_it_was_told():
    """It is no faster the same way; what is beyond every command is reckoned with apart."""
    outputs = steps((1.0, (0.25, -0.25)))
    assert in_flight(outputs, np.array([-0.5, 0.5])) == [(0.25, -0.25)] * 4
    assert in_flight(outputs, np.array([-0.5, -0.5])) == [(0.25, -0.5), (0.25, -0.375)] + [(0.25, -0.25)] * 2
    assert outputs.steady_ahead(8.0, 1.0, [-0.5, 0.5], slice(None)) == [0.25, -0.25]


def test_a_body_just_as_fast_as_it_was_told_is_told_of_at_once():
    assert steps((1.0, (0.25, -0.25))).steady_ahead(8.0, 2.0, [0.25, -0.25], slice(None)) == [0.5, -0.5]
    assert steps((1.0, (0.25, -0.25))).steady_ahead(8.0, 2.0, [0.26, -0.25], slice(None)) is None
    assert steps((7.0, (0.25, -0.25))).steady_ahead(8.0, 2.0, [0.25, -0.25], slice(None)) is None


@pytest.mark.parametrize("step", [0.0, PERIOD])
def test_no_more_is_kept_than_memory_has_room_for(step):
    """Of a clock that stands, and of one that has gone back by an hour, nothing that is published grows old."""
    outputs, before = Outputs(1, DELAY, 2.0), kept(Published)
    outputs.publish(3600.0, np.zeros(1), PERIOD)
    for k in range(MOST + 500):
        outputs.publish(k * step, np.array([0.1]), step)
    assert kept(Published) - before <= MOST
    assert outputs.standing.tolist() == [0.1]
