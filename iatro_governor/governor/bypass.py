"""Who else publishes on a governed output."""

from __future__ import annotations

from collections.abc import Sequence

from iatro_governor.governor.events import Publishers
from iatro_governor.governor.ladder import Ladder


class Watched:
    """The publishers of one output topic, as last told."""

    def __init__(self, topic: str, allowed: Sequence[str], grace_s: float) -> None:
        self._topic = topic.strip("/")
        self._allowed = {name.strip("/") for name in allowed}
        self._grace_s = grace_s
        self._since: dict[str, tuple[float, str]] = {}

    def see(self, event: Publishers) -> None:
        """Take who is there now; a publisher that stays keeps the moment it was first seen."""
        if event.topic.strip("/") != self._topic:
            return
        foreign = {
            e.gid: e.node for e in event.endpoints if not e.own and e.node.strip("/") not in self._allowed
        }
        # The graph may know a publisher before its name.
        self._since = {gid: (self._since.get(gid, (event.t, ""))[0], node) for gid, node in foreign.items()}

    def judge(self, t: float, ladder: Ladder) -> None:
        """Foreign publishers count once they have stayed ``lease_grace_s``: a killed governor's ghost does not."""
        stayed = sorted({node for since, node in self._since.values() if t - since >= self._grace_s - 1e-9})
        ladder.hold("foreign_publisher", t, bool(stayed), f"{', '.join(stayed)} publishes on {self._topic}")
