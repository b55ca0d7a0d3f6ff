"""The fault ladder: one table of faults, and the state that remembers which are in force.

A fault is in force while its condition holds and for ``clear_s`` after; one that latches, until a signed reset besides.
The highest level wins; no fault masks another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from iatro_governor.governor.decision import FaultReport

Recovery = Literal["none", "fresh", "rearm"]


class Level(IntEnum):
    """How far a fault stops motion."""

    NOTE = 0
    CONTROLLED_STOP = 2
    PROTECTIVE_STOP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One fault.

    scope: the channel it happened on, or the whole process. mode: how the stop brakes. recovery: what moves the robot
    again once the fault has cleared: a command stamped later (``fresh``), or one that also follows silence, exact zeros
    or a new plan id (``rearm``). latches: only a signed reset clears it, and only once its condition is over.
    """

    scope: Literal["channel", "process"]
    level: Level
    mode: Literal["controlled", "protective"]
    recovery: Recovery
    clears: str
    clear_s: float = 0.5
    latches: bool = False


_C, _P, _N = Level.CONTROLLED_STOP, Level.PROTECTIVE_STOP, Level.NOTE

TABLE: dict[str, Row] = {
    "command_malformed": Row("channel", _C, "controlled", "rearm", "no malformed command"),
    "command_stale": Row("channel", _C, "controlled", "rearm", "a fresh command, or rest"),
    "command_future": Row("channel", _C, "controlled", "rearm", "no stamp ahead of the clock"),
    "command_backwards": Row("channel", _C, "controlled", "rearm", "no stamp before the last one"),
    "command_rate": Row("channel", _C, "controlled", "rearm", "fewer commands than allowed"),
    "awaiting_command": Row(
        "channel", _C, "controlled", "none", "a command stamped after the last fault cleared", 0.0
    ),
    "awaiting_rearm": Row(
        "channel", _C, "controlled", "none", "silence, zeros or a new plan id, then a command", 0.0
    ),
    "sensor_never_seen": Row("process", _C, "controlled", "fresh", "the source speaks"),
    "sensor_stale": Row("process", _C, "controlled", "fresh", "data younger than timeout_s"),
    "sensor_malformed": Row("process", _C, "controlled", "fresh", "no malformed message"),
    "input_malformed": Row("process", _C, "controlled", "fresh", "a good line"),
    "clock_jump": Row("process", _C, "controlled", "rearm", "time goes on evenly"),
    "clock_stands": Row("process", _C, "controlled", "fresh", "/clock goes on"),
    "loop_overrun": Row("process", _C, "controlled", "fresh", "the loop is on time"),
    "ledger_backlog": Row("process", _C, "controlled", "fresh", "less than 90% of the ring unacknowledged"),
    "inactive": Row("process", _C, "controlled", "rearm", "the node is active and not ending"),
    "limit_unreachable": Row("channel", _C, "protective", "rearm", "a verified way to rest"),
    "contact_collision": Row("channel", _P, "protective", "rearm", "the body no longer pushes on"),
    "foreign_publisher": Row("channel", _P, "protective", "rearm", "no foreign publisher"),
    "incompatible_qos": Row("channel", _P, "protective", "rearm", "all endpoints match"),
    "estop": Row(
        "process", _P, "protective", "rearm", "no emergency stop pressed, and a signed reset", latches=True
    ),
    "estop_never_seen": Row("process", _P, "protective", "rearm", "the input speaks, and is not pressed"),
    "actuator_disobeys": Row(
        "channel", _P, "protective", "rearm", "the body obeys, and a signed reset", latches=True
    ),
    "self_test": Row(
        "process", _P, "protective", "rearm", "a self-test that succeeds, and a signed reset", latches=True
    ),
    "configuration_changed": Row(
        "process", _P, "protective", "rearm", "the files as they were read, and a signed reset", latches=True
    ),
    "repeated_stops": Row("process", _P, "protective", "rearm", "a signed reset", latches=True),
    "latched": Row("process", _P, "protective", "rearm", "a signed reset"),
    "internal_error": Row("process", _P, "protective", "rearm", "no error"),
    "closed": Row("process", _N, "controlled", "none", "every required source has spoken", 0.0),
    "ledger_half_full": Row(
        "process", _N, "controlled", "none", "less than half of the ring unacknowledged", 0.0
    ),
    "off_course": Row("channel", _C, "controlled", "rearm", "the joints rest, or follow their trajectory"),
    "trajectory_refused": Row("channel", _N, "controlled", "none", "at once", 0.0),
    "not_followed": Row("channel", _N, "controlled", "none", "at once", 0.0),
    "joints_taken": Row("channel", _N, "controlled", "none", "at once", 0.0),
    "command_superseded": Row("channel", _N, "controlled", "none", "at once", 0.0),
    "self_tested": Row("process", _N, "controlled", "none", "at once", 0.0),
    "reset_refused": Row("process", _N, "controlled", "none", "at once", 0.0),
    "reset_accepted": Row("process", _N, "controlled", "none", "at once", 0.0),
    "recover_refused": Row("channel", _N, "controlled", "none", "at once", 0.0),
    "recovering": Row("channel", _N, "controlled", "none", "the operator lets go, or a stop", 0.0),
}
"""Every fault. A new one is one row."""

