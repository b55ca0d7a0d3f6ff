"""How a clip is written, in a thread of its own: what cannot be is told, and what there is stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.ledger.clips import Clip, Message, Topic
from iatro_governor.ledger.kept_clips import digest_of
from iatro_governor.nodes import clip_taker
from iatro_governor.nodes.clip_taker import ClipTaker


def writer(folder: Path) -> ClipTaker:
    """One that only writes: that needs no node."""
    taker = ClipTaker.__new__(ClipTaker)
    taker._folder, taker._most_mb, taker._done, taker.fault = folder, 1.0, [], ""
    return taker


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("too large a stamp")])
def test_why_no_clip_was_written_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception
) -> None:
    def refuses(*_: Any) -> None:
        raise error

    monkeypatch.setattr(clip_taker, "write", refuses)
    taker = writer(tmp_path)
    taker._write(Clip(1.0, 2.0, ["a stop"]), [])
    assert taker.fault.startswith("no clip: ") and str(error) in taker.fault and not taker._done


def test_a_clip_of_the_same_time_as_another_is_another_file(tmp_path: Path) -> None:
    """Before /clock each run of a simulation stops at 0: the wrong answer replaces the clip of the run before."""
    taker, topic = writer(tmp_path), Topic("words", "std_msgs/msg/String", "string data")
    for text in (b"first", b"second"):
        taker._write(Clip(-10.0, 5.0, ["CONTROLLED_STOP of base"]), [Message(0.0, topic, text)])
    first, second = taker._done
    assert taker.fault == "" and first["file"] != second["file"] and first["sha256"] != second["sha256"]
    for one in (first, second):
        name = Path(one["file"]).name
        assert digest_of(tmp_path / name) == one["sha256"] and name.startswith("clip_-10.000_")
