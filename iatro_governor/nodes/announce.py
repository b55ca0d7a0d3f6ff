"""What the governor says about itself: heartbeat, state, diagnostics. None of it is an input of anything it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, FaultReport, Latch, State, Trap
from iatro_governor.msg import GovernorState, Heartbeat
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import STATES
from iatro_governor.nodes.diagnosed import row_name
from iatro_governor.nodes.stamps import stamp_of

SEVERITY = (State.NOMINAL, State.LIMITED, State.TRAPPED, State.CONTROLLED_STOP, State.PROTECTIVE_STOP)
"""States from the best to the worst."""
LEVELS = {
    State.NOMINAL: DiagnosticStatus.OK,
    State.LIMITED: DiagnosticStatus.OK,
    State.TRAPPED: DiagnosticStatus.WARN,
}
"""Diagnostic level of a state; the others are errors."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the channels stand, and why."""

    states: dict[str, State]
    faults: tuple[FaultReport, ...]
    latch: Latch | None
    traps: dict[str, Trap]
    """Of each channel that has no way out."""

    @property
    def worst(self) -> State:
        """The worst state of all channels; nothing known is a stop."""
        return max(self.states.values(), key=SEVERITY.index, default=State.CONTROLLED_STOP)

    @property
    def codes(self) -> list[int]:
        """The states as the messages number them."""
        return [STATES.index(state.value) for state in self.states.values()]


class Announcer:
    """Publishes heartbeat, state and diagnostics."""

    def __init__(self, node: Node, core: Governor) -> None:
        self._core = core
        self._node = node
        self._count = 0
        self._last: tuple[object, ...] | None = None
        lease_s = core.profile.data.loop.patience_s
        self._beat = node.create_publisher(
            Heartbeat, "governor/heartbeat", qos.heartbeat(lease_s), event_callbacks=qos.QUIET_OUT
        )
        self._state = node.create_publisher(
            GovernorState, "governor/state", qos.STATE, event_callbacks=qos.QUIET_OUT
        )
        self._diagnostics = node.create_publisher(
            DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS, event_callbacks=qos.QUIET_OUT
        )

    @property
    def heard(self) -> bool:
        """Whether anybody reads the heartbeats."""
        return bool(self._beat.get_subscription_count())

    def status(self, decisions: Mapping[str, Decision], broken: str | None) -> Status:
        """Where things stand after the latest ``decisions``; ``broken``: why none could be made."""
        faults = dict.fromkeys(fault for decision in decisions.values() for fault in decision.faults)
        states = {name: decision.state for name, decision in decisions.items()}
        if broken is not None:
            states = dict.fromkeys(self._core.channels, State.PROTECTIVE_STOP)
            faults = {FaultReport("internal_error", broken): None} | faults
        traps = {name: decision.trap for name, decision in decisions.items() if decision.trap is not None}
        return Status(states, tuple(faults), self._core.latch, traps)

    def heartbeat(self, now: float, status: Status) -> None:
        """The loop went round once more. ``now``: node clock, s."""
        code = STATES.index(status.worst.value)
        config = self._core.profile.config_hash
        self._beat.publish(Heartbeat(stamp=stamp_of(now), count=self._count, state=code, config_hash=config))
        self._count += 1

    def state(self, now: float, status: Status, backlog: float, always: bool) -> None:
        """The state, where it changed or ``always``. ``backlog``: unacknowledged share of the ring."""
        names = tuple(fault.name for fault in status.faults)
        key = (tuple(status.codes), names, status.latch, tuple(status.traps.items()))
        if key == self._last and not always:
            return
        if self._last is not None and key != self._last:
            self._log(status)
        self._last = key
        message = GovernorState(
            stamp=stamp_of(now),
            channels=list(status.states),
            states=status.codes,
            fault_names=[fault.name for fault in status.faults],
            fault_details=[fault.detail for fault in status.faults],
            config_hash=self._core.profile.config_hash,
            ledger_backlog=backlog,
        )
        if (latch := status.latch) is not None:
            message.latch_id, message.latch_nonce, message.latch_cause = latch.id, latch.nonce, latch.cause
        if (trap := next(iter(status.traps.values()), None)) is not None:
            message.trap_id, message.trap_nonce, message.trap_limits = trap.id, trap.nonce, list(trap.limits)
            message.trap_channels = [name for name, found in status.traps.items() if found == trap]
        self._state.publish(message)

    def _log(self, status: Status) -> None:
        states = ", ".join(f"{name} {state.value}" for name, state in status.states.items())
        causes = "; ".join(f"{fault.name}: {fault.detail}" for fault in status.faults)
        self._node.get_logger().info(f"{states}{f' ({causes})' if causes else ''}", throttle_duration_sec=0.2)

    def diagnostics(
        self,
        t: float,
        now: float,
        status: Status,
        heard: Mapping[str, float],
        backlog: float,
        watched: tuple[bool, str],
        frail: Sequence[str],
    ) -> None:
        """Channels, ages of the sources, the backlog, the watch. ``t``: governor's time, ``now``: node clock, s.

        ``watched``: whether the watch is there, and why its file is not believed. ``frail``: emergency stops that may
        go unheard, and why.
        """
        faults = {fault.name: fault.detail for fault in status.faults}
        rows = [
            self._row(f"channel {name}", LEVELS.get(state, DiagnosticStatus.ERROR), state.value, faults)
            for name, state in status.states.items()
        ]
        rows.append(self._sources(t, heard))
        full = DiagnosticStatus.WARN if backlog > 0.25 else DiagnosticStatus.OK
        told = f"{backlog:.1%} of the decisions kept wait for the ledger"
        rows.append(self._row("record", full, told, {"backlog": f"{backlog:.4f}"}))
        rows.append(self._watch(*watched))
        if frail:
            rows.append(self._row("emergency stops", DiagnosticStatus.WARN, "; ".join(frail), {}))
        message = DiagnosticArray(status=rows)
        message.header.stamp = stamp_of(now)
        self._diagnostics.publish(message)

    def _sources(self, t: float, heard: Mapping[str, float]) -> DiagnosticStatus:
        sources = self._core.profile.data.sources
        ages = {name: t - heard[name] for name in sources if name in heard}
        late = [n for n, s in sources.items() if s.required and ages.get(n, float("inf")) > s.timeout_s]
        told = {name: f"{ages[name]:.3f} s ago" if name in ages else "never" for name in sources}
        if late:
            return self._row("sources", DiagnosticStatus.ERROR, f"silent: {', '.join(late)}", told)
        return self._row("sources", DiagnosticStatus.OK, "all required sources speak", told)

    def _watch(self, there: bool, refused: str) -> DiagnosticStatus:
        if there:
            return self._row("watch", DiagnosticStatus.OK, "there", {})
        why = refused or "none: nobody stops the robot if the governor dies, unless its driver does"
        return self._row("watch", DiagnosticStatus.WARN, why, {})

    def _row(self, name: str, level: bytes, message: str, values: Mapping[str, str]) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=level,
            name=row_name(self._node, name),
            message=message,
            hardware_id=self._core.profile.data.robot.name,
            values=[KeyValue(key=key, value=value) for key, value in values.items()],
        )
