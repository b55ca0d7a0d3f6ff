"""What limits say of a whole path, told by limits of a test's own: by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.load import Options, load_text
from iatro_governor.body.mechanics import Mechanics
from iatro_governor.body.path_sampling import Samples
from iatro_governor.governor.path_check import PathCheck
from iatro_governor.limits.limit import Cap, Clearance
from test.governor.arms import LIFTING
from test.limits.bodies import body_situation
from test.limits.test_contact_force import by_joints


def line(times, speed=1.0, reach=0.0):
    """Both joints from 0.1 and 0.2 at ``speed``, the second half as fast; each sample has ``reach`` around it, rad."""
    times = np.asarray(times, dtype=float)
    velocities = speed * np.column_stack([np.ones(len(times)), np.full(len(times), 0.5)])
    start = np.array([0.1, 0.2])
    return Samples(
        times,
        start + times[:, None] * velocities,
        velocities,
        np.full((len(times), 2), reach),
        np.full(2, 0.05),
    )


class Stub:
    """A limit of which each test says what it has to say. seen: the situations that it was asked about."""

    unit, row_unit = "m", "m/s"

    def __init__(self, **answers):
        self.config = SimpleNamespace(name=answers.pop("name", "stub"))
        self.answers, self.seen = answers, []

    def _say(self, what, *given):
        answer = self.answers.get(what)
        return answer(*given) if callable(answer) else answer

    def clear(self, ways, now):
        return self._say("clear", ways, now)

    def clearance(self, at):
        self.seen.append(at)
        return self._say("clearance", at)

    def blocked(self, output, at):
        return self._say("blocked", output, at)

    def about(self, at):
        return self._say("about", at)

    def idle(self, at, reach):
        return bool(self._say("idle", at))

    def cap(self, output, at):
        self.seen.append(at)
        return self._say("cap", output, at)


def readings(samples, *limits):
    at = replace(body_situation(np.array([0.1, 0.2])), memo={("limit", "of now"): 1})
    return PathCheck(limits, at, "arm")(samples)


def test_without_limits_nothing_is_wrong():
    assert readings(line([0.0, 0.01])) == []


@pytest.mark.parametrize("clear", [None, np.array([True, True, True])])
def test_a_limit_that_refuses_no_place_says_nothing(clear):
    assert readings(line([0.0, 0.01, 0.02]), Stub(clear=clear)) == []


def test_of_a_limit_that_refuses_places_the_first_is_told_exactly():
    """0.3 m are left at the first place that is refused, less what the furthest capsule may be from it."""
    limit = Stub(clear=np.array([True, False, True, False]), clearance=Clearance(0.3, 0.35), about="lower")
    samples = line([0.0, 0.01, 0.02, 0.03], reach=0.02)
    (found,) = readings(samples, limit)
    at = limit.seen[0]
    assert at.now.q == pytest.approx([0.11, 0.205]) and at.soon_q == pytest.approx([0.11, 0.205])
    assert (
        at.velocity == pytest.approx([1.0, 0.5]) and at.anchor == pytest.approx([1.0, 0.5]) and at.memo == {}
    )
    widest = float((0.02 * at.levers.sum(axis=0)).max())
    assert widest > 1.5 * float((0.02 * at.levers.sum(axis=0)).min())
    assert (found.limit, found.unit, found.at_least, found.speed) == ("stub", "m", True, False)
    assert found.allowed == pytest.approx(np.full(4, 0.35))
    assert found.requested == pytest.approx([0.35, 0.3 - widest, 0.35, 0.3 - widest])
    assert found.links == ("lower",) and found.link is not None and found.link.tolist() == [0, 0, 0, 0]


def test_a_place_that_is_refused_is_never_told_as_well():
    """By the clearance alone it would be a metre inside: a millionth is missing, then."""
    limit = Stub(clear=np.array([True, False]), clearance=Clearance(1.35, 0.35))
    (found,) = readings(line([0.0, 0.01]), limit)
    assert found.requested == pytest.approx([0.35, 0.35 - 1e-6], abs=1e-9) and found.requested[1] < 0.35
    assert found.links == () and found.link is None


def test_what_keeps_no_clearance_says_why_it_is_blocked():
    limit = Stub(
        clear=np.array([False, True]), clearance=None, blocked=lambda output, at: (output[0], 1.5, "")
    )
    (found,) = readings(line([0.0, 0.01], speed=0.7), limit)
    assert found.requested == pytest.approx([0.7, 1.5]) and found.allowed == pytest.approx([1.5, 1.5])


def test_the_ways_start_at_the_body_and_sweep_what_lies_between_the_samples():
    asked = []

    def clear(ways, now):
        asked.append((ways, now))
        return np.ones(3, dtype=bool)

    readings(line([0.0, 0.01, 0.02], reach=0.02), Stub(clear=clear))
    (ways, now) = asked[0]
    samples = line([0.0, 0.01, 0.02], reach=0.02)
    around = samples.reach @ now.levers
    assert ways.outputs == pytest.approx(samples.velocities)
    assert ways.ahead.shape == (3, 1, 2) and ways.ahead[:, 0] == pytest.approx(samples.positions)
    assert ways.half_step == pytest.approx(around) and around.min() > 0.01
    assert ways.half_steps(np.array([1])) == pytest.approx(around[:, [1]])
    assert ways.swept == pytest.approx(ways.travel + around)
    assert ways.seconds.tolist() == [[0.0]] * 3
    assert now.soon_q == pytest.approx(now.now.q) and now.memo == {} and now.courses == {}


def speeds(samples, allowed, **answers):
    """What a limit tells that allows the first joint ``allowed(time)``, and the times it was asked of."""
    times = []

    def cap(output, at):
        time = (at.now.q[0] - 0.1) / output[0]
        times.append(time)
        share = allowed(time) / output[0]
        return Cap(min(share, 1.0), output[0], allowed(time), unit=answers.get("unit"))

    found = readings(samples, Stub(clear=None, cap=cap, about=answers.get("about")))
    return found, times


def test_speeds_are_looked_at_every_twenty_milliseconds_and_at_both_ends():
    """Of samples each 7 ms the first in each 20 ms, and the last."""
    _, times = speeds(line(np.arange(14) * 0.007), lambda t: 9.0)
    assert times == pytest.approx([0.0, 0.021, 0.042, 0.063, 0.084, 0.091])


def test_of_a_long_path_they_are_looked_at_two_hundred_times():
    """40 s: every 0.2 s, each fourth sample of 0.05 s, and the last."""
    _, times = speeds(line(np.arange(801) * 0.05 + 1e-9), lambda t: 9.0)
    assert times == pytest.approx(np.append(np.arange(200) * 0.2, 40.0), abs=1e-6)


def test_samples_further_apart_are_all_looked_at():
    every = [0.0, 0.05, 0.31, 0.33, 0.7]
    _, times = speeds(line(every), lambda t: 9.0)
    assert times == pytest.approx(every)


def test_a_sample_that_was_not_looked_at_counts_as_the_worse_of_its_neighbours():
    """Each 20 ms of 10: looked at 0, 2, 4, 6; a half is allowed at the second of them, and 0.8 at the last."""
    samples = line(np.arange(7) * 0.01 + 1e-9, speed=0.8)
    (found,), times = speeds(samples, lambda t: {2: 0.4, 6: 0.64}.get(round(t * 100), 3.0))
    assert times == pytest.approx([0.0, 0.02, 0.04, 0.06], abs=1e-6)
    # Where all of it is allowed nothing is told: no speed of none.
    assert found.requested == pytest.approx([0.0, 0.8, 0.8, 0.8, 0.0, 0.8, 0.8])
    assert found.allowed == pytest.approx([0.0, 0.4, 0.4, 0.4, 0.0, 0.64, 0.64])
    assert found.speed and not found.at_least and found.unit == "m/s" and found.link is None


def test_between_two_that_are_as_bad_the_earlier_one_is_told():
    samples = line(np.arange(5) * 0.01 + 1e-9)
    samples.velocities[:] = np.array([0.3, 0.3, 0.6, 0.6, 0.9])[:, None]
    half = Stub(clear=None, cap=lambda output, at: Cap(0.5, output[0], output[0] / 2))
    (found,) = readings(samples, half)
    assert found.requested == pytest.approx([0.3, 0.3, 0.6, 0.6, 0.9])


def test_it_tells_its_own_unit_and_link_of_the_first_place_it_slows():
    about = iter(["upper", "lower"])
    (found,), _ = speeds(line([0.0, 0.5, 1.0]), lambda t: 0.4, unit="W", about=lambda at: next(about))
    assert (found.unit, found.links) == ("W", ("upper",))
    assert found.link is not None and found.link.tolist() == [0, 0, 0]
    assert next(about) == "lower"


def test_of_cap_and_share_the_lesser_is_allowed():
    """A share of 0.25 of 2 are 0.5, whatever else is told; and what asks for next to nothing asks for a billionth."""

    def told(requested, allowed):
        cap = Cap(0.25, requested, allowed)
        (found,) = readings(line([0.0, 0.5]), Stub(clear=None, cap=lambda output, at: cap))
        return found

    assert told(2.0, 3.0).allowed == pytest.approx([0.5, 0.5])
    assert told(2.0, 0.1).allowed == pytest.approx([0.1, 0.1])
    slight = told(0.0, 3.0)
    assert slight.requested == pytest.approx([1e-9, 1e-9]) and slight.allowed == pytest.approx([2.5e-10] * 2)


def test_what_is_idle_or_allows_all_or_stands_says_nothing():
    half = Cap(0.5, 2.0, 1.0)
    never = Stub(clear=None, idle=True, cap=lambda output, at: pytest.fail("it has nothing to say"))
    slower = Stub(name="slower", clear=None, cap=lambda output, at: half)
    whole = Stub(clear=None, cap=lambda output, at: Cap(1.0, 2.0, 2.0))
    nothing = Stub(clear=None, cap=lambda output, at: None)
    found = readings(line([0.0, 0.5]), never, whole, nothing, slower)
    assert [reading.limit for reading in found] == ["slower"]
    stands = line([0.0, 0.5, 1.0])
    stands.velocities[0] = 0.0
    stands.velocities[2] = [0.0, 0.3]
    asked = []
    readings(stands, Stub(clear=None, cap=lambda output, at: asked.append(output.tolist())))
    assert asked == [[1.0, 0.5], [0.0, 0.3]]


def held_up(pushing):
    """Two links that lift, at 0.1 and 0.2 rad: what holds them there, and ``pushing`` Nm beside it."""
    model = load_text(LIFTING, Options(joints=("shoulder", "elbow")))
    weights = Dynamics(model, np.zeros(2))
    at = body_situation(np.array([0.1, 0.2]), model=model)
    effort = weights.gravity(at.now.q) + np.array(pushing)
    return replace(at, effort=effort, mechanics=Mechanics(weights, True, 0.0))


def test_what_an_arm_weighs_elsewhere_is_nothing_that_it_feels():
    """Stretched out it takes 6.9 Nm to hold the shoulder, and 0.4 Nm where this path ends; 5 Nm are a collision."""
    rule = by_joints(report=[2.0, 2.0], stop=[5.0, 5.0])
    far = line(np.arange(131) * 0.01)
    assert PathCheck([rule], held_up((0.0, 0.0)), "arm")(far) == []


@pytest.mark.parametrize(("speed", "pushes"), [(0.02, True), (-0.02, False)])
def test_what_is_felt_now_is_felt_all_along_a_path(speed, pushes):
    """The shoulder holds 6 Nm that push it up, on its way of half a radian up or down, slower than 0.1 m/s."""
    rule = by_joints(report=[2.0, 2.0], stop=[5.0, 5.0])
    found = PathCheck([rule], held_up((6.0, 0.0)), "arm")(line(np.arange(251) * 0.1, speed))
    assert bool(found) == pushes
    if pushes:
        assert found[0].requested == pytest.approx(np.full(251, 6.0)) and not found[0].allowed.any()
