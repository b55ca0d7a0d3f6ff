"""How a command moves the joints of a body at one moment: an affine map, and how fast a stop undoes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import truediv
from typing import Protocol

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking


class Timed(Protocol):
    """A stop whose length is known."""

    def time(self, outputs: Array) -> Array:
        """Seconds (...,) from ``outputs`` (..., n) to rest."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one channel's part of ``u`` (n,) does to the joints: ``rates = start + matrix @ u``.

    matrix: (m, n). start: (m,) what they do whatever is commanded. least_s: no stop is over sooner, s.
    """

    matrix: Array
    start: Array
    least_s: float = 0.0


@dataclass(frozen=True)
class Drive:
    """``rates = start + matrix @ u``: joint velocities (m,) for a stacked command ``u`` (N,).

    matrix: (m, N). start: (m,) what the joints do whatever is commanded, where a command is no velocity. braking:
    (m,) decelerations that a stop is sure to reach, rad/s2 or m/s2; infinite for the joints of a base, and where a stop
    is no deceleration of joints. base: of a base, whose own components of ``u`` come first. stops: those of components
    of ``u`` that brake by themselves. least_s: no stop is over sooner, s.
    """

    matrix: Array
    start: Array
    braking: Array
    base: Braking | None
    base_size: int
    stops: Sequence[tuple[slice, Timed]] = ()
    least_s: float = 0.0

    @cached_property
    def most(self) -> Array:
        """Magnitudes (m, N) of ``matrix``."""
        return np.abs(self.matrix)

    @cached_property
    def rests(self) -> bool:
        """Whether no joint moves without a command."""
        return not np.count_nonzero(self.start)

    def rates(self, outputs: Array) -> Array:
        """Joint velocities (..., m) for ``outputs`` (..., N)."""
        rates: Array = self.start + outputs @ self.matrix.T
        return rates

    def time(self, outputs: Array, rates: Array) -> Array:
        """Seconds (...,) to bring ``outputs`` with their ``rates`` to rest along their own direction."""
        time: Array = (np.abs(rates) / self.braking).max(axis=-1, initial=self.least_s)
        for at, stop in self.stops:
            time = np.maximum(time, stop.time(outputs[..., at]))
        if self.base is None:
            return time
        return np.maximum(time, self.base.time(outputs[..., : self.base_size]))

    def seconds(self, output: Array, rates: Array) -> float:
        """As ``time`` of one ``output`` (N,), whose ``rates`` are not negative, in plain numbers."""
        time = max(map(truediv, rates.tolist(), self.braking.tolist()), default=0.0)
        time = max(time, self.least_s)
        for at, stop in self.stops:
            time = max(time, float(stop.time(output[at])))
        return time if self.base is None else max(time, float(self.base.time(output[: self.base_size])))
