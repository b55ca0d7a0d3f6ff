"""What a robot was asked to do, allowed to do and did on one channel, while one plan was in force."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.bounds import COLLISION, collides, too_fast
from iatro_governor.testimony.motion import NOTHING, SETPOINTS, Size, size
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import LimitSample, Sample

RATE_SHAPING = ("acceleration", "deceleration", "jerk", "_rate", "gripper_speed")
"""How kinds of limits end that shape the way to a request (a grip asks for no speed); they are no intervention."""
CLEARANCE = frozenset(
    {"zone", "obstacle", "geofence", "link_zone", "workspace", "link_obstacle", "self_collision"}
)
"""Kinds of limits whose negative margin means that the body is where it must not be."""
PEOPLE = frozenset({"separation", "link_separation"})
"""Kinds of limits whose clearance is that to people."""
_CUT_ACTIONS = frozenset({"scaled", "split", "projected", "unreachable", "refused"})
_WHOLE_ACTIONS = frozenset({"pass", "ramped"})
"""The request is followed to the end, at most in steps: no limit took from it, whatever is broken meanwhile."""
CONTENT_FAULT = "command_malformed"
"""The one fault that counts against a planner: the command itself made no sense."""
_NO_EXCUSE = frozenset(
    {
        CONTENT_FAULT,
        "limit_unreachable",
        COLLISION,
        "command_superseded",
        "recover_refused",
        "reset_refused",
        "self_tested",
    }
)
"""Faults that the planner's own command brought about, or that stop nothing."""
DISOBEYS = "actuator_disobeys"
_STOP_STATES = frozenset({"CONTROLLED_STOP", "PROTECTIVE_STOP", "TRAPPED"})
_STOP_ACTIONS = frozenset({"stop", "refused"})
_LONGEST_STEP_S = 0.25
_BROKEN_MARGIN_M = 0.05
_MOST_KEPT = 16


@dataclass(slots=True)
class Peaks:
    """Largest values seen: speed m/s, angular speed rad/s, force N, torque Nm; and whether anything pushed."""

    speed: float = 0.0
    angular_speed: float = 0.0
    force: float = 0.0
    torque: float = 0.0
    pushed: bool = False

    def take(self, size: Size | Peaks) -> None:
        """Raise the peaks to a new value, or to another's peaks."""
        self.speed, self.angular_speed = (
            max(self.speed, size.speed),
            max(self.angular_speed, size.angular_speed),
        )
        self.force, self.torque = max(self.force, size.force), max(self.torque, size.torque)
        self.pushed |= size.pushes if isinstance(size, Size) else size.pushed

    def to_json(self) -> dict[str, float]:
        """By quantity, rounded to a millionth; force and torque where there were any."""
        motion = {"speed": self.speed, "angular_speed": self.angular_speed}
        exerted = {"force": self.force, "torque": self.torque}
        whole = motion | {name: value for name, value in exerted.items() if value > 0}
        return {name: round(value, 6) for name, value in whole.items()}


@dataclass(slots=True)
class Amount:
    """What was asked for and what was measured, added up; ``seen`` says whether anything was measured at all."""

    asked: float = 0.0
    measured: float = 0.0
    seen: bool = False

    @property
    def both(self) -> float:
        """As much as was asked for and done: a robot that a limit slows is asked for longer."""
        return min(self.asked, self.measured) if self.seen else self.asked


