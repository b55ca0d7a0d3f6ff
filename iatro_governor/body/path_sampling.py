"""Places along a joint path that lie so close together that what is between them is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.path import JointPath
from iatro_governor.body.planar import Array
from iatro_governor.body.polynomial import variation

TOO_MANY = 10**9
"""Intervals of a segment are not counted beyond this."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Places of the joints on a path. times: (s,) s. positions, velocities: (s, n) rad, rad/s.

    reach: (s, n) rad. Every place of the path is on the way of one of the samples, and with weights ``w >= 0`` for the
    joints, as far from the nearest of them as ``reach @ w`` at most. largest: (n,) rad, the longest way between two.
    """

    times: Array
    positions: Array
    velocities: Array
    reach: Array
    largest: Array


def intervals(
    path: JointPath, step: Array | float, period: float = math.inf, least: int = 1
) -> NDArray[np.intp]:
    """Into how many equal intervals (m,) each segment has to be cut.

    In none of them may a joint move further than ``step`` (n,) rad, nor may it last longer than ``period`` s.
    """
    low, high = path.extremes(1)
    ways = np.maximum(np.abs(low), np.abs(high)) * path.spans[:, None]
    counts = np.maximum((ways / step).max(axis=1), path.spans / period)
    whole: NDArray[np.intp] = np.maximum(np.ceil(np.minimum(counts, TOO_MANY)), least).astype(np.intp)
    return whole


def spaced(path: JointPath, counts: NDArray[np.intp], step: Array | float) -> Array:
    """Times (s,), of those that cut each segment into ``counts`` (m,), no more than are needed for ``step`` (n,)."""
    segments, starts = cut(counts)
    times = np.append(path.starts[segments] + starts * path.spans[segments], path.duration)
    passed = np.concatenate([[0.0], np.cumsum((np.diff(ways(path, times), axis=0) / step).max(axis=1))])
    room = 1.0 - np.diff(passed).max()
    if room < 0.5:
        return times
    # Of each stretch of ``room`` steps the first time is kept: up to the next one it is a stretch and an interval.
    kept = np.diff(np.floor(passed / room), prepend=-1.0) > 0
    kept[-1] = True
    out: Array = times[kept]
    return out


def cut(counts: NDArray[np.intp]) -> tuple[NDArray[np.intp], Array]:
    """The segment (i,) of each interval, and the part of it at which the interval starts."""
    segments = np.repeat(np.arange(len(counts)), counts)
    index = np.arange(len(segments)) - np.repeat(np.cumsum(counts) - counts, counts)
    return segments, index / counts[segments]


def ways(path: JointPath, times: Array) -> Array:
    """How far (s, n) each joint has gone, to and fro, at ``times`` (s,), rad."""
    segments = path.segments(times)
    parts = np.clip((times - path.starts[segments]) / path.spans[segments], 0.0, 1.0)
    edges = path.edges(0)
    whole = variation(path.coefficients, edges, np.ones_like(path.coefficients[..., 0]))
    before = np.concatenate([np.zeros_like(whole[:1]), np.cumsum(whole, axis=0)])
    within = np.broadcast_to(parts[:, None], (len(times), whole.shape[1]))
    out: Array = before[segments] + variation(path.coefficients[segments], edges[segments], within)
    return out


def sample(path: JointPath, times: Array) -> Samples:
    """The path at ``times`` (s,), start and end included; at a corner the velocity is the faster one of both sides."""
    goes, came = path.velocities(times), path.velocities(np.nextafter(times, -np.inf))
    faster = np.abs(came).max(axis=1) > np.abs(goes).max(axis=1)
    between = np.diff(ways(path, times), axis=0)
    nothing = np.zeros_like(between[:1])
    half = np.maximum(np.concatenate([nothing, between]), np.concatenate([between, nothing])) / 2
    half[0] += np.abs(path.gap)
    velocities = np.where(faster[:, None], came, goes)
    return Samples(times, path.positions(times), velocities, half, between.max(axis=0, initial=0.0))
