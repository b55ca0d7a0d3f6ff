"""The governor of one twist channel: from the latest fresh command to the output, cycle by cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.body.shape import Shape
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
from iatro_governor.profile.channels import StopMode, TwistChannel
from iatro_governor.profile.sources import OdomSource

PLANAR = [0, 1, 5]
"""Components of a 6-D twist that a ground vehicle has."""
STUCK = 0.02
"""A scale below this is no motion to speak of."""
KEPT_S = 1.0
"""Outputs are kept this much longer than any measurement may be old, s."""
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


class TwistGovernor:
    """State of one channel between cycles; holds no clock."""

    def __init__(
        self,
        name: str,
        config: TwistChannel,
        limits: list[Limit[Any]],
        senses: Senses,
        figure: Shape,
        period: float,
    ) -> None:
        self.name = name
        self.config = config
        self.limits = limits
        self.ladder = Ladder()
        self.stream = CommandStream(config, self.ladder, period)
        self._senses = senses
        self._figure = figure
        self._period = period
        self._rates = Rates.of(limits)
        self._braking = _weakest(config.stop_modes.controlled, config.stop_modes.protective)
        odom = senses.sources[config.odom]
        assert isinstance(odom, OdomSource)  # the profile has been checked
        self._rest_speed = odom.rest_speed
        self._outputs = Outputs(config.actuator_delay_s, odom.timeout_s + config.actuator_delay_s + KEPT_S)
        self._stuck_since: float | None = None

    @property
    def at_rest(self) -> bool:
        """Output and measurement both say so."""
        measured = self._senses.tracks[self.config.odom].latest.twist
        return not self._outputs.standing.any() and bool((np.abs(measured) <= self._rest_speed).all())

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
            return Outcome(
                outcome.state,
                Action.REFUSED,
                command.values,
                outcome.allowed,
                command.plan_id,
                outcome.limits,
                command.stamp,
            )
        return outcome

    def faults(self, process: Ladder) -> list[FaultReport]:
        """Everything in force for this channel."""
        owed = self.stream.owed if max(self.ladder.level, process.level) < Level.CONTROLLED_STOP else None
        return [*process.tell(), *self.ladder.tell(), *([owed] if owed else [])]

    def _judge(self, t: float, process: Ladder, command: Command | None) -> Verdict | None:
        if command is None:
            return None
        return self.stream.accept(command, t, max(self.ladder.level, process.level) >= Level.CONTROLLED_STOP)

    def _publish(self, t: float, output: Array) -> tuple[float, ...]:
        vx, vy, wz = (float(v) for v in self._outputs.publish(t, output))
        return vx, vy, 0.0, 0.0, 0.0, wz

    def _stop(
        self,
        t: float,
        dt: float,
        level: Level,
        process: Ladder,
        command: Command | None,
        verdict: Verdict | None,
    ) -> Outcome:
        modes = self.config.stop_modes
        hard = self.ladder.protective_mode or process.protective_mode
        output = ramp_to_rest(
            self._outputs.standing, _braking(modes.protective if hard else modes.controlled), dt
        )
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
        situation = self._situation(t)
        wanted = np.zeros(3) if request is None else np.array(request.values)[PLANAR] + 0.0
        resolution, action = self._resolve(wanted, situation, dt, t)
        if resolution.scale is None:
            return self._unreachable(t, dt, situation, resolution, request)
        target = resolution.target
        output = self._rates.step(self._outputs.standing, target[None], dt)[0]
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
        """The whole command scaled; after ``freeze_s`` of standing still for it, its turn or its way alone."""

        def step(targets: Array) -> Array:
            # What is judged is never less than a whole period's step: two decisions may come at one moment.
            return self._rates.step(self._outputs.standing, targets, max(dt, self._period))

        whole = resolve(wanted, situation, self.limits, step)
        stuck = whole.scale is not None and whole.scale < STUCK and bool(wanted.any())
        if not stuck:
            self._stuck_since = None
            return whole, Action.SCALED
        if self._stuck_since is None:
            self._stuck_since = t
        mixed = wanted[2] != 0 and wanted[:2].any()
        if mixed and self.config.allow_split and t - self._stuck_since >= self.config.freeze_s:
            for part in (wanted * [0, 0, 1], wanted * [1, 1, 0]):
                alone = resolve(part, situation, self.limits, step)
                if alone.scale is not None and alone.scale >= STUCK:
                    return Resolution(alone.scale, alone.target, whole.caps, whole.blocked), Action.SPLIT
        return whole, Action.SCALED

    def _unreachable(
        self, t: float, dt: float, situation: Situation, resolution: Resolution, request: Command | None
    ) -> Outcome:
        """No step of ordinary driving is clear: follow the way to rest that was verified last, or brake hardest."""
        modes = self.config.stop_modes
        values, plan, stamp = (
            (request.values, request.plan_id, request.stamp) if request else (None, None, None)
        )
        verified = ramp_to_rest(self._outputs.standing, _braking(modes.controlled), dt)
        wanted = np.zeros(3) if request is None else np.array(request.values)[PLANAR]
        bound = tuple(limit_reports(resolution, self.limits, wanted, situation))
        if (
            is_clear(verified[None], situation, self.limits, tolerance=math.inf)[0]
            or not self._outputs.standing.any()
        ):
            return Outcome(
                State.LIMITED, Action.SCALED, values, self._publish(t, verified), plan, bound, stamp
            )
        names = ", ".join(limit.config.name for limit in resolution.blocked) or "the limits together"
        self.ladder.pulse("limit_unreachable", t, f"no way to rest that was verified before keeps {names}")
        hardest = ramp_to_rest(self._outputs.standing, _braking(modes.protective), dt)
        self.stream.drop()
        return Outcome(
            State.CONTROLLED_STOP, Action.UNREACHABLE, values, self._publish(t, hardest), plan, bound, stamp
        )

    def _trapped(self, t: float, situation: Situation) -> bool:
        """Whether standing still for a command has lasted ``trapped_s`` and no slow motion at all is admissible."""
        if self._stuck_since is None or t - self._stuck_since < self.config.trapped_s:
            return False
        creep = self.config.creep_speed
        sideways = (0.0, creep, -creep) if self.config.base == "omnidirectional" else (0.0,)
        ways = np.array(
            [(x, y, w) for x in (0.0, creep, -creep) for y in sideways for w in (0.0, creep, -creep)][1:]
        )
        free = is_clear(ways, replace(situation, period=WAY_OUT_S), self.limits)
        for way in ways[free]:
            caps = (limit.cap(way, situation) for limit in self.limits)
            if all(cap is None or cap.scale >= STUCK for cap in caps):
                return False
        return True

    def _situation(self, t: float) -> Situation:
        latest = self._senses.tracks[self.config.odom].latest
        age = max(t - latest.t, 0.0)
        return Situation(
            t=t,
            period=self._period,
            pose=latest.pose,
            measured=latest.twist,
            anchor=self._outputs.standing,
            flight=self._outputs.flight(t, age, latest.twist, self._figure.reach),
            reaction_s=age + self.config.actuator_delay_s,
            braking=self._braking,
            comfort=self._rates.comfort(self._braking),
            footprint=self._figure,
            reach=self._figure.reach,
            surroundings=self._senses.surroundings,
        )


def _braking(mode: StopMode) -> Braking:
    return Braking(mode.linear, mode.angular)


def _weakest(*modes: StopMode) -> Braking:
    return Braking(min(mode.linear for mode in modes), min(mode.angular for mode in modes))
