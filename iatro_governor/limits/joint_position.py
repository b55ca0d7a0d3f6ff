"""Joint position: no joint comes nearer to its stop than a margin, and one that is beyond may only move back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_rows import joint_box, stopping_s
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.joint_trips import at_ends
from iatro_governor.limits.kinds import JOINT_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import ROUNDING, Cap, Example, Limit, LimitConfig
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.base import Finite, NonNegative

SPARE = 0.002
"""Kept beyond the margin by rows, rad or m: at its very end a joint would hold up the others with every rounding."""
FURTHEST = 1e3
"""How far the end of a joint that has none is, rad or m."""
Each = Annotated[tuple[Finite, ...], Field(min_length=1, max_length=64)]


class JointPositionConfig(LimitConfig):
    """``lower``, ``upper``: rad or m, one for each joint of the channel, in its order; the description's by default."""

    example: ClassVar[Example] = {"lower": [-1.0, -1.0], "upper": [1.0, 1.0], "margin": 0.02}
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["joint_position"]
    lower: Each | None = None
    upper: Each | None = None
    margin: NonNegative
    """Kept from both ends, rad or m."""

    @model_validator(mode="after")
    def _ordered(self) -> JointPositionConfig:
        if self.lower is None or self.upper is None:
            if self.lower is not self.upper:
                raise ValueError("lower and upper go together")
            return self
        if len(self.lower) != len(self.upper):
            raise ValueError("lower and upper need as many numbers")
        if any(b - a <= 2 * self.margin for a, b in zip(self.lower, self.upper, strict=True)):
            raise ValueError("lower and upper must be more than two margins apart")
        return self


class JointPositionLimit(Limit[JointPositionConfig]):
    """A clearance limit on every joint: along the way to rest, ``lower + margin <= q <= upper - margin``.

    It slows down on the way there in closed form: with the motion in flight done, ``s w P + s^2 w R / 2`` is what a
    share s of joint velocities w goes on for, held for a period P and braked within R s for s = 1.
    """

    model = JointPositionConfig
    unit = "rad"
    fits = JOINT_MOTION
    view = "body"

    def __init__(self, config: JointPositionConfig) -> None:
        super().__init__(config)
        self._kept: tuple[Array, Array] | None = None
        self._range: list[tuple[int, float, float]] | None = None
        """Each joint of the channel, and its ends."""

    @property
    def bound(self) -> float:
        """rad or m, kept from both ends."""
        return self.config.margin

    def _ends(self, situation: BodySituation) -> tuple[Array, Array]:
        if self._kept is None:
            self._kept = self.kept(situation.model, situation.joints[self.config.channel])
        return self._kept

    def kept(self, model: ArmModel, own: Indices) -> tuple[Array, Array]:
        """Least and largest positions (n,) of the channel's joints ``own`` (n,), the margin kept."""
        config = self.config
        lower = model.lower[own] if config.lower is None else np.array(config.lower)
        upper = model.upper[own] if config.upper is None else np.array(config.upper)
        return lower + config.margin, upper - config.margin

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """No joint comes near its end."""
        if self._range is None:
            own, (lower, upper) = situation.joints[self.config.channel], self._ends(situation)
            self._range = list(zip(own.tolist(), lower.tolist(), upper.tolist(), strict=True))
        lowest, highest = reach.lowest, reach.highest
        return all(lowest[joint] > low and highest[joint] < high for joint, low, high in self._range)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Each joint close to each of its ends and moving on; by the closed form, and by the way to rest."""
        scene: BodySituation = scenes[0]
        lower, upper = self._ends(scene)
        moving = [face for face in self.faces if face != "cap" or not scene.still.any()]
        every = list(at_ends(scene, self.config.channel, lower, upper))
        if not every:
            yield Challenge("clear", (), "no joint of the channel has an end")
        for trips in every:
            for face in moving:
                yield Challenge(face, trips)

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Slow down in time; where a command is no velocity, or is a path, the way to rest alone decides."""
        if situation.still.any() or self.config.channel in situation.courses:
            return None
        own = situation.joints[self.config.channel]
        rates = situation.rates(command)
        ramp = float(situation.drive.time(command, rates))
        w, lower, upper = rates[own], *self._ends(situation)
        last = situation.soon_q[own]
        room = np.maximum(np.where(w > 0, upper - last, last - lower), 0.0)
        speed, period = np.abs(w), situation.held_s
        going = speed * (period + ramp / 2) > room
        if not going.any():
            return None
        at = np.flatnonzero(going)
        root = np.sqrt(period**2 + 2 * ramp * room[at] / speed[at])
        shares = 2 * room[at] / (speed[at] * (period + root))
        worst = int(np.argmin(shares))
        goes_on = float(speed[at][worst] * (period + ramp / 2))
        return Cap(float(min(shares[worst], 1.0)), goes_on, float(room[at][worst]))

    def rows(self, situation: BodySituation) -> Rows:
        """Each joint goes on to its end and no further, as the output that stands would come to rest."""
        own, (lower, upper) = situation.joints[self.config.channel], self._ends(situation)
        last, seconds = situation.soon_q[own], stopping_s(situation)
        below, above = (np.clip(room - SPARE, 0.0, FURTHEST) for room in (last - lower, upper - last))
        return joint_box(situation, self.config.channel, -below / seconds, above / seconds)

    def clear(
        self, rollouts: Ways, situation: BodySituation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Stay between the ends along the way to rest; what is beyond already only moves back."""
        own = situation.joints[self.config.channel]
        lower, upper = self._ends(situation)
        soon = situation.soon_q[own]
        q = rollouts.ahead[..., own]
        low, high = q.min(axis=1), q.max(axis=1)
        eased = min(tolerance, self.config.margin) + ROUNDING
        kept: NDArray[np.bool_] = (low >= np.minimum(lower, soon) - eased).all(axis=1)
        kept &= (high <= np.maximum(upper, soon) + eased).all(axis=1)
        return None if kept.all() else kept

    def blocked(
        self, wanted: Array, situation: BodySituation, ways: Ways | None = None
    ) -> tuple[float, float, float]:
        """Of the joint that goes furthest beyond: where to, its end, and how much is left of its way now."""
        own = situation.joints[self.config.channel]
        lower, upper = self._ends(situation)
        ways = situation.roll_out(wanted[None]) if ways is None else ways
        q = ways.ahead[-1][:, own]
        under, over = lower - q.min(axis=0), q.max(axis=0) - upper
        joint = int(np.argmax(np.maximum(under, over)))
        now = float(situation.now.q[own[joint]])
        if over[joint] >= under[joint]:
            return float(q[:, joint].max()), float(upper[joint]), float(upper[joint]) - now
        return float(q[:, joint].min()), float(lower[joint]), now - float(lower[joint])
