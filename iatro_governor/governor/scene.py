"""What an operator's screen shows: zones, the body, what binds, and how much of what is asked for is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from iatro_governor.body.kinematics import posture
from iatro_governor.body.mobile import of_base
from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import Decision, State
from iatro_governor.governor.readings import Readings, upright
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.wireframe import figure_lines, flat, rods
from iatro_governor.profile.load import Profile

Tone = Literal["out", "slow", "in", "free", "bound", "stopped", "asked", "allowed"]
"""What a thing means: kept out of, slow in, kept inside; a body free, bound, stopped; motion asked for, allowed."""

TONES: dict[str, Tone] = {
    "zone": "out",
    "link_zone": "out",
    "slow_zone": "slow",
    "link_slow_zone": "slow",
    "geofence": "in",
    "workspace": "in",
}
"""Kinds of limits that have a place, and what the place means."""
BODY: dict[State, Tone] = {
    State.NOMINAL: "free",
    State.LIMITED: "bound",
    State.TRAPPED: "bound",
    State.CONTROLLED_STOP: "stopped",
    State.PROTECTIVE_STOP: "stopped",
}
WORSE: tuple[Tone, ...] = ("free", "bound", "stopped")
TEXT_Z = 1.0
"""Height of the text above the base frame, m."""
COARSE = 8
"""Points on the circles of a link: they are drawn anew each time."""
MOST_TOLD = 4
"""Limits and faults that the text names."""


def _none() -> Array:
    return np.zeros((0, 2, 3))


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """One thing. lines: segments (n, 2, 3), m, in ``frame``. text: at ``TEXT_Z``. binds: it bounds the motion now."""

    name: str
    frame: str
    tone: Tone
    lines: Array = field(default_factory=_none)
    text: str = ""
    binds: bool = False


class Scene:
    """Everything there is to show of one robot."""

    def __init__(self, profile: Profile, senses: Senses) -> None:
        robot = profile.data.robot
        self._base, self._senses, self._model = robot.base_frame, senses, profile.body
        frames = {"body": robot.base_frame, "base": robot.base_frame, "odom": robot.odom_frame}
        self._places = [
            Drawn(
                str(getattr(limit, "name", "")),
                frames.get(frame := str(getattr(limit, "frame", "odom")), frame),
                TONES[kind],
                figure_lines(getattr(limit, "figure", None) or getattr(limit, "volume")),  # noqa: B009 - of some kinds
            )
            for limit in profile.limits
            if (kind := str(getattr(limit, "kind", ""))) in TONES
        ]
        self._footprint = None if robot.footprint is None else flat(robot.footprint.shape())
        joints = () if self._model is None else self._model.joints
        self._readings = Readings([name for name in joints if not of_base(name)], senses.joint_tracks)

    def drawn(self, decisions: Mapping[str, Decision]) -> list[Drawn]:
        """What there is to show after the latest ``decisions``, one a channel."""
        binding = {limit.name for decision in decisions.values() for limit in decision.limits}
        worst = _worst(decisions.values())
        out = [Drawn(p.name, p.frame, p.tone, p.lines, binds=p.name in binding) for p in self._places]
        if self._footprint is not None:
            out.append(Drawn("footprint", self._base, worst, self._footprint))
        if self._model is not None:
            out.append(Drawn("links", self._base, worst, self._links()))
        for name, decision in decisions.items():
            out += self._motion(name, decision)
        return [*out, Drawn("state", self._base, worst, text=told(decisions.values()))]

    def _links(self) -> Array:
        """The capsules of all links, as the joints were measured last."""
        assert self._model is not None
        now = posture(self._model, upright(self._model, self._readings))
        return rods(now.capsules(), self._model.capsule_radius, COARSE)

    def _motion(self, name: str, decision: Decision) -> list[Drawn]:
        """The velocities of a base, where they point; a second of motion is as long as it goes."""
        if decision.channel_type != "twist":
            return []
        asked = decision.requested or ()
        given: tuple[tuple[Tone, tuple[float, ...]], ...] = (
            ("asked", tuple(asked)),
            ("allowed", decision.allowed),
        )
        return [
            Drawn(f"{name}_{tone}", self._base, tone, np.array([[(0.0, 0.0, 0.1), (*values[:2], 0.1)]]))
            for tone, values in given
            if len(values) >= 2 and all(map(math.isfinite, values)) and any(values[:2])
        ]


def _worst(decisions: Iterable[Decision]) -> Tone:
    """How the body is shown; before anything was decided, as stopped."""
    return WORSE[max((WORSE.index(BODY[decision.state]) for decision in decisions), default=-1)]


def told(decisions: Iterable[Decision]) -> str:
    """State, headroom and what binds, a line a channel."""
    return "\n".join(_line(decision) for decision in decisions) or "no decision yet"


def _line(decision: Decision) -> str:
    parts = [f"{decision.channel}: {decision.state.value}, {decision.action.value}"]
    if (share := headroom(decision)) is not None:
        parts.append(f"{share:.0%} of what is asked")
    parts += [
        f"{limit.name} {limit.allowed:.3g} {limit.unit} (margin {limit.margin:.3g})"
        for limit in decision.limits
    ]
    parts += [fault.name for fault in decision.faults]
    more = len(parts) - 2 - MOST_TOLD
    return "; ".join(parts[: 2 + MOST_TOLD]) + (f"; and {more} more" if more > 0 else "")


def headroom(decision: Decision) -> float | None:
    """The share of the asked-for speed that is allowed; None where nothing is, or it is no speed."""
    asked = decision.requested
    if (
        decision.channel_type not in ("twist", "joint_velocity")
        or not asked
        or len(asked) != len(decision.allowed)
    ):
        return None
    size = math.hypot(*asked)
    return math.hypot(*decision.allowed) / size if math.isfinite(size) and size > 0 else None
