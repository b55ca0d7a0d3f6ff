"""What becomes of a goal that goes through the governor: every way from pending to its end."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.nodes.gate import ANSWER_S, ENDS, REST_S, Goal, GripperGoal, Phase, TrajectoryGoal, why

STAMP = 1_795_638_127.736054613
NAMES = ("b", "a")
ENDING = (0.5, -1.0)
NUMBERS = itertools.count()


def path(end: tuple[float, float] = (-1.0, 0.5), time: float = 2.0) -> dict[str, Any]:
    """A published trajectory; its joints are in the channel's own order."""
    points = [{"time": t, "positions": list(p), "velocities": [], "accelerations": []}
              for t, p in ((0.0, (0.0, 0.0)), (time, end))]  # fmt: skip
    return {"names": ["a", "b"], "points": points}


def decision(**changes: Any) -> dict[str, Any]:
    """A decision on the tick, while nothing is wrong."""
    usual = {"t": 10.05, "seq": next(NUMBERS), "trigger": "tick", "state": "NOMINAL", "action": "hold",
             "stamp": None, "requested": None, "faults": [], "limits": []}  # fmt: skip
    return {**usual, **changes}


def commanded(**changes: Any) -> dict[str, Any]:
    """A decision on the goal's trajectory, which passes."""
    usual = {"trigger": "command", "action": "pass", "stamp": STAMP, "requested": list(ENDING),
             "allowed_trajectory": path()}  # fmt: skip
    return decision(**{**usual, **changes})


def refused(**changes: Any) -> dict[str, Any]:
    """A decision that lets nothing pass."""
    body = commanded(**{"action": "refused", "state": "CONTROLLED_STOP", **changes})
    body.pop("allowed_trajectory", None)
    return body


FAULT = {"name": "command_malformed", "detail": "point 3 has NaN"}
LIMIT = {"name": "table", "unit": "m", "requested": -0.1, "allowed": 0.01}


def phase(made: Goal) -> Phase:
    """Asked anew each time, where a type checker would remember."""
    return made.phase


def goal() -> TrajectoryGoal:
    return TrajectoryGoal(10.0, STAMP, NAMES, ENDING)


def executing() -> TrajectoryGoal:
    made = goal()
    made.decide(commanded(), 10.1)
    assert phase(made) is Phase.EXECUTING
    return made


def test_it_is_pending_until_a_decision_on_its_own_command() -> None:
    made = goal()
    for body in (decision(), commanded(stamp=STAMP - 0.02), commanded(stamp=None), decision(stamp=STAMP)):
        made.decide(body, 10.1)
        made.watch(10.1, True, True, True)
        assert phase(made) is Phase.PENDING, body
    made.decide(commanded(), 10.2)
    assert (phase(made), made.began, made.due) == (Phase.EXECUTING, 10.2, 12.2)


def test_it_is_done_where_it_arrives() -> None:
    made = executing()
    made.watch(11.0, False, False)
    assert phase(made) is Phase.EXECUTING and made.ends == {"a": -1.0, "b": 0.5}
    made.watch(12.3, True, True)
    assert (phase(made), made.reason, made.take_stop()) == (Phase.DONE, "", False)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (refused(faults=[FAULT]), "command_malformed: point 3 has NaN"),
        (refused(limits=[LIMIT]), "table: -0.1 m requested, 0.01 allowed"),
        (refused(), "names no cause"),
        (refused(stamp=None, requested=None, faults=[FAULT]), "point 3 has NaN"),
        (decision(trigger="command", action="scaled", stamp=STAMP, limits=[LIMIT]), "table"),
    ],
)
def test_it_is_refused_with_the_decisions_cause(body: dict[str, Any], told: str) -> None:
    made = goal()
    made.decide(body, 10.1)
    assert phase(made) is Phase.REFUSED and told in made.reason and not made.take_stop()


def test_decisions_that_are_sent_again_change_nothing() -> None:
    before = decision(state="CONTROLLED_STOP", faults=[FAULT])
    unreadable = refused(stamp=None, t=9.9)
    made = goal()
    made.decide(unreadable, 10.05)
    assert phase(made) is Phase.PENDING, "what was refused before it was sent is not its own"
    made.decide(own := commanded(), 10.1)
    for body in (before, unreadable, own):
        made.decide(body, 10.2)
    assert phase(made) is Phase.EXECUTING and made.began == 10.1


