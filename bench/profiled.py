"""Where the time of a step goes: how many functions it calls, and whose time it is, file by file."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import iatro_governor

ROOT = Path(iatro_governor.__file__).resolve().parent
MOST = 5
"""Files that are named."""


def profiled(step: Callable[[], object], steps: int = 300) -> dict[str, Any]:
    """Calls a step, those of them that leave our own Python code, and the files with the largest shares of the time.

    What a file calls outside our code (numpy, the interpreter's own) counts as the file's. The profiler makes calls
    dearer than they are: shares are for comparing, no times.
    """
    taken = cProfile.Profile()
    for _ in range(20):
        step()
    taken.enable()
    for _ in range(steps):
        step()
    taken.disable()
    stats = pstats.Stats(taken).stats  # type: ignore[attr-defined]
    calls = sum(row[1] for row in stats.values())
    outside = sum(row[1] for (file, *_), row in stats.items() if ours(file) is None)
    total = sum(row[2] for row in stats.values())
    files = by_file(stats, ours)
    return {
        "calls": round(calls / steps),
        "calls_outside": round(outside / steps),
        "files": {file: round(time / total, 3) for file, time in files.most_common(MOST)},
    }


def by_file(stats: dict[Any, Any], named: Callable[[str], str | None]) -> Counter[str]:
    """Seconds of each file that has a name, what it calls in files without one included."""
    found: Counter[str] = Counter()
    for (file, *_), (_, _, own, _, callers) in stats.items():
        if (name := named(file)) is not None:
            found[name] += own
            continue
        for (caller, *_), (_, _, time, _) in callers.items():
            if (name := named(caller)) is not None:
                found[name] += time
    return found


def ours(file: str) -> str | None:
    """The file's name within the package; None for one that is not ours."""
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else None
