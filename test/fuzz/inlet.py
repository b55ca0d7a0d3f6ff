"""The governor's way in, without a middleware: bytes to messages to events to decisions, by the nodes' own code."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rclpy.serialization import deserialize_message

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, Decision
from iatro_governor.governor.events import Command, Event, Malformed
from iatro_governor.nodes.inputs import Inputs
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.profile.load import Profile

STEP_S = 0.02


class Subscribed:
    """Stands for the node that subscribes: keeps what would be called."""

    def __init__(self) -> None:
        self.callbacks: dict[str, tuple[Any, Callable[[Any], None]]] = {}

    def get_namespace(self) -> str:
        """None."""
        return "/"

    def create_subscription(
        self, kind: Any, topic: str, call: Callable[[Any], None], *_: Any, **__: Any
    ) -> None:
        """Keep it."""
        self.callbacks[topic] = (kind, call)


@dataclass
class Fate:
    """What became of one message."""

    message: Any = None
    """As it was decoded, None: it was not."""
    events: list[Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Why it was refused."""
    decisions: list[Decision] = field(default_factory=list)


class Inlet:
    """Feeds bytes to a governor of ``profile``."""

    def __init__(self, profile: Profile) -> None:
        self.core = Governor(profile)
        self.t = 1_000_000.0
        node: Any = Subscribed()
        self.timeline = Timeline(lambda: self.t, lambda: self.t, sim=False)
        self._inputs = Inputs(node, profile.data.robot, self.timeline, self._take)
        self._inputs.listen(profile.data.sources, profile.data.channels)
        self.topics: dict[str, tuple[Any, Callable[[Any], None]]] = node.callbacks
        self._fate = Fate()

    def feed(self, topic: str, data: bytes) -> Fate:
        """Let ``data`` arrive on ``topic``; what the middleware cannot decode never comes to the governor."""
        self._fate = Fate()
        kind, call = self.topics[topic]
        try:
            self._fate.message = deserialize_message(data, kind)
        except Exception:  # noqa: BLE001 - rmw's own errors share no class
            return self._fate
        call(self._fate.message)
        return self._fate

    def tick(self) -> list[Decision]:
        """Let a period pass."""
        self.t += STEP_S
        return self.core.tick(self.timeline.read())

    def _take(self, event: Event) -> None:
        fate = self._fate
        fate.events.append(event)
        if isinstance(event, Malformed):
            fate.refused.append(event.message)
        if isinstance(event, Command) and (why := self.core.why_garbled(event)) is not None:
            fate.refused.append(why)
        try:
            fate.decisions += self.core.handle(event)
        except EventError as error:  # as the node does: it is a fault by now
            fate.refused.append(str(error))


def numbers(value: Any) -> Iterator[float]:
    """Every number of a message, and of the messages in it."""
    if isinstance(value, bool | str | bytes):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, np.ndarray):
        yield from value.astype(float).ravel().tolist()
    elif hasattr(value, "get_fields_and_field_types"):
        for name in value.get_fields_and_field_types():
            yield from numbers(getattr(value, name))
    elif hasattr(value, "__iter__"):
        for one in value:
            yield from numbers(one)


def finite(*values: Any) -> bool:
    """Whether all numbers in ``values`` are."""
    return all(math.isfinite(number) for value in values for number in numbers(value))


def must_refuse(topic: str, message: Any) -> bool:
    """What no reader may let pass, told by the message alone; nothing of the reader's code is used."""
    match type(message).__name__:
        case "TwistStamped" | "WrenchStamped" | "PoseStamped" | "Twist":
            return not finite(message)
        case "Float64MultiArray":
            return not finite(message.data)
        case "JointTrajectory":
            return not finite(message.points)
        case "Odometry":
            pose, turn = message.pose.pose, message.pose.pose.orientation
            length = math.hypot(turn.x, turn.y, turn.z, turn.w)
            return not finite(pose, message.twist.twist) or not 0.9 < length < 1.1
        case "JointState":
            return not finite(message.position, message.velocity, message.effort)
        case "LaserScan":
            return not finite(message.angle_min, message.angle_increment) or message.angle_increment == 0
        case "TrackedBodies":
            return not finite(message.positions, message.velocities) or len(message.ids) != len(
                message.positions
            )
    return False


def wrong(fate: Fate, topic: str) -> str | None:
    """What of a fate must not be, or None."""
    for decision in fate.decisions:
        if not all(map(math.isfinite, decision.allowed)):
            return f"{topic}: allowed {decision.allowed}"
    if fate.message is None:
        return None
    if must_refuse(topic, fate.message) and not fate.refused:
        return f"{topic}: passed in silence: {fate.message}"
    if fate.refused and any(isinstance(event, Command) for event in fate.events):
        own = [decision for decision in fate.decisions if decision.on_command]
        # Before the state is known nothing comes out at all, and the first decision then tells the fault.
        if any(decision.action is not Action.REFUSED for decision in own):
            return f"{topic}: {fate.refused} and yet {[decision.action for decision in own]}"
    return None
