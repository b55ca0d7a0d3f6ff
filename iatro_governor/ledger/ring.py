"""The governor's own memory of its decisions: a preallocated circular log on disk, written before publishing.

Each entry is written into a mapped file, so it survives the end of the process, however that comes, at the
cost of a few memory copies. Entries stay until the ledger has acknowledged them. A full ring never overwrites
what nobody has stored yet: it refuses the entry, and the refused number stays visible as a gap.

Layout: a page with two copies of the state, written in turn and each with a checksum, then ``capacity`` bytes
of entries (length, checksum, number, payload, padded to 8 bytes). Positions only ever grow; the place in the
file is the position modulo the capacity.
"""

from __future__ import annotations

import mmap
import os
import secrets
import struct
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from ..errors import LedgerError
from .lock import sync_folder, take
from .record import NUMBER_LIMIT

DEFAULT_CAPACITY = 8 * 1024 * 1024
_PAGE = 4096
_COPY = 512
_MAGIC = b"iatring1"
_STATE = struct.Struct(
    "<8s16sQQQQQQQ"
)  # magic, writer, capacity, turn, next, acknowledged, head, tail, refused
_CHECK = struct.Struct("<I")
_ENTRY = struct.Struct("<IIQ")  # payload length, checksum of number and payload, number
_NUMBER = struct.Struct("<Q")
_WRAP = 0xFFFFFFFF


