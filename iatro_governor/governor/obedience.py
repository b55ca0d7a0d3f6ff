"""Whether the body does what it was told: measured motion that no command of late explains.

Standing still is no disobedience, nor is being slow. Being faster than every output that may still have been acting is,
and so is moving the other way, or moving at all where all of them were zero. What may still act: the outputs since the
newest measurement less the channel's actuator delay and ``LAG_S``, a tenth more than they say. What counts as rest, and
three standard deviations of the source's speeds, are beyond doubt no motion. A body that gives way to a push which is
known to drive it obeys. One that moves when it is first seen was told so by somebody before, and has the time that a
controlled stop takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.claims import Claims
from iatro_governor.governor.joint_chart import JointPositionChart, JointVelocityChart
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.member import Member
from iatro_governor.governor.outputs import LAG_S, Outputs
from iatro_governor.governor.trajectory_chart import TrajectoryChart
from iatro_governor.governor.twist import TwistChart

SIGMAS = 3.0
"""Standard deviations of a measured speed that are no motion."""

Followed = TwistChart | JointVelocityChart | JointPositionChart | TrajectoryChart
"""Channels whose ``u`` is the measured motion itself. An effort or a wrench moves a body as its surroundings let it."""


class Obedience:
    """Judges each newest measurement of the channels that tell motion by what was published before it."""

    def __init__(self, members: Sequence[Member], claims: Claims) -> None:
        self._watched = [(m, chart) for m in members if isinstance(chart := m.chart, Followed)]
        self._claims = claims
        self._slack = {
            m.name: np.full(chart.size, chart.slack + SIGMAS * chart.speed_noise)
            for m, chart in self._watched
        }
        self._newest: dict[str, float] = {}
        self._since: dict[str, float] = {}
        self._from: dict[str, float] = {}

    def judge(
        self, t: float, outputs: Outputs, guided: bool, pushed: Callable[[Member], bool], ladder: Ladder
    ) -> None:
        """At ``t``: a channel that has disobeyed for its ``disobey_s`` is a fault until it obeys.

        ``guided``: somebody else is known to move the body. ``pushed``: somebody is known to push what a channel moves,
        the way it moves.
        """
        for member, chart in self._watched:
            newest = chart.newest
            if newest is None or newest <= self._newest.get(member.name, -np.inf):
                continue
            self._newest[member.name] = newest
            told = None if guided else self._disobeys(t, t - newest, member, chart, outputs)
            if told is None or pushed(member):
                self._since.pop(member.name, None)
                ladder.hold("actuator_disobeys", t, False, subject=member.name)
            elif newest - self._since.setdefault(member.name, newest) >= chart.config.disobey_s - 1e-9:
                ladder.hold("actuator_disobeys", t, True, told, member.name)

    def _begins(self, newest: float, chart: Followed, name: str) -> float:
        """From when on its motion counts, s: of what was measured first nobody knows who commanded it."""
        if name not in self._from:
            stopping = float(chart.controlled.time(chart.measured))
            self._from[name] = newest + (stopping and stopping + chart.config.actuator_delay_s + LAG_S)
        return self._from[name]

    def _disobeys(
        self, t: float, age: float, member: Member, chart: Followed, outputs: Outputs
    ) -> str | None:
        """What the channel does that it was not told to, or None."""
        if not self._claims.has(member.name) or t - age < self._begins(t - age, chart, member.name):
            return None  # its joints do what another channel says, or somebody said before us
        measured, slack = chart.measured, self._slack[member.name]
        if outputs.explains(measured, slack, member.place):
            return None
        unexplained: Array = outputs.beyond(t, age, measured, slack, member.place) * chart.strays
        if not unexplained.any():
            return None
        worst = int(np.abs(unexplained).argmax())
        allowed = outputs.standing[member.place][worst]
        told = f"{chart.component(worst)} moves at {unexplained[worst]:.3g} where {allowed:.3g} is allowed"
        return f"{told}, for {chart.config.disobey_s} s"
