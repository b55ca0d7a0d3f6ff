"""How long a call takes: medians and tails of the thread's own time, blocks of several cases interleaved."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Step = Callable[[], float]
"""Does one step of a case and returns the seconds that count of it."""


def clocked(call: Callable[[], object]) -> float:
    """Seconds of this thread that ``call`` takes: time given to others is not its own."""
    began = time.thread_time()
    call()
    return time.thread_time() - began


def interleaved(cases: Mapping[str, Step], blocks: int, steps: int) -> dict[str, np.ndarray]:
    """Microseconds of each step of every case, in ``blocks`` turns of ``steps``, so that a busy minute hits all alike.

    Collection of garbage is off while steps are timed, as the governor freezes what it has built.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(blocks):
        for name, step in cases.items():
            gc.collect()
            gc.disable()
            try:
                taken[name] += [step() for _ in range(steps)]
            finally:
                gc.enable()
    return {name: np.array(times) * 1e6 for name, times in taken.items()}


def summary(values: Sequence[float] | np.ndarray, unit: str = "us", digits: int = 1) -> dict[str, Any]:
    """Median, tails and how many values they are of, in the unit of ``values``; None where there is no value."""
    names = (f"p50_{unit}", f"p99_{unit}", f"p999_{unit}", f"max_{unit}")
    if not len(values):
        return {**dict.fromkeys(names), "samples": 0}
    found = np.percentile(values, [50, 99, 99.9, 100])
    figures = {name: round(float(value), digits) for name, value in zip(names, found, strict=True)}
    return {**figures, "samples": len(values)}


def slope(counts: list[int], medians: list[float]) -> dict[str, float]:
    """Least squares line through medians (us) over counts: us for each one more, and at none."""
    each, none = np.polyfit(counts, medians, 1)
    return {"us_each": round(float(each), 2), "us_at_none": round(float(none), 1)}
