"""What the governor says about itself: heartbeat, state, diagnostics. None of it is an input of anything it decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, FaultReport, State
from iatro_governor.msg import GovernorState, Heartbeat
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import STATES, stamp_of

SEVERITY = (State.NOMINAL, State.LIMITED, State.TRAPPED, State.CONTROLLED_STOP, State.PROTECTIVE_STOP)
"""States from the best to the worst."""
LEVELS = {
    State.NOMINAL: DiagnosticStatus.OK,
    State.LIMITED: DiagnosticStatus.OK,
    State.TRAPPED: DiagnosticStatus.WARN,
}
"""Diagnostic level of a state; the others are errors."""


class Announcer:
    """Publishes heartbeat, state and diagnostics from the latest decision of each channel."""

    def __init__(self, node: Node, core: Governor) -> None:
        self._core = core
        self._node = node
        self._count = 0
        self._last: tuple[Any, ...] | None = None
        self._beat = node.create_publisher(
            Heartbeat, "governor/heartbeat", qos.HEARTBEAT, event_callbacks=qos.QUIET_OUT
        )
        self._state = node.create_publisher(
            GovernorState, "governor/state", qos.STATE, event_callbacks=qos.QUIET_OUT
        )
        self._diagnostics = node.create_publisher(
            DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS, event_callbacks=qos.QUIET_OUT
        )

    def heartbeat(self, now: float, decisions: Mapping[str, Decision]) -> None:
        """The loop went round once more. ``now``: node clock, s."""
        worst = max((d.state for d in decisions.values()), key=SEVERITY.index, default=State.CONTROLLED_STOP)
        code = STATES.index(worst.value)
        config = self._core.profile.config_hash
        self._beat.publish(Heartbeat(stamp=stamp_of(now), count=self._count, state=code, config_hash=config))
        self._count += 1

    def state(self, now: float, decisions: Mapping[str, Decision], backlog: float, always: bool) -> None:
        """The state, where it changed or ``always``. ``backlog``: unacknowledged share of the ring."""
        faults = _faults(decisions)
        states = [STATES.index(decision.state.value) for decision in decisions.values()]
        latch = self._core.latch
        key = (tuple(states), tuple(fault.name for fault in faults), latch)
        if key == self._last and not always:
            return
        if self._last is not None and key != self._last:
            self._log(decisions, faults)
        self._last = key
        message = GovernorState(
            stamp=stamp_of(now),
            channels=list(decisions),
            states=states,
            fault_names=[fault.name for fault in faults],
            fault_details=[fault.detail for fault in faults],
            config_hash=self._core.profile.config_hash,
            ledger_backlog=backlog,
        )
        if latch is not None:
            message.latch_id, message.latch_nonce, message.latch_cause = latch.id, latch.nonce, latch.cause
        self._state.publish(message)

    def _log(self, decisions: Mapping[str, Decision], faults: list[FaultReport]) -> None:
        states = ", ".join(f"{name} {decision.state.value}" for name, decision in decisions.items())
        causes = "; ".join(f"{fault.name}: {fault.detail}" for fault in faults)
        self._node.get_logger().info(f"{states}{f' ({causes})' if causes else ''}", throttle_duration_sec=0.2)

    def diagnostics(
        self,
        t: float,
        now: float,
        decisions: Mapping[str, Decision],
        heard: Mapping[str, float],
        backlog: float,
    ) -> None:
        """Channels, ages of the sources and the backlog. ``t``: governor's time, ``now``: node clock, s."""
        rows = [self._channel(decision) for decision in decisions.values()]
        rows.append(self._sources(t, heard))
        full = DiagnosticStatus.WARN if backlog > 0.25 else DiagnosticStatus.OK
        told = f"{backlog:.1%} of the decisions kept wait for the ledger"
        rows.append(self._row("record", full, told, {"backlog": f"{backlog:.4f}"}))
        message = DiagnosticArray(status=rows)
        message.header.stamp = stamp_of(now)
        self._diagnostics.publish(message)

    def _channel(self, decision: Decision) -> DiagnosticStatus:
        values = {fault.name: fault.detail for fault in decision.faults}
        values |= {limit.name: f"margin {limit.margin:.3f} {limit.unit}" for limit in decision.limits}
        level = LEVELS.get(decision.state, DiagnosticStatus.ERROR)
        return self._row(f"channel {decision.channel}", level, decision.state.value, values)

    def _sources(self, t: float, heard: Mapping[str, float]) -> DiagnosticStatus:
        sources = self._core.profile.data.sources
        ages = {name: t - heard[name] for name in sources if name in heard}
        late = [n for n, s in sources.items() if s.required and ages.get(n, float("inf")) > s.timeout_s]
        told = {name: f"{ages[name]:.3f} s ago" if name in ages else "never" for name in sources}
        if late:
            return self._row("sources", DiagnosticStatus.ERROR, f"silent: {', '.join(late)}", told)
        return self._row("sources", DiagnosticStatus.OK, "all required sources speak", told)

    def _row(self, name: str, level: bytes, message: str, values: Mapping[str, str]) -> DiagnosticStatus:
        return DiagnosticStatus(
            level=level,
            name=f"{self._node.get_fully_qualified_name().lstrip('/')}: {name}",
            message=message,
            hardware_id=self._core.profile.data.robot.name,
            values=[KeyValue(key=key, value=value) for key, value in values.items()],
        )


def _faults(decisions: Mapping[str, Decision]) -> list[FaultReport]:
    """The faults of all channels, each once."""
    return list({fault: None for decision in decisions.values() for fault in decision.faults})
