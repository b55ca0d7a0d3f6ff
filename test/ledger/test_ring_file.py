"""The file of a ring: how large it must be, whom it lets in, and what is believed of what is found in it."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from zlib import crc32

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import ring as module
from iatro_governor.ledger.ring import DEFAULT_CAPACITY, Ring


def handles() -> list[str]:
    return sorted(os.listdir("/proc/self/fd"))


def numbers(ring: Ring) -> list[int]:
    return [number for number, _ in ring.unacknowledged()]


def test_a_ring_is_as_large_as_it_is_asked_for_in_whole_words_and_no_smaller_than_a_page(
    tmp_path: Path,
) -> None:
    for asked, got in ((4097, 4104), (4104, 4104), (5, 4096), (8192, 8192)):
        with Ring.open(tmp_path / str(asked), asked) as ring:
            assert ring.capacity == got
        assert (tmp_path / str(asked)).stat().st_size == 4096 + got
    assert DEFAULT_CAPACITY == 8_388_608


def test_a_ring_is_for_everybody_to_read_and_its_name_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(module, "sync_folder", synced.append)
    before = os.umask(0)
    try:
        Ring.open(path := tmp_path / "ring", 4096).close()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644 and synced == [path]


@pytest.mark.parametrize("size", [1, 4095, 4096, 4096 + 7, 4096 + 9, 8191])
def test_a_file_of_a_size_that_no_ring_has_is_refused_and_let_go_of(size: int, tmp_path: Path) -> None:
    (path := tmp_path / "ring").write_bytes(bytes(size))
    before = handles()
    with pytest.raises(LedgerError, match="not a ring of decisions; move it away to start a new one"):
        Ring.open(path)
    assert handles() == before and path.read_bytes() == bytes(size)


def test_a_file_of_zeros_that_has_room_for_one_word_is_the_smallest_that_becomes_a_ring(
    tmp_path: Path,
) -> None:
    """A crash left it between its allocation and its first state."""
    (path := tmp_path / "ring").write_bytes(bytes(4096 + 8))
    with Ring.open(path) as ring:
        assert ring.capacity == 8 and not ring.append(0, b"")


def test_a_ring_that_is_closed_is_let_go_of(tmp_path: Path) -> None:
    before = handles()
    ring = Ring.open(tmp_path / "ring", 4096)
    ring.close()
    assert handles() == before
    ring.close()
    with Ring.open(tmp_path / "ring"), pytest.raises(ValueError, match="closed"):
        ring.append(0, b"")


def test_a_state_that_another_program_wrote_is_none_though_its_checksum_fits(tmp_path: Path) -> None:
    (path := tmp_path / "ring").write_bytes(bytes(8192))
    state = b"another!" + bytes(16 + 7 * 8)
    path.write_bytes((state + struct.pack("<I", crc32(state))).ljust(8192, b"\0"))
    with pytest.raises(LedgerError, match="not a ring of decisions, or damaged"):
        Ring.open(path)


def test_an_opening_is_a_turn_of_its_own_so_that_a_torn_state_never_is_the_only_one(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    for _ in range(2):
        Ring.open(path, 4096).close()
    assert path.read_bytes()[:8] == path.read_bytes()[512:520] == b"iatring1"


def test_what_an_earlier_round_left_behind_the_newest_entry_is_not_held_again(tmp_path: Path) -> None:
    """It is as whole as any, and was acknowledged long ago."""
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        for number in range(8):
            assert ring.append(number, bytes(512 - 16))
        ring.acknowledge(8)
        for number in (8, 9):
            assert ring.append(number, bytes(512 - 16))
        assert numbers(ring) == [8, 9]
    with Ring.open(path) as ring:
        assert numbers(ring) == [8, 9] and ring.next_number == 10 and ring.gaps() == []
        ring.acknowledge(10)
    with Ring.open(path) as ring:
        assert numbers(ring) == [] and ring.next_number == 10


def test_an_entry_that_fits_to_the_last_byte_of_the_file_is_found_and_held_again(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        assert ring.append(0, bytes(4096 - 32 - 16)) and ring.append(1, b"") and ring.append(2, b"")
        assert not ring.append(3, b"")
    with Ring.open(path) as ring:
        assert numbers(ring) == [0, 1, 2] and ring.gaps() == [(3, 3)]


@pytest.mark.parametrize("length", [4096 - 16 + 1, 2**31, 2**32 - 2])
def test_a_length_beyond_the_file_is_no_entry(length: int, tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        ring.append(0, b"one")
        ring.append(1, b"two")
    data = bytearray(path.read_bytes())
    body = bytes(data[4096 + 24 + 16 :])
    check = crc32(body, crc32(struct.pack("<Q", 1)))
    data[4096 + 24 : 4096 + 40] = struct.pack("<IIQ", length, check, 1)
    path.write_bytes(data)
    with Ring.open(path) as ring:
        assert numbers(ring) == [0] and ring.gaps() == [(1, 1)]


def test_a_state_that_a_power_cut_kept_without_its_entries_holds_none_of_an_earlier_round(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        for number in range(8):
            assert ring.append(number, bytes(512 - 16))
        ring.acknowledge(8)
        before = path.read_bytes()
        for number in (8, 9):
            assert ring.append(number, bytes(512 - 16))
    path.write_bytes(path.read_bytes()[:4096] + before[4096:])
    with Ring.open(path) as ring:
        assert numbers(ring) == [] and ring.gaps() == [(8, 9)] and ring.next_number == 10


def forged(path: Path, offset: int, length: int, number: int) -> None:
    """Writes the head of an entry whose checksum fits whatever of its body is in the file."""
    data = bytearray(path.read_bytes())
    start = 4096 + offset
    check = crc32(data[start + 16 : start + 16 + length], crc32(struct.pack("<Q", number)))
    data[start : start + 16] = struct.pack("<IIQ", length, check, number)
    path.write_bytes(data)


def test_an_entry_that_would_end_behind_the_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        ring.append(0, bytes(8))
        ring.append(1, b"two")
        ring.acknowledge(1)
    forged(path, 24, 4096 - 16, 1)
    with Ring.open(path) as ring:
        assert numbers(ring) == [] and ring.gaps() == [(1, 1)]


def test_an_entry_that_would_end_behind_the_first_that_is_held_is_none(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        for number in range(8):
            assert ring.append(number, bytes(512 - 16))
        ring.acknowledge(4)
    forged(path, 0, 2048 - 16 + 1, 8)
    with Ring.open(path) as ring:
        assert numbers(ring) == [4, 5, 6, 7] and ring.next_number == 8
    forged(path, 0, 2048 - 16, 8)
    with Ring.open(path) as ring:
        assert numbers(ring) == [4, 5, 6, 7, 8], "one that ends where that begins is"


def test_a_ring_that_cannot_be_opened_leaves_no_handle_open_and_closes_no_other(tmp_path: Path) -> None:
    (path := tmp_path / "ring").mkdir()
    before = handles()
    with pytest.raises(LedgerError, match=r"the ring cannot be made: .*Is a directory"):
        Ring.open(path)
    assert handles() == before


@pytest.mark.parametrize("first", ["lock", "file"])
def test_the_first_of_all_handles_is_closed_as_well(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service has nothing open before."""
    if first == "file":
        lock = os.open(os.devnull, os.O_RDONLY)
        monkeypatch.setattr(module, "take", lambda *_: lock)
    kept = os.dup(0)
    os.close(0)
    try:
        Ring.open(tmp_path / "ring", 4096).close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(0)
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_a_ring_is_forced_to_the_disk_when_it_is_asked_for_and_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[int] = []

    class Counted(mmap.mmap):
        def flush(self, *given: int) -> None:
            forced.append(len(self))
            super().flush(*given)

    monkeypatch.setattr(mmap, "mmap", Counted)
    ring = Ring.open(tmp_path / "ring", 4096)
    ring.append(0, b"one")
    assert forced == []
    ring.sync()
    assert forced == [8192]
    ring.close()
    assert forced == [8192, 8192]
