"""The judges can tell a bad governor from a good one: each thing that must never be is shown to be seen."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from test.chaos import arm_judge
from test.chaos.account import Strike, at_rest, problems
from test.chaos.judge import SIM_JITTER_S, Bounds, Judge, Output
from test.chaos.places import Places, Pose

PROFILE = Path(__file__).resolve().parents[2] / "config" / "amr.yaml"
PANDA = PROFILE.with_name("panda.yaml")
AWAY = (8.0, 8.3, 0.0)
BEFORE_THE_BAY = (9.0, 9.9, 0.0)
"""Its edge is 0.3 m ahead, the footprint's 0.08 m."""


def told(*speeds: float, pose: Any = AWAY, step_s: float = 0.01) -> list[str]:
    """What is said of outputs with these speeds, ``step_s`` apart."""
    judge = Judge(Bounds.of(PROFILE))
    for number, vx in enumerate(speeds, start=1):
        judge.see(Output(number * step_s, number * step_s, number, (vx, 0.0, 0.0, 0.0, 0.0, 0.0)), pose)
    return judge.wrong


def test_a_ramp_within_the_profile_is_right() -> None:
    up = [0.008 * step for step in range(101)]
    assert told(*up, *reversed(up)) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_seen(value: float) -> None:
    assert "not finite" in told(0.0, value)[0]


@pytest.mark.parametrize(
    ("speeds", "what"),
    [
        ((0.0, 10.0), "speed 10.0"),
        ((0.0, 0.1), "from 0.0000 to 0.1000"),
        ((0.0, 0.0105), "from 0.0000 to 0.0105"),
        ((*(0.008 * step for step in range(60)), 0.2), "to 0.2000"),
        ((0.3,), "the first output"),
    ],
    ids=["ten metres a second", "a jump", "a little too fast", "a slam", "a first output that moves"],
)
def test_what_no_robot_of_this_profile_may_be_told_is_seen(speeds: tuple[float, ...], what: str) -> None:
    assert what in " ".join(told(*speeds))


