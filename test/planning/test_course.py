"""Steps over time: each for as long as it was asked for, a zero where there is one, and nothing for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.planning.course import REST_S, Course, period
from iatro_governor.planning.steps import Follow, Move, Point, Rest, Step
from iatro_governor.profile.every_channel import AnyChannel
from test.planning.conftest import channels

FAST = Move("base", (0.3, 0.0, 0.0, 0.0, 0.0, 0.0), 1.0)
SLOW = Move("base", (0.1, 0.0, 0.0, 0.0, 0.0, 0.0), 1.0)
ZERO = (0.0,) * 6
DT = 0.1


def played(steps: Sequence[Step], robot: str = "amr", until: float = 6.0) -> list[list[Move | Follow]]:
    """What is published at each tenth of a second."""
    course = Course(channels(robot))
    course.begin(steps, 10.0)
    ticks = [course.step(10.0 + number * DT) for number in range(round(until / DT))]
    assert course.done and course.still
    return ticks


def speeds(ticks: Sequence[Sequence[Move | Follow]]) -> list[float | None]:
    return [tick[0].values[0] if tick and isinstance(tick[0], Move) else None for tick in ticks]


def test_steps_follow_each_other_and_end_in_zeros() -> None:
    found = speeds(played((FAST, SLOW)))
    assert found[:10] == [0.3] * 10 and found[10:20] == [0.1] * 10
    zeros = round(REST_S / DT)
    assert found[20 : 20 + zeros] == [0.0] * zeros and set(found[20 + zeros :]) == {None}


def test_a_rest_between_is_zeros_and_silence() -> None:
    found = speeds(played((FAST, Rest(1.0), SLOW)))
    assert found[10] == 0.0 and found[19] is None and found[20] == 0.1


def test_a_stop_ends_the_step_before_it_and_takes_no_time() -> None:
    assert speeds(played((FAST, Rest(0.0))))[10] == 0.0


def test_another_channel_brings_the_first_to_rest() -> None:
    arm = Move("arm", (0.1,) * 7, 1.0)
    ticks = played((FAST, arm), "tiago")
    assert [move.channel for move in ticks[10]] == ["base", "arm"]
    assert isinstance(ticks[10][0], Move) and ticks[10][0].values == ZERO
    assert [move.channel for move in ticks[18]] == ["arm"]


def test_a_trajectory_is_sent_once_and_waited_for() -> None:
    path = Follow("arm_trajectory", ("j",), (Point(0.0, (0.0,)), Point(2.0, (1.0,))))
    ticks = played((path, Move("gripper", (0.02, 5.0), 0.5)), "panda")
    assert [len(tick) for tick in ticks[:20]] == [1] + [0] * 19
    assert ticks[20] == [Move("gripper", (0.02, 5.0), 0.0)]
    assert ticks[26] == [], "a gripper has no zero: it rests where it is"


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    course = Course(channels("tiago"))
    course.begin((FAST, SLOW), 0.0)
    assert speeds([course.step(0.5)]) == [0.3]
    course.begin((Move("arm", (0.1,) * 7, 1.0),), 0.6)
    assert [move.channel for move in course.step(0.6)] == ["base", "arm"]
    course.begin((), 0.7)
    assert all(isinstance(move, Move) and not any(move.values) for move in course.step(0.7))
    assert course.done and not course.still
    assert course.step(0.7 + REST_S) == [] and course.still


STEP = st.one_of(
    st.builds(Move, st.just("base"), st.just(FAST.values), st.floats(0.01, 2.0)),
    st.builds(Move, st.just("arm"), st.just((0.1,) * 7), st.floats(0.01, 2.0)),
    st.builds(Rest, st.floats(0.0, 2.0)),
)


@given(st.lists(STEP, max_size=6), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_whatever_the_ticks_it_ends_and_its_last_word_is_rest(steps: list[Step], gaps: list[float]) -> None:
    course = Course(channels("tiago"))
    course.begin(steps, 0.0)
    now, last = 0.0, {}
    for gap in [*gaps, *[0.04] * 400]:
        now += gap
        for move in course.step(now):
            assert isinstance(move, Move)
            last[move.channel] = move.values
    assert course.still
    assert not any(any(values) for values in last.values())


@pytest.mark.parametrize("robot", ["amr", "panda", "tiago", "iris", "ur5"])
def test_commands_come_within_time_outs_and_not_too_fast(robot: str) -> None:
    found: Mapping[str, AnyChannel] = channels(robot)
    for channel in found.values():
        assert period(found) <= channel.command_timeout_s / 2
        assert 1.0 / period(found) < channel.max_command_hz
