"""How the governor knows its watch: by the ids of its publishers, in a file that only its user can write.

A node's name would not do, for any node may take it. Ids of watches that were killed are kept: the graph shows their
ghosts for a while.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from iatro_governor.errors import IatroError

MOST_IDS = 64
"""Ids that are remembered, the newest last."""
SHARED = stat.S_IWGRP | stat.S_IWOTH


class WatchRuns(IatroError):
    """Another watch has the file."""


class Introduction:
    """The file, held by the watch that runs; a second one is refused."""

    def __init__(self, path: Path) -> None:
        """Raises WatchRuns where another watch has it, IatroError where it cannot be written."""
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path.with_suffix(".watch.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise IatroError(f"{path}: cannot be written: {error.strerror or error}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise WatchRuns(f"{path}: another watch of this robot runs; one is enough") from error

    def tell(self, ids: Iterable[str]) -> None:
        """Add the ids of publishers, in hex; they are there for the governor when this returns.

        Raises IatroError where the file cannot be written.
        """
        kept = [*_read(self._path), *ids][-MOST_IDS:]
        fresh = self._path.with_suffix(".watch.new")
        try:
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            fresh.replace(self._path)
        except OSError as error:
            raise IatroError(f"{fresh}: cannot be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Let go of it; the ids stay."""
        os.close(self._lock)


class Acquaintance:
    """What the governor reads of it, again when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._ids: frozenset[str] = frozenset()
        self.refused = ""
        """Why the file is not believed; empty: it is, or there is none."""

    def ids(self) -> frozenset[str]:
        """Ids of the watch's publishers, now and of late."""
        try:
            found = self._path.lstat()
        except OSError:
            self._seen, self._ids, self.refused = None, frozenset(), ""
            return self._ids
        if (found.st_ino, found.st_mtime_ns) != self._seen:
            self._seen = found.st_ino, found.st_mtime_ns
            self.refused = self._why_not(found)
            self._ids = frozenset() if self.refused else frozenset(_read(self._path))
        return self._ids

    @property
    def runs(self) -> bool:
        """Whether a watch runs now."""
        try:
            handle = os.open(self._path.with_suffix(".watch.lock"), os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def _why_not(self, found: os.stat_result) -> str:
        if not stat.S_ISREG(found.st_mode):
            return f"{self._path} is no file"
        if found.st_uid != os.geteuid():
            return f"{self._path} belongs to user {found.st_uid}, the governor runs as {os.geteuid()}"
        if found.st_mode & SHARED:
            return f"{self._path} can be written by others; chmod go-w it"
        return ""


def _read(path: Path) -> list[str]:
    """The ids in the file; none where nothing sensible is in it."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
