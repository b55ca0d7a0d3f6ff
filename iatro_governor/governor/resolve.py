"""How much of a command is admissible: scaling that keeps the path's curvature."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.tried import Refusals, Tried
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import Cap, Limit
from iatro_governor.limits.situation import Situation

GRID = np.arange(33) / 32
STEPS: list[float] = GRID.tolist()
COARSE = range(0, 33, 4)
"""Scales that are tried, and which of them first; fixed, so that one more limit can never let a larger one through."""
SAME = 1e-9
"""Shares, and components of outputs, that differ by no more are one."""
FEW = 12
"""So many different outputs are looked at together: that takes less time than to look twice."""

Stepper = Callable[[Array], Array]
Limits = Sequence[Limit[Any]]
AnySituation = Situation | BodySituation


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a limit refused. view: of the situation. ways: to rest, the last the command's own; None: not looked at."""

    view: AnySituation
    ways: Any = None


@dataclass(slots=True)
class Resolution:
    """What is admissible of a command.

    scale: the admissible part, None if not even stopping for it is. target: (3,) what to step towards. caps: what each
    level limit allowed of it. blocked: clearance limits that refused a larger scale. seen: by their names, where they
    did. Nobody writes to it; like ``Situation``, it is made too often to be frozen.
    """

    scale: float | None
    target: Array
    caps: list[tuple[Limit[Any], Cap]] = field(default_factory=list)
    blocked: list[Limit[Any]] = field(default_factory=list)
    seen: Mapping[str, Sight] = field(default_factory=dict)

    @property
    def beyond(self) -> list[Limit[Any]]:
        """The level limits that the output that stands is beyond."""
        return [limit for limit, cap in self.caps if cap.excess > 0.0]


def resolve(command: Array, situation: AnySituation, limits: Limits, step: Stepper) -> Resolution:
    """The largest admissible scale of ``command`` (3,).

    ``step`` maps targets (c, 3) to the outputs (c, 3) that rate shaping reaches. A scale is admissible if no level
    limit caps it and the rollouts of it and of every smaller scale tried are clear: the set is star-shaped about
    the stop by construction, which is what makes more limits never admit more.
    """
    caps = caps_of(command, situation, limits)
    level = min((cap.scale for _, cap in caps), default=1.0)
    if not any(limit.keeps for limit in limits):
        return Resolution(level, level * command, caps)
    if isinstance(situation, Situation):
        # The shortcut looks where the grid would, at the scale above the level: else it could admit what that refuses.
        above = math.ceil(level * 32) / 32
        # For the whole of it, they were asked before: those that are idle then are not among ``limits``.
        span = situation.span(above * command) if above < 1.0 else None
        if span is not None and all(limit.idle(situation, span) for limit in limits if limit.keeps):
            return Resolution(level, level * command, caps)
        ends = step(np.stack([above * command, level * command, 0.0 * command]))
        if _nothing_near(np.concatenate([ends, situation.anchor[None]]), situation, limits):
            return Resolution(level, level * command, caps)
    # The level has a place of its own in the order, so that what is the same as its neighbour is found there.
    at, scales = _with(level)
    coarse = [row + (row >= at) for row in COARSE]
    seen = dict[str, Sight]()
    # It is told of the command where it would have led: one way more among these is soon followed. One beyond its
    # level is not looked at with them, for it may come near to more than they do.
    whole = command if level >= 1.0 else None
    tried = Tried(
        step(scales[:, None] * command), lambda outputs: _clear(outputs, views, limits, 0.0, seen, whole)
    )
    views = situation.views(tried.outputs)
    asked = [*coarse, at]
    held_back = situation.anchor.tolist() != (level * command).tolist()  # so the fine scales will count, too
    if held_back and tried.distinct <= FEW:
        tried.clear(range(len(scales)))
    clear = tried.clear(asked)
    blocked = tried.blocked(asked)
    top = _prefix(clear[:-1])
    if top < 0:
        return Resolution(None, situation.anchor, caps, blocked, seen)
    reached = float(scales[coarse[top]])
    if reached < 1.0 and level > reached:
        fine = [row + (row >= at) for row in range(COARSE[top] + 1, COARSE[top + 1])]
        further = _prefix(tried.clear(fine))
        reached = reached if further < 0 else float(scales[fine[further]])
    if level <= reached:
        scale = level if clear[-1] else max(STEPS[row] for row in COARSE if STEPS[row] <= level)
    else:
        scale = reached
    return Resolution(scale, scale * command, caps, blocked if scale < level else [], seen)


