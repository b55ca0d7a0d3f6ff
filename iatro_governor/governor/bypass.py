"""Who else uses what moves an actuator: its output, and the topics, actions and services beside it."""

from __future__ import annotations

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
        self._nodes: set[str] = set()
        """The foreign ones that are there now, by name."""
        self._there_s = 0.0
        """How long anybody foreign was there, in pieces with no pause longer than the grace between them."""
        self._last_t: float | None = None
        """When somebody foreign was there last."""

    def see(self, event: Publishers) -> None:
        """Take who is there now. Those who come and go, each for less than the grace, are counted together."""
        if event.topic.strip("/") != self._topic:
            return
        self._there_s = self._there(event.t)
        foreign = (e.node for e in event.endpoints if not e.own)
        self._nodes = {node for node in foreign if node.strip("/") not in self._allowed}
        if self._nodes:
            self._last_t = event.t

    def _there(self, t: float) -> float:
        """``_there_s`` as of ``t``, s."""
        if self._last_t is None or (not self._nodes and t - self._last_t > self._grace_s):
            return 0.0
        return self._there_s + (t - self._last_t if self._nodes else 0.0)

    def judge(self, t: float, ladder: Ladder) -> None:
        """Those who are foreign count once they have stayed ``lease_grace_s``: a killed governor's ghost does not.

        Nor do a few ghosts, which all go in that time; others who relieve one another do.
        """
        stayed = bool(self._nodes) and self._there(t) >= self._grace_s - 1e-9
        told = f"{', '.join(sorted(self._nodes))} {self._deed} {self._topic}" if stayed else ""
        ladder.hold("foreign_publisher", t, stayed, told, self._topic)


def watched_of(channel: ChannelPart, grace_s: float) -> list[Watched]:
    """Everything that moves the channel's actuator."""
    beside = channel.actuator
    rows = [("publishes on", (channel.output, *beside.topics))]
    rows += [("is a client of action", beside.actions), ("is a client of service", beside.services)]
    return [
        Watched(name, channel.allowed_publishers, grace_s, deed) for deed, names in rows for name in names
    ]
