"""Stops of several components at once: what moves together comes to rest together, the rest by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Ramp


@dataclass(frozen=True, slots=True)
class Brakes:
    """Components that brake at ``deceleration`` (n,), along their common direction."""

    deceleration: Array

    def time(self, outputs: Array) -> Array:
        """Seconds (...,) from ``outputs`` (..., n) to rest."""
        time: Array = (np.abs(outputs) / self.deceleration).max(axis=-1)
        return time

    def ramp(self, anchor: Array, dt: float) -> Array:
        """The output (n,) after ``dt`` s, ending in exact zeros."""
        time = float(self.time(anchor))
        return np.zeros(len(anchor)) if time <= dt + 1e-12 else anchor * (1.0 - dt / time)


@dataclass(frozen=True, slots=True)
class HalvesBrakes:
    """Six components, three of each kind, that go to rest along their common direction.

    first, second: how fast the norm of each kind falls: m/s2 and rad/s2 of a twist, N/s and Nm/s of a wrench.
    """

    first: float
    second: float

    def time(self, outputs: Array) -> Array:
        """Seconds (...,) from ``outputs`` (..., 6) to rest."""
        norms = np.linalg.norm(outputs.reshape(*outputs.shape[:-1], 2, 3), axis=-1)
        time: Array = np.maximum(norms[..., 0] / self.first, norms[..., 1] / self.second)
        return time

    def ramp(self, anchor: Array, dt: float) -> Array:
        """The output (6,) after ``dt`` s, ending in exact zeros."""
        time = float(self.time(anchor))
        return np.zeros(len(anchor)) if time <= dt + 1e-12 else anchor * (1.0 - dt / time)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """A stop that is one step: its origin itself brakes and holds."""

    def time(self, outputs: Array) -> Array:
        """None (...,)."""
        return np.zeros(outputs.shape[:-1])

    def ramp(self, anchor: Array, dt: float) -> Array:
        """Zeros (n,)."""
        return np.zeros(len(anchor))


@dataclass(frozen=True, slots=True)
class StackedBrakes:
    """The stop of a group. together: parts of ``u`` that carry one another, and must keep their way; alone: others."""

    together: Sequence[tuple[slice, Ramp]]
    alone: Sequence[tuple[slice, Ramp]]

    def time(self, outputs: Array) -> Array:
        """Seconds (...,) until what moves together is at rest."""
        times = [brakes.time(outputs[..., at]) for at, brakes in self.together]
        out: Array = np.max(times, axis=0) if times else np.zeros(outputs.shape[:-1])
        return out

    def ramp(self, anchor: Array, dt: float) -> Array:
        """The output (N,) after ``dt`` s, ending in exact zeros."""
        out = np.zeros(len(anchor))
        time = float(self.time(anchor))
        if time > dt + 1e-12:
            for at, _ in self.together:
                out[at] = anchor[at] * (1.0 - dt / time)
        for at, brakes in self.alone:
            out[at] = brakes.ramp(anchor[at], dt)
        return out
