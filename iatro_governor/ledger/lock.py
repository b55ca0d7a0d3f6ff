"""Files that are safely ours: one writer at a time (a lock that the system frees), and names that last."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from ..errors import LedgerError, LedgerTaken


def take(path: Path, what: str) -> int:
    """Locks ``path`` (by ``<path>.lock``) and returns the handle that holds the lock until it is closed.

    Raises LedgerTaken where somebody else holds it, and LedgerError where it cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise LedgerError(f"{path}: cannot be opened for writing: {error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        with open(handle, encoding="ascii", errors="replace") as file:
            owner = file.read().strip() or "unknown"
        raise LedgerTaken(
            f"{path}: another writer (process {owner}) has this {what} open, and it can only have one"
        ) from error
    os.ftruncate(handle, os.pwrite(handle, f"{os.getpid()}\n".encode(), 0))
    return handle


def sync_folder(path: Path) -> None:
    """Makes the name of a new file ``path`` as durable as its content."""
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
