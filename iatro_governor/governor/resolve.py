"""How much of a command is admissible: scaling that keeps the path's curvature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.tried import Tried
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import Cap, Limit
from iatro_governor.limits.situation import Situation

COARSE = np.arange(9) / 8
FINE = np.arange(1, 4) / 32
"""Scales that are tried; fixed, so that one more limit can never let a larger one through."""

Stepper = Callable[[Array], Array]
Limits = Sequence[Limit[Any]]
AnySituation = Situation | BodySituation


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is admissible of a command.

    scale: the admissible part, None if not even stopping for it is. target: (3,) what to step towards. caps: what each
    level limit allowed of it. blocked: clearance limits that refused a larger scale.
    """

    scale: float | None
    target: Array
    caps: list[tuple[Limit[Any], Cap]] = field(default_factory=list)
    blocked: list[Limit[Any]] = field(default_factory=list)


def resolve(command: Array, situation: AnySituation, limits: Limits, step: Stepper) -> Resolution:
    """The largest admissible scale of ``command`` (3,).

    ``step`` maps targets (c, 3) to the outputs (c, 3) that rate shaping reaches. A scale is admissible if no level
    limit caps it and the rollouts of it and of every smaller scale tried are clear: the set is star-shaped about
    the stop by construction, which is what makes more limits never admit more.
    """
    caps = [(limit, cap) for limit in limits if (cap := limit.cap(command, situation)) is not None]
    level = min((cap.scale for _, cap in caps), default=1.0)
    if not any(limit.keeps for limit in limits):
        return Resolution(level, level * command, caps)
    if not situation.sifted:
        # The shortcut looks where the grid would, at the scale above the level: else it could admit what that refuses.
        above = np.ceil(level * 32) / 32
        ends = step(np.stack([above * command, level * command, 0.0 * command]))
        if _nothing_near(np.concatenate([ends, situation.anchor[None]]), situation, limits):
            return Resolution(level, level * command, caps)
    scales = np.append(COARSE, level)
    tried = Tried(lambda outputs: _clear(outputs, situation, limits))
    clear, blocked = tried(step(scales[:, None] * command))
    top = _prefix(clear[:-1])
    if top < 0:
        return Resolution(None, situation.anchor, caps, blocked)
    reached = float(COARSE[top])
    if reached < 1.0 and level > reached:
        fine = reached + FINE
        fine_clear, _ = tried(step(fine[:, None] * command))
        reached = float(np.append(reached, fine)[_prefix(np.append(True, fine_clear))])
    if level <= reached:
        scale = level if clear[-1] else float(COARSE[COARSE <= level].max())
    else:
        scale = reached
    return Resolution(scale, scale * command, caps, blocked if scale < level else [])


def is_clear(
    outputs: Array, situation: AnySituation, limits: Limits, tolerance: float = 0.0
) -> np.ndarray[Any, Any]:
    """Which of ``outputs`` (c, 3) every clearance limit lets come to rest."""
    return _clear(outputs, situation, limits, tolerance)[0]


def _clear(
    outputs: Array, situation: AnySituation, limits: Limits, tolerance: float = 0.0
) -> tuple[np.ndarray[Any, Any], list[Limit[Any]]]:
    rollouts = situation.roll_out(outputs)
    clear = np.ones(len(outputs), dtype=bool)
    blocked = []
    for limit in limits:
        verdict = limit.clear(rollouts, situation, tolerance)
        if verdict is not None:
            clear &= verdict
            if not verdict.all():
                blocked.append(limit)
    return clear, blocked


def _nothing_near(outputs: Array, situation: AnySituation, limits: Limits) -> bool:
    """A bound on how far any candidate can reach accepts at once what cannot matter."""
    rollouts = situation.roll_out(outputs)
    return all(limit.clear(rollouts, situation) is None for limit in limits)


def _prefix(clear: np.ndarray[Any, Any]) -> int:
    """Index of the last of the leading clear ones, -1 if there is none."""
    return len(clear) - 1 if clear.all() else int(np.argmin(clear)) - 1
