"""The governor of one channel: from the latest fresh command to the output, cycle by cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Chart
from iatro_governor.governor.decision import Action, FaultReport, LimitReport, State
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import CommandStream, Verdict
from iatro_governor.governor.ladder import Ladder, Level
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.report import limit_reports, rate_reports
from iatro_governor.governor.resolve import Resolution, is_clear, resolve
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates, ramp_to_rest
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.situation import Situation

STUCK = 0.02
"""A scale below this is no motion to speak of."""
PAUSE = 2.0
"""Periods of a pause in which speed may be gained at most."""
WAY_OUT_S = 1.0
"""A way out is a creep that can be kept up this long, s."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one cycle of a channel came to."""

    state: State
    action: Action
    requested: tuple[float, ...] | None
    allowed: tuple[float, ...]
    plan_id: str | None
    limits: tuple[LimitReport, ...]
    stamp: float | None


class ChannelGovernor:
    """State of one channel between cycles; holds no clock."""

    def __init__(
        self, name: str, chart: Chart, limits: list[Limit[Any]], rates: Rates, senses: Senses, period: float
    ) -> None:
        self.name = name
        self.config = chart.config
        self.limits = limits
        self.ladder = Ladder()
        self.stream = CommandStream(chart, self.ladder, period)
        self._chart = chart
        self._senses = senses
        self._period = period
        self._rates = rates
        self._outputs = Outputs(chart.size, chart.config.actuator_delay_s, chart.keep_s)
        self._stuck_since: float | None = None

    @property
    def at_rest(self) -> bool:
        """Output and measurement both say so."""
        return not self._outputs.standing.any() and self._chart.measured_rest

    @property
    def measured(self) -> tuple[float, ...] | None:
        """What the body does, in the channel's values; None before it was measured."""
        return self._chart.measured_values

    def decide(self, t: float, process: Ladder, command: Command | None) -> Outcome:
        """Choose the output at ``t``: on ``command``, just received, or on the tick (None)."""
        self.stream.watch(t, self.at_rest)
        self.ladder.advance(t)
        self.stream.cleared(max(self.ladder.cleared_t, process.cleared_t))
        verdict = self._judge(t, process, command)
        level = max(self.ladder.level, process.level)
        if level >= Level.CONTROLLED_STOP:
            self.stream.stopped("rearm" if "rearm" in (self.ladder.recovery, process.recovery) else "fresh")
        dt = self._outputs.elapsed(t, self._period)
        if level >= Level.CONTROLLED_STOP or self.stream.owed is not None:
            return self._stop(t, dt, level, process, command, verdict)
        closed = bool(self._senses.unseen)
        outcome = self._govern(t, dt, None if closed else self.stream.live(t))
        if command is not None and (closed or verdict is Verdict.REFUSED):
            return replace(
                outcome,
                action=Action.REFUSED,
                requested=command.values,
                plan_id=command.plan_id,
                stamp=command.stamp,
            )
        return outcome

    def faults(self, process: Ladder) -> list[FaultReport]:
        """Everything in force for this channel."""
        owed = self.stream.owed if max(self.ladder.level, process.level) < Level.CONTROLLED_STOP else None
        return [*process.tell(), *self.ladder.tell(), *([owed] if owed else [])]

    def _judge(self, t: float, process: Ladder, command: Command | None) -> Verdict | None:
        if command is None:
            return None
        stopped = max(self.ladder.level, process.level) >= Level.CONTROLLED_STOP
        return self.stream.accept(command, t, stopped or bool(self._senses.unseen))

    def _publish(self, t: float, output: Array) -> tuple[float, ...]:
        return self._chart.values(self._outputs.publish(t, output))

    def _stop(
        self,
        t: float,
        dt: float,
        level: Level,
        process: Ladder,
        command: Command | None,
        verdict: Verdict | None,
    ) -> Outcome:
        hard = self.ladder.protective_mode or process.protective_mode
        braking = self._chart.protective if hard else self._chart.controlled
        output = ramp_to_rest(self._outputs.standing, braking, dt)
        self._stuck_since = None
        self.stream.drop()
        state = State.PROTECTIVE_STOP if level == Level.PROTECTIVE_STOP else State.CONTROLLED_STOP
        action = Action.REFUSED if verdict is Verdict.REFUSED else Action.STOP
        return Outcome(
            state,
            action,
            command.values if command else None,
            self._publish(t, output),
            command.plan_id if command else None,
            (),
            command.stamp if command else None,
        )

    def _govern(self, t: float, dt: float, request: Command | None) -> Outcome:
        situation = self._chart.situation(t, self._outputs)
        wanted = np.zeros(self._chart.size) if request is None else self._chart.wanted(request)
        resolution, action = self._resolve(wanted, situation, dt, t)
        if resolution.scale is None:
            return self._unreachable(t, dt, situation, resolution, request)
        target = resolution.target
        output = self._step(target[None], dt)[0]
        moved = not np.array_equal(output, wanted)
        shaped = rate_reports(self._rates, self._outputs.standing, target, output, max(dt, self._period))
        bound = limit_reports(resolution, self.limits, wanted, situation)
        if action is not Action.SPLIT:
            action = Action.SCALED if resolution.scale < 1.0 else Action.RAMPED if moved else Action.PASS
        if request is None:
            action = Action.RAMPED if moved or output.any() else Action.HOLD
        state = State.TRAPPED if self._trapped(t, situation) else State.LIMITED if moved else State.NOMINAL
        allowed = self._publish(t, output)
        return Outcome(
            state,
            action,
            request.values if request else None,
            allowed,
            request.plan_id if request else None,
            (*bound, *shaped),
            request.stamp if request else None,
        )

    def _resolve(self, wanted: Array, situation: Situation, dt: float, t: float) -> tuple[Resolution, Action]:
        """The whole command scaled; after ``freeze_s`` of standing still for it, a part of it alone."""

        def step(targets: Array) -> Array:
            # What is judged is never less than a whole period's step: two decisions may come at one moment.
            return self._step(targets, max(dt, self._period))

        whole = resolve(wanted, situation, self.limits, step)
        stuck = whole.scale is not None and whole.scale < STUCK and bool(wanted.any())
        if not stuck:
            self._stuck_since = None
            return whole, Action.SCALED
        if self._stuck_since is None:
            self._stuck_since = t
        if t - self._stuck_since >= self.config.freeze_s:
            for part in self._chart.parts(wanted):
                alone = resolve(part, situation, self.limits, step)
                if alone.scale is not None and alone.scale >= STUCK:
                    return Resolution(alone.scale, alone.target, whole.caps, whole.blocked), Action.SPLIT
        return whole, Action.SCALED

    def _step(self, targets: Array, dt: float) -> Array:
        return self._rates.step(self._outputs.standing, targets, dt, PAUSE * self._period)

    def _unreachable(
        self, t: float, dt: float, situation: Situation, resolution: Resolution, request: Command | None
    ) -> Outcome:
        """No step of ordinary driving is clear: follow the way to rest that was verified last, or brake hardest."""
        standing = self._outputs.standing
        values, plan, stamp = (
            (request.values, request.plan_id, request.stamp) if request else (None, None, None)
        )
        verified = ramp_to_rest(standing, self._chart.controlled, dt)
        wanted = np.zeros(self._chart.size) if request is None else self._chart.wanted(request)
        bound = tuple(limit_reports(resolution, self.limits, wanted, situation))
        kept = is_clear(verified[None], situation, self.limits, tolerance=math.inf)[0]
        if kept or not standing.any():
            return Outcome(
                State.LIMITED, Action.SCALED, values, self._publish(t, verified), plan, bound, stamp
            )
        names = ", ".join(limit.config.name for limit in resolution.blocked) or "the limits together"
        self.ladder.pulse("limit_unreachable", t, f"no way to rest that was verified before keeps {names}")
        hardest = ramp_to_rest(standing, self._chart.protective, dt)
        self.stream.drop()
        return Outcome(
            State.CONTROLLED_STOP, Action.UNREACHABLE, values, self._publish(t, hardest), plan, bound, stamp
        )

    def _trapped(self, t: float, situation: Situation) -> bool:
        """Whether standing still for a command has lasted ``trapped_s`` and no slow motion at all is admissible."""
        if self._stuck_since is None or t - self._stuck_since < self.config.trapped_s:
            return False
        ways = self._chart.creeps
        free = is_clear(ways, situation.lasting(WAY_OUT_S), self.limits)
        for way in ways[free]:
            caps = (limit.cap(way, situation) for limit in self.limits)
            if all(cap is None or cap.scale >= STUCK for cap in caps):
                return False
        return True
