"""How much of what is asked of a group is admissible, and how far towards it the next output gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import Action
from iatro_governor.governor.member import Member
from iatro_governor.governor.moved import Body
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.projection import Projector
from iatro_governor.governor.resolve import Limits, Resolution, is_clear, no_faster, resolve
from iatro_governor.governor.standstill import STUCK, Standstill
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.trajectories import Trajectories
from iatro_governor.limits.limit import Limit

LIVELIER = 2.0
"""So many times as fast as by the whole has some point of the body to be where a part is taken instead of it."""
PAUSE = 2.0
"""Periods of a pause in which speed may be gained at most."""


class Admissible:
    """Of ``members`` whose stacked ``u`` is (``size``,). smooth: whether any jerk is bounded."""

    def __init__(
        self,
        members: Sequence[Member],
        size: int,
        limits: list[Limit[Any]],
        body: Body,
        outputs: Outputs,
        rates: Rates,
        trajectories: Trajectories,
        period: float,
        projector: Projector | None,
        smooth: bool,
    ) -> None:
        self._members, self._size, self._limits, self._body = members, size, limits, body
        self._outputs, self._rates, self._trajectories = outputs, rates, trajectories
        self._period, self._smooth = period, smooth
        self.projector = projector
        """Where the nearest command is asked for."""
        self.standstill = Standstill(members, size)
        """How long nothing to speak of has been admissible."""

    def resolve(
        self, wanted: Array, situation: Any, limits: Limits, dt: float, t: float
    ) -> tuple[Resolution, Action]:
        """All of ``wanted`` (size,) scaled; after ``freeze_s`` of standing still for it, a part of it alone.

        Of a huge command little is left where a body retreats slowly, and a part of it would be no faster, and may
        lead nowhere: a turn, say. Then the whole is what moves it.
        """

        def step(targets: Array) -> Array:
            # What is judged is never less than a whole period's step: two decisions may come at one moment.
            return self.step(targets, max(dt, self._period))

        def relevant(nearest: Array) -> Limits:
            # It may ask more of a component than the command itself.
            return self._body.relevant(self._limits, situation, nearest)

        whole = resolve(wanted, situation, limits, step)
        if (beside := self._trajectories.beside(whole, wanted, situation, limits, step)) is not whole:
            return beside, Action.SCALED
        if self.projector is not None:
            nearer = self.projector.improve(whole, wanted, situation, self._limits, step, t, relevant)
            if nearer is not None:
                self.standstill.over()
                return nearer, Action.PROJECTED
        if self.standstill.lasts(whole, wanted, t):
            livelier = LIVELIER * situation.fastest(whole.target)
            for part in self._parts(wanted):
                alone = resolve(part, situation, limits, step)
                moves = alone.scale is not None and alone.scale >= STUCK
                if moves and situation.fastest(alone.target) > livelier:
                    told = replace(alone, caps=whole.caps, blocked=whole.blocked, seen=whole.seen)
                    return told, Action.SPLIT
        return whole, Action.SCALED

    def step(self, targets: Array, dt: float) -> Array:
        """Outputs (c, N) after ``dt`` s on the way to ``targets`` (c, N)."""
        pace = self._outputs.pace if self._smooth else None
        steps = self._rates.step(self._outputs.standing, targets, dt, PAUSE * self._period, pace)
        return self._trajectories.unshaped(steps, targets)

    def next(self, resolution: Resolution, situation: Any, limits: Limits, dt: float) -> Array:
        """The output (N,) after ``dt`` s on the way to the target of ``resolution``; what goes on is in it.

        Where what stands is too fast, it is slowed down no less than by braking alone.
        """
        straight = self._towards(resolution.target, dt)
        if not resolution.beyond:
            return straight
        slower = self._slower(straight, resolution, situation, limits, dt)
        return slower if slower is straight or is_clear(slower[None], situation, limits)[0] else straight

    def _slower(
        self, straight: Array, resolution: Resolution, situation: Any, limits: Limits, dt: float
    ) -> Array:
        """``straight`` (N,), or an output that is slowed down more.

        What may only grow slowly, a turn say, would keep the speed up on a straight way: a planner could come into a
        slow zone fast by asking for one. So each component goes as far as it may by itself.
        """
        braked = self._towards(np.zeros(self._size), dt)
        if not self._smooth and no_faster(straight, braked, situation, resolution.beyond):
            return straight
        pace = self._outputs.pace if self._smooth else None
        alone = self._rates.alone(self._outputs.standing, resolution.target, dt, PAUSE * self._period, pace)
        apart = self._trajectories.fill(alone)
        if not self._smooth:
            return apart if no_faster(apart, braked, situation, limits) else braked
        # A deceleration that builds up has to end at the target, too, which braking alone does not.
        fine = no_faster(apart, straight, situation, limits)
        return straight if not fine or no_faster(straight, apart, situation, resolution.beyond) else apart

    def _towards(self, target: Array, dt: float) -> Array:
        """As ``step``, for one target (N,)."""
        if self._smooth or self._trajectories.going:
            shaped: Array = self.step(target[None], dt)[0]
            return self._trajectories.fill(shaped)
        return self._rates.one(self._outputs.standing, target, dt, PAUSE * self._period)

    def _parts(self, wanted: Array) -> list[Array]:
        """Each channel alone, where several are asked to move, then parts of each."""
        moving = [member for member in self._members if wanted[member.place].any()]
        out = []
        for member in moving:
            pieces = [wanted[member.place]] if len(moving) > 1 else []
            for piece in [*pieces, *member.chart.parts(wanted[member.place])]:
                part = np.zeros(self._size)
                part[member.place] = piece
                out.append(part)
        return out
