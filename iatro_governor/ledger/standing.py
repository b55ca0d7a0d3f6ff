"""What was said once and holds on: of each latched topic the last message of each speaker, however long ago it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clips import Message

TOPICS = {
    "/tf_static": "tf2_msgs/msg/TFMessage",
    "tf_static": "tf2_msgs/msg/TFMessage",
    "/robot_description": "std_msgs/msg/String",
    "robot_description": "std_msgs/msg/String",
}
"""Topics that nobody configures and without which a clip cannot be looked at, each in the robot's namespace and out of
it, and their types: where everything is on the robot, and what it looks like."""
MOST_KEYS = 200
"""Messages of one topic that stand at once; beyond that the oldest go."""
MOST_BYTES = 16 * 1024 * 1024
"""What they may take, of one topic."""


class Standing:
    """The last message of each topic and key."""

    def __init__(self) -> None:
        self._topics: dict[str, dict[str, Message]] = {}

    def take(self, message: Message) -> None:
        """From now on ``message`` stands, in the place of the one with its topic and key."""
        standing = self._topics.setdefault(message.topic.name, {})
        standing.pop(message.key, None)
        standing[message.key] = message
        while len(standing) > 1 and _too_much(standing):
            standing.pop(next(iter(standing)))

    def __iter__(self) -> Iterator[Message]:
        """All that stands, in the order of time."""
        every = (one for standing in self._topics.values() for one in standing.values())
        return iter(sorted(every, key=lambda one: one.t))

    def copy(self) -> Standing:
        """Another one with the same."""
        made = Standing()
        made._topics = {name: dict(standing) for name, standing in self._topics.items()}
        return made


def _too_much(standing: dict[str, Message]) -> bool:
    return len(standing) > MOST_KEYS or sum(len(one.data) for one in standing.values()) > MOST_BYTES