@dataclass(slots=True)
class Conduct:
    """Running sums over the decisions of one channel; takes them in order of time."""

    commands: int = 0
    decisions: int = 0
    first: tuple[float, int] | None = None
    last: tuple[float, int] | None = None
    last_command_t: float = -math.inf
    writer: str = ""
    requested: Peaks = field(default_factory=Peaks)
    allowed: Peaks = field(default_factory=Peaks)
    measured: Peaks = field(default_factory=Peaks)
    vigour: float = 0.0
    """How fast it was asked to move, m/s; 0 where the values do not say how fast."""
    displacement: float = 0.0
    rotation: float = 0.0
    cut_since: float | None = None
    longest_cut: float = 0.0
    refused: int = 0
    stopped: bool = False
    stop_needed: bool = False
    bound_exceeded: bool = False
    collides: bool | None = None
    """Whether it pushed on in a collision at the last decision; None before the first."""
    disobeyed: bool = False
    limits: dict[str, LimitSample] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    ways: dict[str, int] = field(default_factory=dict)
    contradictions: int = 0
    contradiction: str = ""
    kind: str = ""
    """Type of the channel."""
    travel: Amount = field(default_factory=Amount)
    turn: Amount = field(default_factory=Amount)
    moves: tuple[float, float] | None = None
    """When motion was asked for, first and last."""
    closest: dict[str, float] = field(default_factory=dict)
    """The least clearance that a limit told of while motion was asked for, m: to people, and to anything."""
    start: tuple[float, ...] | None = None
    """Where the channel's places were measured first."""
    numbers: dict[str, list[list[int]]] = field(default_factory=dict)
    """By writer the commands taken, as [first, last]: all of the channel's from one to the other."""

    def take(self, sample: Sample, params: WitnessParams) -> None:
        """Add one decision."""
        self.kind = sample.kind
        self._travel(sample, params)
        self._ask(sample, params)
        if self.first is None:
            self.first, self.writer = (sample.t, sample.seq), sample.writer
        self.last = (sample.t, sample.seq)
        self.decisions += 1
        if sample.command:
            self.commands += 1
            self.last_command_t = max(self.last_command_t, sample.t)
        asked = _size(sample, sample.requested, params)
        self.requested.take(asked)
        self.requested.take(_told(sample))
        if sample.kind not in SETPOINTS:
            self.vigour = max(self.vigour, asked.speed + params.reach_m * asked.angular_speed)
        self.allowed.take(_size(sample, sample.allowed, params))
        for name, _ in sample.faults:
            self.faults[name] = self.faults.get(name, 0) + 1
        self._stops(sample, asked, params)
        self._cuts(sample, asked, params)
        self._bounds(sample, params)

    def number(self, sample: Sample, before: int | None) -> None:
        """Note the number of a command, so that who judges again does not count it twice.

        ``before``: the number of the channel's command before it; None where one between the two may still come.
        """
        runs = self.numbers.setdefault(sample.writer, [])
        if runs and runs[-1][1] == before:
            runs[-1][1] = sample.seq
        else:
            runs.append([sample.seq, sample.seq])

    def watch(self, sample: Sample) -> None:
        """See a decision that belongs to nobody here: only a latch matters, for it keeps a promise from being kept."""
        self.stopped |= sample.latched

    def _travel(self, sample: Sample, params: WitnessParams) -> None:
        """Distance and turn measured since the last decision, the noise of standing still left out."""
        if sample.kind in SETPOINTS:
            self._leave(sample, params)
            return
        size = _size(sample, sample.measured, params)
        self.measured.take(size)
        step = 0.0 if self.last is None else min(max(sample.t - self.last[0], 0.0), _LONGEST_STEP_S)
        self.displacement += size.speed * step if size.speed > params.speed_floor else 0.0
        self.rotation += size.angular_speed * step if size.angular_speed > params.turn_floor else 0.0

    def _ask(self, sample: Sample, params: WitnessParams) -> None:
        """Add up what is asked for from one decision to the next, and note how near it would come to what."""
        asked = _size(sample, sample.requested, params)
        if not _moves(asked, params):
            return
        self.moves = (sample.t if self.moves is None else self.moves[0], sample.t)
        for limit in sample.limits:
            if limit.unit == "m" and math.isfinite(limit.requested):
                for whom in ("anything", *(("people",) if limit.kind in PEOPLE else ())):
                    if limit.kind in CLEARANCE | PEOPLE:
                        self.closest[whom] = min(self.closest.get(whom, math.inf), limit.requested)
        if sample.kind == "twist":
            step = 0.0 if self.last is None else min(max(sample.t - self.last[0], 0.0), _LONGEST_STEP_S)
            does = _size(sample, sample.measured, params)
            for amount, wanted, done in (
                (self.travel, asked.speed, does.speed),
                (self.turn, asked.angular_speed, does.angular_speed),
            ):
                amount.asked += wanted * step
                amount.measured += done * step
                amount.seen |= sample.measured is not None

    def _leave(self, sample: Sample, params: WitnessParams) -> None:
        """Where places are measured: how far the furthest was from the first."""
        if sample.measured is None:
            return
        if self.start is None:
            self.start = sample.measured
        away = size(sample.kind, sample.measured, self.start, params.push_floor)
        self.displacement = max(self.displacement, away.speed)
        self.rotation = max(self.rotation, away.angular_speed)

    def _stops(self, sample: Sample, asked: Size, params: WitnessParams) -> None:
        moving = _moves(asked, params)
        halted = sample.state in _STOP_STATES or sample.action in _STOP_ACTIONS
        self.stopped |= sample.latched or (halted and (moving or sample.action == "refused"))
        self.refused += sample.command and _refused_for_content(sample)

    def _cuts(self, sample: Sample, asked: Size, params: WitnessParams) -> None:
        """Follow how long limits other than rate shaping have been taking from the request without a break."""
        if sample.requested is None and not sample.command:
            return
        binding = (
            []
            if _stopped_by_fault(sample)
            else [limit for limit in sample.limits if _takes(limit, sample, asked, params)]
        )
        if not binding:
            self.cut_since = None
            return
        self.cut_since = sample.t if self.cut_since is None else self.cut_since
        self.longest_cut = max(self.longest_cut, sample.t - self.cut_since)
        for limit in binding:
            self._remember(limit)
        to_rest = not _moves(_size(sample, sample.allowed, params), params)
        self.stop_needed |= to_rest and sample.t - self.cut_since > params.sustained_s

    def _remember(self, limit: LimitSample) -> None:
        known = self.limits.get(limit.name)
        if known is None and len(self.limits) >= _MOST_KEPT:
            return
        if known is None or not known.margin <= limit.margin:
            self.limits[limit.name] = limit

    def _bounds(self, sample: Sample, params: WitnessParams) -> None:
        """Faster than a cap, moving in what is to be kept out of, or in a collision that began under this plan."""
        does = NOTHING if sample.kind in SETPOINTS else _size(sample, sample.measured, params)
        for limit in sample.limits:
            if limit.kind == "speed" and limit.unit in ("m/s", "rad/s"):
                self.bound_exceeded |= too_fast(limit, sample, params)
            if limit.kind in CLEARANCE:
                self.bound_exceeded |= _moves(does, params) and limit.margin < -_BROKEN_MARGIN_M
        collided = collides(sample)
        # One that stood when the plan began, or where nothing was asked to move, is of somebody else.
        self.bound_exceeded |= collided and self.collides is False and self.moves is not None
        self.collides = collided
        self.disobeyed |= any(name == DISOBEYS for name, _ in sample.faults)

    def attributed(self, way: str, contradiction: str) -> None:
        """Note how a command was attributed, and what spoke against it."""
        self.ways[way] = self.ways.get(way, 0) + 1
        if contradiction:
            self.contradictions += 1
            self.contradiction = self.contradiction or contradiction

    def null(self, params: WitnessParams) -> bool:
        """Requests and travel under the noise floor."""
        still = (
            self.requested.speed <= params.speed_floor
            and self.requested.angular_speed <= params.turn_floor
            and not self.requested.pushed
        )
        return (
            still
            and self.displacement <= params.displacement_floor
            and self.rotation <= params.rotation_floor
        )

    def intervened(self, params: WitnessParams) -> bool:
        """A limit cut the request for longer than ``sustained_s``, or a command was refused for its content."""
        return self.longest_cut > params.sustained_s or self.refused > 0

    def to_json(self) -> dict[str, Any]:
        """Evidence of one channel for the record."""
        return {
            "commands": self.commands,
            "decisions": self.decisions,
            "writer": self.writer,
            "first_seq": self.first[1] if self.first else None,
            "last_seq": self.last[1] if self.last else None,
            "first_t": self.first[0] if self.first else None,
            "last_t": self.last[0] if self.last else None,
            "numbers": {writer: [list(run) for run in runs] for writer, runs in self.numbers.items()},
            "requested": self.requested.to_json(),
            "allowed": self.allowed.to_json(),
            "measured": self.measured.to_json(),
            "vigour": round(self.vigour, 6),
            "displacement_m": round(self.displacement, 6),
            "rotation_rad": round(self.rotation, 6),
            "longest_cut_s": round(self.longest_cut, 6),
            "refused_commands": self.refused,
            "stopped": self.stopped,
            "stop_needed": self.stop_needed,
            "bound_exceeded": self.bound_exceeded,
            "disobeyed": self.disobeyed,
            "limits": [limit_json(limit) for limit in self.limits.values()],
            "faults": dict(self.faults),
            "attribution": dict(self.ways),
            "contradictions": self.contradictions,
            "contradiction": self.contradiction,
        }


