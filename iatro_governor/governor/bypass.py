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
        self._gids: dict[str, tuple[float, str]] = {}
        self._nodes: dict[str, float] = {}

    def see(self, event: Publishers) -> None:
        """Take who is there now; who stays keeps the moment it was first seen, under whatever id it comes again."""
        if event.topic.strip("/") != self._topic:
            return
        foreign = {
            e.gid: e.node for e in event.endpoints if not e.own and e.node.strip("/") not in self._allowed
        }
        # The graph may know a publisher before its name.
        self._gids = {gid: (self._gids.get(gid, (event.t, ""))[0], node) for gid, node in foreign.items()}
        self._nodes = {node: self._nodes.get(node, event.t) for node in foreign.values()}

    def judge(self, t: float, ladder: Ladder) -> None:
        """Foreign publishers count once they have stayed ``lease_grace_s``: a killed governor's ghost does not."""
        if not self._gids and not self._nodes:
            ladder.hold("foreign_publisher", t, False)
            return
        ripe = t - self._grace_s + 1e-9
        stayed = {node for since, node in self._gids.values() if since <= ripe}
        stayed |= {node for node, since in self._nodes.items() if since <= ripe}
        names = ", ".join(sorted(stayed))
        ladder.hold("foreign_publisher", t, bool(stayed), f"{names} publishes on {self._topic}")
