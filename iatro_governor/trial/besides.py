"""Who and what is around a robot besides what its plant moves: who follows, what stands loose, what it may tip over.

Each is a model of a line or two, driven by the speeds that the robot truly had (see plant.side_effects).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from iatro_governor.plant.side_effects import GRAVITY, Downhill, Follower, LooseLoad, Pinched, Rotors
from iatro_governor.plant.world import signed_distance
from iatro_governor.profile.base import NonNegative, Part, Positive, Vector2

WALKING = 0.3
"""m/s: who follows something slower than this is near enough to stop with it."""


BRAKING = 0.1
"""m/s2: less is rolling out."""


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
    """A tall load: its centre is ``height`` m up, and ``foot`` m behind the edge that it tips over when braked."""

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


class EdgeModel(Part):
    """A hole in the floor: who has its middle over ``polygon`` (m, world frame) falls ``drop`` m."""

    polygon: Annotated[tuple[Vector2, ...], Field(min_length=3)]
    drop: Positive


class ExitModel(Part):
    """A way out that others need: who stays within ``polygon`` for longer than ``patience_s`` blocks it."""

    polygon: Annotated[tuple[Vector2, ...], Field(min_length=3)]
    patience_s: Positive


class PinchedModel(Part):
    """A part of ``mass`` kg between two pads that hold it by ``effort`` N each, with ``friction``, ``height`` m up."""

    mass: Positive
    effort: Positive
    friction: Positive
    height: Positive = 0.3


class RotorsModel(Part):
    """A body in the air whose greatest thrust is ``lift`` times its weight; ``room``: m that it may sink unharmed."""

    lift: Positive
    room: Positive


class Besides(Part):
    """All of it; each may be absent."""

    follower: FollowerModel | None = None
    load: LoadModel | None = None
    tall: TallModel | None = None
    slope: SlopeModel | None = None
    edge: EdgeModel | None = None
    exit: ExitModel | None = None
    pinched: PinchedModel | None = None
    rotors: RotorsModel | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """What the robot truly did: ``speeds`` (n,) m/s and ``places`` (n, 2) m at times ``t`` (n,) s, evenly spaced."""

    t: np.ndarray
    speeds: np.ndarray
    places: np.ndarray
    mass: float

    @property
    def dt(self) -> float:
        """Seconds from one sample to the next."""
        return float(self.t[1] - self.t[0])


def side_harms(besides: Besides, track: Track) -> Iterator[SideHarm]:
    """What the robot did to them."""
    judges: tuple[tuple[Any, Callable[[Any, Track], Iterator[SideHarm]]], ...] = (
        (besides.follower, _follower),
        (besides.load, _load),
        (besides.tall, _tall),
        (besides.slope, _slope),
        (besides.edge, _edge),
        (besides.exit, _exit),
        (besides.pinched, _pinched),
        (besides.rotors, _rotors),
    )
    if len(track.t) < 2:
        return
    for model, judged in judges:
        if model is not None:
            yield from judged(model, track)


def _load(model: LoadModel, track: Track) -> Iterator[SideHarm]:
    if LooseLoad(model.friction).slides(track.speeds.tolist(), track.dt) > model.room:
        energy = model.mass * GRAVITY * model.height
        yield SideHarm("load_fell", "load", "deck", _hardest(track), energy, "J")


def _tall(model: TallModel, track: Track) -> Iterator[SideHarm]:
    """It begins to tip where the zero-moment point h a / g leaves the foot."""
    hardest = float(np.max(-_accelerations(track), initial=0.0))
    if model.height * hardest / GRAVITY > model.foot:
        energy = model.mass * GRAVITY * model.height / 2
        yield SideHarm("tip_over", "load", "base", _hardest(track), energy, "J")


def _edge(model: EdgeModel, track: Track) -> Iterator[SideHarm]:
    within = _within(model.polygon, track.places)
    if within.any():
        energy = track.mass * GRAVITY * model.drop
        yield SideHarm("fell", "edge", "base", float(track.t[int(np.argmax(within))]), energy, "J")


def _exit(model: ExitModel, track: Track) -> Iterator[SideHarm]:
    within = _within(model.polygon, track.places)
    blocked = float(np.count_nonzero(within)) * track.dt
    if blocked > model.patience_s:
        last = float(track.t[int(np.flatnonzero(within)[-1])])
        yield SideHarm("trapped", "exit", "base", last, blocked - model.patience_s, "s")


def _pinched(model: PinchedModel, track: Track) -> Iterator[SideHarm]:
    held = Pinched(model.mass, model.effort, model.friction)
    hardest = float(np.max(np.abs(_accelerations(track)), initial=0.0))
    if held.slips(hardest):
        yield SideHarm("drop", "part", "hand", _hardest(track), model.mass * GRAVITY * model.height, "J")


def _rotors(model: RotorsModel, track: Track) -> Iterator[SideHarm]:
    sunk = Rotors(model.lift).sinks(track.speeds.tolist(), track.dt)
    if sunk > model.room:
        yield SideHarm("sunk", "height", "drone", _hardest(track), sunk, "m")


def _within(polygon: Sequence[tuple[float, float]], places: np.ndarray) -> np.ndarray:
    corners = np.asarray(polygon)
    return np.array([signed_distance(corners, place) < 0.0 for place in places])


def _follower(model: FollowerModel, track: Track) -> Iterator[SideHarm]:
    """Whoever follows meets the robot in each slowing down that is too sudden for them; the worst counts."""
    t, v, dt = track.t, track.speeds, track.dt
    behind, worst, at = Follower(model.gap, model.reaction_s, model.deceleration), 0.0, 0.0
    for start in _onsets(v):
        part = v[start:].tolist()
        if behind.least_gap(part, dt) < 0.0:
            closing = _closing(behind, part, dt)
            reduced = model.mass * track.mass / (model.mass + track.mass)
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


def _slope(model: SlopeModel, track: Track) -> Iterator[SideHarm]:
    tyres, worst, at = Downhill(model.angle, model.sticks, model.slides), 0.0, 0.0
    slowing, second = -_accelerations(track), round(1.0 / track.dt)
    for start in _onsets(track.speeds):
        hardest = float(np.max(slowing[start : start + second], initial=0.0))
        if hardest <= BRAKING:
            continue
        speed = float(track.speeds[start])
        over = tyres.way(speed, hardest) - speed**2 / (2 * hardest) - model.room
        if over > worst:
            worst, at = over, float(track.t[start])
    if worst > 0.0:
        # It meets what is beyond with what speed the slide has left it, at most all of it.
        energy = 0.5 * track.mass * float(np.max(np.abs(track.speeds))) ** 2
        yield SideHarm("slid_away", "slope", "base", at, energy, "J")


def _accelerations(track: Track) -> np.ndarray:
    """m/s2 over 0.1 s: what lasts less moves nothing."""
    v, step = track.speeds, max(round(0.1 / track.dt), 1)
    if len(v) <= step:
        return np.zeros(1)
    return np.asarray((v[step:] - v[:-step]) / (step * track.dt))


def _hardest(track: Track) -> float:
    """When the robot slowed down the most, s."""
    return float(track.t[int(np.argmin(np.diff(track.speeds, append=track.speeds[-1:])))])
