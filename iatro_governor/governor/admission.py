"""Whether a joint trajectory is executed: judged whole by the group's own limits, from where it would begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.path import JointPath
from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import LimitReport
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.joint_rows import JointRow, joint_bounds, joint_rows
from iatro_governor.governor.offence import Offence
from iatro_governor.governor.path_check import PathCheck
from iatro_governor.governor.trajectory_chart import TrajectoryChart
from iatro_governor.governor.vetting import Answer, Outcome, Policy, vet
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import Limit, LimitConfig

BETWEEN_M = 0.03
"""No point of the body is further than half of this from where it is at the nearest sample of a path, m."""
POINTS_S = 0.05
"""Between the points of a trajectory that the governor makes, s."""
MOST_SAMPLES = 4_000
RATES = ("joint_acceleration", "joint_deceleration")
"""Whoever bounds one of them is named where a velocity changes too fast."""
START = "start_tolerance"
"""Name of the bound on how far a trajectory may begin from the joints."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """path: to be executed, None where it is refused. points: that describe it, None: its own. reason: of a refusal."""

    path: JointPath | None
    points: tuple[Knot, ...] | None
    changed: bool
    limits: tuple[LimitReport, ...]
    reason: str


class Admission:
    """The judge of one channel of trajectories. limits: of the whole group."""

    def __init__(
        self,
        name: str,
        chart: TrajectoryChart,
        model: ArmModel,
        limits: Sequence[Limit[Any]],
        levers: Array,
        joints: Mapping[str, Indices],
        period: float,
        answer: Answer | None = None,
    ) -> None:
        """``levers``: (m, C) as of ``body.levers``. ``joints``: the model's, by channel. ``answer``: by default
        the channel's own.
        """
        self._name, self._chart, self._limits = name, chart, limits
        own = joints[name]
        self._rows = joint_rows(name, limits, model, joints)
        self._configs = {limit.config.name: limit.config for limit in limits}
        self._period, self._begun_t = period, -np.inf
        self._bounds = joint_bounds(self._rows, chart.moves, model, own, period)
        config = chart.trajectories
        reach = np.maximum(levers[own].max(axis=1), 1e-3) * len(own)
        self._policy = Policy(
            answer or Answer(config.policy), BETWEEN_M / reach, POINTS_S, config.max_duration_s, MOST_SAMPLES
        )

    def judge(self, command: Command, situation: BodySituation) -> Admitted:
        """Judge a command that is not garbled; ``situation``: the body now.

        A first point that is due at once may be as far from the joints as they may go in the time since the last
        trajectory began, a period at most: that is noise, and never faster than they may be, however many trajectories
        come. The way to one that is further off is judged with the rest.
        """
        path = self._chart.path(command)
        if (offence := self._begins_elsewhere(path)) is not None:
            return Admitted(None, None, False, (self._report(offence),), str(offence))
        seconds = min(max(situation.t - self._begun_t, 0.0), self._period)
        if (np.abs(path.gap) > self._bounds.velocity * seconds).any():
            path = path.joined()
        check = PathCheck(self._limits, situation, self._name)
        vetted = vet(path, self._bounds, check, self._policy)
        reports = tuple(self._report(found) for found in vetted.offences)
        if vetted.path is None:
            return Admitted(None, None, False, reports, vetted.reason)
        passed = vetted.outcome is Outcome.PASS
        return Admitted(vetted.path, self._chart.points(command) if passed else None, not passed, reports, "")

    def begin(self, admitted: Admitted, command: Command) -> None:
        """Execute what was admitted of ``command``."""
        assert admitted.path is not None
        self._begun_t = command.t
        self._chart.begin(admitted.path, admitted.points, command)

    def ordered(self, command: Command) -> Command:
        """``command`` with its values in the channel's order."""
        return self._chart.ordered(command)

    def cancel(self) -> None:
        """Take back what has only just begun."""
        self._chart.execution.cancel()

    def _begins_elsewhere(self, path: JointPath) -> Offence | None:
        tolerance = self._chart.trajectories.start_tolerance
        joint = int(np.argmax(np.abs(path.gap)))
        away = abs(float(path.gap[joint]))
        if away <= tolerance:
            return None
        name, unit = self._bounds.joints[joint], self._bounds.unit(joint)
        return Offence(0.0, START, name, None, away, tolerance, tolerance - away, unit, False)

    def _report(self, offence: Offence) -> LimitReport:
        """As a decision has it: under the name and the kind that the profile gives the limit."""
        config = self._configs.get(offence.limit)
        if config is None and offence.joint is not None:
            config = self._row(offence, self._chart.moves.index(offence.joint))
        numbers = offence.unit, offence.requested, offence.allowed, offence.margin
        if config is None:
            source = self._chart.trajectories.tolerance_source
            return LimitReport(offence.limit, offence.limit, *numbers, source)
        return LimitReport(config.name, config.kind, *numbers, config.source)

    def _row(self, offence: Offence, joint: int) -> LimitConfig | None:
        """The limit on single joints that has the bound which is broken."""

        def away(row: JointRow) -> float:
            return float(min(abs(offence.allowed - end[joint]) for end in (row.lower, row.upper)))

        kinds = RATES if offence.limit == RATES[0] else (offence.limit,)
        rows = [row for row in self._rows if row.config.kind in kinds]
        return min(rows, key=away).config if rows else None
