"""The channels of a group whose motion goes on by itself: let in whole, judged every cycle, and stopped once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.admission import Admission, Admitted
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.member import Member
from iatro_governor.governor.outcome import Arrival
from iatro_governor.governor.resolve import Limits, Resolution, Stepper, caps_of, is_clear
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import Limit

ENOUGH = 0.95
"""A trajectory goes on at this admissible scale and above: it was vetted whole, and is measured beside its way.

Below, it is stopped: nobody can slow it down.
"""
SHARES = (0.75, 0.5, 0.25, 0.0)
"""Of all other motion, what is tried beside a trajectory."""


class Trajectories:
    """The members of a group that execute trajectories. admissions: the judge of each of them, by channel."""

    def __init__(self, members: Sequence[Member], admissions: Mapping[str, Admission]) -> None:
        self._admissions = admissions
        self._able = [member for member in members if member.name in admissions]

    def judges(self, name: str) -> bool:
        """Whether ``name`` is a channel of trajectories."""
        return name in self._admissions

    def ordered(self, name: str, command: Command) -> Command:
        """``command`` on channel ``name``, with its values in the order of the channel's joints."""
        return self._admissions[name].ordered(command) if name in self._admissions else command

    @property
    def going(self) -> list[Member]:
        """Those whose trajectory, or its stop, goes on."""
        return [member for member in self._able if member.chart.going is not None]

    def fill(self, outputs: Array) -> Array:
        """``outputs`` (N,) with what goes on, whatever else is decided."""
        going = self.going
        out = outputs.copy() if going else outputs
        for member in going:
            out[member.place] = member.chart.going
        return out

    def unshaped(self, steps: Array, targets: Array) -> Array:
        """``steps`` (c, N) towards ``targets`` (c, N), without what goes on: nothing shapes that."""
        for member in self.going:
            steps[:, member.place] = targets[:, member.place]
        return steps

    def executed(self, requests: dict[str, Command | None]) -> dict[str, Command | None]:
        """``requests``, and the commands that what goes on comes from."""
        going = self.going
        return requests | {member.name: member.chart.executed for member in going} if going else requests

    def admit(self, arrival: Arrival, situation: BodySituation, ladder: Ladder) -> Arrival:
        """Judge a trajectory that its stream has accepted, and begin to execute what is admitted of it."""
        judge = self._admissions[arrival.member.name]
        if arrival.member.chart.going is not None and arrival.member.chart.executed is None:
            found = Admitted(None, None, False, (), "a stop goes on; plan again once the joints rest")
        else:
            found = judge.judge(arrival.command, situation)
        if found.path is None:
            ladder.pulse("trajectory_refused", situation.t, found.reason)
            return replace(arrival, verdict=Verdict.REFUSED, limits=found.limits)
        judge.begin(found, arrival.command)
        return replace(arrival, limits=found.limits)

    def beside(
        self, whole: Resolution, wanted: Array, situation: Any, limits: Limits, step: Stepper
    ) -> Resolution:
        """``whole``, or where what goes on would be slowed by that, less of all else that is ``wanted`` (n,) beside it.

        A trajectory cannot be scaled. So the others are, as long as it may go on by itself.
        """
        if not [member for member in self.going if _short(member, whole, wanted)]:
            return whole
        along = self.fill(np.zeros_like(wanted))
        others = wanted - along
        for share in SHARES if others.any() else ():
            target = along + share * others
            admitted = all(cap.scale >= ENOUGH for _, cap in caps_of(target, situation, limits))
            if admitted and is_clear(step(target[None]), situation, limits)[0]:
                return Resolution(share, target, whole.caps, whole.blocked, whole.seen)
        return whole

    def interrupt(
        self, resolution: Resolution, wanted: Array, arrival: Arrival | None, t: float, ladder: Ladder
    ) -> tuple[list[Member], Arrival | None]:
        """Stop what goes on where too little of what is ``wanted`` (N,) is admissible; returns what was stopped now.

        What has only just been admitted is refused instead: its first moments would not be let pass.
        """
        stopped = [m for m in self.going if m.chart.executed is not None and _short(m, resolution, wanted)]
        for member in stopped:
            if arrival is not None and arrival.member is member and arrival.verdict is Verdict.ACCEPTED:
                self._admissions[member.name].cancel()
                names = ", ".join(limit.config.name for limit in _binding(resolution))
                ladder.pulse("trajectory_refused", t, f"{names}: no way to rest from its start")
                arrival = replace(arrival, verdict=Verdict.REFUSED)
            member.chart.halt(False)
        return stopped, arrival


def _short(member: Member, resolution: Resolution, wanted: Array) -> bool:
    """Whether less than ``ENOUGH`` of what ``member`` does is admissible."""
    if resolution.scale is None:
        return True
    asked = wanted[member.place]
    missing = np.abs(resolution.target[member.place] - asked)
    return bool((missing > (1.0 - ENOUGH) * np.abs(asked).max()).any())


def _binding(resolution: Resolution) -> list[Limit[Any]]:
    """The limits that leave the least."""
    capped = [limit for limit, cap in resolution.caps if cap.scale < ENOUGH]
    return [*capped, *resolution.blocked]
