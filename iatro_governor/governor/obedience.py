"""Whether the body does what it was told: measured motion that no command of late explains.

Standing still is no disobedience, nor is being slow. Being faster than every output that may still have been acting is,
and so is moving the other way, or moving at all where all of them were zero. What may still act: the outputs since the
newest measurement less the channel's actuator delay and ``LAG_S``, a tenth more than they say. What counts as rest, and
three standard deviations of the source's speeds, are beyond doubt no motion. A body that gives way to a push which is
known to drive it obeys. One that moves when it is first seen was told so by somebody before, and has the time that a
controlled stop takes.

Velocities may be wrong, stuck at zero say, or an echo of what was commanded. So the mean speed that positions show over
half of ``disobey_s`` is judged, too, where the velocities do not account for it: a window that is long beside the noise
of positions, and so short that one jump is no motion. Where both say the same, the velocities alone are judged.
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
from iatro_governor.governor.shown import Shown
from iatro_governor.governor.trajectory_chart import TrajectoryChart
from iatro_governor.governor.twist import TwistChart

SIGMAS = 3.0
"""Standard deviations of a measured speed that are no motion."""
WINDOW = 0.5
"""Share of ``disobey_s`` over which positions show a speed."""

TOLD, SHOWN = HOW = ("", "by its positions")
"""How a motion is known: by the velocities, which goes without saying, or by where it leads."""

Followed = TwistChart | JointVelocityChart | JointPositionChart | TrajectoryChart
"""Channels whose ``u`` is the measured motion itself. An effort or a wrench moves a body as its surroundings let it."""


class _Watched:
    """One channel, what was measured of it lately, and since when it has disobeyed, by each way of telling, s."""

    def __init__(self, member: Member, chart: Followed) -> None:
        self.member, self.chart = member, chart
        self.slack = np.full(chart.size, chart.slack + SIGMAS * chart.speed_noise)
        self.beyond_doubt = float(self.slack[0])
        self.newest = -np.inf
        self.begins: float | None = None
        self.shown = Shown(chart.size, WINDOW * chart.config.disobey_s)
        self.since: dict[str, float] = {}
        self.looked: str | None = None
        """What its positions showed that it does, when they were looked at last."""
        self._stood: Array | None = None

    def look(self) -> None:
        """Where its newest measurement has it."""
        stands = self.chart.stands
        before = stands if self._stood is None else self._stood
        self.shown.take(self.newest, self.chart.way(before, stands), self.chart.measured.tolist())
        self._stood = stands

    def lasts(self, how: str, told: str | None) -> bool:
        """Whether it has disobeyed for ``disobey_s`` by this way of telling, as ``told`` says again."""
        if told is None:
            self.since.pop(how, None)
            return False
        began = self.since.setdefault(how, self.newest)
        return self.newest - began >= self.chart.config.disobey_s - 1e-9


class Obedience:
    """Judges each newest measurement of the channels that tell motion by what was published before it."""

    def __init__(self, members: Sequence[Member], claims: Claims) -> None:
        self._watched = [
            _Watched(member, chart) for member in members if isinstance(chart := member.chart, Followed)
        ]
        self._claims = claims

    def end(self) -> None:
        """Judge nobody from now on."""
        self._watched = []

    def judge(
        self, t: float, outputs: Outputs, guided: bool, pushed: Callable[[Member], bool], ladder: Ladder
    ) -> None:
        """At ``t``: a channel that has disobeyed for its ``disobey_s`` is a fault until it obeys.

        ``guided``: somebody else is known to move the body. ``pushed``: somebody is known to push what a channel moves,
        the way it moves.
        """
        for watched in self._watched:
            newest, name = watched.chart.newest, watched.member.name
            if newest is None or newest <= watched.newest:
                continue
            watched.newest = newest
            if watched.shown.due(newest):
                watched.look()
                watched.looked = self._shown(t, t - newest, watched, outputs)
            found = {} if guided else self._found(t, t - newest, watched, outputs)
            if found and pushed(watched.member):
                found = {}
            lasting = [found[how] for how in HOW if watched.lasts(how, found.get(how))]
            if lasting:
                ladder.hold("actuator_disobeys", t, True, lasting[0], name)
            elif not found:
                ladder.hold("actuator_disobeys", t, False, subject=name)

    def _begins(self, watched: _Watched) -> float:
        """From when on its motion counts, s: of what was measured first nobody knows who commanded it."""
        if watched.begins is None:
            chart = watched.chart
            stopping = float(chart.controlled.time(chart.measured))
            watched.begins = watched.newest + (stopping and stopping + chart.config.actuator_delay_s + LAG_S)
        return watched.begins

    def _found(self, t: float, age: float, watched: _Watched, outputs: Outputs) -> dict[str, str]:
        """What the channel does that it was not told to, by each way of telling that shows it."""
        found: dict[str, str] = {}
        if not self._claims.has(watched.member.name) or t - age < self._begins(watched):
            return found  # its joints do what another channel says, or somebody said before us
        if (told := self._unexplained(t, age, watched.chart.measured, watched, outputs)) is not None:
            found[TOLD] = told
        if watched.looked is not None:
            found[SHOWN] = f"{watched.looked}, {SHOWN}"
        return found

    def _shown(self, t: float, age: float, watched: _Watched, outputs: Outputs) -> str | None:
        """What positions show that no command explains, and that the velocities do not tell."""
        means = watched.shown.means if self._claims.has(watched.member.name) else None
        if means is None or t - age - means.span_s < self._begins(watched):
            return None
        differ = (abs(a - b) for a, b in zip(means.shown, means.told, strict=True))
        if all(apart <= watched.beyond_doubt for apart in differ):
            return None  # nearly always
        return self._unexplained(t, age + means.span_s, np.array(means.shown), watched, outputs)

    def _unexplained(
        self, t: float, age: float, motion: Array, watched: _Watched, outputs: Outputs
    ) -> str | None:
        """What is wrong with a ``motion`` (n,) that began ``age`` s ago, or None."""
        chart, place, slack = watched.chart, watched.member.place, watched.slack
        if outputs.explains(motion, slack, place):
            return None
        unexplained: Array = outputs.beyond(t, age, motion, slack, place) * chart.strays(motion)
        if not unexplained.any():
            return None
        worst = int(np.abs(unexplained).argmax())
        allowed = outputs.standing[place][worst]
        told = f"{chart.component(worst)} moves at {unexplained[worst]:.3g} where {allowed:.3g} is allowed"
        return f"{told}, for {chart.config.disobey_s} s"
