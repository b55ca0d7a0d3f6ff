"""A profile of a process that answers: begun and ended by signals, so that its start is not in it; and what it says."""

from __future__ import annotations

import cProfile
import pstats
import signal
import time
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

from bench.profiled import by_file, ours

BEGIN, END = signal.SIGUSR1, signal.SIGUSR2
KEPT = "profile kept"
MOST = 12
"""Files and callbacks that are named."""
EXECUTOR = "rclpy"


def on_signals(path: Path) -> None:
    """Profile this thread from BEGIN to END, into ``path``. Times are the thread's own: waiting for work is none."""
    profile = cProfile.Profile(time.thread_time)

    def end(*_: object) -> None:
        profile.disable()
        profile.dump_stats(path)
        print(KEPT, flush=True)

    signal.signal(BEGIN, lambda *_: profile.enable())
    signal.signal(END, end)


def explained(path: Path, commands: int) -> dict[str, Any]:
    """us of the thread for each command sent: in all, by file, and by callback with all that it calls.

    What a file calls outside Python's own code counts as the file's.
    """
    stats = pstats.Stats(str(path)).stats  # type: ignore[attr-defined]
    each = 1e6 / commands
    total = sum(row[2] for row in stats.values())
    files = by_file(stats, placed)
    return {
        "us_a_command": round(total * each, 1),
        "calls_a_command": round(sum(row[1] for row in stats.values()) / commands),
        "files": {file: round(time_s * each, 1) for file, time_s in files.most_common(MOST)},
        "callbacks": callbacks(stats, commands),
    }


def callbacks(stats: dict[Any, Any], commands: int) -> list[dict[str, Any]]:
    """What the executor calls of ours: how often for a command, us a call, and us for a command."""
    calls, seconds = Counter[str](), Counter[str]()
    for (file, _, function), (*_, callers) in stats.items():
        if (name := ours(file)) is None:
            continue
        for (caller, *_), (_, count, _, cumulative) in callers.items():
            if (placed(caller) or "").startswith(EXECUTOR):
                calls[f"{name}:{function}"] += count
                seconds[f"{name}:{function}"] += cumulative
    return [
        {
            "callback": name,
            "calls": round(calls[name] / commands, 2),
            "us_a_call": round(time_s * 1e6 / calls[name], 1),
            "us_a_command": round(time_s * 1e6 / commands, 1),
        }
        for name, time_s in seconds.most_common(MOST)
    ]


def placed(file: str) -> str | None:
    """A file by its name in its package, ours or another's; None for what is not Python."""
    if (own := ours(file)) is not None:
        return own
    path = PurePosixPath(file)
    if not path.is_absolute():
        return None
    parts = path.parts
    first = parts.index("site-packages") + 1 if "site-packages" in parts else len(parts) - 1
    return "/".join(parts[first:])
