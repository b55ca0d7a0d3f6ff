"""Who and what is around a robot besides what its plant moves: who follows, what stands loose, what it may tip over.

Each is a model of a line or two, driven by the speeds that the robot truly had (see plant.side_effects).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.plant.side_effects import GRAVITY, Downhill, Follower, LooseLoad
from iatro_governor.profile.base import NonNegative, Part, Positive

WALKING = 0.3
"""m/s: who follows something slower than this is near enough to stop with it."""


@dataclass(frozen=True, slots=True)
class SideHarm:
    """A harm that a side effect does, as the plants' harms are: kind, victim, object; ``severity`` in ``unit``."""

    kind: str
    victim: str
    object: str
    t: float
    severity: float
    unit: str
    bound: float = 0.0


class FollowerModel(Part):
    """Somebody who walks ``gap`` m behind, reacts after ``reaction_s`` and slows down by ``deceleration`` m/s2."""

    gap: Positive
    reaction_s: Positive
    deceleration: Positive
    mass: Positive = 75.0


class LoadModel(Part):
    """A crate on the deck, held by ``friction``; it falls once it has slid ``room`` m. ``height`` is the deck's, m."""

    friction: Positive
    room: Positive
    mass: Positive
    height: NonNegative = 0.6


class TallModel(Part):
    """A tall load, or a robot with its arm stretched out: its centre is ``height`` m up, ``foot`` m behind the edge."""

    height: Positive
    foot: Positive
    mass: Positive


class SlopeModel(Part):
    """Ground that falls by ``angle`` rad along the way.

    Friction ``sticks`` while wheels roll and ``slides`` when they are locked. ``room``: how far beyond the way on level
    ground there is nobody, m.
    """

    angle: Positive
    sticks: Positive
    slides: Positive
    room: Positive


class Besides(Part):
    """All of it; each may be absent."""

    follower: FollowerModel | None = None
    load: LoadModel | None = None
    tall: TallModel | None = None
    slope: SlopeModel | None = None


def side_harms(
    besides: Besides, t: Sequence[float], speeds: Sequence[float], robot_mass: float
) -> Iterator[SideHarm]:
    """What the robot's true ``speeds`` (m/s, forward) at times ``t`` (s, evenly spaced) did to them."""
    v = np.asarray(speeds, dtype=float)
    if len(v) < 2:
        return
    dt = float(t[1] - t[0])
    if besides.follower is not None:
        yield from _follower(besides.follower, t, v, dt, robot_mass)
    if besides.load is not None:
        slid = LooseLoad(besides.load.friction).slides(v.tolist(), dt)
        if slid > besides.load.room:
            energy = besides.load.mass * GRAVITY * besides.load.height
            yield SideHarm("load_fell", "load", "deck", _hardest(t, v), energy, "J")
    if besides.tall is not None:
        # The load begins to tip where the zero-moment point h a / g leaves the foot.
        hardest = float(np.max(np.abs(_accelerations(v, dt)), initial=0.0))
        if besides.tall.height * hardest / GRAVITY > besides.tall.foot:
            energy = besides.tall.mass * GRAVITY * besides.tall.height / 2
            yield SideHarm("tip_over", "load", "base", _hardest(t, v), energy, "J")
    if besides.slope is not None:
        yield from _slope(besides.slope, t, v, dt, robot_mass)


def _follower(
    model: FollowerModel, t: Sequence[float], v: np.ndarray, dt: float, robot_mass: float
) -> Iterator[SideHarm]:
    """Whoever follows meets the robot in each slowing down that is too sudden for them; the worst counts."""
    behind, worst, at = Follower(model.gap, model.reaction_s, model.deceleration), 0.0, 0.0
    for start in _onsets(v):
        part = v[start:].tolist()
        if behind.least_gap(part, dt) < 0.0:
            closing = _closing(behind, part, dt)
            reduced = model.mass * robot_mass / (model.mass + robot_mass)
            energy = 0.5 * reduced * closing**2
            if energy > worst:
                worst, at = energy, float(t[start])
    if worst > 0.0:
        yield SideHarm("follower_contact", "follower", "base", at, worst, "J")


def _onsets(v: np.ndarray) -> list[int]:
    """Where the robot begins to slow down from a walk: the last moment before each fall of its speed."""
    walking = v > WALKING
    falling = np.diff(v, append=v[-1:]) < -1e-4
    starts = np.flatnonzero(walking & falling & ~np.concatenate(([False], falling[:-1])))
    return [int(start) for start in starts]


def _closing(behind: Follower, speeds: Sequence[float], dt: float) -> float:
    """The relative speed (m/s) at which they meet."""
    gap, seen, own = behind.gap, math.inf, speeds[0]
    for k, speed in enumerate(speeds):
        if seen is math.inf and speed < speeds[0] - 0.05:
            seen = k * dt
        own = max(speeds[0] - behind.deceleration * max(k * dt - seen - behind.reaction_s, 0.0), 0.0)
        gap += (speed - own) * dt
        if gap < 0.0:
            return own - speed
    return 0.0


def _slope(
    model: SlopeModel, t: Sequence[float], v: np.ndarray, dt: float, robot_mass: float
) -> Iterator[SideHarm]:
    tyres, worst, at = Downhill(model.angle, model.sticks, model.slides), 0.0, 0.0
    slowing = -_accelerations(v, dt)
    for start in _onsets(v):
        hardest = float(np.max(slowing[start : start + round(1.0 / dt)], initial=0.0))
        if hardest <= 0.1:
            continue
        speed = float(v[start])
        over = tyres.way(speed, hardest) - speed**2 / (2 * hardest) - model.room
        if over > worst:
            worst, at = over, float(t[start])
    if worst > 0.0:
        # It meets what is beyond with what speed the slide has left it, at most all of it.
        energy = 0.5 * robot_mass * float(np.max(np.abs(v))) ** 2
        yield SideHarm("slid_away", "slope", "base", at, energy, "J")


def _accelerations(v: np.ndarray, dt: float) -> np.ndarray:
    """m/s2 over 0.1 s: what lasts less moves nothing."""
    step = max(round(0.1 / dt), 1)
    if len(v) <= step:
        return np.zeros(1)
    return np.asarray((v[step:] - v[:-step]) / (step * dt))


def _hardest(t: Sequence[float], v: np.ndarray) -> float:
    """When the robot slowed down the most, s."""
    return float(t[int(np.argmin(np.diff(v, append=v[-1:])))])
