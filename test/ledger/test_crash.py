"""Killed writers, full disks and power cuts: whatever append() returned for is there afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, reconcile, verify
from iatro_governor.ledger.build import this
from iatro_governor.ledger.frames import unpacked
from iatro_governor.ledger.journal import build_of, chapters, folder_of, frames
from iatro_governor.ledger.ring import Ring

Open = Callable[..., Ledger]
KILLS = int(os.environ.get("IATRO_KILLS", "12"))

WRITER = """
import random, sys
from iatro_governor.ledger import Ledger, Record
ledger = Ledger.open(sys.argv[1], key=bytes(range(32)), context="simulation", software_version="0.1.0")
rng = random.Random(int(sys.argv[2]))
number = ledger.next_expected("decision", "ring")
while True:
    size = rng.randint(1, 40)
    body = {"trigger": "tick", "fill": "x" * rng.randint(0, 3000)}
    ledger.append([Record("decision", "ring", n, n * 0.01, "p", "base", body) for n in range(number, number + size)])
    number += size
    print(number, ledger.next_expected("decision", "ring"), flush=True)
"""

FULL_DISK = """
import resource, sys
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Record
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
ledger = Ledger.open(sys.argv[1], key=bytes(range(32)), context="simulation", software_version="0.1.0")
def batch(n):
    return [Record("decision", "ring", k, 0.0, None, None, {"fill": "x" * 2000}) for k in range(n, n + 5)]
number = 0
try:
    while number < 100_000:
        ledger.append(batch(number))
        number += 5
except LedgerError as error:
    print(error)
assert ledger.next_expected("decision", "ring") == number
assert ledger.head()[0] == number + 1
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
ledger.append(batch(number))
ledger.close()
print(number + 5)
"""

WHOLE = """
import random, sys
from pathlib import Path
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.frames import packed
from iatro_governor.ledger.journal import Journal, folder_of
from iatro_governor.ledger.ring import Ring
path, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
ledger = Ledger.open(path, key=bytes(range(32)), context="simulation", software_version="0.1.0")
ring = Ring.open(path.with_suffix(".ring"), 262144)
journal = Journal(folder_of(path), ring.writer, 10**8)
for number in range(ring.next_number, 10**9):
    if number % 50 == 0:
        journal.begin(number, packed({"next": number, "fill": "y" * rng.randint(0, 30000)}))
    journal.add(packed((0.0, ("tick", number))))
    journal.flush()
    assert ring.append(number, f"{number}:".encode() + b"x" * rng.randint(0, 900))
    print(number, number, flush=True)
    if rng.random() < 0.2:
        waiting = [number for number, _ in ring.unacknowledged()]
        ledger.append([Record("decision", ring.writer, n, n * 0.01, "p", "base", {"n": n}) for n in waiting])
        ring.acknowledge(ledger.next_expected("decision", ring.writer))
