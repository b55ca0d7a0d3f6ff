"""What a cycle comes to for each channel of a group, by whom a command came for and what became of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from iatro_governor.governor.decision import Action, LimitReport, State, StopReport
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.outcome import Arrival, outcomes_of

BOUND = LimitReport("speed", "speed", "m/s", 0.75, 0.5, -0.25, "a test")
WRONG = LimitReport("rate", "command_rate", "Hz", 90.0, 50.0, -40.0, "a test")
OURS = Command(6.0, "base", (0.25, 0.75), 5.5, "the plan of the base")
OTHERS = Command(6.0, "arm", (0.125, 0.375), 5.25, "the plan of the arm")
ACTIONS = {"grip": Action.HOLD, "base": Action.PASS, "arm": Action.PROJECTED}
ALLOWED = {"base": (0.25, 0.5), "arm": (0.0625, 0.125)}


def member(name, rest, way=None) -> Any:
    return SimpleNamespace(name=name, chart=SimpleNamespace(rest=rest, outgoing=lambda: way))


KNOTS = (Knot(0.5, (0.25,)),)
GRIP, BASE, ARM = member("grip", (0.0,)), member("base", (0.0, 0.0)), member("arm", (1.0, 2.0), KNOTS)


def outcomes(arrival=None, requests=None, chosen=None):
    """Of three channels, the first of which publishes nothing, by their names."""
    asked = {"base": OURS, "arm": OTHERS} if requests is None else requests
    told = [GRIP, BASE, ARM], State.LIMITED, ACTIONS, asked, ALLOWED, (BOUND,), arrival, chosen
    made = outcomes_of(*told)
    assert [outcome.channel for outcome in made] == ["base", "arm"]
    return made


def test_each_channel_that_publishes_is_told_of_with_what_was_asked_of_it_and_what_it_may_do():
    base, arm = outcomes()
    assert (base.state, base.action, base.on_command) == (State.LIMITED, Action.PASS, False)
    assert (base.requested, base.allowed, base.rest) == ((0.25, 0.75), (0.25, 0.5), (0.0, 0.0))
    assert (base.plan_id, base.stamp, base.limits) == ("the plan of the base", 5.5, (BOUND,))
    assert (arm.requested, arm.allowed, arm.rest) == ((0.125, 0.375), (0.0625, 0.125), (1.0, 2.0))
    assert (arm.plan_id, arm.stamp, arm.action) == ("the plan of the arm", 5.25, Action.PROJECTED)
    assert base.trajectory is None and arm.trajectory == KNOTS and base.stop is None


def test_what_was_wrong_with_a_command_alone_is_told_of_its_own_channel():
    base, arm = outcomes(Arrival(ARM, OTHERS, Verdict.ACCEPTED, (WRONG,)))
    assert base.limits == (BOUND,) and not base.on_command
    assert arm.limits == (BOUND, WRONG) and arm.on_command and arm.action is Action.PROJECTED


def test_a_refused_command_is_called_so_on_its_own_channel_with_what_it_asked_for():
    new = Command(6.0, "arm", (9.0, 7.0), 5.75, "a worse plan")
    base, arm = outcomes(Arrival(ARM, new, Verdict.REFUSED))
    assert (base.action, base.requested) == (Action.PASS, (0.25, 0.75))
    assert (arm.action, arm.requested) == (Action.REFUSED, (9.0, 7.0))
    assert (arm.plan_id, arm.stamp, arm.allowed) == ("a worse plan", 5.75, (0.0625, 0.125))


def test_where_nobody_looked_for_requests_the_one_that_came_is_told_of_its_own_channel_alone():
    base, arm = outcomes(Arrival(ARM, OTHERS, Verdict.ACCEPTED), {})
    assert (base.requested, base.plan_id, base.stamp) == (None, None, None)
    assert (arm.requested, arm.plan_id, arm.stamp) == ((0.125, 0.375), "the plan of the arm", 5.25)
    assert [outcome.requested for outcome in outcomes(None, {})] == [None, None]


def test_where_requests_are_known_what_came_is_no_other_one():
    """It was taken, and something else is what the arm is asked for meanwhile."""
    held = Command(5.0, "arm", (0.5, 0.25), 4.75, "what stands")
    _, arm = outcomes(Arrival(ARM, OTHERS, Verdict.ACCEPTED), {"base": None, "arm": held})
    assert (arm.requested, arm.plan_id, arm.on_command) == ((0.5, 0.25), "what stands", True)


def test_how_each_stops_is_told_of_each():
    stops = {"base": StopReport("protective"), "arm": StopReport("controlled")}
    assert [outcome.stop for outcome in outcomes(None, None, stops)] == [stops["base"], stops["arm"]]
