"""How a command moves the joints of a body at one moment: an affine map, and how fast a stop undoes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking


@dataclass(frozen=True, slots=True)
class Drive:
    """``rates = start + matrix @ u``: joint velocities (m,) for a stacked command ``u`` (N,).

    matrix: (m, N). start: (m,) what the joints do whatever is commanded, where a command is no velocity. braking:
    (m,) decelerations that a stop is sure to reach, rad/s2 or m/s2; infinite for the joints of a base. base: of a
    base, whose own components of ``u`` come first.
    """

    matrix: Array
    start: Array
    braking: Array
    base: Braking | None
    base_size: int

    def rates(self, outputs: Array) -> Array:
        """Joint velocities (..., m) for ``outputs`` (..., N)."""
        rates: Array = self.start + outputs @ self.matrix.T
        return rates

    def time(self, outputs: Array, rates: Array) -> Array:
        """Seconds (...,) to bring ``outputs`` with their ``rates`` to rest along their own direction."""
        time: Array = (np.abs(rates) / self.braking).max(axis=-1)
        if self.base is None:
            return time
        return np.maximum(time, self.base.time(outputs[..., : self.base_size]))
