"""ROS domains that nobody else on this machine tests in, also where several runs go on at once."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections import deque
from itertools import count
from pathlib import Path

FIRST, COUNT = 1, 100
"""Fast DDS takes ports of domains 0 to 101 that lie below those that the system gives away."""
KEPT = 8
"""Domains that this process holds, the newest: whoever lives in an older one is gone."""
_tried = count(os.getpid() * 7)
_held: deque[int] = deque()


def fresh_domain() -> int:
    """A domain that no test has now, in this run or in another of the same user, and none of this process had just now.

    It is held by a lock on a file, which ends with this process.
    """
    for _ in range(COUNT):
        number = FIRST + next(_tried) % COUNT
        if (lock := _taken(number)) is not None:
            _held.append(lock)
            if len(_held) > KEPT:
                os.close(_held.popleft())
            return number
    raise RuntimeError(
        f"all ROS domains from {FIRST} to {FIRST + COUNT - 1} are taken, by the locks in {_folder()}"
    )


def _taken(number: int) -> int | None:
    """The lock on a domain, None where somebody has it."""
    lock = os.open(_folder() / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _folder() -> Path:
    path = Path(tempfile.gettempdir()) / f"iatro_test_domains_{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    return path
