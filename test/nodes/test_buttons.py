"""Emergency stops of every quality of service are heard, also one that was pressed before the governor came."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.ros


@pytest.fixture
def rclpy_qos() -> Any:
    return pytest.importorskip("rclpy.qos", reason="ROS 2 (rclpy) is not installed")


def every(rclpy_qos: Any) -> list[Any]:
    """What publishers offer."""
    trust = rclpy_qos.ReliabilityPolicy.RELIABLE, rclpy_qos.ReliabilityPolicy.BEST_EFFORT
    keep = rclpy_qos.DurabilityPolicy.VOLATILE, rclpy_qos.DurabilityPolicy.TRANSIENT_LOCAL
    alive = rclpy_qos.LivelinessPolicy.AUTOMATIC, rclpy_qos.LivelinessPolicy.MANUAL_BY_TOPIC
    return [
        rclpy_qos.QoSProfile(depth=1, reliability=r, durability=d, liveliness=a)
        for r, d, a in product(trust, keep, alive)
    ]


def looked_at(readers: Any, *offered: Any) -> tuple[list[str], list[str]]:
    """Who cannot be heard, and whose presses may be lost, where somebody offers each of ``offered`` on one topic."""
    from iatro_governor.nodes.neighbours import Neighbours

    ends = [
        SimpleNamespace(node_namespace="/", node_name=f"panel{n}", qos_profile=o)
        for n, o in enumerate(offered)
    ]
    graph: Any = SimpleNamespace(
        resolve_topic_name="/{}".format,
        get_publishers_info_by_topic=lambda topic: ends if topic == "/stop" else [],
    )
    neighbours = Neighbours(graph, [], {"scan": object}, buttons={"stop": readers, "other": readers})
    return neighbours.unheard(), neighbours.frail


def test_the_readers_of_a_button_match_every_publisher(rclpy_qos: Any) -> None:
    from iatro_governor.nodes import qos

    offered = every(rclpy_qos)
    unheard, frail = looked_at(qos.BUTTON, *offered)
    assert not unheard
    best_effort = [
        n for n, o in enumerate(offered) if o.reliability == rclpy_qos.ReliabilityPolicy.BEST_EFFORT
    ]
    assert frail == [f"/panel{n} publishes stop best effort: a press may be lost" for n in best_effort]


def test_a_button_that_no_reader_hears_is_named(rclpy_qos: Any) -> None:
    from iatro_governor.nodes import qos

    offered = every(rclpy_qos)
    unheard, frail = looked_at((qos.EVENT, qos.STATE), *offered)
    best_effort = [
        n for n, o in enumerate(offered) if o.reliability == rclpy_qos.ReliabilityPolicy.BEST_EFFORT
    ]
    assert [text.split(":")[0] for text in unheard] == [
        f"/panel{n} publishes stop and cannot be heard" for n in best_effort
    ]
    assert not frail


def test_a_best_effort_button_stops_the_robot_and_is_told(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    from diagnostic_msgs.msg import DiagnosticArray
    from rclpy.qos import QoSProfile, ReliabilityPolicy
    from std_msgs.msg import Bool

    governed.open()
    governed.drive()
    panel = node_here("panel")
    told: list[str] = []
    panel.create_subscription(
        DiagnosticArray, "/diagnostics", lambda m: told.extend(row.message for row in m.status), 10
    )
    button = panel.create_publisher(
        Bool, "estop", QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    )

    def pressed() -> bool:
        button.publish(Bool(data=True))
        return bool(governed.bench.latest.get("latch"))

    governed.until(pressed, "a latch")
    governed.until_rest()
    assert governed.bench.latest["latch"]["cause"] == "estop"
    governed.until(lambda: "/panel publishes estop best effort: a press may be lost" in told, "a warning")


def test_a_button_that_keeps_its_last_message_is_heard_though_it_was_pressed_before(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    from std_msgs.msg import Bool

    from iatro_governor.nodes import qos

    button = node_here("panel").create_publisher(Bool, "estop", qos.STATE)
    button.publish(Bool(data=False))
    button.publish(Bool(data=True))
    governed.launch()
    governed.until(lambda: governed.bench.decisions and governed.bench.latest.get("latch"), "a latch")
    assert governed.bench.latest["latch"]["cause"] == "estop"
