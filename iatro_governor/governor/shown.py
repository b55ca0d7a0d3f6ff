"""How fast a body moved lately, by its positions and by what its velocities told: a mean is no matter of noise."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

Numbers = list[float]


class Means(NamedTuple):
    """Of the last ``span_s`` s: mean speeds (n,) that positions show, and that velocities told."""

    span_s: float
    shown: Numbers
    told: Numbers


LOOKS = 10
"""Samples in a window: more would cost time and tell nothing."""


class _Sample(NamedTuple):
    """At ``t`` s: how far (n,) the body has come in all, by its positions and by its velocities."""

    t: float
    come: Numbers
    told: Numbers


class Shown:
    """The motion of ``size`` components over the last ``window_s`` s, or since the last sample before that."""

    def __init__(self, size: int, window_s: float) -> None:
        self._window_s = window_s
        self._next = -math.inf
        self._past: deque[_Sample] = deque()
        self._velocity = [0.0] * size

    def due(self, t: float) -> bool:
        """Whether a sample at ``t`` would tell more than the last one."""
        return t >= self._next

    def take(self, t: float, way: Numbers, velocity: Numbers) -> None:
        """At ``t``, later than the last time: it came ``way`` (n,) since then, and tells ``velocity`` (n,)."""
        self._next = t + self._window_s / LOOKS - 1e-9
        past, half = self._past, 0.0
        if past:
            last, half = past[-1], (t - past[-1].t) / 2
            come = [a + b for a, b in zip(last.come, way, strict=True)]
            told = [a + (b + c) * half for a, b, c in zip(last.told, self._velocity, velocity, strict=True)]
        else:
            come = told = [0.0] * len(velocity)
        past.append(_Sample(t, come, told))
        self._velocity = velocity
        while len(past) > 1 and past[1].t <= t - self._window_s:
            past.popleft()

    @property
    def means(self) -> Means | None:
        """None: it has not been looked at for a whole window yet."""
        first, last = self._past[0], self._past[-1]
        span = last.t - first.t
        if span < self._window_s - 1e-9:
            return None
        shown = [(b - a) / span for a, b in zip(first.come, last.come, strict=True)]
        told = [(b - a) / span for a, b in zip(first.told, last.told, strict=True)]
        return Means(span, shown, told)
