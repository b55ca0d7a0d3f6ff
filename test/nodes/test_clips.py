"""Clips around incidents: what is in them, and that others' readers open them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import TwistStamped
from iatro_governor.msg import GovernorDecision, LimitReport
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rclpy.serialization import serialize_message
from rosbags.highlevel import AnyReader
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.clips import Buffer, Message, Topic, check, write
from iatro_governor.ledger.standing import MOST_KEYS
from iatro_governor.nodes.definitions import definition

TYPES = {"geometry_msgs/msg/TwistStamped", "sensor_msgs/msg/LaserScan", "iatro_governor/msg/GovernorDecision"}


def topic(name: str, kind: str, latched: bool = False) -> Topic:
    return Topic(name, kind, definition(kind), latched)


COMMAND = ("cmd_vel", "geometry_msgs/msg/TwistStamped")
STATE = ("robot_description", "std_msgs/msg/String")


def command(t: float) -> Message:
    message = TwistStamped()
    message.twist.linear.x = t
    return Message(t, topic(*COMMAND), serialize_message(message))


def state(t: float, text: str) -> Message:
    return Message(t, topic(*STATE, latched=True), serialize_message(String(data=text)))


def times(messages: list[Message], name: str = "cmd_vel") -> list[float]:
    return [one.t for one in messages if one.topic.name == name]


def test_ten_seconds_before_and_five_after() -> None:
    buffer = Buffer()
    for step in range(1000):
        buffer.add(command(step * 0.1))
        if step == 500:
            buffer.trigger(50.0, "protective stop")
        if (found := buffer.finished(step * 0.1)) is not None:
            break
    assert found is not None
    clip, messages = found
    assert (clip.causes, times(messages)[0], times(messages)[-1]) == (["protective stop"], 40.0, 55.0)
    assert len(messages) == 151


def test_a_second_event_right_after_the_first_keeps_its_context() -> None:
    """ros/rosbag_snapshot PR #26: the second event got an empty buffer."""
    buffer, clips = Buffer(), []
    for step in range(1000):
        t = step * 0.1
        buffer.add(command(t))
        if step in (500, 551):  # the second comes 0.1 s after the first one's clip ended
            buffer.trigger(t, f"event {step}")
        if (found := buffer.finished(t)) is not None:
            clips.append(found)
    assert [clip.causes for clip, _ in clips] == [["event 500"], ["event 551"]]
    assert times(clips[1][1])[0] == pytest.approx(45.1)
    assert len(clips[1][1]) == 151


def test_an_event_within_a_clip_lets_it_go_on_to_a_bound() -> None:
    """ros/rosbag_snapshot #23: what comes after the trigger is wanted, too."""
    buffer = Buffer()
    for step in range(2000):
        t = step * 0.1
        buffer.add(command(t))
        if step >= 500:
            buffer.trigger(t, "again and again")
        if (found := buffer.finished(t)) is not None:
            break
    assert found is not None
    assert found[0].end - found[0].begin == 60.0
    assert found[0].causes == ["again and again"]


def test_what_stood_before_is_there_although_it_was_said_long_ago() -> None:
    """ros2/rosbag2 #1886: transient-local data was lost once the buffer was full."""
    buffer = Buffer()
    buffer.add(state(0.0, "first"))
    buffer.add(state(1.0, "second"))
    for step in range(100, 6000):
        t = step * 0.1
        buffer.add(command(t))
        if step == 3000:
            buffer.trigger(t, "stop")
        if step == 3020:
            buffer.add(state(t, "third"))
        if (found := buffer.finished(t)) is not None:
            break
    assert found is not None
    assert times(found[1], "robot_description") == [1.0, 302.0]


def spoken(t: float, frame: str, key: str) -> Message:
    """Of a standing topic with several speakers."""
    return Message(t, topic("tf_static", "std_msgs/msg/String", latched=True), frame.encode(), key)


def test_every_speaker_of_a_standing_topic_stands() -> None:
    """The last message alone would hold one sensor's place on the robot, and no other's."""
    buffer = Buffer()
    for t, frame in ((0.0, "lidar"), (1.0, "camera"), (2.0, "lidar, moved"), (3.0, "arm")):
        buffer.add(spoken(t, frame, frame.partition(",")[0]))
    for step in range(1000):
        buffer.add(command(100.0 + step * 0.1))
    buffer.trigger(199.9, "stop")
    found = buffer.finished(206.0)
    assert found is not None
    standing = [one.data.decode() for one in found[1] if one.topic.name == "tf_static"]
    assert standing == ["camera", "lidar, moved", "arm"]


def test_what_stands_outlives_a_buffer_that_is_too_small_for_its_window() -> None:
    buffer = Buffer(most_bytes=2000)
    buffer.trigger(10.0, "stop")
    buffer.add(state(10.0, "robot"))
    for step in range(400):
        buffer.add(command(10.0 + step * 0.01))
    found = buffer.finished(15.0)
    assert found is not None and buffer.cut > 300
    assert times(found[1], "robot_description") == [10.0]


