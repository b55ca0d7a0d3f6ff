"""A node without middleware, whose publishers keep what they were given."""

from __future__ import annotations

import copy
from typing import Any


class Wire:
    """What an output asks of a node; its one publisher is it itself. ``sent``: all that was published, in order."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.alive = 0

    def get_publishers_info_by_topic(self, _topic: str) -> list[Any]:
        """Nobody else."""
        return []

    def resolve_topic_name(self, topic: str) -> str:
        """As it is."""
        return topic

    def get_namespace(self) -> str:
        """The root."""
        return "/"

    def get_name(self) -> str:
        """Its name."""
        return "wire"

    def create_publisher(self, kind: Any, topic: str, profile: Any, **_: Any) -> Wire:
        """Itself."""
        return self

    def publish(self, message: Any) -> None:
        """Keep a copy: a publisher's message is used again."""
        self.sent.append(copy.deepcopy(message))

    def assert_liveliness(self) -> None:
        """Count it."""
        self.alive += 1
