"""A clip over DDS, with what was before its trigger, what came after, and what was said long ago and holds on.

The recorder's clock is the test's: seconds pass as fast as the recorder can take them, and none passes by itself.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Reader
from test.conftest import ROOT

pytestmark = pytest.mark.ros
TRIGGER = 200.0


class World:
    """The clock, a governor that decides once at each time, and what the recorder has acknowledged of it."""

    def __init__(self, node: Any, wait: Callable[..., None]) -> None:
        from iatro_governor.msg import Ack, GovernorDecision
        from rosgraph_msgs.msg import Clock

        from iatro_governor.nodes import qos

        self._wait, self._clock_type = wait, Clock
        self.seq, self._acknowledged = 0, (0, 0.0)
        self._clock = node.create_publisher(Clock, "/clock", 10)
        self._decisions = node.create_publisher(GovernorDecision, "governor/decision", qos.RECORD)
        node.create_subscription(Ack, "recorder/ack", self._ack, qos.EVENT)

    def _ack(self, ack: Any) -> None:
        self._acknowledged = ack.up_to, ack.stamp.sec + ack.stamp.nanosec * 1e-9

    @property
    def matched(self) -> bool:
        """Whether the recorder hears both."""
        return bool(self._clock.get_subscription_count() and self._decisions.get_subscription_count())

    def at(self, t: float, state: str = "NOMINAL") -> int:
        """It is ``t``, and everybody knows; then a decision, whose number is returned once it is on record."""
        from iatro_governor.nodes import convert

        message = self._clock_type()
        message.clock.sec = int(t)
        self._clock.publish(message)
        if self.seq:
            self._wait(lambda: self._acknowledged[1] >= t, 20.0, f"the recorder's clock at {t} s")
        body = {
            "t": t, "seq": self.seq, "channel": "base", "state": state, "latch": None, "action": "pass",
            "requested": [0.0] * 6, "allowed": [0.0] * 6, "plan_id": "p", "limits": [], "faults": [],
            "config_hash": "h", "trigger": "command", "measured": None, "stamp": None, "writer": "ring",
            "software_version": "0", "clock_source": "sim",
        }  # fmt: skip
        self._decisions.publish(convert.decision_message(body))
        self.seq += 1
        self._wait(lambda: self._acknowledged[0] == self.seq, 20.0, f"a receipt at {t} s")
        return self.seq - 1


Ran = Callable[..., tuple[list[int], dict[str, list[tuple[float, Any]]]]]


@pytest.fixture
def run(
    node_process: Callable[..., Any],
    node_here: Callable[[str], Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> Ran:
    """``run(*publishers)``: a stop at TRIGGER long after they have spoken; decisions within, and the clip by topic."""

    def ran(*publishers: Any) -> tuple[list[int], dict[str, list[tuple[float, Any]]]]:
        world = World(node_here("world"), wait_until)
        process = node_process("recorder", ledger=tmp_path / "ledger.yaml", use_sim_time=True)
        process.wait_for("recorder ready")
        wait_until(lambda: world.matched, 20.0, "the recorder hears the governor and the clock")
        for one in publishers:
            wait_until(one.get_subscription_count, 20.0, f"the recorder hears {one.topic_name}")
        for t in (100.0, 120.0, TRIGGER - 12.0):
            world.at(t)
        within = [world.at(TRIGGER - 9.0), world.at(TRIGGER - 1.0), world.at(TRIGGER, "PROTECTIVE_STOP")]
        within += [world.at(TRIGGER + 2.0), world.at(TRIGGER + 4.0)]
        world.at(TRIGGER + 7.0)
        wait_until(lambda: list(tmp_path.glob("ledger.clips/*.mcap")), 20.0, "a clip while the recorder runs")
        process.send(signal.SIGTERM)
        assert process.wait(60.0) == 0, process.output
        with Reader(tmp_path / "ledger.db") as reader:
            (clip,) = [record.body for record in reader.records("clip")]
        assert (clip["begin"], clip["end"]) == (TRIGGER - 10.0, TRIGGER + 5.0)
        return within, content(tmp_path / clip["file"])

    return ran


def content(path: Path) -> dict[str, list[tuple[float, Any]]]:
    """(time, message) of each topic, as others' reader has them."""
    from mcap.reader import make_reader
    from mcap_ros2.decoder import DecoderFactory

    found: dict[str, list[tuple[float, Any]]] = {}
    with path.open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        for _, channel, message, decoded in reader.iter_decoded_messages():
            found.setdefault(channel.topic, []).append((message.log_time * 1e-9, decoded))
    return found


def test_a_clip_holds_ten_seconds_before_five_after_and_the_robot_s_description(
    run: Ran, node_here: Callable[[str], Any]
) -> None:
    from std_msgs.msg import String

    from iatro_governor.nodes import qos

    publisher = node_here("robot_state_publisher").create_publisher(String, "/robot_description", qos.STATE)
    publisher.publish(String(data="<robot name='old'/>"))
    publisher.publish(String(data="<robot name='amr'/>"))
    within, clip = run(publisher)
    assert [one.seq for _, one in clip["/governor/decision"]] == within
    assert [one.data for _, one in clip["/robot_description"]] == ["<robot name='amr'/>"]


def test_a_clip_holds_where_everything_is_on_the_robot_whoever_says_it(
    run: Ran, node_here: Callable[[str], Any]
) -> None:
    tf2 = pytest.importorskip(
        "tf2_msgs.msg", reason="tf2_msgs is not installed (comes with ROS 2, not from PyPI)"
    )
    from geometry_msgs.msg import TransformStamped

    from iatro_governor.nodes import qos

    publishers = []
    for name in ("lidar", "camera"):
        one = node_here(f"{name}_place").create_publisher(tf2.TFMessage, "/tf_static", qos.STANDING)
        one.publish(tf2.TFMessage(transforms=[TransformStamped(child_frame_id=name)]))
        publishers.append(one)
    _, clip = run(*publishers)
    frames = {transform.child_frame_id for _, one in clip["/tf_static"] for transform in one.transforms}
    assert frames == {"lidar", "camera"}


def test_a_clip_s_record_names_those_that_went_for_want_of_room(
    node_here: Callable[[str], Any], wait_until: Callable[..., None], tmp_path: Path
) -> None:
    from iatro_governor.nodes.clip_taker import ClipTaker
    from iatro_governor.profile.load import load_data

    told: list[dict[str, Any]] = []

    def clips() -> int:
        taker.turn(at_once=True)
        return len(told)

    data = load_data(ROOT / "config" / "amr.yaml")
    taker = ClipTaker(node_here("taker"), data, tmp_path, 1e-6, told.append)
    for count in (1, 2):
        for state in ("NOMINAL", "PROTECTIVE_STOP"):
            taker.decision({"writer": "ring", "channel": "base", "state": state, "latch": None})
        wait_until(lambda: clips() == count, 20.0, f"clip {count}")  # noqa: B023 - asked at once
    first, second = (Path(one["file"]).name for one in told)
    assert (told[0].get("cleared"), told[1]["cleared"]) == (None, [first])
    assert [path.name for path in tmp_path.glob("*.mcap")] == [second]
