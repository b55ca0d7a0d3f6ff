"""A journal: on a disk that runs full, cut by a crash, and making room; nothing is told that was not whole."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from itertools import accumulate
from pathlib import Path
from zlib import crc32

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import build
from iatro_governor.ledger import journal as module
from iatro_governor.ledger.journal import Journal, build_of, chapters, folder_of, frames

FULL = """
import resource, sys
from pathlib import Path
from iatro_governor.ledger.journal import Journal

journal = Journal(Path(sys.argv[1]), "w", 10**9)
journal.begin(0, b"state")
resource.setrlimit(resource.RLIMIT_FSIZE, (journal.size + int(sys.argv[2]), resource.RLIM_INFINITY))
refused = 0
for number in range(20):
    journal.add(f"{number}:".encode() + b"x" * 100)
    try:
        journal.flush()
    except OSError:
        refused += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.add(b"20:last")
journal.flush()
print(refused)
journal.close()
"""


@pytest.mark.parametrize("room", [0, 1, 7, 60, 111, 500, 2000])
def test_a_disk_that_runs_full_in_the_middle_of_a_frame_loses_none(room: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(room)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ends = accumulate(8 + len(f"{number}:") + 100 for number in range(20))
    assert int(done.stdout) == sum(end > room for end in ends)
    ((_, path),) = chapters([tmp_path], "w")
    state, *told = frames(path)
    assert state == b"state"
    assert [int(one.partition(b":")[0]) for one in told] == list(range(21))


def written(folder: Path, first: int, *told: bytes, writer: str = "w", most: int = 10**9) -> Path:
    """A chapter of ``told``, closed."""
    journal = Journal(folder, writer, most)
    journal.begin(first, b"state")
    for frame in told:
        journal.add(frame)
    journal.close()
    return dict(chapters([folder], writer))[first]


def test_the_state_and_what_was_told_come_back_up_to_the_frame_that_a_crash_tore(tmp_path: Path) -> None:
    path = written(tmp_path, 0, b"one", b"", b"three")
    assert list(frames(path)) == [b"state", b"one", b"", b"three"]
    whole = path.read_bytes()
    for cut in range(1, len(b"three") + 8 + 1):
        path.write_bytes(whole[:-cut])
        assert list(frames(path)) == [b"state", b"one", b""]
    path.write_bytes(whole[:-3] + b"\x00" + whole[-2:])
    assert list(frames(path)) == [b"state", b"one", b""], "a frame that does not fit its checksum is no frame"


def test_a_length_beyond_all_frames_is_the_end_and_no_memory(tmp_path: Path) -> None:
    path = written(tmp_path, 0, b"one")
    path.write_bytes(path.read_bytes() + b"\xff\xff\xff\xff\x00\x00\x00\x00" + b"x" * 100)
    assert list(frames(path)) == [b"state", b"one"]


def test_of_a_chapter_that_is_damaged_in_its_middle_nothing_is_told_from_there_on(tmp_path: Path) -> None:
    """Calls that come after one that is lost would go on from another state."""
    path = written(tmp_path, 0, b"one", b"two", b"three")
    path.write_bytes(path.read_bytes().replace(b"two", b"twa"))
    assert list(frames(path)) == [b"state", b"one"]


def test_a_frame_as_long_as_a_frame_may_be_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST", 5)
    told = (b"state", b"three", b"beyond")
    (path := tmp_path / "w-000000000000.journal").write_bytes(
        b"".join(struct.pack("<II", len(one), crc32(one)) + one for one in told)
    )
    assert list(frames(path)) == [b"state", b"three"]


def test_who_wrote_a_chapter_is_told_and_one_from_before_that_was_kept_still_reads(tmp_path: Path) -> None:
    path = written(tmp_path, 0, b"one")
    made = build_of(path)
    assert made == build.this()
    preface = 8 + len(build.this().preface())
    path.write_bytes(path.read_bytes()[preface:])
    assert build_of(path) is None and list(frames(path)) == [b"state", b"one"]


def test_a_preface_that_cannot_be_read_is_told_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "w-000000000000.journal"
    journal = Journal(tmp_path, "w", 10**9)
    journal.begin(0, b"state")
    journal.close()
    data = build.this().preface()
    broken = data[: len(data) - 4] + b"\x00\x00\x00\x00"
    assert build.is_preface(broken)
    path.write_bytes(struct.pack("<II", len(broken), crc32(broken)) + broken)
    with pytest.raises(LedgerError, match=r"w-0+\.journal"):
        build_of(path)


@pytest.mark.parametrize("left", [0, 5])
def test_a_chapter_without_a_whole_frame_is_no_journal(tmp_path: Path, left: int) -> None:
    path = written(tmp_path, 0)
    path.write_bytes(path.read_bytes()[:left])
    for reading in (build_of, lambda one: list(frames(one))):
        with pytest.raises(LedgerError, match="no journal, or it was cut before its first frame"):
            reading(path)


def test_a_chapter_that_was_cut_before_its_state_has_nothing_to_go_on_from(tmp_path: Path) -> None:
    path = written(tmp_path, 0)
    path.write_bytes(path.read_bytes()[: 8 + len(build.this().preface())])
    with pytest.raises(LedgerError, match="cut before its first state"):
        list(frames(path))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read: No such file"):
        list(frames(tmp_path / "none.journal"))


def test_the_oldest_chapters_of_any_writer_make_room_and_the_one_that_is_written_stays(
    tmp_path: Path,
) -> None:
    for first in range(3):
        made = written(tmp_path, first, b"x" * 1000, writer="old" if first == 0 else "w")
        os.utime(made, (first, first))
    each = made.stat().st_size
    journal = Journal(tmp_path, "w", 2 * each)
    journal.begin(3, b"y" * 1000)
    assert chapters([tmp_path], "old") == [] and [n for n, _ in chapters([tmp_path], "w")] == [2, 3]
    journal.begin(4, b"y" * 3 * each)
    journal.close()
    assert [n for n, _ in chapters([tmp_path], "w")] == [4], "it alone is more than all may take, and stays"


def test_a_clock_that_was_set_back_takes_neither_the_chapter_that_is_written_nor_a_newer_one(
    tmp_path: Path,
) -> None:
    """The wrong answer: by its time the new chapter is the oldest, and what is told goes into no file."""
    for first, t in ((9, 9e9), (10, 8e9), (11, 7e9)):
        os.utime(made := written(tmp_path, first, b"x" * 1000), (t, t))
    (stray := tmp_path / "w-first.journal").write_bytes(b"x" * 1000)
    for early in (stray, written(tmp_path, 99, b"x" * 1000, writer="another")):
        os.utime(early, (9e9, 9e9))
    each = made.stat().st_size
    journal = Journal(tmp_path, "w", 2 * each)
    journal.begin(12, b"state")
    journal.add(b"told")
    journal.close()
    assert not stray.exists() and chapters([tmp_path], "another") == []
    assert [n for n, _ in chapters([tmp_path], "w")] == [11, 12]
    assert list(frames(dict(chapters([tmp_path], "w"))[12])) == [b"state", b"told"]


def test_what_waits_when_a_chapter_is_begun_goes_into_the_one_in_which_it_was_told(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "w", 10**9)
    for first in (0, 7):
        journal.begin(first, b"state")
        journal.add(b"told after %d" % first)
    journal.close()
    assert [list(frames(path))[1:] for _, path in chapters([tmp_path], "w")] == [
        [b"told after 0"],
        [b"told after 7"],
    ]


def test_chapters_are_those_of_one_writer_in_their_order_and_no_other_files(tmp_path: Path) -> None:
    other = tmp_path / "other"
    first, second = written(tmp_path, 12), written(other, 3)
    (tmp_path / "w-first.journal").write_bytes(b"")
    (tmp_path / "w-000000000004.txt").write_bytes(b"")
    written(tmp_path, 5, writer="v")
    assert chapters([tmp_path, other], "w") == [(3, second), (12, first)]
    assert folder_of(tmp_path / "ledger.json") == tmp_path / "ledger.inputs"


def test_before_a_chapter_is_begun_what_is_told_waits(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new", "w", 10**9)
    journal.add(b"early")
    journal.flush()
    journal.close()
    assert journal.size == 0 and list((tmp_path / "new").iterdir()) == []


def test_a_folder_within_one_that_is_not_there_is_made_and_a_chapter_is_for_its_group_to_read(
    tmp_path: Path,
) -> None:
    before = os.umask(0)
    try:
        path = written(tmp_path / "one" / "two", 0)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_number_of_twelve_digits_is_told_whole(tmp_path: Path) -> None:
    assert chapters([tmp_path], "w") == []
    path = written(tmp_path, 123_456_789_012)
    assert chapters([tmp_path], "w") == [(123_456_789_012, path)]


def test_the_size_is_that_of_the_chapter_that_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "w", 10**9)
    for first in (0, 7):
        journal.begin(first, b"state")
        journal.add(b"three")
        journal.flush()
        assert journal.size == dict(chapters([tmp_path], "w"))[first].stat().st_size
    journal.close()


def test_after_its_end_a_chapter_takes_nothing_more_and_no_handle_stays_open(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(os.listdir("/proc/self/fd"))
    journal = Journal(tmp_path, "w", 10**9)
    journal.begin(0, b"state")
    journal.close()
    journal.add(b"late")
    journal.flush()
    journal.close()
    assert sorted(os.listdir("/proc/self/fd")) == before
    ((_, path),) = chapters([tmp_path], "w")
    assert list(frames(path)) == [b"state"] and capfd.readouterr() == ("", "")


def test_where_nothing_was_open_before_its_handle_is_the_first_and_it_writes_all_the_same(
    tmp_path: Path,
) -> None:
    kept = os.dup(0)
    os.close(0)
    try:
        path = written(tmp_path, 0, b"one")
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(0)
    finally:
        os.dup2(kept, 0)
        os.close(kept)
    assert list(frames(path)) == [b"state", b"one"]


def test_chapters_that_take_just_as_much_as_they_may_all_stay(tmp_path: Path) -> None:
    each = written(tmp_path, 0).stat().st_size
    written(tmp_path, 1, most=2 * each)
    assert len(chapters([tmp_path], "w")) == 2


def test_a_chapter_that_somebody_else_took_away_meanwhile_made_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, 0)
    real = Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        os.unlink(path)
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", late)
    path = written(tmp_path, 1, most=1)
    assert chapters([tmp_path], "w") == [(1, path)]
