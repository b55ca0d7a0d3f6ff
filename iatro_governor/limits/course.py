"""A way to rest that a body follows whatever is commanded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class Course:
    """What joints that follow a path do until they rest, if they are stopped as soon as that can be.

    positions: (k, n) as many as a way to rest has samples, the last at rest. seconds: until then. aside: (n,) how far
    the joints are measured beside their path, where they may stay to its end.
    """

    positions: Array
    seconds: float
    aside: Array

    def shifted(self) -> Course:
        """The same way by joints that stay as far beside it."""
        return replace(self, positions=self.positions + self.aside, aside=np.zeros_like(self.aside))
