"""Channels of trajectories among those of a group: what is let in, goes on, gives way and is stopped; by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.admission import Admitted
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.outcome import Arrival
from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.trajectories import Trajectories
from iatro_governor.limits.limit import Cap

COMMAND = Command(1.0, "arm", (0.1,), 1.0)


class Judge:
    """An admission that admits ``path``, or refuses."""

    def __init__(self, path="a path"):
        self.found = Admitted(path, None, False, ("a limit",), "" if path else "it leads into a wall")  # type: ignore[arg-type]
        self.done: list[Any] = []

    def judge(self, command, situation):
        self.done.append(("judge", command))
        return self.found

    def begin(self, found, command):
        self.done.append(("begin", found, command))

    def cancel(self):
        self.done.append("cancel")

    def ordered(self, command):
        return ("ordered", command)


class Ladder:
    def __init__(self):
        self.pulses: list[tuple[str, float, str]] = []

    def pulse(self, fault, t, detail):
        self.pulses.append((fault, t, detail))


def member(name, place, going=None, executed=None):
    """A channel at ``place`` of ``u``; what goes on there, and whose command it is."""
    halts: list[bool] = []
    chart = SimpleNamespace(
        going=None if going is None else np.array(going), executed=executed, halt=halts.append, halts=halts
    )
    return SimpleNamespace(name=name, place=place, chart=chart)


BASE = member("base", slice(0, 2))


def group(*able, judges=None) -> Any:
    """A base at the first two components, and ``able``, the channels of trajectories."""
    admissions = judges or {one.name: Judge() for one in able}
    return Trajectories([BASE, *able], admissions)


def arm(going=(0.5, -0.25), executed=COMMAND, name="arm", place=slice(2, 4)):
    return member(name, place, going, executed)


def test_those_that_have_a_judge_are_channels_of_trajectories():
    known = group(arm())
    assert known.judges("arm") and not known.judges("base")
    assert known.ordered("arm", COMMAND) == ("ordered", COMMAND) and known.ordered("base", COMMAND) is COMMAND


def test_what_goes_on_is_filled_in_and_shaped_by_nothing():
    outputs = np.array([0.1, 0.2, 0.3, 0.4])
    goes, rests = group(arm()), group(arm(None))
    assert [one.name for one in goes.going] == ["arm"] and rests.going == []
    assert goes.fill(outputs).tolist() == [0.1, 0.2, 0.5, -0.25] and outputs[2] == 0.3
    assert rests.fill(outputs) is outputs
    steps, targets = np.zeros((2, 4)), np.arange(8.0).reshape(2, 4)
    assert goes.unshaped(steps, targets).tolist() == [[0, 0, 2, 3], [0, 0, 6, 7]]
    other = Command(2.0, "base", (), 2.0)
    assert goes.executed({"base": other, "arm": None}) == {"base": other, "arm": COMMAND}


# What is let in.


def admitted(one, judge, t=3.0):
    ladder, arrival = Ladder(), Arrival(one, COMMAND, Verdict.ACCEPTED)
    found = group(one, judges={"arm": judge}).admit(arrival, SimpleNamespace(t=t), ladder)
    return found, ladder.pulses


@pytest.mark.parametrize("one", [arm(None, None), arm()])
def test_what_its_judge_lets_pass_is_begun(one):
    judge = Judge()
    found, pulses = admitted(one, judge)
    assert judge.done == [("judge", COMMAND), ("begin", judge.found, COMMAND)]
    assert found.verdict is Verdict.ACCEPTED and found.limits == ("a limit",) and pulses == []


def test_what_its_judge_refuses_is_not():
    judge = Judge(None)
    found, pulses = admitted(arm(), judge)
    assert (
        judge.done == [("judge", COMMAND)]
        and found.verdict is Verdict.REFUSED
        and found.limits == ("a limit",)
    )
    assert pulses == [("trajectory_refused", 3.0, "it leads into a wall")]


def test_while_a_stop_goes_on_nothing_is_judged():
    judge = Judge()
    found, pulses = admitted(arm(executed=None), judge)
    assert judge.done == [] and found.verdict is Verdict.REFUSED and found.limits == ()
    assert pulses == [("trajectory_refused", 3.0, "a stop goes on; plan again once the joints rest")]


# What gives way beside it. The arm goes on at (0.5, -0.25), and the base asks for (0.8, 0.0).

WANTED = np.array([0.8, 0.0, 0.5, -0.25])


class Limit:
    """Lets ``share`` of a command pass, by the first component of that; and a way to rest of less than ``clear``."""

    keeps, foresees = True, False
    config = SimpleNamespace(name="limit")

    def __init__(self, share=lambda x: 1.0, clear=9.0):
        self.share, self.below = share, clear

    def cap(self, command, situation):
        return Cap(self.share(float(command[0])), 1.0, 1.0)

    def clear(self, rollouts, view, tolerance=0.0):
        return rollouts[:, 0] < self.below


class Situation:
    """Ways to rest are their outputs."""

    def views(self, outputs):
        return [self]

    def roll_out(self, outputs):
        return outputs


def beside(*limits, whole, one=None, wanted=WANTED, more=()):
    known = group(arm() if one is None else one, *more)
    return known.beside(whole, wanted, Situation(), list(limits), lambda targets: targets)


def slowed(share):
    """All of it at ``share``."""
    return Resolution(share, share * WANTED)


def test_where_it_goes_on_nearly_as_it_wants_nothing_gives_way():
    for share in (1.0, 0.951):
        whole = slowed(share)
        assert beside(Limit(), whole=whole) is whole


@pytest.mark.parametrize(
    ("clear", "share"), [(9.0, 0.75), (0.6, 0.5), (0.4, 0.25), (0.2, 0.0), (0.61, 0.75), (0.41, 0.5)]
)
def test_else_what_is_beside_it_does_by_quarters(clear, share):
    for whole in (slowed(0.949), slowed(0.0), Resolution(None, np.zeros(4))):
        found = beside(Limit(clear=clear), whole=whole)
        assert found.scale == share and found.target == pytest.approx([share * 0.8, 0.0, 0.5, -0.25])
        assert found.caps is whole.caps and found.blocked is whole.blocked and found.seen is whole.seen


def test_a_limit_on_speeds_has_to_let_nearly_all_of_it_pass():
    capped = Limit(lambda x: 0.94 if x > 0.5 else 0.95)
    assert beside(capped, whole=slowed(0.4)).scale == 0.5
    assert beside(Limit(), capped, whole=slowed(0.4)).scale == 0.5
    assert beside(capped, Limit(), whole=slowed(0.4)).scale == 0.5


def test_where_nothing_helps_all_stays_as_it_was():
    whole = slowed(0.5)
    assert (
        beside(Limit(clear=0.0), whole=whole) is whole and beside(Limit(lambda x: 0.5), whole=whole) is whole
    )


def test_where_nothing_is_beside_it_nothing_gives_way():
    whole = slowed(0.5)
    assert beside(Limit(), whole=whole, wanted=np.array([0.0, 0.0, 0.5, -0.25])) is whole


def test_one_of_two_that_would_be_slowed_is_enough():
    """The second one goes on at 0.4 m/s, all of which is let pass."""
    second = arm((0.4,), name="second", place=slice(4, 5))
    wanted = np.append(WANTED, 0.4)
    whole = Resolution(0.5, np.append(0.5 * WANTED, 0.4))
    found = beside(Limit(), whole=whole, wanted=wanted, more=(second,))
    assert found.scale == 0.75 and found.target == pytest.approx([0.6, 0.0, 0.5, -0.25, 0.4])


# What is stopped.


def interrupted(one, resolution, arrival=None, judge=None, t=4.0):
    ladder = Ladder()
    known = group(one, judges={one.name: judge or Judge()})
    stopped, left = known.interrupt(resolution, WANTED, arrival, t, ladder)
    return [each.name for each in stopped], left, ladder.pulses


@pytest.mark.parametrize(
    ("resolution", "stops"),
    [
        (slowed(1.0), False),
        (slowed(0.951), False),
        (slowed(0.949), True),
        (Resolution(None, WANTED), True),
        # A twentieth of 0.5 may be missing of either joint, however little the other one is asked for.
        (Resolution(0.9, np.array([0.0, 0.0, 0.476, -0.226])), False),
        (Resolution(0.9, np.array([0.0, 0.0, 0.5, -0.224])), True),
        (Resolution(0.9, np.array([0.0, 0.0, 0.474, -0.25])), True),
        (Resolution(0.9, np.array([0.0, 0.0, 0.526, -0.25])), True),
    ],
)
def test_what_would_be_slowed_too_much_is_stopped(resolution, stops):
    one = arm()
    stopped, left, pulses = interrupted(one, resolution)
    assert stopped == ["arm"] * stops and one.chart.halts == [False] * stops and left is None and pulses == []


def test_a_twentieth_may_be_missing():
    """1.0 - 0.95, which is what 0.95 differs from 1 by in binary numbers, too."""
    one, wanted = arm(), np.array([0.0, 0.0, 1.0, 0.5])
    for target, stops in ((0.95, []), (0.9499, ["arm"])):
        held = Resolution(0.9, np.array([0.0, 0.0, target, 0.5]))
        stopped, _ = group(one).interrupt(held, wanted, None, 4.0, Ladder())
        assert [each.name for each in stopped] == stops


@pytest.mark.parametrize("one", [arm(executed=None), arm(None, None)])
def test_a_stop_that_goes_on_is_not_stopped(one):
    assert interrupted(one, slowed(0.5))[0] == [] and one.chart.halts == []


def test_what_has_only_just_come_in_is_refused_instead():
    one, judge = arm(), Judge()
    named = [SimpleNamespace(config=SimpleNamespace(name=name)) for name in ("speed", "wide", "wall")]
    caps = [(named[0], Cap(0.9, 1.0, 0.9)), (named[1], Cap(0.95, 1.0, 0.95))]
    held = Resolution(0.5, 0.5 * WANTED, caps, [named[2]])  # type: ignore[arg-type, list-item]
    stopped, left, pulses = interrupted(one, held, Arrival(one, COMMAND, Verdict.ACCEPTED), judge)
    assert stopped == ["arm"] and one.chart.halts == [False] and judge.done == ["cancel"]
    assert left is not None and left.verdict is Verdict.REFUSED
    assert pulses == [("trajectory_refused", 4.0, "speed, wall: no way to rest from its start")]


@pytest.mark.parametrize(("of", "verdict"), [("another", Verdict.ACCEPTED), ("it", Verdict.REFUSED)])
def test_what_came_in_for_another_or_was_refused_already_stays_as_it_is(of, verdict):
    one, judge = arm(), Judge()
    arrival = Arrival(one if of == "it" else BASE, COMMAND, verdict)
    stopped, left, pulses = interrupted(one, slowed(0.5), arrival, judge)
    assert stopped == ["arm"] and left is arrival and judge.done == [] and pulses == []