def test_a_refusal_of_somebody_elses_command_is_not_its_own() -> None:
    made = goal()
    made.decide(refused(stamp=STAMP - 1.0, faults=[FAULT]), 10.1)
    assert phase(made) is Phase.PENDING


def test_without_any_decision_it_is_refused_and_one_that_comes_late_is_stopped() -> None:
    made = goal()
    made.watch(10.0 + ANSWER_S, False, True)
    assert phase(made) is Phase.PENDING
    made.watch(10.1 + ANSWER_S, False, True)
    assert phase(made) is Phase.REFUSED and "is the governor there?" in made.reason
    made.decide(commanded(), 12.0)
    assert made.take_stop() and not made.take_stop(), "it would move the arm although it was called refused"
    assert phase(made) is Phase.REFUSED


@pytest.mark.parametrize("state", ["CONTROLLED_STOP", "PROTECTIVE_STOP"])
def test_a_stop_of_the_governor_ends_it_with_its_cause(state: str) -> None:
    made = executing()
    made.decide(decision(state="TRAPPED"), 10.2)
    assert phase(made) is Phase.EXECUTING
    made.decide(decision(state=state, faults=[{"name": "estop", "detail": "pressed"}]), 10.3)
    assert (phase(made), made.reason, made.take_stop()) == (Phase.STOPPED, "estop: pressed", False)


def test_a_stop_that_a_limit_asks_for_on_the_way_ends_it_with_the_limit() -> None:
    made = executing()
    made.decide(decision(state="LIMITED", action="stop", allowed_trajectory=path(), limits=[LIMIT]), 10.5)
    assert phase(made) is Phase.STOPPED and made.reason.startswith("table: ") and not made.take_stop()


def test_another_trajectory_that_passes_takes_its_place_and_one_that_does_not_leaves_it() -> None:
    made = executing()
    made.decide(refused(stamp=STAMP + 1.0, state="NOMINAL", faults=[FAULT]), 10.2)
    assert phase(made) is Phase.EXECUTING
    made.decide(commanded(stamp=STAMP + 1.0), 10.3)
    assert phase(made) is Phase.STOPPED and "took its place" in made.reason and not made.take_stop()


@pytest.mark.parametrize("accepted", [True, False])
def test_a_newer_goal_takes_its_place_and_is_not_stopped_for_it(accepted: bool) -> None:
    made = executing() if accepted else goal()
    made.replace()
    made.decide(commanded(), 10.3)
    assert phase(made) is Phase.STOPPED and "newer goal" in made.reason and not made.take_stop()


def test_one_that_was_cut_ends_before_its_end() -> None:
    made = goal()
    made.decide(commanded(allowed_trajectory=path((-0.5, 0.25), 1.0), limits=[LIMIT]), 10.1)
    assert made.ends == {"a": -0.5, "b": 0.25} and made.due == 11.1
    made.watch(11.2, True, True)
    assert phase(made) is Phase.STOPPED and "cut before its end: table" in made.reason


def test_one_that_was_slowed_still_arrives() -> None:
    made = goal()
    made.decide(commanded(action="scaled", allowed_trajectory=path(time=5.0)), 10.1)
    made.watch(15.2, True, True)
    assert (phase(made), made.due) == (Phase.DONE, 15.1)


def test_it_is_not_waited_for_without_end() -> None:
    made = executing()
    made.watch(14.0, False, False, overdue=True)
    assert phase(made) is Phase.STOPPED and "did not arrive" in made.reason


def test_a_cancelled_one_is_stopped_and_over_at_rest() -> None:
    made = executing()
    made.cancel(10.5)
    made.watch(10.5, False, True)
    assert phase(made) is Phase.CANCELLING, "the stop has not been sent"
    assert made.take_stop() and not made.take_stop()
    made.watch(10.6, False, False)
    made.decide(commanded(stamp=STAMP + 0.5), 10.6)  # the stop's own decision
    made.decide(decision(state="CONTROLLED_STOP"), 10.7)
    assert phase(made) is Phase.CANCELLING
    made.watch(10.9, True, True)
    assert (phase(made), made.reason) == (Phase.CANCELLED, "")


def test_a_cancelled_one_that_finds_no_rest_says_so() -> None:
    made = executing()
    made.cancel(10.5)
    made.take_stop()
    made.watch(10.5 + REST_S, False, False)
    assert phase(made) is Phase.CANCELLING
    made.watch(10.6 + REST_S, False, False)
    assert phase(made) is Phase.CANCELLED and "no rest" in made.reason


