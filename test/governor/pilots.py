"""Those who command robots with a model: at random, and as badly as can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linprog

from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.volumes import Volume
from iatro_governor.limits.joint_velocity import JointVelocityConfig
from iatro_governor.limits.speed import SpeedConfig
from test.governor.moving import Commands, Pilot, World

TOO_FAST = 2.5
"""Times the bounds."""


def most(world: World, name: str) -> np.ndarray:
    """A command (n,) far beyond the bounds of a channel, in its own ``u``."""
    limits = world.governor.profile.limits
    if name != "base":
        bounds = next(x for x in limits if isinstance(x, JointVelocityConfig) and x.channel == name).bounds
        return TOO_FAST * np.array(bounds)
    way = max(x.bound for x in limits if isinstance(x, SpeedConfig) and x.axis in ("planar", "travel"))
    turn = max(x.bound for x in limits if isinstance(x, SpeedConfig) and x.axis == "wz")
    return TOO_FAST * np.array([way, way, way, turn] if world.aerial else [way, 0.0, turn])


def said(world: World, name: str, u: np.ndarray) -> Sequence[float]:
    """A command's values from ``u``: where it leads to in a second, for a channel of set-points."""
    if name in world.setpoints:
        return list(world.setpoints[name] + u)
    if name != "base":
        return list(u)
    if world.aerial:
        return [u[0], u[1], u[2], 0.0, 0.0, u[3]]
    return [u[0], 0.0, 0.0, 0.0, 0.0, u[2]]


def _steps(seed: int, shortest: float, longest: float) -> Callable[[float], int]:
    """A number that changes at random times."""
    edges = np.cumsum(np.random.default_rng(seed).uniform(shortest, longest, 400))
    return lambda t: int(np.searchsorted(edges, t))


def dithering_of(seed: int) -> Callable[[float], bool]:
    """Whether to turn back: shortly, after going on for longer."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(np.column_stack([rng.uniform(0.2, 0.9, 200), rng.uniform(0.03, 0.25, 200)]).ravel())
    return lambda t: bool(np.searchsorted(edges, t) % 2)


def wandering(seed: int, shortest: float = 0.2, longest: float = 1.0) -> Pilot:
    """A new random command for every channel now and then; one in eight is lost on the way."""
    number, lost = _steps(seed, shortest, longest), np.random.default_rng(seed)

    def command(world: World) -> Commands:
        rng = np.random.default_rng([seed, number(world.t)])
        drawn = {
            name: rng.uniform(-1, 1, len(most(world, name))) * most(world, name) for name in world.channels
        }
        return {name: said(world, name, u) for name, u in drawn.items() if lost.uniform() > 0.125}

    return command


def reversing(seed: int) -> Pilot:
    """One direction, there and back, at full speed and at random times."""
    number = _steps(seed, 0.03, 0.6)

    def command(world: World) -> Commands:
        rng = np.random.default_rng(seed)
        sign = 1 if number(world.t) % 2 else -1
        return {
            name: said(world, name, sign * rng.uniform(-1, 1, len(most(world, name))) * most(world, name))
            for name in world.channels
        }

    return command


def diving(volumes: Sequence[Volume], which: np.ndarray, seed: int | None = None) -> Pilot:
    """Straight into the nearest of ``volumes`` by the capsules ``which``, with every joint that helps.

    ``seed``: turns back shortly now and then.
    """
    back = None if seed is None else dithering_of(seed)
    places = VolumeSet(volumes)

    def command(world: World) -> Commands:
        now, model = world.now, world.model
        gap = places.gap(now.capsules()[which], model.capsule_radius[which])
        nearest = np.unravel_index(int(np.argmin(gap.distance)), gap.distance.shape)
        body = model.capsule_body[which[nearest[0]]]
        row = now.rows(np.array([body]), gap.first[nearest][None], gap.normal[nearest][None])[0]
        way = -1 if back is not None and back(world.t) else 1
        out = {}
        for name in world.channels:
            closing = row @ world.led(name)
            able = np.abs(closing) > 0.02 * np.abs(closing).max(initial=1e-9)
            out[name] = said(world, name, -way * np.sign(closing) * able * most(world, name))
        return out

    return command


def fleeing(volume: Volume, which: np.ndarray, margin: float) -> Pilot:
    """Out of ``volume``, with each of the capsules ``which`` that is too near at once, by as little as it takes."""

    def command(world: World) -> Commands:
        now, model = world.now, world.model
        gap = volume.gap(now.capsules()[which], model.capsule_radius[which])
        near = np.flatnonzero(gap.distance < margin + 0.005)
        if not near.size:
            return {name: said(world, name, np.zeros(len(most(world, name)))) for name in world.channels}
        rows = now.rows(model.capsule_body[which[near]], gap.first[near], gap.normal[near])
        led = np.concatenate([world.led(name) * most(world, name) for name in world.channels], axis=1)
        u = _parting(rows @ led, now.capsule_speeds(led.T).max(axis=1))
        out, offset = {}, 0
        for name in world.channels:
            bounds = most(world, name)
            out[name] = said(world, name, u[offset : offset + len(bounds)] * bounds)
            offset += len(bounds)
        return out

    return command


def _parting(rows: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """The command (n,) within -1 and 1 that parts the slowest of the distances with gradients ``rows`` (k, n) fastest.

    Of all that move the body as fast, by ``moved`` (n,) m/s at most: a retreat is slow, and what else moves uses it up.
    """
    count, n = rows.shape
    both = np.column_stack([rows, -rows])
    found = linprog(
        np.append(np.zeros(2 * n), -1.0),
        A_ub=np.vstack([np.column_stack([-both, np.ones(count)]), np.append(np.tile(moved, 2), 0.0)]),
        b_ub=np.append(np.zeros(count), 1.0),
        bounds=[(0, None)] * 2 * n + [(None, None)],
    )
    u: np.ndarray = found.x[:n] - found.x[n : 2 * n]
    return u / max(float(np.abs(u).max()), 1e-9)
