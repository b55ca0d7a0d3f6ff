"""Whether a child waits for what never comes: then no limit of its time of a core ends it.

A child that a busy machine starves is not asleep: it is ready to run, and gets a little now and then.
"""

from __future__ import annotations

import time
from pathlib import Path

ASLEEP_S = 30.0


class Asleep:
    """What was seen of some processes, by their ids."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[float, int]] = {}

    def for_long(self, pid: int) -> bool:
        """Whether ``pid`` and what it started have done nothing for ASLEEP_S."""
        ticks, ready = done(pid)
        now = time.monotonic()
        since, before = self._seen.get(pid, (now, -1))
        if ready or ticks != before:
            since = now
        self._seen[pid] = since, ticks
        return now - since > ASLEEP_S

    def forget(self, pid: int) -> None:
        """It has ended."""
        self._seen.pop(pid, None)


def done(pid: int) -> tuple[int, bool]:
    """How much a process and all below it have run, in ticks, and whether a thread is ready to, or waits for a disk."""
    ticks, ready = 0, False
    for task in Path(f"/proc/{pid}/task").glob("*"):
        state, used = stat(task)
        ticks, ready = ticks + used, ready or state in "RD"
        for other in children(task):
            more, other_ready = done(other)
            ticks, ready = ticks + more, ready or other_ready
    return ticks, ready


def stat(task: Path) -> tuple[str, int]:
    """The state of one thread, and its ticks in user and kernel mode; of one that is gone, none."""
    try:
        words = (task / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "X", 0
    return words[0], int(words[11]) + int(words[12])


def children(task: Path) -> list[int]:
    """The processes that one thread started."""
    try:
        return [int(word) for word in (task / "children").read_text().split()]
    except OSError:
        return []
