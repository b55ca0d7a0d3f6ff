"""What a governor was told, on disk: chapters of frames, each beginning with who wrote it and all that is needed to go
on from there.

The governor writes, one process at a time, and the oldest chapters make room for new ones. Frames are checked one by
one, so that the end that a crash tears is left out.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from ..errors import EventError, LedgerError
from . import build

_FRAME = struct.Struct("<II")  # length, checksum
_LONGEST = 256 * 1024 * 1024
SUFFIX = ".journal"


def folder_of(settings: Path) -> Path:
    """Where the governor with the settings file ``settings`` keeps its journal."""
    return settings.with_suffix(".inputs")


class Journal:
    """Appends frames to the newest chapter. Raises OSError where the disk refuses."""

    def __init__(self, folder: Path, writer: str, most_bytes: int) -> None:
        """``writer``: id of the ring whose decisions come of it. ``most_bytes``: what all chapters may take."""
        self._folder, self._writer, self._most = folder, writer, most_bytes
        folder.mkdir(parents=True, exist_ok=True)
        self._handle = -1
        self._path: Path | None = None
        self._waiting = bytearray()
        self.size = 0
        """Bytes of the chapter that is written."""

    def begin(self, first: int, state: bytes) -> None:
        """Starts a chapter with ``state``; ``first`` is the number of the next decision."""
        self.close()
        self._path = self._folder / f"{self._writer}-{first:012d}{SUFFIX}"
        self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
        self.size = 0
        self.add(build.this().preface())
        self.add(state)
        self.flush()
        self._make_room()

    def add(self, frame: bytes) -> None:
        """Takes one frame; :meth:`flush` writes it."""
        self._waiting += _FRAME.pack(len(frame), crc32(frame)) + frame

    def flush(self) -> None:
        """Hands what waits to the system: it survives the end of the process. What a full disk refuses waits on."""
        while self._waiting and self._handle >= 0:
            written = os.write(self._handle, self._waiting)
            self.size += written
            del self._waiting[:written]

    def close(self) -> None:
        """Ends the chapter."""
        if self._handle >= 0:
            self.flush()
            os.close(self._handle)
            self._handle = -1

    def _make_room(self) -> None:
        """Removes the oldest chapters of every writer; the one that is written stays."""
        found = [
            (self._age(path, about.st_mtime), path, about.st_size)
            for path in self._folder.glob(f"*{SUFFIX}")
            if (about := path.stat()) and path != self._path
        ]
        total = self.size + sum(size for _, _, size in found)
        for _, path, size in sorted(found):
            if total <= self._most:
                return
            path.unlink(missing_ok=True)
            total -= size

    def _age(self, path: Path, modified: float) -> tuple[bool, float]:
        """Orders chapters from the oldest: a wall clock that is set back makes none of this writer's own older.

        Another writer's come before, for it has written here before this one.
        """
        writer, _, number = path.name.removesuffix(SUFFIX).rpartition("-")
        mine = writer == self._writer and number.isdecimal()
        return mine, int(number) if mine else modified


def chapters(folders: list[Path], writer: str) -> list[tuple[int, Path]]:
    """The chapters of ``writer`` in ``folders``: (number of the first decision, file), oldest first."""
    found = []
    for folder in folders:
        for path in folder.glob(f"{writer}-*{SUFFIX}"):
            number = path.name[len(writer) + 1 : -len(SUFFIX)]
            if number.isdecimal():
                found.append((int(number), path))
    return sorted(found)


def build_of(path: Path) -> build.Build | None:
    """Who wrote a chapter; None where it does not say. Raises LedgerError where it cannot be read."""
    first = next(_whole(path))
    try:
        return build.Build.of(first) if build.is_preface(first) else None
    except EventError as error:
        raise LedgerError(f"{path}: {error}") from error


def frames(path: Path) -> Iterator[bytes]:
    """The state and the calls of a chapter, as far as they are whole.

    Raises LedgerError where the file cannot be read or holds no whole frame.
    """
    found = _whole(path)
    first = next(found)
    state = next(found, None) if build.is_preface(first) else first
    if state is None:
        raise LedgerError(f"{path}: the journal was cut before its first state")
    yield state
    yield from found


def _whole(path: Path) -> Iterator[bytes]:
    """The frames up to the first that is not whole, at least one."""
    try:
        with path.open("rb") as file:
            found = 0
            while len(head := file.read(_FRAME.size)) == _FRAME.size:
                length, check = _FRAME.unpack(head)
                frame = file.read(length) if length <= _LONGEST else b""
                if len(frame) != length or crc32(frame) != check:
                    break
                found += 1
                yield frame
    except OSError as error:
        raise LedgerError(f"{path}: the journal cannot be read: {error.strerror or error}") from error
    if not found:
        raise LedgerError(f"{path}: no journal, or it was cut before its first frame")
