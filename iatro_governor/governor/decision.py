"""One decision of the governor, and its wire-neutral form."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from iatro_governor.governor.events import Knot
from iatro_governor.profile.labels import Mode


class State(StrEnum):
    """Motion state of a group, from free to stopped; TRAPPED is free to move with nowhere to go."""

    NOMINAL = "NOMINAL"
    LIMITED = "LIMITED"
    CONTROLLED_STOP = "CONTROLLED_STOP"
    PROTECTIVE_STOP = "PROTECTIVE_STOP"
    TRAPPED = "TRAPPED"


class Action(StrEnum):
    """What became of a command."""

    PASS = "pass"
    RAMPED = "ramped"
    SCALED = "scaled"
    SPLIT = "split"
    PROJECTED = "projected"
    HOLD = "hold"
    STOP = "stop"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LimitReport:
    """A limit that bounds or is broken, in its own unit; ``margin`` is negative when it is broken."""

    name: str
    kind: str
    unit: str
    requested: float
    allowed: float
    margin: float
    source: str

    def to_json(self) -> dict[str, Any]:
        """As a decision line has it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "unit": self.unit,
            "requested": number(self.requested),
            "allowed": number(self.allowed),
            "margin": number(self.margin),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class FaultReport:
    """A fault in force."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class StopReport:
    """The mode that a stop brakes by. replaced: the one that was asked for, where a contraindication took its place.

    why: what is so, who tells it, and what the label says of that; empty where nothing was replaced.
    """

    mode: Mode
    replaced: Mode | None = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a decision line has it."""
        return {"mode": self.mode, "replaced": self.replaced, "why": self.why}


@dataclass(frozen=True, slots=True)
class Latch:
    """A stop that only a signed reset releases. ``cause``: the fault that made it; ``also``: what latched since.

    pressed: the emergency stops among the causes, by source; empty: none, or nobody knows which.
    """

    id: str
    nonce: str
    cause: str
    also: tuple[str, ...] = ()
    pressed: tuple[str, ...] = field(default=(), compare=False)

    @property
    def causes(self) -> tuple[str, ...]:
        """Every fault that has latched, in the order in which they came."""
        return (self.cause, *self.also)


@dataclass(frozen=True, slots=True)
class Trap:
    """A group that has no way out. nonce: what a recovery signs, with the id. limits: that bind, by name."""

    id: str
    nonce: str
    limits: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As a decision line has it."""
        return {"id": self.id, "nonce": self.nonce, "limits": list(self.limits)}


@dataclass(slots=True)
class Decision:
    """What the governor made of one command or one tick. ``requested`` and ``allowed`` in the channel's values.

    Nobody writes to it. It is not frozen, for one is made every cycle, and that would take three times as long.
    """

    t: float
    seq: int
    channel: str
    state: State
    latch: Latch | None
    action: Action
    requested: tuple[float, ...] | None
    allowed: tuple[float, ...]
    plan_id: str | None
    limits: tuple[LimitReport, ...]
    faults: tuple[FaultReport, ...]
    config_hash: str
    on_command: bool
    stamp: float | None
    measured: tuple[float, ...] | None
    rest: tuple[float, ...] = ()
    """The channel's values that mean: stop here, now."""
    trajectory: tuple[Knot, ...] | None = None
    """What to publish on a channel of trajectories, None: nothing now."""
    joints: tuple[str, ...] = ()
    """The joints of a trajectory, in the order of its positions."""
    channel_type: str = "twist"
    stop: StopReport | None = None
    """How a stop that is in force brakes, None: there is none."""
    trap: Trap | None = None
    """What an operator may sign to bring the group out, None: there is a way out, as far as is known."""

    def to_json(self) -> dict[str, Any]:
        """The line of ``iatro govern``: strict JSON values, keys in contract order."""
        latch = self.latch
        return {
            "t": self.t,
            "seq": self.seq,
            "channel": self.channel,
            "state": self.state.value,
            "latch": {"id": latch.id, "nonce": latch.nonce, "cause": latch.cause} if latch else None,
            "action": self.action.value,
            "requested": [number(v) for v in self.requested] if self.requested is not None else None,
            "allowed": list(self.allowed),
            "plan_id": self.plan_id,
            "limits": [limit.to_json() for limit in self.limits],
            "faults": [{"name": fault.name, "detail": fault.detail} for fault in self.faults],
            "config_hash": self.config_hash,
            "stop": None if self.stop is None else self.stop.to_json(),
            "trajectory": None if self.trajectory is None else self._trajectory(self.trajectory),
            "trap": None if self.trap is None else self.trap.to_json(),
        }

    def _trajectory(self, points: tuple[Knot, ...]) -> dict[str, Any]:
        return {"names": list(self.joints), "points": [_point(knot) for knot in points]}


def _point(knot: Knot) -> dict[str, Any]:
    """A point; accelerations only where there are some, for they change the way between the points."""
    velocities = list(knot.velocities) if knot.velocities else None
    out = {"time": knot.time, "positions": list(knot.positions), "velocities": velocities}
    return {**out, "accelerations": list(knot.accelerations)} if knot.accelerations else out


def number(value: float) -> float | str:
    """Strict JSON has no NaN and no infinities: they become their names."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value
