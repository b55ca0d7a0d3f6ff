"""Ways in which others' records were missing, torn or false when they were needed; none of them here.

Each test names the report that it is about. Where a whole file holds the property in general, the test here is only its
shortest sentence.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Reader, Record, verify
from iatro_governor.ledger.clips import Buffer, Message, Topic, check, write
from iatro_governor.ledger.keeping import thin_out
from iatro_governor.review.curves import Curve, extend

KEY, OTHER = bytes(range(32)), bytes(32)


def opened(path: Path, key: bytes = KEY) -> Ledger:
    return Ledger.open(path, key=key, context="field", software_version="0")


def decisions(first: int, count: int) -> list[Record]:
    numbers = range(first, first + count)
    return [Record("decision", "ring", n, 1.0 + n, None, "base", {"seq": n}) for n in numbers]


def message(t: float, name: str = "cmd_vel", data: bytes = b"x", latched: bool = False) -> Message:
    return Message(t, Topic(name, "std_msgs/msg/String", "string data", latched), data)


def clips(messages: Iterable[Message], triggers: Iterable[float]) -> list[list[Message]]:
    """The clips of what came, with these moments as triggers."""
    buffer, found, waiting = Buffer(), list[list[Message]](), sorted(triggers)
    for one in messages:
        buffer.add(one)
        while waiting and waiting[0] <= one.t:
            buffer.trigger(waiting.pop(0), "stop")
        if (clip := buffer.finished(one.t)) is not None:
            found.append(clip[1])
    return found


def steps(seconds: float) -> list[Message]:
    return [message(n * 0.1) for n in range(round(seconds * 10))]


def test_two_writers_read_the_same_previous_hash(tmp_path: Path) -> None:
    """NVIDIA/NemoClaw PR #916, mcp-agent-security-gateway PR #1."""
    with opened(tmp_path / "ledger.db"), pytest.raises(LedgerError, match="only have one"):
        opened(tmp_path / "ledger.db")


def _cut_tail(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM record WHERE id > 5")


def _edit(db: sqlite3.Connection) -> None:
    db.execute("UPDATE record SET body = '{}' WHERE id = 3")


@pytest.mark.parametrize("harm", [_cut_tail, _edit])
def test_a_tail_that_is_cut_off_is_not_noticed(
    harm: Callable[[sqlite3.Connection], None], tmp_path: Path
) -> None:
    """antropos17/Aegis PR #173."""
    path = tmp_path / "ledger.db"
    with opened(path) as ledger:
        ledger.append(decisions(0, 9))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        harm(db)
    assert not verify(path, KEY).sound


def test_a_chain_without_a_key_stops_accidents_and_no_adversary(tmp_path: Path) -> None:
    """martinholovsky PR #74: whoever can write the file could make the whole chain anew."""
    path = tmp_path / "ledger.db"
    with opened(path, OTHER) as ledger:
        ledger.append(decisions(0, 9))
    assert verify(path, OTHER).sound and not verify(path, KEY).sound


def test_an_older_copy_takes_the_place_of_the_file(tmp_path: Path) -> None:
    """The same: a copy from before the incident is a whole chain, but not as long as its anchors know."""
    path = tmp_path / "ledger.db"
    with opened(path) as ledger:
        ledger.append(decisions(0, 3))
    shutil.copy(path, tmp_path / "old.db")
    with opened(path) as ledger:
        ledger.append(decisions(3, 3))
    shutil.copy(tmp_path / "old.db", path)
    assert not verify(path, KEY).sound


def test_what_was_written_is_gone_after_a_crash(tmp_path: Path) -> None:
    """marmot mdk #1014 (no fsync), ros2/rosbag2 #2133 and #1619 (an end that never came)."""
    path, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    with opened(path) as ledger:
        ledger.append(decisions(0, 7))
        for suffix in ("", "-wal", ".anchors"):
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    with opened(copy) as ledger:
        assert ledger.next_expected("decision", "ring") == 7
    assert verify(copy, KEY).sound


def test_rotation_destroys_history(tmp_path: Path) -> None:
    """marmot mdk #1014."""
    path = tmp_path / "ledger.db"
    with opened(path) as ledger:
        for turn in range(3):
            ledger.append(decisions(5 * turn, 5))
            assert ledger.seal()
    with Reader(path) as reader:
        assert [record.number for record in reader.records("decision")] == list(range(15))
    assert verify(path, KEY).sound


def test_it_grows_without_bound(tmp_path: Path) -> None:
    """marmot mdk #1014: the oldest clips go, and the newest stays whatever its size."""
    for n in range(4):
        (tmp_path / f"{n}.mcap").write_bytes(bytes(400_000))
    thin_out(tmp_path, 1.0, [tmp_path / "3.mcap"])
    left = sorted(path.name for path in tmp_path.glob("*.mcap"))
    assert left == ["2.mcap", "3.mcap"]


def test_what_was_latched_long_ago_is_missing() -> None:
    """ros2/rosbag2 #1886."""
    (clip,) = clips([message(0.0, "map", b"m", latched=True), *steps(300)[1:]], [200.0])
    assert [one.data for one in clip if one.topic.name == "map"] == [b"m"]


def test_a_snapshot_goes_by_bytes_and_not_by_time_and_ends_at_its_trigger() -> None:
    """ros2/rosbag2 #1795, #900; ros/rosbag_snapshot #23."""
    (clip,) = clips(steps(100), [50.0])
    assert (clip[0].t, clip[-1].t) == (pytest.approx(40.0), pytest.approx(55.0))


def test_a_second_event_right_after_the_first_has_an_empty_buffer() -> None:
    """ros/rosbag_snapshot PR #26."""
    first, second = clips(steps(100), [50.0, 55.15])
    assert len(second) >= 150 and second[0].t < first[-1].t


def test_a_cut_file_is_said_to_be_whole(tmp_path: Path) -> None:
    """foxglove/mcap #1474, #1390; ros2/rosbag2 #395, #2389."""
    path = tmp_path / "clip.mcap"
    write(path, steps(2), {})
    assert check(path) == 20
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(LedgerError, match="mcap recover"):
        check(path)


def test_what_was_commanded_is_reported_as_what_moved() -> None:
    """anthropics/claude-code #87042: a topic of "states" echoed the last command."""
    curves: list[Curve] = []
    body: dict[str, Any] = {
        "channel_type": "twist",
        "requested": [0.5] + [0.0] * 5,
        "allowed": [0.4] + [0.0] * 5,
    }
    extend(curves, 1.0, {**body, "measured": None})
    assert (curves[0].peak("allowed"), curves[0].peak("measured")) == (0.4, None)
    extend(curves, 2.0, {**body, "measured": [0.0] * 6})
    assert curves[0].peak("measured") == 0.0
