"""Boundary-dense sweeps of what refuses ways and of what shapes steps: bisected to the bound, and tried on both sides.

test_sweep.py does the same for what caps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.localisation import Fix
from iatro_governor.governor.chart import Chart
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import RATE_WINDOW_S, CommandStream
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.command_rate import tightest
from iatro_governor.limits.rate import RateLimit
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.sensed import People, Sensed
from test.governor.profiles import amr
from test.limits.bodies import SURE, body_situation, surroundings, three_links
from test.limits.situations import VARIANTS, kind_of, make, persons, situation

FASTEST = 4.0
"""Of a base, m/s or rad/s."""
HALVINGS, SPARSE, DENSE = 40, 12, 60
NEAR = 1e-6
"""Of a bound: so much inside of it, and beyond it, is tried."""
GRAIN = 2e-6
"""What rounding, and NEAR of a way of some metres, make of a distance, m."""
OUTLINE_SPACING, SLACK = 0.1, 0.05
"""Of what is looked up in space that was seen, m, as unseen.py has them."""
MOVING = ("separation", "link_separation")
"""They keep a distance from who walks meanwhile: the least on the way says nothing, and a quicker way may get past."""
every_kind = [*sorted(KINDS), *sorted(VARIANTS)]
REFUSING = [kind for kind in every_kind if "clear" in make(kind).faces]
SHAPING = [kind for kind in every_kind if "rate" in make(kind).faces]
COUNTING = [kind for kind in every_kind if "stream" in make(kind).faces]


def test_every_face_of_every_kind_is_swept_somewhere() -> None:
    """A new face has to be swept, or named. An alarm bounds no command; test_contact_force.py tries it."""
    swept = {"cap", "clear", "rate", "stream"}
    assert {kind for kind in every_kind if not set(make(kind).faces) <= swept} == {"contact_force"}
    assert {kind for kind in every_kind if not set(make(kind).faces) & swept} == set()


def bases() -> Iterator[tuple[Any, np.ndarray]]:
    """A base at rest between walls and people, and at the edges of the example's areas; rays in many directions."""
    ring = np.array([[math.cos(a), math.sin(a)] for a in np.radians(np.arange(-180, 180))])  # each beam
    sure = Fix(0.0, np.zeros(3), 0.0, 0.0)
    places = [np.zeros(3), np.array([0.4, 0.1, 0.3]), np.array([-1.0, -0.8, -1.0])]
    rays = [np.array(ray) for ray in ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.4), (0.3, 0.5, 1.0), (0.4, -0.6, 0.0))]
    for place, away in zip(places, (0.8, 1.3, 2.0), strict=True):
        crowd = persons([(place[0] + away + 1.0, place[1], 0.0, 0.0)])
        yield from ((situation(ring * away, pose=place, people=crowd, fix=sure), ray) for ray in rays)


def bodies(kind: str) -> Iterator[tuple[Any, np.ndarray]]:
    """An arm at rest with people and points at several distances, or one that can fold until two links meet."""
    if kind == "self_collision":
        folded = body_situation(np.array([0.2, 1.8, 1.6]), model=three_links())
        yield from ((folded, np.array(ray)) for ray in ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.5, 0.3, 0.9)))
        return
    somebody = People(np.array([[0.3, 1.8, 0.0]]), np.zeros((1, 3)), 0.0, 0.1, ("0",), (None,))
    seen = [*surroundings(), Sensed({"people": somebody}, surroundings()[0].felt)]
    seen = [replace(each, fixes=SURE) for each in seen]
    rays = [np.array(ray) for ray in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.3), (0.6, -0.8))]
    for q in (np.array([0.5, 0.7]), np.array([0.2, 0.7]), np.array([-0.9, 0.8])):
        yield from ((body_situation(q, sensed=each), ray) for each in seen for ray in rays)


def ways(kind: str) -> Iterator[tuple[Any, np.ndarray]]:
    """Of the body that a kind looks at."""
    return bodies(kind) if KINDS[kind_of(kind)].view == "body" else bases()


def is_clear(limit: Any, output: np.ndarray, at: Any) -> bool:
    """Whether the way of one output is allowed."""
    verdict = limit.clear(at.roll_out(output[None]), at)
    return verdict is None or bool(verdict[0])


def fastest(ray: np.ndarray, at: Any) -> float:
    """The largest share of a ray that is tried: what the joints can do, or a quick base."""
    if not hasattr(at, "model"):
        return FASTEST
    moving = ray != 0.0
    return float((at.model.velocity[: len(ray)][moving] / np.abs(ray[moving])).min())


