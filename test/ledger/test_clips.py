"""Clips: what the buffer holds, what a clip of it is given, and how that is written down."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.clips import (
    LONGEST_S,
    MOST_BYTES,
    POST_S,
    PRE_S,
    Buffer,
    Message,
    Topic,
    check,
    write,
)

WORDS = Topic("words", "std_msgs/msg/String", "string data")
FRAMES = Topic("/tf_static", "tf2_msgs/msg/TFMessage", "", latched=True)


def said(t: float, data: bytes = b"x", topic: Topic = WORDS) -> Message:
    return Message(t, topic, data)


def filled(buffer: Buffer, *messages: Message) -> Buffer:
    for message in messages:
        buffer.add(message)
    return buffer


def held(buffer: Buffer, t: float) -> list[float]:
    """When the messages of a clip around ``t`` came."""
    buffer.trigger(t, "stop")
    found = buffer.finished(t, at_once=True)
    assert found is not None
    return [one.t for one in found[1]]


def test_a_clip_is_as_long_as_it_is_documented_to_be() -> None:
    assert (PRE_S, POST_S, LONGEST_S, MOST_BYTES) == (10.0, 5.0, 60.0, 67_108_864)


def test_what_takes_just_as_much_as_there_is_room_stays_and_beyond_it_the_oldest_goes_and_is_counted() -> (
    None
):
    buffer = filled(Buffer(10.0, 5.0, 10), said(1.0, b"123"), said(2.0, b"1234"), said(3.0, b"123"))
    assert buffer.cut == 0 and held(buffer, 3.0) == [1.0, 2.0, 3.0]
    filled(buffer, said(4.0, b"12"))
    assert buffer.cut == 1 and held(buffer, 4.0) == [2.0, 3.0, 4.0], "9 bytes are left"
    filled(buffer, said(5.0, b"1"))
    assert buffer.cut == 1 and held(buffer, 5.0) == [2.0, 3.0, 4.0, 5.0], "and there is room for one more"


def test_a_message_for_which_there_is_no_room_at_all_goes_at_once() -> None:
    buffer = filled(Buffer(10.0, 5.0, 10), said(1.0, b"12345678901"))
    assert buffer.cut == 1 and held(buffer, 1.0) == []


def test_what_is_too_old_goes_uncounted_and_what_is_just_as_old_as_may_be_stays() -> None:
    buffer = filled(Buffer(10.0, 5.0, 4), said(1.0), said(2.0), said(12.0))
    assert buffer.cut == 0
    assert held(buffer, 12.0) == [2.0, 12.0], "a clip has what came as it began"
    filled(buffer, said(12.0, b"123"))
    assert buffer.cut == 1, "that at 2 s was still wanted"


def test_what_is_too_old_makes_room() -> None:
    buffer = filled(Buffer(10.0, 5.0, 4), said(1.0, b"1234"), said(12.0, b"12"), said(12.5, b"12"))
    assert buffer.cut == 0 and held(buffer, 12.5) == [12.0, 12.5]


def test_what_is_older_than_any_clip_could_need_takes_no_room() -> None:
    assert filled(Buffer(10.0, 5.0), said(1.0), said(12.0))._held[0].t == 12.0


def test_an_open_clip_keeps_what_it_needs_and_what_an_earlier_incident_could() -> None:
    buffer = filled(Buffer(10.0, 5.0), said(7.0))
    buffer.trigger(20.0, "stop")
    filled(buffer, said(15.0))
    ended = buffer.finished(25.0)
    assert ended is not None and [one.t for one in ended[1]] == [15.0]
    assert held(buffer, 16.0) == [7.0, 15.0]
    buffer.trigger(17.0, "stop")
    filled(buffer, said(21.0))
    ended = buffer.finished(22.0)
    assert ended is not None and [one.t for one in ended[1]] == [7.0, 15.0, 21.0]


def test_what_holds_on_and_came_as_the_clip_began_or_within_it_is_there_once() -> None:
    buffer = filled(Buffer(2.0, 1.0), said(8.0, b"a", FRAMES), said(9.0, b"b", FRAMES))
    assert held(buffer, 10.0) == [8.0, 9.0]


@pytest.fixture
def read() -> Any:
    """What is in a clip: (topic, logged, published, sequence, data), and its channels' profiles and metadata."""
    make_reader = pytest.importorskip("mcap.reader", reason="mcap is not installed").make_reader

    def reading(path: Path) -> tuple[list[tuple[Any, ...]], dict[str, str], dict[str, dict[str, str]]]:
        with path.open("rb") as file:
            reader = make_reader(file)
            found = list(reader.iter_messages())
            metadata = {one.name: one.metadata for one in reader.iter_metadata()}
        rows = [
            (channel.topic, one.log_time, one.publish_time, one.sequence, one.data)
            for _, channel, one in found
        ]
        return (
            rows,
            {channel.topic: channel.metadata["offered_qos_profiles"] for _, channel, _ in found},
            metadata,
        )

    return reading


def test_what_stood_before_a_clip_is_there_from_its_beginning_and_keeps_when_it_was_said(
    tmp_path: Path, read: Any
) -> None:
    path = tmp_path / "one" / "two" / "a.mcap"
    write(path, [said(3.25, b"old", FRAMES), said(9.125, b"new")], {"causes": "stop"}, begin=7.5)
    rows, profiles, metadata = read(path)
    assert rows == [
        ("/tf_static", 7_500_000_000, 3_250_000_000, 0, b"old"),
        ("words", 9_125_000_000, 9_125_000_000, 1, b"new"),
    ]
    assert "durability: 1\n" in profiles["/tf_static"] and "durability: 2\n" in profiles["words"]
    assert metadata == {"incident": {"causes": "stop"}}
    write(path.with_name("b.mcap"), [said(0.25)], {})
    assert read(path.with_name("b.mcap"))[0][0][1] == 250_000_000
    assert sorted(one.name for one in path.parent.iterdir()) == ["a.mcap", "b.mcap"], "and nothing half done"


def test_a_clip_that_could_not_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mcap", reason="mcap is not installed")

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(LedgerError, match="the clip cannot be written: No space left on device"):
        write(tmp_path / "a.mcap", [said(1.0)], {})
    assert os.listdir(tmp_path) == []


def test_a_clip_that_ends_without_any_summary_was_cut(tmp_path: Path) -> None:
    writer_of = pytest.importorskip("mcap.writer", reason="mcap is not installed").Writer
    parts = ("use_statistics", "use_summary_offsets", "repeat_channels", "repeat_schemas")
    with (path := tmp_path / "a.mcap").open("wb") as file:
        writer = writer_of(file, **dict.fromkeys(parts, False))
        writer.start()
        writer.finish()
    with pytest.raises(LedgerError, match="has no summary: it was cut"):
        check(path)
