"""Head anchors: a second file that remembers how long the chain was, and what its head was.

A chain alone cannot show that its end was cut off, or that the whole file was replaced by an older copy; an
anchor that is newer than the file can. Each line is JSON, keyed and chained like the records. Copies kept
elsewhere (the ``recorder/head`` topic, another machine) protect against the loss of both files.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import BinaryIO

from ..errors import LedgerError
from .chain import subkey
from .lock import sync_folder
from .record import MISSHAPEN

CREATED, OPENED, HEAD, CLOSED = "created", "opened", "head", "closed"
_TAIL_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Anchor:
    """The ledger had ``records`` records and its head was ``head`` (hex) at ``wall`` (Unix time, s)."""

    event: str
    ledger_id: str
    records: int
    head: str
    wall: float
    previous: str
    mac: str

    def expected_mac(self, key: bytes) -> str:
        """The mac that this anchor must have under ``key`` (already the anchors' subkey)."""
        content = {name: getattr(self, name) for name in _SEALED}
        return hmac.digest(key, json.dumps(content, sort_keys=True).encode(), "sha256").hex()

    def line(self) -> bytes:
        """The anchor as a line of its file."""
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


def anchors_path(ledger: str | Path) -> Path:
    """Where a ledger's anchors are."""
    return Path(f"{ledger}.anchors")


def read_anchors(path: Path, key: bytes, *, whole: bool = True) -> Iterator[Anchor]:
    """The anchors in ``path``, each checked; raises LedgerError, with the line, at the first that does not fit.

    What is written after the first was asked for is left out, and so is a last line without its end: a crash can tear
    it. Unless ``whole``, lines may be missing, as in a file to which single anchors were copied.
    """
    try:
        with path.open("rb") as file:
            yield from _checked(_lines(file), path, subkey(key, "anchors"), whole=whole)
    except OSError as error:
        raise LedgerError(f"{path}: the anchors cannot be read: {error}") from error


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines that end before what is the end of the file now."""
    left = os.fstat(file.fileno()).st_size
    for line in file:
        left -= len(line)
        if left < 0:
            return
        yield line


def _checked(lines: Iterable[bytes], path: Path, key: bytes, *, whole: bool) -> Iterator[Anchor]:
    previous = "" if whole else None
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            return
        anchor = _parse(line)
        if anchor is None or not hmac.compare_digest(anchor.mac, anchor.expected_mac(key)):
            raise LedgerError(f"{path}: line {number} is no anchor made with this key")
        if previous is not None and anchor.previous != previous:
            raise LedgerError(f"{path}: line {number} does not follow the line before it")
        previous = anchor.mac if whole else None
        yield anchor


def _parse(line: bytes) -> Anchor | None:
    try:
        told = json.loads(line)
        anchor = Anchor(**told)
    except MISSHAPEN:
        return None
    if any(isinstance(value, dict | list) for value in told.values()):
        return None  # it may be too deep to be sealed as a test
    # Of the rest nothing is asked: what is not as a writer makes it has no mac that fits.
    return anchor if isinstance(anchor.mac, str) and anchor.mac.isascii() else None


_SEALED = tuple(one.name for one in fields(Anchor) if one.name != "mac")


class AnchorLog:
    """Appends anchors; a write that fails leaves the file as it was."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = subkey(key, "anchors")
        try:
            with ExitStack() as undo:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
                undo.callback(os.close, self._file)
                self.last = self._repair_tail()
                undo.pop_all()
        except OSError as error:
            raise LedgerError(f"{path}: the anchors cannot be opened: {error}") from error

    def _repair_tail(self) -> Anchor | None:
        """Cuts off a line that a crash tore and returns the last whole anchor."""
        self._size = os.fstat(self._file).st_size
        start = max(0, self._size - _TAIL_BYTES)
        tail = os.pread(self._file, _TAIL_BYTES, start)
        whole = tail[: tail.rfind(b"\n") + 1]
        self._size = start + len(whole)
        os.ftruncate(self._file, self._size)
        lines = whole.splitlines(keepends=True)
        lines = lines[1:] if start else lines  # reading may have begun inside a line
        found = list(_checked(lines, self._path, self._key, whole=not start))
        return found[-1] if found else None

    def append(self, event: str, ledger_id: str, records: int, head: bytes, *, sync: bool) -> None:
        """Writes one anchor, to the disk itself if ``sync``; raises LedgerError where it cannot."""
        previous = self.last.mac if self.last else ""
        bare = Anchor(event, ledger_id, records, head.hex(), time.time(), previous, "")
        anchor = Anchor(
            event, ledger_id, records, head.hex(), bare.wall, previous, bare.expected_mac(self._key)
        )
        line = anchor.line()
        try:
            if os.pwrite(self._file, line, self._size) != len(line):
                raise OSError("the disk is full")
            if sync:
                os.fsync(self._file)
            if self.last is None:
                sync_folder(self._path)
        except OSError as error:
            with suppress(OSError):  # a torn line is cut off at the next opening too
                os.ftruncate(self._file, self._size)
            raise LedgerError(f"{self._path}: the anchor cannot be written: {error}") from error
        self._size += len(line)
        self.last = anchor

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)
