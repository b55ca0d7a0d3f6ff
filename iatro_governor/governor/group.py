"""The governor of one group of channels: from their latest fresh commands to their outputs, cycle by cycle.

Channels that move a common frame are decided once, on their stacked ``u``, with one scale, and published together. A
channel that is silent enters as what is left of its motion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.absence import Absence
from iatro_governor.governor.actions import actions_of, clamps_of, lagging_of
from iatro_governor.governor.admissible import Admissible
from iatro_governor.governor.admission import Admission
from iatro_governor.governor.chart import Chart
from iatro_governor.governor.claims import Claims
from iatro_governor.governor.decision import Action, FaultReport, LimitReport, State
from iatro_governor.governor.events import Command, Recover
from iatro_governor.governor.freshness import Verdict
from iatro_governor.governor.halting import Halting
from iatro_governor.governor.holders import Holders
from iatro_governor.governor.ladder import Ladder, Level
from iatro_governor.governor.leaving import Leaving
from iatro_governor.governor.member import Member, members_of
from iatro_governor.governor.moved import Body
from iatro_governor.governor.obedience import Obedience
from iatro_governor.governor.outcome import Arrival, Outcome, outcomes_of
from iatro_governor.governor.outputs import SAME_S, Outputs
from iatro_governor.governor.payload import NOTHING, Payload
from iatro_governor.governor.projection import Projector
from iatro_governor.governor.pushes import pushed
from iatro_governor.governor.recovery import Hold, Recovery
from iatro_governor.governor.report import limit_reports, rate_reports
from iatro_governor.governor.resolve import Limits, Resolution, resolve
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.smooth import SmoothStop
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.stops import Stops
from iatro_governor.governor.trajectories import Trajectories
from iatro_governor.governor.verified import Verified
from iatro_governor.limits.limit import Limit
from iatro_governor.profile.model import LoopTiming


class Group:
    """State of one group between cycles; holds no clock."""

    def __init__(
        self,
        charts: Mapping[str, Chart],
        body: Body,
        stops: Stops,
        limits: list[Limit[Any]],
        rates: Rates,
        senses: Senses,
        period: float,
        ladder: Ladder,
        claims: Claims | None = None,
        projector: Projector | None = None,
        smooth: SmoothStop | None = None,
        admissions: Mapping[str, Admission] | None = None,
        loop: LoopTiming | None = None,
        payload: Payload = NOTHING,
    ) -> None:
        self.limits = limits
        self._watchful, self._leaving = [limit for limit in limits if limit.fault], Leaving()
        self.ladder = ladder
        self.members = members_of(charts, self.ladder, period, limits)
        self._by_name = {member.name: member for member in self.members}
        self._trajectories = Trajectories(self.members, admissions or {})
        self._body = body
        self._senses, self._payload = senses, payload
        self._period = period
        self._rates = rates
        self._size = sum(chart.size for chart in charts.values())
        delay = max(chart.config.actuator_delay_s for chart in charts.values())
        keep_s = max(chart.keep_s for chart in charts.values())
        late = () if loop is None else (loop.covered_gap_s, loop.max_gap_s)
        outputs = self._outputs = Outputs(self._size, delay, keep_s, *late)
        claims = claims or Claims.of(charts)
        self._holders = Holders(self._by_name, claims, outputs)
        self._halting = Halting(self.members, stops, smooth, senses, limits, body, outputs)
        self._absence = Absence(self.members, stops.blind, outputs)
        self._verified = Verified(body, outputs, limits)
        sized = self.members, self._size, limits, body, outputs, rates
        self.admissible = Admissible(*sized, self._trajectories, period, projector, smooth is not None)
        self._obedience = Obedience(self.members, claims)
        self.recovery = Recovery(self.members, None)
        self.bound_by: tuple[str, ...] = ()
        """The limits that leave no way out, as the newest decision found; empty: there is one, or nobody looked."""

    def unfollowed(self) -> None:
        """Nobody carries out what it decides: whether a body obeys is not judged from now on."""
        self._obedience.end()

    @property
    def at_rest(self) -> bool:
        """Output and measurement both say so."""
        measured = all(member.chart.measured_rest for member in self.members)
        return not any(self._outputs.values) and measured and not self._trajectories.going

    @property
    def body(self) -> Body:
        """What it moves."""
        return self._body

    @property
    def rates(self) -> Rates:
        """How its outputs may change."""
        return self._rates

    def look(self, t: float) -> Any:
        """The body at ``t`` as its limits look at it, with nothing decided."""
        return self._body.situation(t, self._outputs)

    def member(self, name: str) -> Member:
        """The channel called ``name``."""
        return self._by_name[name]

    def decide(
        self, t: float, process: Ladder, name: str | None = None, command: Command | None = None
    ) -> list[Outcome]:
        """Choose the outputs at ``t``: on ``command``, just received on channel ``name``, or on the tick."""
        guided = self._senses.hand_guided(t)
        self._absence.end(t)
        for member in self.members:
            member.chart.look(t)
            if guided:
                member.chart.guide()
            member.stream.watch(t, self._holders.rests(member))
            if member.chart.astray is not None:
                self.ladder.pulse("off_course", t, member.chart.astray)
        self._obedience.judge(t, self._outputs, guided, partial(self._pushed, t), self.ladder)
        hold = self.recovery.held(t)
        self.ladder.hold("recovering", t, hold is not None, hold.told if hold else "")
        self.ladder.advance(t)
        cleared = max(self.ladder.cleared_t, process.cleared_t)
        for member in self.members:
            member.stream.cleared(cleared)
        arrival = self._judge(t, process, name, command)
        self.bound_by = ()
        level = self._level(process)
        if level >= Level.CONTROLLED_STOP:
            rearm = "rearm" in (self.ladder.recovery, process.recovery)
            for member in self.members:
                member.stream.stopped("rearm" if rearm else "fresh")
        dt = self._outputs.elapsed(t, self._period)
        if hold is not None and level < Level.CONTROLLED_STOP and not self._senses.unseen:
            return self._recover(t, dt, process, arrival, hold)
        self.recovery.end(t)
        if level >= Level.CONTROLLED_STOP or all(m.stream.owed is not None for m in self.members):
            return self._stop(t, dt, level, process, arrival)
        return self._govern(t, dt, process, arrival)

    def absent(self, t: float, braked_s: float) -> None:
        """What stood may have been replaced by a protective stop, ``braked_s`` s before ``t`` at the earliest.

        The next output goes on from there, or from what is measured where that shows that nobody has braked so long.
        """
        self._absence.note(t, braked_s)
        self._interrupt(t)

    def replaced(self, t: float, sent: Mapping[str, tuple[float, ...]]) -> None:
        """What was decided last did not go out, and ``sent`` did, by channel: the next output goes on from there."""
        standing = self._halting.blind(self._period)
        for member in self.members:
            values = sent.get(member.name, ())
            standing[member.place] = member.chart.resume(values, standing[member.place])
            member.stream.drop()
            member.chart.absent(t)
        self._outputs.publish(t, standing, self._period)
        self._absence.forget()

    def failed(self, t: float) -> None:
        """Nothing could be decided at ``t``: what stood brakes meanwhile, as if the governor were absent."""
        self._absence.brake(t, self._outputs.elapsed(t, self._period))
        self._interrupt(t)

    def _interrupt(self, t: float) -> None:
        for member in self.members:
            member.stream.drop()
            member.chart.absent(t)

    def faults(self, process: Ladder, member: Member) -> list[FaultReport]:
        """Everything in force for one channel."""
        told, owed = [*process.tell(), *self.ladder.tell()], member.stream.owed
        if owed and self._level(process) < Level.CONTROLLED_STOP:
            told.append(owed)
        return told

    def _pushed(self, t: float, member: Member) -> bool:
        """Whether somebody is known to push what ``member`` moves, the way it moves."""
        return pushed(member, self._senses, t, partial(self.look, t), self._payload)

    def _level(self, process: Ladder) -> Level:
        return max(self.ladder.level, process.level)

    def _judge(self, t: float, process: Ladder, name: str | None, command: Command | None) -> Arrival | None:
        if name is None or command is None:
            return None
        member = self.member(name)
        stopped = self._level(process) >= Level.CONTROLLED_STOP or bool(self._senses.unseen)
        stopped = stopped or self.recovery.held(t) is not None
        verdict = member.stream.accept(command, t, stopped, self._holders.taken(member, t))
        if verdict is Verdict.ACCEPTED and self._trajectories.judges(name):
            member.stream.drop()  # it is obeyed whole or not at all, and needs no other after it
        elif verdict is Verdict.ACCEPTED and member.chart.asks(command):
            self._holders.take(member)
        return Arrival(member, self._trajectories.ordered(name, command), verdict)

    def _publish(
        self, t: float, output: Array, dt: float, pace: Array | None = None
    ) -> dict[str, tuple[float, ...]]:
        # What a late loop missed is not made up for: a set-point would jump by it, beyond what was judged.
        moved = min(dt, self._period + SAME_S)
        standing = self._outputs.publish(t, output, dt, pace)
        return {m.name: m.chart.publish(standing[m.place], moved) for m in self.members if m.chart.ready}

    def _stop(
        self, t: float, dt: float, level: Level, process: Ladder, arrival: Arrival | None
    ) -> list[Outcome]:
        if level < Level.PROTECTIVE_STOP and self._alarmed_in_a_stop(t):
            level = self._level(process)
        hard = self.ladder.protective_mode or process.protective_mode
        chosen = self._halting.chosen(hard, t, process)
        output, pace = self._halting.braked(chosen, dt)
        self.admissible.standstill.over()
        self._halting.begin(chosen)
        output = self._trajectories.fill(output)
        state = State.PROTECTIVE_STOP if level == Level.PROTECTIVE_STOP else State.CONTROLLED_STOP
        actions = {member.name: Action.STOP for member in self.members}
        return outcomes_of(
            self.members, state, actions, {}, self._publish(t, output, dt, pace), (), arrival, chosen
        )

    def _govern(self, t: float, dt: float, process: Ladder, arrival: Arrival | None) -> list[Outcome]:
        closed = bool(self._senses.unseen)
        requests = {m.name: None if closed else m.stream.live(t) for m in self.members}
        situation = self._body.situation(t, self._outputs)
        if self._alarmed(t, situation):
            return self._stop(t, dt, self._level(process), process, arrival)
        if arrival is not None and arrival.verdict is Verdict.ACCEPTED and not closed:
            arrival, situation = self._admit(t, arrival, situation)
        requests = self._trajectories.executed(requests)
        wanted = self._wanted(t, requests, max(dt, self._period))
        limits = self._body.relevant(self.limits, situation, wanted)
        resolution, action = self.admissible.resolve(wanted, situation, limits, dt, t)
        stopped, arrival = self._trajectories.interrupt(resolution, wanted, arrival, t, self.ladder)
        if resolution.scale is None:
            found = resolution, wanted, requests, arrival, stopped
            return self._unreachable(t, dt, situation, limits, *found, process)
        self._verified.now(situation)
        target, standing = resolution.target, self._outputs.standing
        output = self.admissible.next(resolution, situation, limits, dt)
        shaped: Iterable[LimitReport] = ()
        if output is not target:
            pace, step_s = self._outputs.pace, max(dt, self._period)
            shaped = rate_reports(self._rates, standing, pace, target, output, step_s)
        bound = limit_reports(resolution, limits, wanted, situation)
        given, asked = output.tolist(), wanted.tolist()
        moved = given != asked or bool(stopped)
        state = State.LIMITED if moved else State.NOMINAL
        self.bound_by = self.admissible.standstill.trapped(t, situation, self.limits)
        if self.bound_by:
            state = State.TRAPPED
        elif any(given):
            self.recovery.withdraw()
        partly = None if resolution.scale >= 1.0 and action is Action.SCALED else action
        actions = actions_of(self.members, requests, given, asked, partly, arrival)
        cut, held = clamps_of(self.members, requests), lagging_of(self.members, requests, asked)
        for name, why in held.items():
            self.ladder.pulse("not_followed", t, why, name)
        for name, action in (dict.fromkeys(held, Action.HOLD) | dict.fromkeys(cut, Action.SCALED)).items():
            actions[name] = action if actions[name] is Action.PASS else actions[name]
            state = State.LIMITED if state is State.NOMINAL else state
        told = (*bound, *shaped, *(report for reports in cut.values() for report in reports))
        outcomes = outcomes_of(
            self.members, state, actions, requests, self._publish(t, output, dt), told, arrival
        )
        return [self._closed(outcome, arrival) for outcome in outcomes] if closed else outcomes

    def permit(self, event: Recover, process: Ladder) -> str | None:
        """Let an operator's ``event`` move the group while it is trapped; returns why it does not."""
        look = partial(self.look, event.t)
        return self.recovery.take(event, partial(self._unready, event.t, process, look), self.limits, look)

    def _unready(self, t: float, process: Ladder, look: Callable[[], Any]) -> str | None:
        """Why no operator may move the group at ``t``."""
        if self._level(process) >= Level.CONTROLLED_STOP:
            names = [fault.name for fault in (*process.reports, *self.ladder.reports)]
            return f"a stop is in force: {', '.join(dict.fromkeys(names))}"
        assert (
            not self._senses.unseen
        )  # who is trapped was asked to move, and nobody is before every source has spoken
        if self.recovery.held(t) is not None:
            return None
        if not self.at_rest:
            return "the robot is not at rest"
        if self.recovery.trap is not None and not self.admissible.standstill.binding(look(), self.limits):
            self.recovery.withdraw()
            return "there is a way out by now; nothing is trapped"
        return None

    def _recover(
        self, t: float, dt: float, process: Ladder, arrival: Arrival | None, hold: Hold
    ) -> list[Outcome]:
        """Move as the operator says, under the limits that hold meanwhile; every stream has to begin anew after it."""
        self._holders.take(hold.member)
        for member in self.members:
            member.stream.drop()
            member.stream.stopped("rearm")
            member.stream.cleared(t)
        situation = self._body.situation(t, self._outputs)
        if self._alarmed(t, situation):
            self.recovery.end(t)
            return self._stop(t, dt, self._level(process), process, arrival)
        wanted = np.zeros(self._size)
        wanted[hold.member.place] = hold.member.chart.unheld(hold.motion)
        limits = self._body.relevant(list(hold.limits), situation, wanted)
        step = partial(self.admissible.step, dt=max(dt, self._period))
        resolution = resolve(wanted, situation, limits, step)
        if resolution.scale is None:
            outcomes = self._unreachable(
                t, dt, situation, limits, resolution, wanted, {}, arrival, (), process
            )
            return [outcome.trapped() for outcome in outcomes]
        self._verified.now(situation)
        output = self.admissible.next(resolution, situation, limits, dt)
        told = tuple(limit_reports(resolution, limits, wanted, situation))
        whole = Action.RAMPED if resolution.scale >= 1.0 else Action.SCALED
        actions = {m.name: whole if any(output[m.place]) else Action.HOLD for m in self.members}
        published = self._publish(t, output, dt)
        return outcomes_of(self.members, State.TRAPPED, actions, {}, published, told, arrival)

    def _admit(self, t: float, arrival: Arrival, situation: Any) -> tuple[Arrival, Any]:
        """Judge a trajectory; what then goes on is part of the situation from now on."""
        if not self._trajectories.judges(arrival.member.name):
            return arrival, situation
        arrival = self._trajectories.admit(arrival, situation, self.ladder)
        if arrival.verdict is Verdict.REFUSED:
            return arrival, situation
        self._holders.take(arrival.member)
        return arrival, self._body.situation(t, self._outputs)

    def _alarmed(self, t: float, situation: Any) -> bool:
        """Whether a limit has the body stop at once."""
        alarmed = False
        for limit in self._watchful:
            why = limit.alarm(situation) or self._leaving.worsens(limit, situation)
            if why is not None:
                self.ladder.pulse(limit.fault, t, f"{limit.config.name}: {why}", limit.config.name)
                alarmed = True
        return alarmed

    def _alarmed_in_a_stop(self, t: float) -> bool:
        """The same where it stops already: it moves on until it rests, and may have to stop harder."""
        moves = any(self._outputs.values) or self._trajectories.going
        return bool(self._watchful and moves) and self._alarmed(t, self._body.situation(t, self._outputs))

    def _wanted(self, t: float, requests: Mapping[str, Command | None], dt: float) -> Array:
        wanted = np.zeros(self._size)
        for member in self.members:
            if (request := requests[member.name]) is not None and member.chart.ready:
                part = member.chart.wanted(request, dt)
                if all(map(math.isfinite, part.tolist())):
                    wanted[member.place] = part
                else:
                    self.ladder.pulse("command_malformed", t, f"{member.name}: leads to no finite motion")
        return self._trajectories.fill(wanted)

    def _closed(self, outcome: Outcome, arrival: Arrival | None) -> Outcome:
        """Before every required source has spoken, each command is refused."""
        if arrival is None or outcome.channel != arrival.member.name:
            return outcome
        return outcome.refused(arrival.command)

    def _unreachable(
        self,
        t: float,
        dt: float,
        situation: Any,
        limits: Limits,
        resolution: Resolution,
        wanted: Array,
        requests: Mapping[str, Command | None],
        arrival: Arrival | None,
        stopped: Sequence[Member],
        process: Ladder,
    ) -> list[Outcome]:
        """No step of ordinary motion is clear: follow the way to rest that was verified last, or brake hardest.

        ``stopped``: trajectories that go along that way from now on.
        """
        standing = self._outputs.standing
        eased_to, pace = self._halting.eased(dt)
        verified = self._trajectories.fill(eased_to)
        bound = tuple(limit_reports(resolution, limits, wanted, situation))
        eased = situation if pace is None else situation.changing(pace[None])
        if stopped or not standing.any() or self._verified.keeps(verified, eased):
            actions = {m.name: Action.SCALED if m.chart.going is None else Action.STOP for m in self.members}
            allowed = self._publish(t, verified, dt, pace)
            return outcomes_of(self.members, State.LIMITED, actions, requests, allowed, bound, arrival)
        names = ", ".join(limit.config.name for limit in resolution.blocked) or "the limits together"
        self.ladder.pulse("limit_unreachable", t, f"no way to rest that was verified before keeps {names}")
        chosen = self._halting.chosen(True, t, process)
        self._halting.begin(chosen)
        hardest, pace = self._halting.braked(chosen, dt)
        allowed = self._publish(t, self._trajectories.fill(hardest), dt, pace)
        actions = {member.name: Action.UNREACHABLE for member in self.members}
        return outcomes_of(
            self.members, State.CONTROLLED_STOP, actions, requests, allowed, bound, arrival, chosen
        )
