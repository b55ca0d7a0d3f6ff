"""The governor: events in, decisions out. No clock, no file, no words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import assert_never

from iatro_governor.errors import EventError
from iatro_governor.governor.bypass import watched_of
from iatro_governor.governor.decision import Action, Decision, Latch, State, Trap
from iatro_governor.governor.emergency import EmergencyStops
from iatro_governor.governor.events import (
    EVERYTHING,
    Backlog,
    Bodies,
    Command,
    EStop,
    Event,
    Fault,
    Flags,
    Joints,
    Malformed,
    MapPose,
    Odom,
    Points,
    Publishers,
    Range,
    Recover,
    Reset,
    Scan,
    Sensed,
    Wrench,
)
from iatro_governor.governor.group import Group
from iatro_governor.governor.groups import build_groups, moved_by, needed_joints
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.latching import Latches, Nonce
from iatro_governor.governor.outcome import Outcome
from iatro_governor.governor.overrides import table_of
from iatro_governor.governor.recovery import Recovery
from iatro_governor.governor.repeated_stops import StopCounter
from iatro_governor.governor.resetting import Resets, conditions
from iatro_governor.governor.senses import Senses
from iatro_governor.limits.registry import build
from iatro_governor.limits.unseen import UnseenConfig
from iatro_governor.profile.load import Profile

CLOCK_JUMP_S = 60.0
"""A step of time beyond this is a jump of the clock, not a long silence."""

BACK_S = 1e-3
"""Times that go back by no more than this come of rounding, s."""


class Governor:
    """All channels of one robot."""

    def __init__(
        self,
        profile: Profile,
        nonce: Nonce | None = None,
        latch: Latch | None = None,
        first_seq: int = 0,
        key: bytes | None = None,
    ) -> None:
        """``latch`` stood before a restart; ``key`` is the operator's, without which nothing releases a latch.

        Raises:
            ProfileError: ``profile`` weakens the fault ladder and does not call it unsafe.
        """
        self.profile = profile
        self.period = 1.0 / profile.data.loop.rate_hz
        memory = max((c.memory_s for c in profile.limits if isinstance(c, UnseenConfig)), default=0.0)
        table = table_of(profile)
        self.process = Ladder(table)
        told = needed_joints(profile), profile.data.robot, moved_by(profile)
        self.senses = Senses(profile.data.sources, memory, *told)
        self._seq = first_seq
        self._latches = Latches(profile.data.robot.name, nonce or self._offline_nonce, latch)
        self._resets = Resets(key)
        self._emergency = EmergencyStops(profile.data.sources, latch)
        self._stops = StopCounter(profile.data.repeated_stops)
        self._last_t: float | None = None
        self.groups = build_groups(profile, build(profile.limits), self.senses, self.period, table)
        for group in self.groups:
            group.recovery = Recovery(group.members, key)
        self._ladders = (self.process, *(group.ladder for group in self.groups))
        self._nonce = nonce or self._offline_nonce
        self.channels = {member.name: group for group in self.groups for member in group.members}
        """The group of each channel."""
        self._watched = {
            name: watched_of(config, profile.data.lease_grace_s)
            for name, config in profile.data.channels.items()
        }
        if latch is not None:
            why = f"{', '.join(latch.causes)} latched before the restart"
            self.process.hold("latched", 0.0, True, f"{why}, until a signed reset")

    @property
    def next_seq(self) -> int:
        """The number of the next decision."""
        return self._seq

    @property
    def latch(self) -> Latch | None:
        """What stands until a signed reset."""
        return self._latches.latch

    def _offline_nonce(self, latch_id: str, seq: int) -> str:
        """Reproducible, for runs that no operator can reset: SHA-256(config_hash|id|seq), 128 bits of it."""
        return hashlib.sha256(f"{self.profile.config_hash}|{latch_id}|{seq}".encode()).hexdigest()[:32]

    def handle(self, event: Event) -> list[Decision]:
        """Take one event; a command is decided at once, on its own channel."""
        self._advance(event.t)
        match event:
            case Command():
                group = self.channels.get(event.channel)
                return [] if group is None else self._decide(group, event.t, event)
            case Malformed():
                return self._malformed(event)
            case Scan() | Points() | Range() | Odom() | MapPose() | Joints() | Wrench() | Bodies() | Flags():
                self._sense(event)
            case EStop():
                self._estop(event)
            case Publishers():
                for watched in chain.from_iterable(self._watched.values()):
                    watched.see(event)
            case Reset():
                self._reset(event)
            case Recover():
                self.recover(event)
            case Fault():
                self.process.hold(event.name, event.t, event.active, event.detail, "shell")
            case Backlog():
                self._backlog(event)
            case _:
                assert_never(event)
        return []

    def tick(self, t: float) -> list[Decision]:
        """Decide every channel at ``t``. Where that fails, whoever asked brakes from what was published last."""
        self._advance(t)
        try:
            return [decision for group in self.groups for decision in self._decide(group, t, None)]
        except Exception:
            for group in self.groups:
                group.failed(t)
            raise

    def absent(self, t: float, braked_s: float) -> None:
        """Nothing was decided for long, and whoever watches has braked for ``braked_s`` s as a protective stop does."""
        for group in self.groups:
            group.absent(t, braked_s)

    def replaced(self, t: float, sent: Mapping[str, tuple[float, ...]]) -> None:
        """What was decided last did not take effect: at ``t`` the values ``sent`` went out instead, by channel."""
        for group in self.groups:
            group.replaced(t, sent)

    def passed(self, t: float, channel: str) -> None:
        """Until ``t``, s, commands on ``channel`` went out as they came; now what is decided is carried out."""
        self.channels[channel].member(channel).chart.passed(t)

    def unsent(self, channel: str) -> None:
        """The trajectory of the last decision on ``channel`` did not go out: what went on before it goes on."""
        self.channels[channel].member(channel).chart.unsent()

    def skip_to(self, seq: int) -> None:
        """Number the next decision ``seq`` at least: for a record that holds more than its writer remembers."""
        self._seq = max(self._seq, seq)

    def _advance(self, t: float) -> None:
        if self._last_t is not None and t - self._last_t > CLOCK_JUMP_S:
            self.process.pulse("clock_jump", t, f"time went from {self._last_t} s to {t} s in one step")
        elif self._last_t is not None and t < self._last_t - BACK_S:
            self.process.pulse("clock_jump", t, f"time went back from {self._last_t} s to {t} s")
        self._last_t = t

    def _decide(self, group: Group, t: float, command: Command | None) -> list[Decision]:
        self.senses.watch(t, self.process)
        self._emergency.watch(t, self.process)
        waiting = self.senses.unseen
        self.process.hold("closed", t, bool(waiting), f"waiting for {', '.join(waiting)}" if waiting else "")
        for member in group.members:
            for watched in self._watched[member.name]:
                watched.judge(t, group.ladder)
        self.process.advance(t)
        name = None if command is None else command.channel
        outcomes = group.decide(t, self.process, name, command)
        protective = State.PROTECTIVE_STOP in [outcome.state for outcome in outcomes]
        self._stops.see(t, self.groups.index(group), protective, self.process)
        self._latch(t)
        self._trap(group)
        return [self._decision(group, t, outcome) for outcome in outcomes]

    def _trap(self, group: Group) -> None:
        """A group that has no way out offers what an operator signs, the same until it moves by itself again."""
        if group.bound_by and group.recovery.trap is None:
            made = f"{self.profile.data.robot.name}-{self._seq}-trap"
            group.recovery.offer(Trap(made, self._nonce(made, self._seq), group.bound_by))

    def _decision(self, group: Group, t: float, outcome: Outcome) -> Decision:
        member = group.member(outcome.channel)
        decision = Decision(
            t=t,
            seq=self._seq,
            channel=outcome.channel,
            state=outcome.state,
            latch=self.latch,
            action=outcome.action,
            requested=outcome.requested,
            allowed=outcome.allowed,
            plan_id=outcome.plan_id,
            limits=outcome.limits,
            faults=tuple(group.faults(self.process, member)),
            config_hash=self.profile.config_hash,
            on_command=outcome.on_command,
            stamp=outcome.stamp,
            measured=member.chart.measured_values,
            channel_type=member.chart.config.type,
            rest=outcome.rest,
            trajectory=outcome.trajectory,
            joints=member.chart.moves,
            stop=outcome.stop,
            trap=group.recovery.trap,
        )
        self._seq += 1
        return decision

    def _sense(self, event: Sensed) -> None:
        """Raises EventError where the source is not in the profile: nobody can be stopped for it."""
        try:
            match event:
                case Scan() | Points() | Range():
                    self.senses.look(event)
                case Odom():
                    self.senses.odom(event)
                case MapPose():
                    self.senses.map_pose(event)
                case Joints():
                    self.senses.joints(event)
                case Wrench():
                    self.senses.wrench(event)
                case Bodies():
                    self.senses.bodies(event)
                case Flags():
                    self.senses.set_flags(event)
                case _:
                    assert_never(event)
        except EventError as error:
            if event.source in self.senses.sources:
                self.process.pulse("sensor_malformed", event.t, f"{event.source}: {error}", event.source)
            raise

    def _malformed(self, event: Malformed) -> list[Decision]:
        if event.kind == "command":
            named = [name for name in self.channels if event.of in (name, EVERYTHING)]
            for name in named:
                self.channels[name].member(name).stream.malformed(event.t, event.message)
            return [decision for name in named for decision in self._refuse(name, event.t)]
        if event.kind == "line":
            self.process.hold("input_malformed", event.t, True, event.message)
        elif event.kind == "publishers":
            self.process.pulse("input_malformed", event.t, event.message, event.kind)
        else:
            kinds = {name: source.type for name, source in self.senses.sources.items()}
            named = [n for n, kind in kinds.items() if kind == event.kind and event.of in (n, EVERYTHING)]
            # An emergency stop counts even where none is declared, and so does one that is garbled.
            for name in named or ([event.kind] if event.kind == "estop" else []):
                self.process.pulse("sensor_malformed", event.t, f"{name}: {event.message}", name)
        return []

    def _refuse(self, name: str, t: float) -> list[Decision]:
        """A malformed command is decided as the tick is, and refused."""
        decisions = self._decide(self.channels[name], t, None)
        return [
            replace(d, action=Action.REFUSED, on_command=True) if d.channel == name else d for d in decisions
        ]

    def why_garbled(self, command: Command) -> str | None:
        """What makes ``command`` no command for its channel, or None."""
        return self.channels[command.channel].member(command.channel).stream.why_garbled(command)

    def good_line(self, t: float) -> None:
        """A readable line ends what an unreadable one began."""
        self.process.hold("input_malformed", t, False)

    def _estop(self, event: EStop) -> None:
        for name in self._emergency.take(event, self.process):
            self.senses.estop_seen(name, event.t)

    def _latch(self, t: float) -> None:
        """A fault that latches on one channel stops every other one of the robot, too, until the reset."""
        for ladder in self._ladders:
            self._latches.take(ladder.latched, self._seq)
        self._latches.name(self._emergency.pressed)
        if len(self.groups) > 1:
            for group in self.groups:
                names = ", ".join(member.name for member in group.members)
                for fault in group.ladder.latched:
                    self.process.hold("latched", t, True, f"{fault} of {names}, until a signed reset", fault)

    def _reset(self, event: Reset) -> None:
        self._latch(event.t)
        unfinished = [fault for ladder in self._ladders for fault in ladder.unfinished]
        holding = conditions(unfinished, self._emergency.unheard)
        if (why := self._resets.refusal(event.t, event.token, self.latch, holding)) is not None:
            self.process.pulse("reset_refused", event.t, why)
            return
        assert self.latch is not None
        self.process.pulse("reset_accepted", event.t, f"latch {self.latch.id} was released")
        self.process.end("latched")
        for ladder in self._ladders:
            ladder.release(event.t)
        self._stops.forget()
        self._emergency.release()
        self._latches.release()

    def recover(self, event: Recover) -> str | None:
        """Let an operator move a trapped channel; returns why that is refused, and puts it on record.

        Raises EventError for a channel that is none.
        """
        group = self.channels.get(event.channel)
        if group is None:
            known = ", ".join(self.channels)
            raise EventError(f"no channel {event.channel!r}; known: {known}", "recover")
        if self.latch is not None:
            why: str | None = f"latch {self.latch.id} stands"
        else:
            why = group.permit(event, self.process)
        if why is not None:
            group.ladder.pulse("recover_refused", event.t, why)
        return why

    def _backlog(self, event: Backlog) -> None:
        share = f"{event.fraction:.0%} of the decision ring is not acknowledged"
        self.process.hold("ledger_backlog", event.t, event.fraction > 0.9, share)
        self.process.hold("ledger_half_full", event.t, event.fraction > 0.5, f"{share}: no new plan")
        for group in self.groups:
            for member in group.members:
                member.stream.no_new_plan = event.fraction > 0.5
