"""The files that a configuration was read from: who changes them under a running governor is noticed.

What is in force does not change by it. But whoever reads the file then, an operator or the next start, would believe
something else than what governs, so the robot stops until they agree and somebody has looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

Mark = tuple[int, int, int, int]


class ConfigurationFiles:
    """Files as they were when this was made."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._read = {file: _digest(file) for file in files}
        self._marks: dict[Path, Mark | None] = {}
        self._changed: set[Path] = set()

    def changed(self) -> list[str]:
        """Those that are not as they were, or are gone. Reads only what the file system says was touched."""
        for file, digest in self._read.items():
            mark = _mark(file)
            if file in self._marks and mark == self._marks[file]:
                continue
            self._marks[file] = mark
            if _digest(file) == digest:
                self._changed.discard(file)
            else:
                self._changed.add(file)
        return sorted(str(file) for file in self._changed)


def _mark(file: Path) -> Mark | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _digest(file: Path) -> bytes | None:
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return None
