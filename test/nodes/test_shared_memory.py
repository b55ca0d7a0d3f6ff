"""Only what nobody uses any more is removed."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

import pytest

from test import shared_memory


@pytest.fixture
def segment() -> Path:
    path = shared_memory.ROOM / f"fastrtps_test{os.getpid()}"
    path.write_bytes(bytes(4096))
    path.with_name(f"{path.name}_el").touch()
    return path


def test_what_is_in_use_stays_and_what_is_not_goes(segment: Path) -> None:
    with segment.open("r+b") as file, mmap.mmap(file.fileno(), 0):
        assert segment.name in shared_memory.of(os.getpid())
        assert shared_memory.clear({segment.name}) == [] and segment.exists()
    assert shared_memory.clear({segment.name}) == []
    assert not segment.exists() and not segment.with_name(f"{segment.name}_el").exists()
