"""Which channels of a group may move now: who has the joints that several of them move, and who is at rest."""

from __future__ import annotations

from collections.abc import Mapping

from iatro_governor.governor.claims import Claims
from iatro_governor.governor.member import Member
from iatro_governor.governor.outputs import Outputs


class Holders:
    """``claims`` of the members of a group, by what they publish and measure."""

    def __init__(self, members: Mapping[str, Member], claims: Claims, outputs: Outputs) -> None:
        self._members, self._claims, self._outputs = members, claims, outputs

    def take(self, member: Member) -> None:
        """Let ``member`` move its joints; whoever else has joints again because of it begins anew, too."""
        before = self._claims.holders
        self._claims.take(member.name)
        for name in set(self._claims.holders) - set(before):
            self._members[name].chart.take()
        for rival in self._claims.rivals(member.name):
            self._members[rival].chart.lose()

    def taken(self, member: Member, t: float) -> str | None:
        """The channel that moves joints of ``member``, or is asked to, or has not let them come to rest."""
        held = self._claims.has(member.name)
        for name in self._claims.rivals(member.name):
            rival = self._members[name]
            request = rival.stream.live(t)
            # What was asked of one that has lost its joints since is over.
            asked = self._claims.has(name) and request is not None and rival.chart.asks(request)
            unsettled = not held and self._claims.uses(name) and not rival.chart.measured_rest
            moves = any(self._outputs.values[rival.place]) or rival.chart.going is not None
            if asked or unsettled or moves:
                return name
        return None

    def rests(self, member: Member) -> bool:
        """Output and measurement say so, or the joints are another channel's."""
        if any(self._outputs.values[member.place]):
            return False
        return member.chart.measured_rest or not self._claims.has(member.name)
