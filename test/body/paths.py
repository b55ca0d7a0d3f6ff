"""Random joint paths, and what tests ask of them by brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.path_bounds import JointBounds


def bounds(n, **changed):
    """A plausible arm of ``n`` joints, deceleration stronger than acceleration."""
    numbers = {"velocity": 2.0, "acceleration": 5.0, "deceleration": 8.0, "lower": -3.0, "upper": 3.0}
    numbers |= {key: value for key, value in changed.items() if key in numbers}
    rest = {key: value for key, value in changed.items() if key not in numbers}
    arrays = {key: np.full(n, value) for key, value in numbers.items()}
    return JointBounds(tuple(f"joint_{k}" for k in range(n)), **{"corner_s": 0.004} | arrays | rest)


def knots(times, positions, velocities=None, accelerations=None):
    """Points that all have the same derivatives."""
    positions = np.array(positions, dtype=float)
    still = np.zeros_like(positions)
    v = still if velocities is None else np.array(velocities, dtype=float)
    a = still if accelerations is None else np.array(accelerations, dtype=float)
    given = (velocities is not None) + (accelerations is not None)
    return Knots(np.array(times, dtype=float), positions, v, a, np.full(len(times), given))


def through(times, positions, velocities=None, accelerations=None, start=None, entry=None):
    """The path of such points, from rest at ``start`` (the first point by default)."""
    sent = knots(times, positions, velocities, accelerations)
    here = sent.positions[0] if start is None else np.array(start, dtype=float)
    return JointPath.through(
        sent, JointState(here, np.zeros_like(here) if entry is None else np.array(entry))
    )


@st.composite
def paths(draw, most_joints=3, most_points=4, mixed=True, moving=False):
    """A path of random points, each with no, one or two derivatives (or all the same), that ends at rest."""
    n, k = draw(st.integers(1, most_joints)), draw(st.integers(1, most_points))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    given = numbers.integers(0, 3, k) if mixed else np.full(k, draw(st.integers(0, 2)))
    velocities, accelerations = numbers.uniform(-1, 1, (k, n)), numbers.uniform(-4, 4, (k, n))
    velocities[given < 1], accelerations[given < 2] = 0.0, 0.0
    velocities[-1], accelerations[-1] = 0.0, 0.0
    times = np.cumsum(numbers.uniform(0.05, 1.0, k))
    if draw(st.booleans()):
        times -= times[0]
    positions = numbers.uniform(-1, 1, (k, n))
    start = positions[0] + numbers.uniform(-0.01, 0.01, n) if times[0] == 0 else numbers.uniform(-1, 1, n)
    entry = numbers.uniform(-0.5, 0.5, n) * moving
    return JointPath.through(
        Knots(times, positions, velocities, accelerations, given), JointState(start, entry)
    )


def dense(path, count=2000):
    """Many moments, the knots among them."""
    return np.unique(np.concatenate([np.linspace(0, path.duration, count), path.knots.times]))


def away(path, places, count=4000):
    """How far (s,) rad each of ``places`` (s, n) is from the nearest place of ``path``, by its worst joint."""
    on = path.positions(dense(path, count))
    start, way = on[:-1], np.diff(on, axis=0)
    square = np.maximum((way**2).sum(axis=1), 1e-30)
    found = np.empty(len(places))
    for index, place in enumerate(places):
        part = np.clip(((place - start) * way).sum(axis=1) / square, 0, 1)
        found[index] = np.abs(place - start - part[:, None] * way).max(axis=1).min()
    return found


def rates(path, bound):
    """Velocity and acceleration (m, n) of a path as parts of what is allowed, by many samples of every segment.

    At five places of each segment: what is made is of cubics, whose accelerations are lines.
    """
    parts = np.linspace(1e-6, 1 - 1e-6, 5)
    segments = np.repeat(np.arange(len(path.spans)), len(parts))
    at = np.tile(parts, len(path.spans))
    velocity, acceleration = path.within(segments, at, 1), path.within(segments, at, 2)
    faster = velocity * acceleration >= 0
    part = np.abs(acceleration) / np.where(faster, bound.acceleration, bound.deceleration)
    return np.abs(velocity) / bound.velocity, part
