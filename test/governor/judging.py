"""Robots with links in closed loop, and what must have held of their true motion, whatever was around."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from iatro_governor.body.distance import self_distance
from iatro_governor.body.levers import levers
from iatro_governor.body.volumes import Volume
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.flights import LEAST_LEVER
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.limits.joint_position import JointPositionConfig
from iatro_governor.limits.link_speed import LinkSpeedConfig
from iatro_governor.limits.self_collision import SelfCollisionConfig
from test.governor.moving import SIGMAS, Pilot, World, among
from test.governor.pilots import diving, reversing, wandering
from test.governor.places import Around, kept_capsules

MARGIN = 0.01
SECONDS = 1.5
LAGS = 8
"""Lags that fit into what is left of the longest delay."""


def world(
    name: str, q: np.ndarray, *rows, seed: int, drop: Sequence[str] = (), setpoints: bool = False
) -> World:
    """A robot at ``q`` with limits ``rows``: its delay is any up to the longest that its profile names, or it lags."""
    profile = among(name, *rows, drop=drop, setpoints=setpoints)
    rng = np.random.default_rng([seed, 7])
    longest = min(channel.actuator_delay_s for channel in profile.data.channels.values())
    delay = rng.choice([0.0, longest, rng.uniform(0.0, longest)])
    lag = rng.choice([0.0, (longest - delay) / LAGS])
    ages = (rng.uniform(0.0, 0.04), rng.uniform(0.0, 0.1))
    return World(Governor(profile), q.copy(), delay, lag, ages, odom_every=int(rng.integers(1, 4)), seed=seed)


def pilots(name: str, surroundings: Around, seed: int) -> dict[str, Pilot]:
    """All of them."""
    which = kept_capsules(name)
    return {
        "wandering": wandering(seed),
        "reversing": reversing(seed),
        "diving": diving(surroundings.volumes, which),
        "grazing": diving(surroundings.volumes, which, seed),
    }


def clearance(at: World, volumes: Sequence[Volume], which: np.ndarray) -> np.ndarray:
    """True distance (k,) of the capsules ``which`` from the nearest volume, all along the way, m."""
    way = at.way()
    ends, radius = way.capsules()[:, which], way.model.capsule_radius[which]
    distance: np.ndarray = np.min([v.distance(ends, radius).min(axis=1) for v in volumes], axis=0)
    return distance


def bound(at: World, kind: type) -> float | None:
    """The scalar of the first limit of a kind."""
    limit = next((limit for limit in at.governor.profile.limits if isinstance(limit, kind)), None)
    return None if limit is None else getattr(limit, "margin", None) or getattr(limit, "bound", None)


def strays(at: World) -> np.ndarray:
    """How far (m,) each joint is from where what was decided has it, rad or m, at most.

    Measurements are off. And a body that lags (by a first-order lag: a mixture of delays) cuts the corners of its
    commands by ``a lag^2 / 2`` where they change by a, and does later than the longest delay what is left of them then.
    """
    rates = np.array(at.rates)
    changes = np.abs(np.diff(rates, axis=0)).max(axis=0) / (at.governor.period / 4)
    longest = min(channel.actuator_delay_s for channel in at.channels.values())
    left = at.lag_s * math.exp(-(longest - at.delay_s) / at.lag_s) if at.lag_s else 0.0
    off: np.ndarray = SIGMAS * at.noise[0] + changes * at.lag_s**2 / 2 + np.abs(rates).max(axis=0) * left
    return off


def eaten(at: World) -> float:
    """How much of a margin may be lost, m: what the governor takes for one way, and what any point strays from it."""
    lost = ASIDE + float((strays(at) @ levers(at.model)).max())
    assert lost < MARGIN, "these seeds would prove nothing"
    return lost


def judge(at: World) -> None:
    """What holds of every run, whatever is around: stops, the body's own links, speed, and no stop for nothing."""
    faults = {fault.name for decision in at.decisions for fault in decision.faults}
    assert faults <= {"closed"} and Action.UNREACHABLE not in {d.action for d in at.decisions}
    assert all(np.isfinite(decision.allowed).all() for decision in at.decisions)
    way, trail = at.way(), np.array(at.trail)
    if (margin := bound(at, JointPositionConfig)) is not None:
        own = at.own("arm")
        room = np.minimum(trail - way.model.lower, way.model.upper - trail)[:, own].min(axis=0)
        assert room.min() > 0.0
        assert (room >= margin - ASIDE / LEAST_LEVER - strays(at)[own]).all()
    if (margin := bound(at, SelfCollisionConfig)) is not None:
        apart = self_distance(way)
        assert (apart >= np.minimum(apart[0], margin) - 2 * eaten(at)).all()
    if (fastest := bound(at, LinkSpeedConfig)) is not None:
        no_faster(at, fastest)


def no_faster(at: World, fastest: float) -> None:
    """Velocities were within ``fastest`` m/s where they began to act: a period, or some lags, before.

    Where that is between the two places that were looked at, they may be off by what the limit's docstring says.
    """
    speeds, longest = at.speeds(), max(channel.actuator_delay_s for channel in at.channels.values())
    unseen_s = longest + max(at.age_s) + at.odom_every * at.governor.period
    for sample in np.flatnonzero(speeds > fastest):
        turned = float(np.abs(at.rates[sample]).sum()) * unseen_s
        began = at.speed_before(int(sample), at.governor.period + LAGS * at.lag_s)
        assert began <= fastest * (1.0 + turned**2 / 8)