DERIVED = frozenset({"awaiting_command", "awaiting_rearm", "closed", "latched"})
"""Rows that follow from other faults or from the start; no profile changes them."""

Key = tuple[str, str]


@dataclass(slots=True)
class _Standing:
    detail: str
    holds: bool
    last_t: float
    latched: bool
    told: bool = False


class Ladder:
    """Which faults of one scope are in force. A fault may stand several times, once for each subject, a source say."""

    def __init__(self, table: Mapping[str, Row] = TABLE) -> None:
        """``table``: the rows as the profile has them."""
        self._table = table
        self._standing: dict[Key, _Standing] = {}
        self.cleared_t = float("-inf")
        """When the last fault cleared, s."""

    def hold(self, name: str, t: float, active: bool, detail: str = "", subject: str = "") -> None:
        """A condition that lasts: say at every look whether it holds."""
        if active:
            key = (name, subject)
            self._standing[key] = _Standing(detail, True, t, self._latches(key))
        elif self._standing and (fault := self._standing.get((name, subject))) is not None:
            fault.holds = False

    def end(self, name: str) -> None:
        """The condition of ``name`` is over, for every subject."""
        for key, fault in self._standing.items():
            fault.holds = fault.holds and key[0] != name

    def pulse(self, name: str, t: float, detail: str, subject: str = "") -> None:
        """Something that happened at ``t`` and is over."""
        key = (name, subject)
        self._standing[key] = _Standing(detail, False, t, self._latches(key))

    def _latches(self, key: Key) -> bool:
        return self._table[key[0]].latches

    def advance(self, t: float) -> None:
        """Clear what has been over for its ``clear_s``, and has been told at least once."""
        if not self._standing:
            return
        for key, fault in list(self._standing.items()):
            row = self._table[key[0]]
            over = fault.last_t + row.clear_s
            if fault.holds or fault.latched:
                fault.last_t = max(fault.last_t, t)
            elif fault.told and t >= over - 1e-9:
                del self._standing[key]
                if row.level > Level.NOTE:
                    self.cleared_t = max(self.cleared_t, over)

    def release(self, t: float) -> None:
        """Unlatch everything at ``t``: from now on each fault clears as one that does not latch."""
        for fault in self._standing.values():
            if fault.latched:
                fault.latched, fault.last_t = False, max(fault.last_t, t)

    @property
    def latched(self) -> list[str]:
        """Names of the faults that wait for a signed reset, in the order in which they came; each once."""
        if not self._standing:
            return []
        return list(dict.fromkeys(key[0] for key, fault in self._standing.items() if fault.latched))

    @property
    def unfinished(self) -> list[FaultReport]:
        """Latched faults whose condition still holds: no reset can clear them yet."""
        return [
            FaultReport(key[0], fault.detail)
            for key, fault in self._standing.items()
            if fault.latched and fault.holds
        ]

    @property
    def level(self) -> Level:
        """The highest level in force."""
        if not self._standing:
            return Level.NOTE
        return max(self._table[name].level for name, _ in self._standing)

    @property
    def recovery(self) -> Recovery:
        """The strictest recovery that the faults in force ask for."""
        asked = {self._table[name].recovery for name, _ in self._standing}
        return "rearm" if "rearm" in asked else "fresh" if "fresh" in asked else "none"

    @property
    def protective_mode(self) -> bool:
        """Whether any stop in force brakes at its strongest."""
        rows = (self._table[name] for name, _ in self._standing)
        return any(row.mode == "protective" and row.level > Level.NOTE for row in rows)

    @property
    def reports(self) -> list[FaultReport]:
        """Faults in force, most severe first, then by name."""
        if not self._standing:
            return []
        order = sorted(self._standing.items(), key=lambda item: (-self._table[item[0][0]].level, item[0]))
        return [FaultReport(key[0], fault.detail) for key, fault in order]

    def tell(self) -> list[FaultReport]:
        """The faults in force, for a record: from now on each may clear."""
        if not self._standing:
            return []
        for fault in self._standing.values():
            fault.told = True
        return self.reports
