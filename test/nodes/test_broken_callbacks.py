"""An exception in whichever callback ends in a protective stop and in a record with its traceback, never in silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import TwistStamped
from iatro_governor.msg import Ack, PlanMark
from iatro_governor.srv import Reset
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry

from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Reset as ResetEvent
from iatro_governor.nodes import qos
from test.nodes.test_governor_failure import Spun, spun

__all__ = ["spun"]
pytestmark = pytest.mark.ros


def blow_up(*_arguments: object) -> Any:
    raise ZeroDivisionError("broken on purpose")


@pytest.fixture
def other(spun: Spun, node_here: Callable[[str], Any]) -> Iterator[Any]:
    """A node that sends what makes the callbacks run."""
    yield node_here("other")


def send(other: Any, kind: Any, topic: str, profile: Any) -> Callable[[], None]:
    publisher = other.create_publisher(kind, topic, profile)
    return lambda: publisher.publish(kind())


def call(other: Any, kind: Any, name: str, request: Any) -> Callable[[], None]:
    client = other.create_client(kind, name)
    calls: list[Any] = []
    # Once: what waits in the queue would be answered after the test has seen what it waits for.
    return lambda: (
        calls.append(client.call_async(request)) if not calls and client.service_is_ready() else None
    )


def command(node: Any, other: Any) -> Callable[[], None]:
    node._inputs._marks["base"].at = blow_up
    return send(other, TwistStamped, "cmd_vel_planner", qos.COMMAND)


def sensor(node: Any, other: Any) -> Callable[[], None]:
    node.core.senses.odom = blow_up
    return send(other, Odometry, "odom", qos.SENSOR_OUT)


def mark(node: Any, other: Any) -> Callable[[], None]:
    node._inputs._marks["base"].add = blow_up
    publisher = other.create_publisher(PlanMark, "planner/mark", qos.RECORD)
    return lambda: publisher.publish(PlanMark(channel="base", plan_id="p"))


def receipt(node: Any, other: Any) -> Callable[[], None]:
    node.records.receipt = blow_up
    publisher = other.create_publisher(Ack, "recorder/ack", qos.EVENT)
    return lambda: publisher.publish(Ack(writer=node.records.writer, up_to=0))


def service(node: Any, other: Any) -> Callable[[], None]:
    handle = node.core.handle
    node.core.handle = lambda event: blow_up() if isinstance(event, ResetEvent) else handle(event)
    return call(other, Reset, "governor/reset", Reset.Request(token="00"))


def lifecycle(node: Any, other: Any) -> Callable[[], None]:
    allow, failures = node.allow, iter(range(2))

    def fails_twice(motion: bool, why: str) -> None:
        if next(failures, None) is not None:
            blow_up()
        allow(motion, why)

    node.allow = fails_twice
    request = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_DEACTIVATE))
    return call(other, ChangeState, "governor/change_state", request)


def timer(node: Any, other: Any) -> Callable[[], None]:
    tick, failures = node.core.tick, iter(range(3))

    def fails_three_times(t: float) -> Any:
        return blow_up() if next(failures, None) is not None else tick(t)

    node.core.tick = fails_three_times
    return lambda: None


def announcement(node: Any, other: Any) -> Callable[[], None]:
    heartbeat, failures = node._announcer.heartbeat, iter(range(2))

    def fails_twice(*arguments: Any) -> None:
        if next(failures, None) is not None:
            blow_up()
        heartbeat(*arguments)

    node._announcer.heartbeat = fails_twice
    return lambda: None


KINDS = (command, sensor, mark, receipt, service, lifecycle, timer, announcement)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_failure_stops_the_robot_and_is_recorded_once_with_its_traceback(
    spun: Spun, other: Any, kind: Callable[[Any, Any], Callable[[], None]]
) -> None:
    spun.drive()
    provoke = kind(spun.node, other)

    def stopped() -> bool:
        if not any("internal_error" in fault.name for fault in spun.node.core.process.reports):
            provoke()
        last = spun.node._last["base"]
        lines = [fault.detail for fault in last.faults if fault.name == "internal_error"]
        stands = last.state is State.PROTECTIVE_STOP and spun.sent[-1] == (0.0,) * 6
        return stands and lines == ["ZeroDivisionError: broken on purpose"]

    spun.until(stopped)
    kept = [json.loads(payload) for _, payload in spun.node.records._ring.unacknowledged()]
    told = [fault["detail"] for body in kept for fault in body["faults"] if fault["name"] == "internal_error"]
    whole = [detail for detail in told if "Traceback" in detail]
    assert (
        whole and "in blow_up" in whole[0] and whole[0].startswith("ZeroDivisionError: broken on purpose\n")
    )
    assert {body["seq"] for body in kept} == set(range(len(kept))), "no number is left out"


def test_what_the_core_cannot_decide_is_recorded_once_and_goes_on_being_published(spun: Spun) -> None:
    spun.drive()
    number = spun.node.records.next_number
    spun.node.core.tick = blow_up
    spun.until(lambda: spun.sent[-1] == (0.0,) * 6)
    count = len(spun.sent)
    spun.until(lambda: len(spun.sent) > count + 20)
    kept = [json.loads(body) for n, body in spun.node.records._ring.unacknowledged(number)]
    (record,) = [body for body in kept if body["trigger"] == "tick"]
    assert record["state"] == "PROTECTIVE_STOP" and record["action"] == "stop"
    assert record["allowed"][0] < 0.5 and "in blow_up" in record["faults"][0]["detail"]