def caps_of(command: Array, situation: AnySituation, limits: Limits) -> list[tuple[Limit[Any], Cap]]:
    """What each level limit allows of ``command`` (n,); of those that look ahead, in the worst of all views."""
    found = [(limit, limit.cap(command, situation)) for limit in limits]
    if any(limit.foresees for limit in limits):
        for view in situation.views(command[None])[1:]:
            found = [(limit, _worse(limit, cap, command, view)) for limit, cap in found]
    return [(limit, cap) for limit, cap in found if cap is not None]


def no_faster(output: Array, other: Array, situation: AnySituation, limits: Limits) -> bool:
    """Whether no level limit finds ``output`` (n,) further beyond it than ``other`` (n,)."""
    for limit in limits:
        if (cap := limit.cap(output, situation)) is not None and cap.scale < 1.0:
            least = limit.cap(other, situation)
            if least is None or cap.scale < least.scale - SAME:
                return False
    return True


def _worse(limit: Limit[Any], cap: Cap | None, command: Array, view: AnySituation) -> Cap | None:
    """``cap``, or what ``limit`` allows in another ``view`` if that is less."""
    other = limit.cap(command, view) if limit.foresees else None
    return cap if other is None or (cap is not None and cap.scale <= other.scale) else other


def is_clear(
    outputs: Array, situation: AnySituation, limits: Limits, tolerance: float = 0.0
) -> np.ndarray[Any, Any]:
    """Which of ``outputs`` (c, 3) every clearance limit lets come to rest, in every view of ``situation``."""
    return _clear(outputs, situation.views(outputs), limits, tolerance)[0]


def clear_of(
    outputs: Array, situation: AnySituation, limits: Limits
) -> tuple[np.ndarray[Any, Any], Refusals]:
    """Which (c,) of ``outputs`` (c, 3) are clear, as ``is_clear``, and who refused the others."""
    return _clear(outputs, situation.views(outputs), limits)


def _clear(
    outputs: Array,
    views: Sequence[AnySituation],
    limits: Limits,
    tolerance: float = 0.0,
    seen: dict[str, Sight] | None = None,
    whole: Array | None = None,
) -> tuple[np.ndarray[Any, Any], Refusals]:
    """Which of ``outputs`` (c, 3) are clear in all ``views``, and who refused the others.

    ``seen`` is told where, with the way of ``whole`` (3,) where that is given.
    """
    count = len(outputs)
    clear = np.ones(count, dtype=bool)
    if whole is not None and np.abs(outputs[-1] - whole).max() > SAME:
        outputs = np.concatenate([outputs, whole[None]])
    refusals: dict[int, tuple[Limit[Any], np.ndarray[Any, Any]]] = {}
    for view in views:
        rollouts = view.roll_out(outputs)
        for limit in limits:
            verdict = limit.clear(rollouts, view, tolerance)
            if verdict is None:
                continue
            verdict = verdict[:count]
            clear &= verdict
            if not verdict.all():
                before = refusals.get(id(limit))
                refusals[id(limit)] = (limit, verdict if before is None else verdict & before[1])
                if seen is not None:
                    seen.setdefault(limit.config.name, Sight(view, None if whole is None else rollouts))
        if not clear.any():
            break
    return clear, list(refusals.values())


def _nothing_near(outputs: Array, situation: AnySituation, limits: Limits) -> bool:
    """A bound on how far any candidate can reach accepts at once what cannot matter."""
    for view in situation.views(outputs):
        rollouts = view.roll_out(outputs)
        if not all(limit.clear(rollouts, view) is None for limit in limits):
            return False
    return True


def _with(level: float) -> tuple[int, Array]:
    """``GRID`` with ``level`` in its order, and where that is; ``np.insert`` takes ten times as long."""
    at = bisect_left(STEPS, level)
    return at, np.array([*STEPS[:at], level, *STEPS[at:]])


def _prefix(clear: Sequence[bool]) -> int:
    """Index of the last of the leading clear ones, -1 if there is none."""
    return (clear.index(False) if False in clear else len(clear)) - 1
