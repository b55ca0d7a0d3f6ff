"""The governor's ring: numbers, refusals, acknowledgement, and the end of the process."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.ring import Ring

KILLED = """
import os, random, signal, sys
from iatro_governor.ledger.ring import Ring
ring = Ring.open(sys.argv[1], 65536)
rng, stop = random.Random(int(sys.argv[2])), int(sys.argv[3])
print(ring.writer, flush=True)
for number in range(ring.next_number, ring.next_number + stop):
    stored = ring.append(number, f"{number}:".encode() + b"x" * rng.randint(0, 900))
    print(number, int(stored), flush=True)
    if rng.random() < 0.03:
        print("ack", ring.acknowledge(number), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def content(number: int, size: int = 40) -> bytes:
    return f"{number}:".encode() + b"x" * size


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("aaaaks"), st.integers(0, 1500)), max_size=60))
def test_it_holds_exactly_what_was_stored_and_not_acknowledged(
    steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ring") / "ring"
    ring = Ring.open(path, 4096)
    held: dict[int, bytes] = {}
    used, low = 0, 0
    for step, size in steps:
        if step == "a":
            stored = ring.append(used, content(used, size))
            assert stored or sum(map(len, held.values())) + size > 1000
            if stored:
                held[used] = content(used, size)
            used += 1
        elif step == "k" and used:
            low = max(low, size % (used + 1))
            ring.acknowledge(low)
            held = {number: payload for number, payload in held.items() if number >= low}
        else:
            writer = ring.writer
            ring.close()
            ring = Ring.open(path)
            assert ring.writer == writer
        assert dict(ring.unacknowledged()) == held
        assert (ring.next_number, ring.acknowledged) == (used, low)
        gaps = {number for first, last in ring.gaps() for number in range(first, last + 1)}
        assert gaps == set(range(low, used)) - set(held)
        assert (ring.backlog > 0) == bool(held)
        assert ring.backlog <= 1
    ring.close()


def test_a_full_ring_refuses_counts_and_keeps_what_it_has(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        stored = [ring.append(number, content(number, 500)) for number in range(20)]
        kept = stored.index(False)
        assert 5 < kept < 9
        assert not any(stored[kept:])
        assert ring.refused == 20 - kept
        assert [number for number, _ in ring.unacknowledged()] == list(range(kept))
        assert ring.gaps() == [(kept, 19)]
        ring.acknowledge(2)
        assert ring.append(20, content(20, 500))
        assert ring.gaps() == [(kept, 19)]
    with Ring.open(tmp_path / "ring") as ring:
        assert ring.refused == 20 - kept
        assert ring.gaps() == [(kept, 19)]
        assert ring.acknowledge(21) == kept - 1
        assert ring.backlog == 0


def test_entries_can_be_taken_up_from_a_number(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        for number in range(5):
            ring.append(number, content(number))
        assert list(ring.unacknowledged(3)) == [(3, content(3)), (4, content(4))]


def test_numbers_are_never_used_twice(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        ring.append(0, b"a")
        with pytest.raises(LedgerError, match="used already"):
            ring.append(0, b"b")
        ring.skip_to(9)
        assert ring.append(9, b"c")
        assert ring.gaps() == [(1, 8)]


def test_what_was_acknowledged_or_skipped_is_in_the_file_at_once(tmp_path: Path) -> None:
    """A process that is killed writes no more: the wrong answer is to keep it until the next entry."""

    def killed() -> tuple[int, int, list[int]]:
        shutil.copy(tmp_path / "ring", tmp_path / "copy")
        with Ring.open(tmp_path / "copy") as copy:
            return copy.next_number, copy.acknowledged, [number for number, _ in copy.unacknowledged()]

    with Ring.open(tmp_path / "ring", 4096) as ring:
        for number in range(3):
            ring.append(number, content(number))
        assert killed() == (3, 0, [0, 1, 2])
        ring.acknowledge(2)
        assert killed() == (3, 2, [2])
        ring.skip_to(9)
        assert killed() == (9, 2, [2])


def test_a_number_that_no_ledger_can_hold_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        for refused in (ring.skip_to, ring.acknowledge, lambda number: ring.append(number, b"x")):
            for number in (2**63, 2**64 - 1, 2**70):
                with pytest.raises(LedgerError):
                    refused(number)
        assert ring.next_number == 0
        assert ring.append(0, b"a")


def test_an_acknowledgement_of_what_was_never_sent_is_refused(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096) as ring:
        ring.append(0, b"a")
        with pytest.raises(LedgerError, match="only the numbers below 1"):
            ring.acknowledge(2)
        assert ring.acknowledge(1) == 1
        assert ring.acknowledge(0) == 0


def test_only_one_process_has_it(tmp_path: Path) -> None:
    with Ring.open(tmp_path / "ring", 4096), pytest.raises(LedgerError, match="another writer"):
        Ring.open(tmp_path / "ring", 4096)


def test_everything_written_survives_kill(tmp_path: Path) -> None:
    path, rng = tmp_path / "ring", random.Random(5)
    held: list[int] = []
    gaps: set[int] = set()
    low = following = 0
    writers = set()
    for seed in range(10):
        run = subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(seed), str(rng.randint(1, 120))],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert run.returncode == -signal.SIGKILL, run.stderr
        writer, *lines = run.stdout.splitlines()
        writers.add(writer)
        for line in lines:
            word, value = line.split()
            if word == "ack":
                low = following - 1
                held = [number for number in held if number >= low]
                gaps = {number for number in gaps if number >= low}
                continue
            assert int(word) == following
            following += 1
            if value == "1":
                held.append(int(word))
            else:
                gaps.add(int(word))
        with Ring.open(path) as ring:
            assert ring.next_number == following
            entries = list(ring.unacknowledged())
            assert [number for number, _ in entries] == held
            assert all(payload.startswith(f"{number}:".encode()) for number, payload in entries)
            assert {number for first, last in ring.gaps() for number in range(first, last + 1)} == gaps
    assert len(writers) == 1


def test_a_damaged_entry_becomes_a_gap_and_its_number_is_not_used_again(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        for number in range(6):
            ring.append(number, content(number, 100))
    data = bytearray(path.read_bytes())
    data[data.index(b"3:xxx") + 20] ^= 0xFF
    path.write_bytes(data)
    with Ring.open(path) as ring:
        assert [number for number, _ in ring.unacknowledged()] == [0, 1, 2]
        assert ring.gaps() == [(3, 5)]
        assert ring.next_number == 6


def test_a_torn_state_falls_back_to_the_other_copy(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    with Ring.open(path, 4096) as ring:
        for number in range(6):
            ring.append(number, content(number))
        newest = ring._turn & 1
    data = bytearray(path.read_bytes())
    data[512 * newest + 30] ^= 0xFF
    path.write_bytes(data)
    with Ring.open(path) as ring:
        assert [number for number, _ in ring.unacknowledged()] == list(range(6))
        assert ring.next_number == 6


@pytest.mark.parametrize("junk", [b"x", b"x" * 8192, b"\0" * 4096 + b"x", b"iatring1" * 1024])
def test_a_foreign_file_is_refused(junk: bytes, tmp_path: Path) -> None:
    (tmp_path / "ring").write_bytes(junk)
    with pytest.raises(LedgerError, match="not a ring"):
        Ring.open(tmp_path / "ring")
    assert (tmp_path / "ring").read_bytes() == junk


def test_a_shortened_ring_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ring"
    Ring.open(path, 8192).close()
    path.write_bytes(path.read_bytes()[:8192])
    with pytest.raises(LedgerError, match="it was cut"):
        Ring.open(path)


def test_it_does_not_load_sqlite() -> None:
    code = "import sys, iatro_governor.ledger.ring; sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