def test_what_stands_is_bounded() -> None:
    buffer = Buffer(most_bytes=1000)
    buffer.add(state(0.0, "robot"))
    for step in range(3 * MOST_KEYS):
        buffer.add(spoken(1.0 + step * 0.001, "x" * 100, f"frame {step}"))
    buffer.trigger(100.0, "stop")
    found = buffer.finished(105.0)
    assert found is not None
    assert len(times(found[1], "tf_static")) == MOST_KEYS
    assert times(found[1], "robot_description") == [0.0]


def test_the_buffer_is_bounded_and_says_what_it_cut() -> None:
    buffer = Buffer(most_bytes=20_000)
    for step in range(3000):
        buffer.add(command(step * 0.001))
    assert buffer.cut > 0
    buffer.trigger(3.0, "x")
    found = buffer.finished(9.0)
    assert found is not None and sum(len(one.data) for one in found[1]) <= 20_000


@pytest.fixture
def written(tmp_path: Path) -> Path:
    scan = LaserScan(ranges=[1.0, 2.0, float("inf")], angle_max=6.28)
    bound = LimitReport(name="speed", unit="m/s")
    decision = GovernorDecision(seq=7, channel="base", allowed=[0.1], limits=[bound])
    messages = [state(5.0, "robot"), command(6.0)]
    for kind, one in (("sensor_msgs/msg/LaserScan", scan), ("iatro_governor/msg/GovernorDecision", decision)):
        name = "scan" if one is scan else "governor/decision"
        messages.append(Message(6.1, topic(name, kind), serialize_message(one)))
    path = tmp_path / "clip.mcap"
    write(path, messages, {"cause": "test"})
    return path


def test_mcaps_own_reader_and_ros2_support_read_it(written: Path) -> None:
    with written.open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        assert reader.get_header().profile == "ros2"
        assert [one.metadata for one in reader.iter_metadata()] == [{"cause": "test"}]
        found = {
            channel.topic: (schema, message) for schema, channel, _, message in reader.iter_decoded_messages()
        }
    assert found["cmd_vel"][1].twist.linear.x == 6.0
    assert list(found["scan"][1].ranges)[:2] == [1.0, 2.0]
    schema, decision = found["governor/decision"]
    assert (schema.name, schema.encoding) == ("iatro_governor/msg/GovernorDecision", "ros2msg")
    assert (decision.seq, decision.limits[0].name) == (7, "speed")
    assert check(written) == 4


def test_rosbags_reads_it(written: Path) -> None:
    with AnyReader([written]) as reader:
        found: dict[str, Any] = {
            connection.topic: reader.deserialize(raw, connection.msgtype)
            for connection, _, raw in reader.messages()
        }
    assert found["robot_description"].data == "robot"
    assert found["governor/decision"].limits[0].unit == "m/s"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_clip_cut_short_is_a_clear_error(share: float, written: Path) -> None:
    """foxglove/mcap #1474 and #1390: what was recovered was said to be whole, and could not be read."""
    content = written.read_bytes()
    written.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(LedgerError, match=r"clip\.mcap"):
        check(written)


def test_a_folder_that_is_a_file_gets_no_clip(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot be written"):
        write(tmp_path / "file" / "clip.mcap", [command(1.0)], {})


FULL = """
import random, resource, sys
from pathlib import Path
from iatro_governor.errors import LedgerError
from iatro_governor.ledger.clips import Message, Topic, check, write

out = Path(sys.argv[1])
topic = Topic("cmd", "std_msgs/msg/String", "string data", False)
def messages(count):
    return [Message(0.1 * n, topic, random.Random(n).randbytes(5000)) for n in range(count)]
write(out, messages(3), {"cause": "before"})
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for name in (out.name, "other.mcap"):
    try:
        write(out.with_name(name), messages(2000), {"cause": "test"})
    except LedgerError as error:
        print(error)
print(check(out))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
write(out, messages(2000), {"cause": "after"})
print(check(out))
"""


@pytest.mark.parametrize("room", [0, 1, 100, 5000, 200_000])
def test_a_disk_that_is_full_leaves_the_clip_of_before_and_no_part_of_another(
    room: int, tmp_path: Path
) -> None:
    out = tmp_path / "clip.mcap"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(out), str(room)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *problems, before, after = done.stdout.splitlines()
    assert len(problems) == 2 and all("cannot be written: File too large" in one for one in problems)
    assert (before, after) == ("3", "2000")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mcap"]


def test_a_definition_holds_every_type_in_it_once() -> None:
    text = definition("iatro_governor/msg/GovernorDecision")
    for name in ("MSG: builtin_interfaces/Time", "MSG: iatro_governor/LimitReport", "MSG: std_msgs/Header"):
        assert text.count(name) == 1
    with pytest.raises(LedgerError, match="no definition"):
        definition("nowhere/msg/Nothing")