def handed_over(*outputs: tuple[int, float]) -> list[str]:
    """What is said of the governor at 0.4 m/s, and then of these numbers and speeds, whosever they are."""
    judge = Judge(Bounds.of(PROFILE))
    up = [(1000 + step, 0.008 * step) for step in range(51)]
    for index, (number, vx) in enumerate([*up, *outputs], start=1):
        judge.see(Output(index * 0.01, index * 0.01, number, (vx, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
    return judge.wrong


def test_a_watch_that_takes_over_may_brake_and_nothing_else() -> None:
    braking = [(number, 0.4 - 0.016 * number) for number in range(1, 26)]
    assert handed_over(*braking) == []
    assert "first output" in handed_over((1, 0.45))[0]
    assert handed_over((1051, 0.384), (1, 0.4)) == [], "it heard the one before last"
    assert handed_over((1, 0.408)) == [], "it heard one that is still on its way to the judge"
    assert "to 0.3000" in handed_over(*braking[:20], (21, 0.3))[0]
    back = [(1051, braking[9][1] - 0.01), (11, braking[10][1]), (1052, braking[9][1] - 0.02)]
    assert handed_over(*braking[:10], *back) == [], "both stop it for a moment, from nearly the same"
    assert "to 0.4000" in handed_over(*braking[:20], (1051, 0.4))[0]


def test_where_a_machine_may_hold_up_one_output_it_does_not_hold_up_every_one() -> None:
    judge = Judge(Bounds.of(PROFILE), SIM_JITTER_S)
    for number in range(1, 61):
        speed = 0.009 * (number - 1)  # an eighth faster than the profile has it
        judge.see(Output(0.01 * number, 0.01 * number, number, (speed, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
    assert "step by step" in judge.wrong[0]
    even = Judge(Bounds.of(PROFILE), SIM_JITTER_S)
    for number in range(1, 61):
        sent = 0.01 * number + (0.009 if number % 7 == 0 else 0.0)
        even.see(Output(sent, sent, number, (0.008 * (number - 1), 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
    assert even.wrong == []


def test_one_that_was_held_up_on_its_way_counts_and_one_with_a_new_stamp_is_seen() -> None:
    def resumed(stamp: float, vx: float = 0.4) -> Judge:
        judge = Judge(Bounds.of(PROFILE))
        up = [(0.01 * step, 1000 + step, 0.008 * step) for step in range(51)]
        braking = [(0.9 + 0.01 * step, step, 0.4 - 0.016 * step) for step in range(1, 21)]
        for t, number, speed in [*up, *braking]:
            judge.see(Output(t, t, number, (speed, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
        judge.see(Output(1.11, stamp, 1051, (vx, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
        return judge

    assert (resumed(0.51).wrong, resumed(0.51).held_up) == ([], 1)
    assert "to 0.4000" in resumed(1.11).wrong[0] and resumed(1.11).held_up == 0
    assert "speed 0.9" in resumed(0.51, vx=0.9).wrong[0]


def found_late(number: int, *, silent_s: float, vx: float = 0.3) -> list[str]:
    """What is said of ``number`` at ``vx``, so long after a watch has stopped the robot with its 130 outputs.

    Somebody else has said 129 and been dead for long.
    """
    judge, t = Judge(Bounds.of(PROFILE)), 0.0
    for first, last in ((1, 129), (1, 130)):
        for spoken in range(first, last + 1):
            judge.see(Output(t, t, spoken, (0.0,) * 6), AWAY)
            t += 0.01
        t += 60.0 if last == 129 else silent_s
    judge.see(Output(t, t, number, (vx, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
    return judge.wrong


def test_a_publisher_that_is_found_late_may_have_gained_what_its_time_allows() -> None:
    assert found_late(130, silent_s=1.0) == [], "whose number is by chance the next of somebody dead"
    assert found_late(60, silent_s=1.0) == []
    assert "to 0.3000" in found_late(60, silent_s=0.1)[0]
    assert "to 0.3000" in found_late(131, silent_s=1.0)[0], "who was silent for a second goes on from rest"
    assert "first output" in found_late(1, silent_s=1.0)[0]
    assert "speed 0.9" in found_late(60, silent_s=9.0, vx=0.9)[0]


def test_an_output_into_the_keep_out_is_seen_and_one_away_from_it_is_not() -> None:
    up = [0.008 * step for step in range(60)]
    assert "keep-out" in told(*up, pose=BEFORE_THE_BAY)[0]
    assert told(*(-vx for vx in up), pose=BEFORE_THE_BAY) == []


def unheard(silent_s: float, *speeds: float) -> list[str]:
    """What is said of these outputs, 10 ms apart, after one of 0.6 m/s toward the bay and so long a silence."""
    judge = Judge(Bounds.of(PROFILE))
    for number in range(1, 77):
        judge.see(Output(0.01 * number, 0.01 * number, number, (0.008 * (number - 1), *[0.0] * 5)), AWAY)
    for number, vx in enumerate(speeds):
        t = 0.76 + silent_s + 0.01 * number
        judge.see(Output(t, t, 77 + number, (vx, *[0.0] * 5)), BEFORE_THE_BAY)
    return judge.wrong


def test_after_a_silence_a_robot_that_has_driven_on_must_brake_from_the_first_output_on() -> None:
    gently, hard = [0.592 - 0.008 * n for n in range(8)], [0.584 - 0.016 * n for n in range(8)]
    assert unheard(0.3, *gently) == [] and unheard(0.3, *hard) == []
    assert "keep-out" in unheard(0.2, *hard)[0], "so late any loop may be"
    assert "keep-out" in unheard(0.3, *[0.6] * 8)[0]
    assert "keep-out" in unheard(0.3, *gently[:4], *[gently[3]] * 4)[0]


def test_a_silence_is_over_once_the_robot_has_time_to_brake_again() -> None:
    judge = Judge(Bounds.of(PROFILE))
    for t, vx, pose in ((1.0, 0.0, AWAY), (1.3, 0.008, AWAY), (1.31, 0.008, (9.079, 9.9, 0.0))):
        judge.see(Output(t, t, round(100 * t), (vx, *[0.0] * 5)), pose)
    assert judge.silences == 1 and "keep-out" not in " ".join(judge.wrong)
    for n in range(1, 4):
        judge.see(Output(1.31 + n / 100, 1.31 + n / 100, 131 + n, (0.008, *[0.0] * 5)), (9.0801, 9.9, 0.0))
    assert "keep-out" in " ".join(judge.wrong)


def test_an_output_is_judged_by_the_place_that_was_told_before_it() -> None:
    places: Places[Pose] = Places()
    assert places.at(1.0) is None
    for sent in (1.0, 1.02, 1.01):
        places.hear(sent, (sent, 0.0, 0.0))
    assert places.at(1.015) == (1.01, 0.0, 0.0)
    assert places.at(1.5) == (1.02, 0.0, 0.0) and places.at(1.53) is None, "its plant may be another by then"
    assert places.at(0.99) is None
    places.hear(3.5, AWAY)
    assert places.at(1.02) is None, "two seconds are kept"


def test_a_late_output_gains_no_more_than_a_quarter_of_a_second_allows() -> None:
    assert told(0.0, 0.2, step_s=0.25) == []
    assert told(0.0, 0.3, step_s=2.0) != []


def body(seq: int, *faults: str) -> dict[str, Any]:
    return {"seq": seq, "faults": [{"name": name, "detail": ""} for name in faults]}


STRIKE = Strike("sensors_stopped", ("sensor_stale",), 3, 6, 6)
GOOD = [body(n, *(["sensor_stale"] if n in (4, 5) else [])) for n in range(10)]


def test_a_record_with_rise_and_fall_is_whole() -> None:
    assert problems(GOOD, [STRIKE], lost=[]) == []


def test_a_record_without_the_fault_is_not() -> None:
    assert "never rose" in problems([body(n) for n in range(10)], [STRIKE], lost=[])[0]


def test_a_record_whose_fault_never_falls_is_not() -> None:
    stuck = [body(n, *(["sensor_stale"] if n >= 4 else [])) for n in range(10)]
    assert "never fell" in problems(stuck, [STRIKE], lost=[])[0]


def test_a_fault_that_stood_before_is_no_rise() -> None:
    always = [body(n, *(["sensor_stale"] if n < 3 else [])) for n in range(10)]
    assert "never rose" in problems(always, [STRIKE], lost=[])[0]


def test_a_missing_number_is_a_problem_unless_it_is_told() -> None:
    holed = [one for one in GOOD if one["seq"] not in (7, 8)]
    assert "7 to 8" in problems(holed, [STRIKE], lost=[])[0]
    assert problems(holed, [STRIKE], lost=[(7, 8)]) == []


@pytest.mark.parametrize(("allowed", "missing"), [(0.0, 0), (0.1, 1)])
def test_silence_is_no_fault_only_of_a_robot_that_limits_hold_at_rest(allowed: float, missing: int) -> None:
    spoke = [body(n) | {"requested": [1.0], "allowed": [allowed]} for n in range(5)]
    bodies = spoke + [body(n) | {"requested": None, "allowed": [0.0]} for n in range(5, 10)]
    silence = Strike("courier: lost", ("command_stale",), 2, 8, 8, silence=True)
    assert len(problems(bodies, [silence], lost=[])) == missing
    assert at_rest(bodies, silence) == (not missing)
    assert len(problems(spoke, [silence], lost=[])) == 1, "it was never silent at all"


@pytest.mark.parametrize(("state", "missing"), [("CONTROLLED_STOP", 0), ("LIMITED", 1)])
def test_nor_is_it_of_one_that_a_fault_stops_as_the_silence_begins(state: str, missing: int) -> None:
    bodies = [body(n) | {"requested": None, "allowed": [0.3], "state": state} for n in range(3)]
    bodies += [
        body(n) | {"requested": None, "allowed": [0.0], "state": "CONTROLLED_STOP"} for n in range(3, 10)
    ]
    silence = Strike("planner stopped", ("command_stale",), 2, 8, 8, silence=True)
    assert len(problems(bodies, [silence], lost=[])) == missing


def arm_told(*speeds: float, at: float = 0.0, step_s: float = 0.01) -> list[str]:
    """What is said of outputs to an arm whose first joint is asked for these speeds, from ``at`` rad."""
    judge = arm_judge.Judge(arm_judge.Bounds.of(PANDA))
    rest = (-0.8, 0.0, -2.3, 0.0, 1.5, 0.8)
    for number, speed in enumerate(speeds, start=1):
        judge.see(number * step_s, number, (speed, *[0.0] * 6), (at, *rest))
    return judge.wrong


@pytest.mark.parametrize(
    ("speeds", "at", "what"),
    [
        ((0.0, math.nan), 0.0, "finite"),
        ((0.0, 1.2), 0.0, "at most 1.0"),
        ((0.0, 0.5), 0.0, "from 0.0000 to 0.5000"),
        ((0.2,), 0.0, "the first output"),
        ((0.0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18), 2.905, "passes its end"),
    ],
)
def test_what_no_arm_of_this_profile_may_be_told_is_seen(
    speeds: tuple[float, ...], at: float, what: str
) -> None:
    assert what in " ".join(arm_told(*speeds, at=at))


def test_a_ramp_of_a_joint_within_the_profile_is_right() -> None:
    up = [0.03 * step for step in range(33)]
    assert arm_told(*up, *reversed(up)) == []


def test_a_clock_that_is_set_hides_only_a_little_and_a_dead_governor_only_braking() -> None:
    def told_of(*outputs: tuple[float, float, float]) -> list[str]:
        judge = Judge(Bounds.of(PROFILE))
        for number, (sent, stamp, vx) in enumerate(outputs, start=1):
            judge.see(Output(sent, stamp, number, (vx, 0.0, 0.0, 0.0, 0.0, 0.0)), AWAY)
        return judge.wrong

    up = [(0.01 * step, 0.01 * step, 0.008 * step) for step in range(51)]
    assert told_of(*up, (0.51, -2.49, 0.2)) == [], "a loop that was 0.1 s late"
    assert told_of(*up, (0.51, -2.49, 0.15)) != []
    assert told_of(*up, (0.51, -2.49, 0.43)) != [], "nothing is gained by it"
    assert told_of(*up, (1.1, 1.1, 0.0)) == []
    assert told_of(*up, (0.8, 0.8, 0.0)) == [], "0.3 s are enough"
    assert told_of(*up, (0.6, 0.6, 0.0)) != []
    assert told_of(*up, (1.1, 1.1, 0.7)) != []
