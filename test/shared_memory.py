"""Shared memory of Fast DDS that a killed process leaves behind: which was its own, and away with it.

It can deafen a later process whose ports are the same, one on the same domain. With discovery kept to the machine, the
middleware uses shared memory whatever FASTDDS_BUILTIN_TRANSPORTS says.
"""

from __future__ import annotations

from pathlib import Path

ROOM = Path("/dev/shm")
BESIDE = ("{}", "{}_el", "sem.{}_mutex")
"""A segment, its lock, and the lock of a port."""


def mapped(process: Path) -> set[str]:
    """Names of the segments that a process, given by its folder in /proc, has before its eyes."""
    try:
        lines = (process / "maps").read_text().splitlines()
    except OSError:
        return set()
    places = (line.split(None, 5)[5] for line in lines if f"{ROOM}/fast" in line)
    return {Path(place).name for place in places if "(deleted)" not in place}


def of(pid: int) -> set[str]:
    """The same, of the process ``pid``."""
    return mapped(Path(f"/proc/{pid}"))


def clear(names: set[str]) -> list[str]:
    """Remove the segments ``names`` that no living process uses; returns what is left of them all the same."""
    used = {name for process in Path("/proc").glob("[0-9]*") for name in mapped(process)}
    for name in names - used:
        for pattern in BESIDE:
            (ROOM / pattern.format(name)).unlink(missing_ok=True)
    return sorted(name for name in names - used if (ROOM / name).exists())