"""


@contextmanager
def writing(path: Path, seed: int, program: str = WRITER) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path), str(seed)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def acknowledged(line: str) -> int:
    number, expected = map(int, line.split())
    assert number == expected
    return number


def test_nothing_acknowledged_is_lost_by_kill(tmp_path: Path, key: bytes, open_ledger: Open) -> None:
    path, rng, last = tmp_path / "ledger.db", random.Random(11), 0
    for seed in range(KILLS):
        with writing(path, seed) as (process, output):
            for _ in range(rng.randint(1, 30)):
                last = acknowledged(output.readline())
            process.kill()
            for line in output:  # what was acknowledged between the last look and the kill
                last = acknowledged(line) if line.endswith("\n") else last
        assert verify(path, key).sound
        with Reader(path) as reader:
            assert reader.count("decision") >= last
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") >= last
    assert reconcile(path)["lost"] == 0
    assert verify(path, key).closed


def test_a_copy_taken_at_any_moment_holds_what_was_acknowledged(
    tmp_path: Path, key: bytes, open_ledger: Open
) -> None:
    """Files as a power cut would leave them: copied while the writer is held still."""
    path, rng = tmp_path / "ledger.db", random.Random(12)
    with writing(path, 1) as (process, output):
        for moment in range(6):
            for _ in range(rng.randint(1, 20)):
                last = acknowledged(output.readline())
            os.kill(process.pid, signal.SIGSTOP)
            copy = tmp_path / f"copy{moment}.db"
            for suffix in ("", "-wal", ".anchors"):
                shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
            os.kill(process.pid, signal.SIGCONT)
            with open_ledger(copy.name) as ledger:
                assert ledger.next_expected("decision", "ring") >= last
            assert verify(copy, key).closed


def test_ring_journal_and_ledger_of_any_moment_hold_every_decision_and_what_led_to_it(
    tmp_path: Path, key: bytes, open_ledger: Open
) -> None:
    """All files of a governor and its recorder as a power cut leaves them, the end of the journal torn or not."""
    path, rng = tmp_path / "ledger.db", random.Random(13)
    with writing(path, 1, WHOLE) as (process, output):
        for moment in range(8):
            for _ in range(rng.randint(20, 150)):
                last = acknowledged(output.readline())
            os.kill(process.pid, signal.SIGSTOP)
            copy = tmp_path / f"copy{moment}.db"
            for end in ("", "-wal", ".anchors"):
                shutil.copy(f"{path}{end}", f"{copy}{end}")
            shutil.copy(path.with_suffix(".ring"), copy.with_suffix(".ring"))
            shutil.copytree(folder_of(path), folder_of(copy))
            os.kill(process.pid, signal.SIGCONT)
            with Ring.open(copy.with_suffix(".ring")) as ring, open_ledger(copy.name) as ledger:
                writer = ring.writer
                waiting = {number for number, _ in ring.unacknowledged()}
                assert ring.next_number > last and not ring.gaps()
                assert waiting | set(range(ledger.next_expected("decision", writer))) >= set(range(last + 1))
                assert ring.acknowledged <= ledger.next_expected("decision", writer)
            assert verify(copy, key).closed
            files = chapters([folder_of(copy)], writer)
            assert [first for first, _ in files] == list(range(0, files[-1][0] + 1, 50))
            if torn := moment % 2:
                newest = files[-1][1]
                newest.write_bytes(newest.read_bytes()[: -rng.randint(1, 20)])
            assert told(files) >= last + 1 - torn


def told(files: list[tuple[int, Path]]) -> int:
    """How many calls the chapters hold, in order and without a gap; the newest may not have its state yet."""
    count = 0
    for first, path in files:
        with suppress(LedgerError):
            assert build_of(path) == this()
            state, *calls = frames(path)
            assert unpacked(state)["next"] == first
            for call in calls:
                assert unpacked(call) == (0.0, ("tick", count))
                count += 1
    return count


def test_a_torn_last_anchor_is_repaired(tmp_path: Path, key: bytes, open_ledger: Open) -> None:
    path = tmp_path / "ledger.db"
    with writing(path, 3) as (_, output):
        last = acknowledged(output.readline())
    anchors = Path(f"{path}.anchors")
    anchors.write_bytes(anchors.read_bytes()[:-20])
    assert verify(path, key).sound
    with open_ledger() as ledger:
        assert ledger.next_expected("decision", "ring") >= last
    assert verify(path, key).closed


def test_a_full_disk_is_an_error_and_writing_goes_on_once_there_is_room(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "ledger.db"
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    message, number = run.stdout.splitlines()
    assert "disk is full or failing" in message
    with Reader(path) as reader:
        assert reader.count("decision") == int(number) > 5
    assert verify(path, key).closed
    assert reconcile(path)["lost"] == 0


def test_a_ledger_that_died_while_it_was_made_can_be_made_again(
    tmp_path: Path, key: bytes, open_ledger: Open
) -> None:
    open_ledger().close()
    created = Path(f"{tmp_path}/ledger.db.anchors").read_bytes().splitlines(keepends=True)[0]
    for leftovers in (b"", created, created[:30]):
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / "ledger.db.anchors").write_bytes(leftovers)
        (tmp_path / "ledger.db").touch()
        open_ledger().close()
        assert verify(tmp_path / "ledger.db", key).closed
