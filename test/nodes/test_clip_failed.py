"""A clip that cannot be written is told, whatever it is: it is written in a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.ledger.clips import Clip
from iatro_governor.nodes import clip_taker
from iatro_governor.nodes.clip_taker import ClipTaker


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("too large a stamp")])
def test_why_no_clip_was_written_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception
) -> None:
    def refuses(*_: Any) -> None:
        raise error

    monkeypatch.setattr(clip_taker, "write", refuses)
    taker = ClipTaker.__new__(ClipTaker)  # it needs no node to write
    taker._folder, taker._most_mb, taker._done, taker.fault = tmp_path, 1.0, [], ""
    taker._write(Clip(1.0, 2.0, ["a stop"]), [])
    assert taker.fault.startswith("no clip: ") and str(error) in taker.fault and not taker._done
