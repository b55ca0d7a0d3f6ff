"""Commands in flight: what the body has yet to do of what was published, as far as that can be known.

A delay is known by its longest alone, which may differ from channel to channel, and a lag is a mixture of delays. Where
commands go on as they did, the longest is the worst: had the body done more already, it would be further back on the
way that was judged. Where they turn, it may be beside that way, and each delay that there may be is a view of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Flight
from iatro_governor.governor.outputs import Outputs

SHARES = np.linspace(1.0, 0.0, 5)
"""Shares of the longest delay that are looked at, the longest first."""
ASIDE = 0.002
"""Ways that lie beside each other by less than this, m, are one."""
UNEXPLAINED = 0.01
"""A body that is further than this, m, from where any delay would have it has jumped, slipped or been pushed."""
SMALLEST = 1e-9
"""Ways in ``u`` times s that differ by no more are one to the last digits."""
SLACK = 1e-6
"""What last digits may come to, m."""
SHORT_S = 0.05
"""Within pieces this long, s, a base is taken to keep its curvature."""

Shares = tuple[float, ...]
"""Of each part, after which share of its longest delay commands take effect."""
Metres = Callable[[Array], Array]
"""Bound (...,) on how far any point of the body moves by (..., N) in ``u`` times s, m."""


class Part(NamedTuple):
    """Components of ``u`` that take effect together, and the longest delay of it, s."""

    place: slice
    delay_s: float


class InFlight:
    """What was published for ``parts`` of ``u`` (``size``,) and may have been carried out, or not."""

    def __init__(self, size: int, parts: Sequence[Part]) -> None:
        self._size, self._parts = size, parts

    def doubts(
        self, t: float, ages: Sequence[float], outputs: Outputs, late: Array, ahead: Array, metres: Metres
    ) -> list[Shares]:
        """The delays that have to be looked at beside the longest; none where commands go on as they did.

        ``late``: (size,) what is reckoned to be in flight by the longest. ``ahead``: (c, size) where candidates lead
        from there, both in ``u`` times s. A shorter delay has them start further back by ``off``: that makes no
        difference along the way they go, and none where they go nowhere.
        """
        if self.goes_on(t, ages, outputs, late, ahead, metres):
            return []
        return self.turned(t, ages, outputs, late, ahead, metres)

    def turned(
        self, t: float, ages: Sequence[float], outputs: Outputs, late: Array, ahead: Array, metres: Metres
    ) -> list[Shares]:
        """As ``doubts``, ``late`` (size,) and ``ahead`` (c, size) too, where commands are known not to go on so."""
        ahead = ahead[metres(ahead) > ASIDE]
        if not len(ahead):
            return []
        parts = self._parts
        curves = self._curves(t, ages, outputs)
        offs = [self._off(part, late, curve) for part, curve in zip(parts, curves, strict=True)]
        moved = [bool(off.any()) for off in offs]
        unsure = [m and bool((metres(off) > ASIDE).any()) for off, m in zip(offs, moved, strict=True)]
        if not any(
            m and (metres(_beside(off, ahead)) > ASIDE).any() for off, m in zip(offs, moved, strict=True)
        ):
            return []
        halvings = 1 if sum(unsure) > 1 else 2
        chosen = [
            self._straight(part, curve[:-1], halvings, metres) if doubted else [0]
            for part, curve, doubted in zip(parts, curves, unsure, strict=True)
        ]
        views = list(product(*chosen))
        off = np.array(
            [np.sum([own[k] for own, k in zip(offs, view, strict=True)], axis=0) for view in views]
        )
        apart = (metres(_beside(off, ahead)) > ASIDE).any(axis=1)
        return [tuple(SHARES[list(views[k])].tolist()) for k in np.flatnonzero(apart)]

    def goes_on(
        self, t: float, ages: Sequence[float], outputs: Outputs, late: Array, ahead: Array, metres: Metres
    ) -> bool:
        """Whether one part alone only goes on as it did, faster or slower: then nothing lies beside its way.

        Nearly always it is so, and told in a fifth of the time: along that way lie all that was published and all of
        ``ahead`` (c, size), and so what ``late`` (size,) has beside it is all that can be. How far candidates lead
        makes no difference to that: their values in ``u`` will do for ``ahead``.
        """
        if sum(any(outputs.values[part.place]) for part in self._parts) != 1:
            return False
        longest = max(age + part.delay_s for age, part in zip(ages, self._parts, strict=True))
        way = outputs.standing
        size = float(way @ way)
        if size < SMALLEST or not outputs.steady_since(t - longest):
            return False
        along = ahead @ way / size
        if along.min() < 0.0 or np.abs(ahead - along[:, None] * way).max() > SMALLEST:
            return False
        beside = late - (float(late @ way) / size) * way
        return bool(metres(beside) < ASIDE - SLACK)

    def _curves(self, t: float, ages: Sequence[float], outputs: Outputs) -> list[Array]:
        """What was published had led to (s + 1, n) when, by each share, each part was measured; and until ``t``."""
        known: dict[tuple[float, float], Array] = {}  # parts that are measured and act together have one
        for age, part in zip(ages, self._parts, strict=True):
            if (age, part.delay_s) not in known:
                times = [t - age - share * part.delay_s for share in SHARES]
                known[age, part.delay_s] = np.array([outputs.led_until(time) for time in (*times, t)])
        return [known[age, part.delay_s][:, part.place] for age, part in zip(ages, self._parts, strict=True)]

    def _off(self, part: Part, late: Array, curve: Array) -> Array:
        """By how much (s, size) the longest delay, reckoned, leads further than each along ``curve`` (s + 1, n)."""
        return self._whole(part, late[part.place] - (curve[-1] - curve[:-1]))

    def _whole(self, part: Part, own: Array) -> Array:
        """``own`` (..., n) of one part among all (..., size)."""
        out = np.zeros((*own.shape[:-1], self._size))
        out[..., part.place] = own
        return out

    def _straight(self, part: Part, curve: Array, halvings: int, metres: Metres) -> list[int]:
        """Points of ``curve`` (s, n) between which it is straight, as far as so many ``halvings`` tell."""
        step = len(curve) - 1
        for _ in range(halvings):
            ends, middles = curve[::step], curve[step // 2 :: step]
            bend = middles - (ends[:-1] + ends[1:]) / 2
            if (metres(self._whole(part, bend)) <= ASIDE).all():
                break
            step //= 2
        return list(range(0, len(curve), step))


def nearest_share(measured: Array, predicted: Array) -> float | None:
    """The share of the longest delay that explains what was ``measured`` (k,), m; None where none does.

    ``predicted``: (s, k) by each of ``SHARES``; between two of them, what lies between. The longest where all do as
    well.
    """
    steps, away = np.diff(predicted, axis=0), measured - predicted[:-1]
    size = (steps * steps).sum(axis=1)
    along = np.clip((away * steps).sum(axis=1) / np.where(size > 0, size, 1.0), 0.0, 1.0)
    left = away - along[:, None] * steps
    off = np.sqrt((left * left).sum(axis=1))
    best = int(np.argmin(off))
    if off[best] > UNEXPLAINED:
        return None
    return float(SHARES[best] + along[best] * (SHARES[best + 1] - SHARES[best]))


def told_way(outputs: Outputs, place: slice, start: float, end: float) -> Array:
    """Where a base with its twist at ``place`` gets to (3,) or, in the air, (4,) by what stood between two times.

    In its own frame at the start.
    """
    pieces = outputs.told(start, end, place, SHORT_S)
    x, y, yaw = Flight([((m[0], m[1], m[-1]), seconds) for m, seconds in pieces], 0.0).end
    up = [sum(m[2] * seconds for m, seconds in pieces)] if len(outputs.standing[place]) == 4 else []
    return np.array([x, y, *up, yaw])


def planar_way(start: Array, end: Array) -> Array:
    """How a base got from ``start`` to ``end`` (..., yaw), in its own frame at the start."""
    c, s = math.cos(float(start[-1])), math.sin(float(start[-1]))
    way: Array = end - start
    way[:2] = [c * way[0] + s * way[1], c * way[1] - s * way[0]]
    way[-1] = math.remainder(float(way[-1]), 2 * math.pi)
    return way


def _beside(off: Array, ahead: Array) -> Array:
    """What (s, c, n) of ``off`` (s, n) does not lie ahead along each of ``ahead`` (c, n)."""
    along = np.maximum(off @ ahead.T / (ahead * ahead).sum(axis=1), 0.0)
    beside: Array = off[:, None] - along[..., None] * ahead
    return beside
