"""A journal on a disk that runs full: what could not be written is told, kept, and written once there is room."""

from __future__ import annotations

import subprocess
import sys
from itertools import accumulate
from pathlib import Path

import pytest

from iatro_governor.ledger.journal import chapters, frames

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
