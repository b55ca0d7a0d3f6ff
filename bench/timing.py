"""How long a call takes: medians and tails of the thread's own time and of the wall's, blocks of cases interleaved."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np


class Took(NamedTuple):
    """Seconds of the thread, to which time given to others does not count, and by the clock on the wall."""

    cpu: float
    wall: float


Step = Callable[[], Took]
"""Does one step of a case and returns what counts of it."""


def clocked(call: Callable[[], object]) -> Took:
    """What ``call`` takes."""
    began, own = time.perf_counter(), time.thread_time()
    call()
    own = time.thread_time() - own
    return Took(own, time.perf_counter() - began)


def interleaved(cases: Mapping[str, Step], blocks: int, steps: int) -> dict[str, list[Took]]:
    """Each step of every case, in ``blocks`` turns of ``steps``, so that a busy minute hits all alike.

    Collection of garbage is off while steps are timed, as the governor freezes what it has built.
    """
    taken: dict[str, list[Took]] = {name: [] for name in cases}
    for _ in range(blocks):
        for name, step in cases.items():
            gc.collect()
            gc.disable()
            try:
                taken[name] += [step() for _ in range(steps)]
            finally:
                gc.enable()
    return taken


def both(taken: Sequence[Took], digits: int = 1) -> dict[str, Any]:
    """The distribution of the thread's time, us, and under ``wall`` that of the clock on the wall."""
    cpu, wall = (np.array([one[part] for one in taken]) * 1e6 for part in (0, 1))
    return {**summary(cpu, digits=digits), "wall": summary(wall, digits=digits)}


def summary(values: Sequence[float] | np.ndarray, unit: str = "us", digits: int = 1) -> dict[str, Any]:
    """Median, tails and how many values they are of, in the unit of ``values``; None where there is no value."""
    names = (f"p50_{unit}", f"p99_{unit}", f"p999_{unit}", f"max_{unit}")
    if not len(values):
        return {**dict.fromkeys(names), "samples": 0}
    found = np.percentile(values, [50, 99, 99.9, 100])
    figures = {name: round(float(value), digits) for name, value in zip(names, found, strict=True)}
    return {**figures, "samples": len(values)}


class Line(NamedTuple):
    """A line of least squares: y for each x more, the standard error of that, y at none, and what it leaves (n,)."""

    each: float
    error: float
    at_none: float
    left: np.ndarray


def line(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray) -> Line:
    """The line through points (n,); x must not be all the same. Of two points the error is 0: they are on it."""
    across, up = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    apart = across - across.mean()
    each = float(apart @ up / (apart @ apart))
    at_none = float(up.mean() - each * across.mean())
    left = up - (at_none + each * across)
    return Line(each, float(np.sqrt(left @ left / max(len(up) - 2, 1) / (apart @ apart))), at_none, left)


def slope(counts: Sequence[int], medians: Sequence[float]) -> dict[str, float]:
    """Least squares line through medians (us) over counts: us for each one more with its standard error, and at none.

    ``residual_us``: by how much the medians are off the line, root of the mean square.
    """
    found = line(counts, medians)
    return {
        "us_each": float(f"{found.each:.3g}"),
        "us_each_error": float(f"{found.error:.2g}"),
        "us_at_none": round(found.at_none, 1),
        "residual_us": round(float(np.sqrt(np.mean(found.left**2))), 1),
    }
