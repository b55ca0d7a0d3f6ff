"""What the files of a ledger are like from outside: enough to tell that anything in them has changed."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from os import stat_result
from pathlib import Path
from typing import Self

from ...ledger import segments
from ...ledger.anchors import anchors_path

Told = tuple[str, int, int, int, int]
"""Name, inode, bytes, time of change, and the time of any change: the first of these times anybody can set back."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a ledger: its sealed files, the one that is written, its anchors, and the -wal file."""

    db: Path
    files: tuple[Told, ...]
    wal: Told | None

    @classmethod
    def at(cls, db: Path) -> Self:
        """A look at the ledger ``db`` as it is now; what is not there, or out of reach, is left out."""
        found = [
            told for path in (*segments.files(db), anchors_path(db)) if (told := _told(path)) is not None
        ]
        return cls(db, tuple(found), _told(_wal(db)))

    def content(self) -> bytes:
        """A digest of the -wal file as it is now."""
        with suppress(OSError), _wal(self.db).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
        return b""

    def shows_change_since(self, then: Look, content: bytes) -> bool:
        """Whether anything differs from the look ``then``, when the -wal file had this ``content``.

        Where root opens a -wal file SQLite sets its owner anew, so that looking at a ledger changes its last time: then
        it is the content that counts.
        """
        if self == then:
            return False
        untouched = self.files == then.files and (self.wal or ())[:-1] == (then.wal or ())[:-1]
        return not untouched or self.content() != content


def _wal(db: Path) -> Path:
    return Path(f"{db}-wal")


def _told(path: Path) -> Told | None:
    with suppress(OSError):
        found: stat_result = path.stat()
        return path.name, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    return None