def bisected(limit: Any, ray: np.ndarray, at: Any) -> float | None:
    """The share of ``ray`` up to which it is allowed; None: there is no bound, or it has been broken already."""
    clearance = limit.clearance(at)
    if clearance is not None and clearance.now < clearance.required:
        return None
    inside, beyond = 0.0, 0.0
    for share in np.linspace(0.0, fastest(ray, at), DENSE):
        inside, beyond = beyond, float(share)
        if not is_clear(limit, beyond * ray, at):
            break
    else:
        return None
    for _ in range(HALVINGS):
        middle = (inside + beyond) / 2
        inside, beyond = (middle, beyond) if is_clear(limit, middle * ray, at) else (inside, middle)
    return inside if inside > 1e-6 else None


def least(limit: Any, output: np.ndarray, at: Any) -> tuple[float, float]:
    """The least distance on the way, m, and how much nearer it may be between two samples: both of two links move."""
    rollouts = at.roll_out(output[None])
    half_step = float(np.max(rollouts.half_step[0]))
    return limit.least_ahead(rollouts, at), half_step * (2 if "self_collision" in limit.config.kind else 1)


@pytest.mark.parametrize("kind", REFUSING)
def test_a_ray_is_clear_up_to_one_point_and_that_point_is_the_margin(kind: str) -> None:
    """Inside of it everything is clear and keeps the margin; nothing is clear beyond, and just there it would not."""
    limit, met = make(kind), 0
    for at, ray in ways(kind):
        bound = bisected(limit, ray, at)
        if bound is None:
            continue
        met += 1
        inside, outside, most = bound * (1.0 - NEAR), bound * (1.0 + NEAR), fastest(ray, at)
        assert all(is_clear(limit, share * ray, at) for share in np.linspace(0.0, inside, SPARSE)), bound
        beyond = np.linspace(outside, outside if kind in MOVING else most, DENSE)
        assert not any(is_clear(limit, share * ray, at) for share in beyond), bound
        clearance = limit.clearance(at)
        if clearance is None:
            continue
        assert kind in MOVING or least(limit, inside * ray, at)[0] >= clearance.required - GRAIN
        distance, half_step = least(limit, outside * ray, at)
        assert distance - half_step <= clearance.required + GRAIN
    assert met >= 2, "no ray ran into it: a sweep that meets no bound proves nothing"


def test_joints_come_to_rest_at_their_margin_and_no_further() -> None:
    """What keeps no distance in metres is measured by where the joints end."""
    limit = make("joint_position")
    config = limit.config
    lower, upper = np.array(config.lower) + config.margin, np.array(config.upper) - config.margin
    found = [(at, ray, bound) for at, ray in bodies("joint_position") if (bound := bisected(limit, ray, at))]
    assert len(found) >= 2
    for at, ray, bound in found:
        room = min((upper - ends(at, bound * ray)).min(), (ends(at, bound * ray) - lower).min())
        assert room == pytest.approx(0.0, abs=GRAIN)


def ends(at: Any, output: np.ndarray) -> np.ndarray:
    """Where the joints (n,) come to rest, rad."""
    last: np.ndarray = at.roll_out(output[None]).ahead[0, -1]
    return last


def test_what_no_sensor_saw_is_entered_no_further_than_its_slack() -> None:
    """A wall all around is the end of what is seen: the outline gets there, and as good as no further."""
    limit = make("unseen")
    for at, ray in bases():
        seen = at.nearest(("lidar",)) + at.reach
        bound = bisected(limit, ray, at)
        if bound is not None:
            furthest = max(reach_of(at, pose) for pose in at.roll_out((bound * ray)[None]).poses[0])
            assert seen - OUTLINE_SPACING < furthest <= seen + SLACK + GRAIN


def test_a_way_leaps_over_a_thing_only_where_one_of_its_steps_is_longer_than_the_body_and_twice_the_room() -> (
    None
):
    """Where the margin and half a step are more than there is now, samples alone are looked at (invariant.md)."""
    limit = make("obstacle")
    for gap in (0.09, 0.12, 0.2, 0.4):
        at, ahead = situation(np.array([[0.22 + gap, 0.0]])), np.array([1.0, 0.0, 0.0])
        bound = bisected(limit, ahead, at)
        assert bound is not None
        speeds = np.linspace(bound * (1.0 + NEAR), 8.0, 200)
        steps = np.array([2.0 * least(limit, v * ahead, at)[1] for v in speeds])
        leaps = np.array([is_clear(limit, v * ahead, at) for v in speeds])
        assert leaps.any(), "nothing leaps any more: invariant.md says otherwise"
        assert steps[leaps].min() >= 2.0 * (0.22 + gap) - GRAIN


def reach_of(at: Any, pose: np.ndarray) -> float:
    """How far the outline at ``pose`` is from where the base stands now, m."""
    turn = np.array([[math.cos(pose[2]), -math.sin(pose[2])], [math.sin(pose[2]), math.cos(pose[2])]])
    outline = at.footprint.outline(OUTLINE_SPACING) @ turn.T + pose[:2]
    return float(np.hypot(outline[:, 0], outline[:, 1]).max())


