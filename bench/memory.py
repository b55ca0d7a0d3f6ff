"""What a step takes of memory, and what the collector of garbage costs it."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.timing import Step, Took, both

WARM, STEPS, TRACED = 500, 500, 50
"""Steps before anything counts: what is remembered for a second is full by then. TRACED: those take long."""
MODES = ("on", "off", "frozen")
"""Of the collector. frozen: as the node does it, on but blind to all that was there at the start."""


def allocations(step: Step) -> dict[str, float]:
    """KB that a step has allocated at its height, and blocks that each leaves behind: none, where memory is flat."""
    for _ in range(WARM):
        step()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(STEPS):
        step()
    gc.collect()
    kept = (sys.getallocatedblocks() - before) / STEPS
    return {"peak_kb": round(float(np.median(peaks(step))) / 1024, 1), "blocks_kept": round(kept, 2)}


def peaks(step: Step) -> list[int]:
    """Bytes above what was there before, of each of some steps."""
    found = []
    tracemalloc.start()
    try:
        for _ in range(TRACED):
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            step()
            found.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    return found


def collected(step: Step, blocks: int, steps: int) -> Mapping[str, dict[str, Any]]:
    """Times of a step with the collector in each of its modes, in turns."""
    taken: dict[str, list[Took]] = {mode: [] for mode in MODES}
    for _ in range(blocks):
        for mode in MODES:
            with collector(mode):
                taken[mode] += [step() for _ in range(steps)]
    return {mode: both(times) for mode, times in taken.items()}


@contextmanager
def collector(mode: str) -> Iterator[None]:
    """The collector of garbage in ``mode``; as it was, afterwards."""
    gc.collect()
    if mode == "off":
        gc.disable()
    if mode == "frozen":
        gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def resident_mb(process: int | str = "self") -> float:
    """Resident memory of a process, by its id, MB."""
    return _status_mb(process, "VmRSS")


def owned_mb(process: int | str = "self") -> float:
    """The same without pages of files, and with what is swapped out: what the process itself has taken, MB.

    The kernel drops pages of files and reads them again as it pleases, by more than a slow leak takes in a while.
    """
    return _status_mb(process, "RssAnon", "RssShmem", "VmSwap")


def _status_mb(process: int | str, *rows: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    sizes = dict(line.split(":", 1) for line in lines)
    return sum(int(sizes[row].split()[0]) for row in rows) / 1024
