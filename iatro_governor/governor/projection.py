"""The nearest admissible command: a small quadratic program under the limits' rows, in the configured weights.

Adding rows to a convex set that holds the origin never brings its nearest point nearer to the request, and the nearest
point is never longer than the request: ``|z|_W <= |u|_W``. (Boyd and Vandenberghe, "Convex Optimization", 2004, section
8.1.) Only the way to rest tells whether ``z`` may be gone at all, and how much of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.resolve import Limits, Resolution, Stepper, resolve
from iatro_governor.limits.projection import SOLVER
from iatro_governor.limits.rows import Rows

HELD_S = 0.5
"""After the solver found no optimum, it is not asked again for so long, s."""
OPTIMAL = 1
TOLERANCE = 1e-10
"""Of the solver: a limit that allows nothing towards it, and is told to the last digit, is not closed in on."""
SLACK = 1e-6
"""How far an optimum may be beyond a row, or longer than the request, as a part of it, for the solver's tolerance."""
LEAST = 0.02
"""A smaller part of the nearest command is no motion to speak of."""
NOTHING = 1e-9
"""Components below this, m/s or rad/s, are none."""


class Projector:
    """Looks for the nearest command. weights: (n,) of the components of ``u``. able: (n,) which of them it may have.

    A command that has others is no longer one of velocities alone, and is left to scaling.
    """

    def __init__(self, weights: Array, able: Array) -> None:
        self._root = np.sqrt(weights)
        self._able, self._unable = np.flatnonzero(able), np.flatnonzero(np.logical_not(able))
        self._solve: Any = partial(import_module(SOLVER).solve, primal_tol=TOLERANCE)
        self._until = -np.inf

    def length(self, command: Array) -> float:
        """Of a command (n,), in the weights."""
        return float(np.linalg.norm(command * self._root))

    def improve(
        self,
        whole: Resolution,
        wanted: Array,
        situation: Any,
        limits: Limits,
        step: Stepper,
        t: float,
        relevant: Callable[[Array], Limits] | None = None,
    ) -> Resolution | None:
        """What is admissible of the command nearest to ``wanted`` (n,); None: ``whole``, a part of it, is better.

        ``relevant``: the ones of ``limits`` that may say anything about outputs between the standing one and a command.
        That is better where it is nearer and keeps the rows, too: one that does not would go on closing in until the
        margin leaves no way along it.
        """
        if whole.scale is None or whole.scale >= 1.0 or t < self._until or wanted[self._unable].any():
            return None
        rows = [row for limit in limits if (row := limit.rows(situation)) is not None]
        nearest = self.nearest(wanted, rows)
        if nearest is None:
            self._until = t + HELD_S
            return None
        part = resolve(nearest, situation, limits if relevant is None else relevant(nearest), step)
        if part.scale is None or part.scale < LEAST or not part.target.any():
            return None
        kept = all((row.matrix @ whole.target <= row.bounds + SLACK).all() for row in rows)
        if kept and self.length(part.target - wanted) >= self.length(whole.target - wanted) - SLACK:
            return None
        return Resolution(1.0, part.target, whole.caps, whole.blocked, whole.seen)

    def nearest(self, wanted: Array, rows: Sequence[Rows]) -> Array | None:
        """The command (n,) nearest to ``wanted`` (n,) within ``rows``, None where the solver finds no optimum."""
        if not rows:
            return wanted
        root = self._root[self._able]
        # In these coordinates the weights are ones, and a row's length is its own.
        matrix = np.concatenate([row.matrix for row in rows])[:, self._able] / root
        bounds = np.concatenate([row.bounds for row in rows])
        length = np.linalg.norm(matrix, axis=1)
        used = ~(length <= NOTHING)  # a row with NaN is no row of zeros, and is refused below
        matrix, bounds = matrix[used] / length[used, None], bounds[used] / length[used]
        goal = wanted[self._able] * root
        if not (np.isfinite(matrix).all() and np.isfinite(bounds).all() and (bounds >= 0).all()):
            return None
        point, _, flag, _ = self._solve(np.eye(len(goal)), -goal, matrix, bounds, np.full(len(bounds), -1e30))
        point = np.asarray(point)
        if flag != OPTIMAL or not np.isfinite(point).all():
            return None
        size = float(np.linalg.norm(goal))
        if (matrix @ point > bounds + SLACK * max(size, 1.0)).any() or np.linalg.norm(point) > size * (
            1 + SLACK
        ):
            return None
        out = np.zeros(len(wanted))
        out[self._able] = point / root
        out[np.abs(out) < NOTHING] = 0.0
        return out
