"""Who else uses what moves an actuator: its output, and the topics, actions and services beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iatro_governor.governor.events import Publishers
from iatro_governor.governor.ladder import Ladder
from iatro_governor.profile.channels import ChannelPart


class Watched:
    """Those who use one topic, action or service, as last told. deed: what they do with it."""

    def __init__(
        self, topic: str, allowed: Sequence[str], grace_s: float, deed: str = "publishes on"
    ) -> None:
        self._topic = topic.strip("/")
        self._deed = deed
        self._allowed = {name.strip("/") for name in allowed}
        self._grace_s = grace_s
        self._gids: dict[str, tuple[float, str]] = {}
        self._nodes: dict[str, float] = {}
        self._there_s = 0.0
        """How long anybody foreign was there, in pieces with no pause longer than the grace between them."""
        self._last_t: float | None = None
        """When somebody foreign was there last."""

    def see(self, event: Publishers) -> None:
        """Take who is there now; who stays keeps the moment it was first seen, under whatever id it comes again.

        Those who come and go, each for less than the grace, are counted together.
        """
        if event.topic.strip("/") != self._topic:
            return
        self._there_s = self._there(event.t)
        foreign = {
            e.gid: e.node for e in event.endpoints if not e.own and e.node.strip("/") not in self._allowed
        }
        # The graph may know a publisher before its name.
        self._gids = {gid: (self._gids.get(gid, (event.t, ""))[0], node) for gid, node in foreign.items()}
        self._nodes = {node: self._nodes.get(node, event.t) for node in foreign.values()}
        if foreign:
            self._last_t = event.t

    def _there(self, t: float) -> float:
        """``_there_s`` as of ``t``, s."""
        if self._last_t is None or (not self._gids and t - self._last_t > self._grace_s):
            return 0.0
        return self._there_s + (t - self._last_t if self._gids else 0.0)

    def judge(self, t: float, ladder: Ladder) -> None:
        """Those who are foreign count once they have stayed ``lease_grace_s``: a killed governor's ghost does not.

        Nor do a few ghosts, which all go in that time; others who relieve one another do.
        """
        if not self._gids and not self._nodes:
            ladder.hold("foreign_publisher", t, False, subject=self._topic)
            return
        ripe = math.inf if self._there(t) >= self._grace_s - 1e-9 else t - self._grace_s + 1e-9
        stayed = {node for since, node in self._gids.values() if since <= ripe}
        stayed |= {node for node, since in self._nodes.items() if since <= ripe}
        told = f"{', '.join(sorted(stayed))} {self._deed} {self._topic}"
        ladder.hold("foreign_publisher", t, bool(stayed), told, self._topic)


def watched_of(channel: ChannelPart, grace_s: float) -> list[Watched]:
    """Everything that moves the channel's actuator."""
    beside = channel.actuator
    rows = [("publishes on", (channel.output, *beside.topics))]
    rows += [("is a client of action", beside.actions), ("is a client of service", beside.services)]
    return [
        Watched(name, channel.allowed_publishers, grace_s, deed) for deed, names in rows for name in names
    ]