def test_cancelled_before_its_decision_it_is_stopped_once_it_passes() -> None:
    made = goal()
    made.cancel(10.05)
    made.watch(10.06, False, True)
    assert phase(made) is Phase.CANCELLING and not made.take_stop()
    made.decide(commanded(), 10.1)
    assert phase(made) is Phase.CANCELLING and made.take_stop()
    made.watch(10.2, False, True)
    assert phase(made) is Phase.CANCELLED


@pytest.mark.parametrize("answered", [True, False])
def test_cancelled_before_its_decision_and_refused_it_is_cancelled(answered: bool) -> None:
    made = goal()
    made.cancel(10.05)
    if answered:
        made.decide(refused(faults=[FAULT]), 10.1)
    else:
        made.watch(10.1 + ANSWER_S, False, True)
    assert phase(made) is Phase.CANCELLED and not made.take_stop()


def test_what_is_over_stays_over() -> None:
    made = executing()
    made.watch(12.3, True, True)
    made.cancel(12.4)
    made.decide(decision(state="PROTECTIVE_STOP"), 12.5)
    made.watch(20.0, False, False, True)
    assert (phase(made), made.take_stop()) == (Phase.DONE, False)


def gripped(**changes: Any) -> dict[str, Any]:
    return decision(
        **{"trigger": "command", "action": "pass", "requested": [0.02, 20.0], "stamp": 1.0, **changes}
    )


def test_a_gripper_goal_is_known_by_its_values() -> None:
    made = GripperGoal(10.0, 0.02, 20.0)
    for body in (gripped(requested=[0.03, 20.0]), gripped(requested=["NaN", 20.0]), gripped(requested=[0.02]),
                 gripped(requested=None)):  # fmt: skip
        made.decide(body, 10.1)
        assert phase(made) is Phase.PENDING
    made.decide(gripped(action="scaled"), 10.2)
    assert phase(made) is Phase.EXECUTING
    made.decide(gripped(), 10.3)
    assert phase(made) is Phase.EXECUTING, "it is sent again and again"
    made.watch(11.0, True, True)
    assert phase(made) is Phase.DONE


def test_a_gripper_goal_is_refused_or_replaced_like_any() -> None:
    made = GripperGoal(10.0, 0.02, 20.0)
    made.decide(gripped(action="refused", faults=[FAULT]), 10.1)
    assert phase(made) is Phase.REFUSED and "NaN" in made.reason
    made = GripperGoal(10.0, 0.02, 20.0)
    made.decide(gripped(), 10.1)
    made.decide(gripped(requested=[0.05, 20.0]), 10.2)
    assert phase(made) is Phase.STOPPED


def test_a_cause_is_told_whole() -> None:
    assert why(decision(faults=[FAULT], limits=[LIMIT])) == (
        "command_malformed: point 3 has NaN; table: -0.1 m requested, 0.01 allowed"
    )


BODIES = st.sampled_from([
    decision, lambda: decision(state="CONTROLLED_STOP"), commanded, lambda: commanded(stamp=STAMP + 1), refused,
    lambda: refused(stamp=None), lambda: refused(stamp=STAMP + 1),
]).map(lambda make: make())  # fmt: skip
STEPS = st.lists(st.one_of(BODIES, st.just("cancel"), st.tuples(st.booleans(), st.booleans(), st.booleans())))


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_in_any_order_nothing_moves_on_after_its_end_without_a_stop(steps: list[Any]) -> None:
    made: Goal = goal()
    now, passes, ended = 10.0, 0, None
    for step in steps:
        now += 0.3
        if step == "cancel":
            made.cancel(now)
        elif isinstance(step, tuple):
            made.watch(now, *step)
        else:
            let_pass = made.accepted is None and step["stamp"] == STAMP and "allowed_trajectory" in step
            before = made.over or phase(made) is Phase.CANCELLING
            made.decide(step, now)
            passes += let_pass
            if let_pass and before:
                assert made.take_stop(), "what passes after it was given up must be stopped"
        if ended is not None:
            assert phase(made) is ended
        ended = phase(made) if phase(made) in ENDS else None
    assert (made.accepted is None) == (passes == 0)
    made.watch(now + 100.0, False, False, True)
    if phase(made) is Phase.CANCELLING:
        made.watch(now + 200.0, False, False, True)
    assert made.over, "no goal is waited for for ever"