def shaping(kind: str) -> RateLimit[Any]:
    """The limit of a kind that shapes steps."""
    limit = make(kind)
    assert isinstance(limit, RateLimit)
    return limit


JERKY = [kind for kind in SHAPING if shaping(kind).way == "jerk"]


def shaped(kind: str, dt: float) -> Iterator[tuple[Callable[[float, float, float], float], float]]:
    """For each component that a kind bounds: what a step of it becomes, and its bound.

    A step: where the output stands, how fast it changes already, and the change that is wanted within ``dt`` s.
    """
    limit = shaping(kind)
    size = 2 if limit.view == "body" else 3
    own = np.array(limit.components(size))
    rates, bounds = Rates.of([limit], {limit.axis: own}, size), limit.bounds(len(own))
    assert len(own) == len(bounds) > 0 and (bounds > 0).all()
    for component, bound in zip(own, bounds, strict=True):

        def step(stands: float, pace: float, change: float, component: int = int(component)) -> float:
            anchor, going, wanted = np.zeros(size), np.zeros(size), np.zeros(size)
            anchor[component], going[component], wanted[component] = stands, pace, stands + change
            output = rates.step(anchor, wanted[None], dt, dt, going)[0]
            assert np.array_equal(np.delete(output, component), np.zeros(size - 1))
            return float(output[component] - stands)

        yield step, float(bound)


@pytest.mark.parametrize("kind", [kind for kind in SHAPING if kind not in JERKY])
@pytest.mark.parametrize("dt", [0.004, 0.01, 0.05])
def test_a_step_within_the_rate_is_taken_and_a_larger_one_is_that_rate(kind: str, dt: float) -> None:
    """Away from rest or towards it, both ways, by steps dense around the largest that is allowed."""
    slower = shaping(kind).way == "deceleration"
    for step, bound in shaped(kind, dt):
        most = bound * dt
        for sign in (1.0, -1.0):
            for stands in (10.0 * most,) if slower else (0.0, 0.3):
                for share in (0.0, 0.5, 1.0 - NEAR, 1.0 + NEAR, 1.001, 2.0):
                    change = step(sign * stands, 0.0, (-sign if slower else sign) * share * most)
                    assert abs(change) == pytest.approx(min(share, 1.0) * most, rel=1e-9, abs=1e-15), share


@pytest.mark.parametrize("kind", JERKY)
@pytest.mark.parametrize("dt", [0.004, 0.01, 0.05])
def test_a_change_of_pace_within_the_jerk_is_made_and_a_larger_one_is_that_jerk(kind: str, dt: float) -> None:
    """What is near is reached at once or eased into; what is far is gone for as fast as the jerk lets the pace grow."""
    for step, bound in shaped(kind, dt):
        most, far = bound * dt * dt, 1e6 * bound * dt * dt
        for sign in (1.0, -1.0):
            for share in (0.0, 0.5, 1.0 - NEAR):
                assert step(0.0, 0.0, sign * share * most) == pytest.approx(sign * share * most, rel=1e-9)
            for share in (1.0 + NEAR, 1.001, 2.0, 10.0):
                taken = sign * step(0.0, 0.0, sign * share * most)
                assert 0.5 * most < taken <= most * (1.0 + 1e-12)
            for pace in (0.0, 0.1 * bound, 2.0 * bound * dt):
                taken = step(0.0, sign * pace, sign * far)
                assert taken == pytest.approx(sign * (pace + bound * dt) * dt, rel=1e-9)


@pytest.mark.parametrize("kind", COUNTING)
@pytest.mark.parametrize("bound", [1.0, 2.5, 30.0, 100.0])
def test_as_many_commands_as_the_rate_allows_are_no_fault_and_one_more_is(
    kind: str, bound: float, tmp_path: Path
) -> None:
    """In one second, however they are spread over it; those that are older than a second do not count."""
    limit, chart = make(kind, bound=bound), Governor(amr(tmp_path)).channels["base"].member("base").chart
    most = math.floor(bound * RATE_WINDOW_S)
    for spread in (0.0, 0.5, 1.0):
        assert not overrun(limit, chart, np.linspace(0.0, spread, most))
        assert overrun(limit, chart, np.linspace(0.0, spread, most + 1))
    later = RATE_WINDOW_S * (1.0 + NEAR)
    assert not overrun(limit, chart, np.array([0.0] * most + [later] * most))
    assert overrun(limit, chart, np.array([0.0] * most + [RATE_WINDOW_S]))


def overrun(limit: Any, chart: Chart, times: np.ndarray) -> bool:
    """Whether commands at these times, s, are told to be too many, by the limit's name."""
    ladder = Ladder()
    stream = CommandStream(chart, ladder, 0.0, tightest([limit], limit.config.channel))
    for t in times.tolist():
        stream.accept(Command(t, limit.config.channel, chart.rest, t), t, False)
    return any(limit.config.name in report.detail for report in ladder.reports)