class Ring:
    """Numbered entries that survive the process. One process at a time, one thread at a time."""

    def __init__(self, handle: int, lock: int, view: mmap.mmap, writer: bytes) -> None:
        """For :meth:`open` only."""
        self.writer = writer.hex()
        self.refused = 0
        self._raw_writer, self._handle, self._lock, self._view = writer, handle, lock, view
        self.capacity = len(view) - _PAGE
        self._turn = self._next = self._acknowledged = self._head = self._tail = 0
        self._held: deque[tuple[int, int, int]] = deque()  # (number, position, position after it)

    @classmethod
    def open(cls, path: str | Path, capacity: int = DEFAULT_CAPACITY) -> Ring:
        """Creates the ring ``path`` with room for ``capacity`` bytes, or continues the one that is there.

        An existing ring keeps its own capacity, its writer id and its numbers. Raises LedgerError where
        another process has it, there is no room for it, or the file is no ring.
        """
        path = Path(path).absolute()
        lock = take(path, "ring")
        handle = -1
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            size = os.fstat(handle).st_size
            if size == 0:
                size = _PAGE + max(-(-capacity // 8) * 8, 4096)
                os.posix_fallocate(handle, 0, size)  # a mapped file with holes would be killed by a full disk
                sync_folder(path)
            if size < _PAGE + 8 or size % 8:
                raise LedgerError(f"{path}: not a ring of decisions; move it away to start a new one")
            ring = cls(handle, lock, mmap.mmap(handle, size), secrets.token_bytes(16))
            ring._load(path)
        except OSError as error:
            _release(handle, lock)
            raise LedgerError(f"{path}: the ring cannot be made: {error}") from error
        except BaseException:
            _release(handle, lock)
            raise
        return ring

    @property
    def next_number(self) -> int:
        """The number that the next entry gets."""
        return self._next

    @property
    def acknowledged(self) -> int:
        """Every number below this one is in the ledger."""
        return self._acknowledged

    @property
    def backlog(self) -> float:
        """The part of the ring that waits for acknowledgement, 0 to 1."""
        return (self._head - self._tail) / self.capacity

    def append(self, number: int, payload: bytes) -> bool:
        """Writes one entry; False where there is no room for it: the number is then used up, and a gap.

        ``number`` is at least ``next_number``; a larger one leaves a gap too. Raises LedgerError for a smaller one.
        """
        if number < self._next:
            raise LedgerError(f"ring: number {number} was used already, the next one is {self._next}")
        _check_number(number)
        self._next = number + 1
        position = self._place(len(payload))
        if position is None:
            self.refused += 1
            self._save()
            return False
        end = position + _padded(len(payload))
        start = _PAGE + position % self.capacity
        body = start + _ENTRY.size
        self._view[body : body + len(payload)] = payload
        _ENTRY.pack_into(self._view, start, len(payload), _checksum(number, payload), number)
        self._held.append((number, position, end))
        self._head = end
        self._save()
        return True

    def unacknowledged(self, first: int = 0) -> Iterator[tuple[int, bytes]]:
        """The waiting entries (number, payload) from ``first`` on, oldest first: what to send again."""
        for number, position, _ in tuple(self._held):
            if number >= first:
                yield number, self._payload(position)

    def gaps(self) -> list[tuple[int, int]]:
        """Used, unacknowledged numbers (first, last) that hold no entry: to be declared lost."""
        found, expected = [], self._acknowledged
        for number in (*(held[0] for held in self._held), self._next):
            if number > expected:
                found.append((expected, number - 1))
            expected = number + 1
        return found

    def acknowledge(self, up_to: int) -> int:
        """Frees the entries below ``up_to`` and returns how many; an older acknowledgement frees none.

        Raises LedgerError for numbers that were never used.
        """
        if up_to > self._next:
            raise LedgerError(
                f"ring: {up_to} acknowledged, but only the numbers below {self._next} were used"
            )
        if up_to <= self._acknowledged:
            return 0
        freed = 0
        while self._held and self._held[0][0] < up_to:
            self._tail = self._held.popleft()[2]
            freed += 1
        if not self._held:
            self._tail = self._head
        self._acknowledged = up_to
        self._save()
        return freed

    def skip_to(self, number: int) -> None:
        """Goes on at ``number`` at least: for a ring whose end a power cut took and the ledger kept.

        Only for numbers that come from the ledger itself: whoever can say one makes a gap of that size.
        """
        _check_number(number)
        if number > self._next:
            self._next = number
            self._save()

    def sync(self) -> None:
        """Forces everything to the disk itself (milliseconds: not for the control loop)."""
        self._view.flush()

    def close(self) -> None:
        """Lets go of the ring; a second call does nothing."""
        if self._handle >= 0:
            self._view.flush()
            self._view.close()
            _release(self._handle, self._lock)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _place(self, length: int) -> int | None:
        """Where an entry with so many bytes goes, marking the rest of the file as skipped if it must wrap."""
        needed, offset = _padded(length), self._head % self.capacity
        skipped = self.capacity - offset if offset + needed > self.capacity else 0
        if self._head + skipped + needed - self._tail > self.capacity:
            return None
        if skipped:
            _CHECK.pack_into(self._view, _PAGE + offset, _WRAP)
        return self._head + skipped

    def _payload(self, position: int) -> bytes:
        start = _PAGE + position % self.capacity
        length = _ENTRY.unpack_from(self._view, start)[0]
        return self._view[start + _ENTRY.size : start + _ENTRY.size + length]

    def _save(self) -> None:
        self._turn += 1
        state = _STATE.pack(
            _MAGIC, self._raw_writer, self.capacity, self._turn, self._next, self._acknowledged,
            self._head, self._tail, self.refused,
        )  # fmt: skip
        start = _COPY * (self._turn & 1)
        self._view[start : start + len(state) + _CHECK.size] = state + _CHECK.pack(crc32(state))

    def _load(self, path: Path) -> None:
        copies = [state for start in (0, _COPY) if (state := self._state_at(start)) is not None]
        if not copies:
            if any(self._view[:_PAGE]):
                raise LedgerError(
                    f"{path}: not a ring of decisions, or damaged; move it away to start a new one"
                )
            self._save()
            return
        _, self._raw_writer, capacity, *counts = max(copies, key=lambda state: state[3])
        if capacity != self.capacity:
            raise LedgerError(
                f"{path}: the ring holds {self.capacity} bytes, but says {capacity}: it was cut"
            )
        self._turn, self._next, self._acknowledged, self._head, self._tail, self.refused = counts
        self.writer = self._raw_writer.hex()
        self._find_entries()
        self._save()

    def _state_at(self, start: int) -> tuple[bytes, bytes, int, int, int, int, int, int, int] | None:
        state = self._view[start : start + _STATE.size]
        check = _CHECK.unpack_from(self._view, start + _STATE.size)[0]
        return _STATE.unpack(state) if state.startswith(_MAGIC) and crc32(state) == check else None

    def _find_entries(self) -> None:
        """Finds what is held again, including entries that were written just before the state would have
        been.

        After a power cut the file can hold less than its state says; numbers that are not found become gaps.
        """
        position, written, expected = self._tail, self._head, 0
        self._head = self._tail
        while (found := self._entry_at(position)) is not None:
            number, start, end = found
            if number < max(expected, self._acknowledged) or (start >= written and number < self._next):
                break  # a leftover of an earlier round
            self._held.append(found)
            self._head = position = end
            expected = number + 1
        self._next = max(self._next, expected)

    def _entry_at(self, position: int) -> tuple[int, int, int] | None:
        offset = position % self.capacity
        if _CHECK.unpack_from(self._view, _PAGE + offset)[0] == _WRAP:
            position += self.capacity - offset
            offset = 0
        if offset + _ENTRY.size > self.capacity:
            return None
        length, check, number = _ENTRY.unpack_from(self._view, _PAGE + offset)
        end = position + _padded(length)
        if offset + _padded(length) > self.capacity or end - self._tail > self.capacity:
            return None
        body = _PAGE + offset + _ENTRY.size
        if _checksum(number, self._view[body : body + length]) != check:
            return None
        return number, position, end


def _check_number(number: int) -> None:
    if number >= NUMBER_LIMIT:
        raise LedgerError(f"ring: number {number} is larger than any ledger can hold")


def _padded(length: int) -> int:
    return (_ENTRY.size + length + 7) & ~7


def _checksum(number: int, payload: bytes) -> int:
    return crc32(payload, crc32(_NUMBER.pack(number)))


def _release(handle: int, lock: int) -> None:
    for descriptor in (handle, lock):
        if descriptor >= 0:
            os.close(descriptor)