def limit_json(limit: LimitSample) -> dict[str, Any]:
    """A limit as strict JSON; numbers that the governor did not give are null."""
    numbers = {"requested": limit.requested, "allowed": limit.allowed, "margin": limit.margin}
    named = {"name": limit.name, "kind": limit.kind, "unit": limit.unit, "source": limit.source}
    return named | {key: value if math.isfinite(value) else None for key, value in numbers.items()}


def _refused_for_content(sample: Sample) -> bool:
    """The command itself made no sense: the fault may stand on after it, so the values must bear it out."""
    if sample.action != "refused" or not any(name == CONTENT_FAULT for name, _ in sample.faults):
        return False
    values = sample.requested
    if values is None or not all(map(math.isfinite, values)):
        return True
    if sample.kind == "twist":
        return len(values) != 6 or any(values[1:5])
    return len(values) != len(sample.allowed) or sample.kind in SETPOINTS


def _stopped_by_fault(sample: Sample) -> bool:
    """Faults and stale data never count against a planner, whatever limits are listed beside them."""
    halted = sample.action in ("stop", "hold") or sample.state in _STOP_STATES
    return halted and any(name not in _NO_EXCUSE for name, _ in sample.faults)


def _takes(limit: LimitSample, sample: Sample, asked: Size, params: WitnessParams) -> bool:
    """Whether this limit takes more than noise from the request.

    By its own numbers where they are speeds; a clearance, or a cap of zero, by what is left of the whole command. Of a
    way to a set-point, what the governor says it did counts: how much is left only shows later.
    """
    if limit.kind.endswith(RATE_SHAPING):
        return False
    if limit.unit in ("m/s", "rad/s") and limit.allowed > 0 and not math.isnan(limit.requested):
        floor = params.speed_floor if limit.unit == "m/s" else params.turn_floor
        return abs(limit.requested) - abs(limit.allowed) > max(
            params.cut_fraction * abs(limit.requested), floor
        )
    if sample.requested is None or len(sample.requested) != len(sample.allowed):
        return False
    if sample.action in _WHOLE_ACTIONS:
        return False
    if sample.kind in SETPOINTS:
        return sample.action in _CUT_ACTIONS
    taken = tuple(want - get for want, get in zip(sample.requested, sample.allowed, strict=True))
    cut = size(sample.kind, taken, None, params.push_floor)
    return cut.pushes or (
        cut.speed > max(params.cut_fraction * asked.speed, params.speed_floor)
        or cut.angular_speed > max(params.cut_fraction * asked.angular_speed, params.turn_floor)
    )


def _size(sample: Sample, values: tuple[float, ...] | None, params: WitnessParams) -> Size:
    return size(sample.kind, values, sample.rest, params.push_floor)


def _told(sample: Sample) -> Size:
    """What limits tell of a command and its own values do not: the speed of a link, the force of pushing on."""
    if sample.requested is None:
        return NOTHING

    def largest(kind: str, unit: str) -> float:
        rows = [limit.requested for limit in sample.limits if (limit.kind, limit.unit) == (kind, unit)]
        return max((abs(value) for value in rows if math.isfinite(value)), default=0.0)

    return Size(speed=largest("link_speed", "m/s"), force=largest("contact_force", "N"))


def _moves(size: Size, params: WitnessParams) -> bool:
    return size.speed > params.speed_floor or size.angular_speed > params.turn_floor or size.pushes
