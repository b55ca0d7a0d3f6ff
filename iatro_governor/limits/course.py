"""A way to rest that a body follows whatever is commanded."""

from __future__ import annotations

from dataclasses import dataclass

from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class Course:
    """What joints that follow a path do until they rest, if they are stopped as soon as that can be.

    positions: (k, n) as many as a way to rest has samples, the last at rest. seconds: until then.
    """

    positions: Array
    seconds: float
