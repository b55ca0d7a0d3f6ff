"""What zones and fences have in common: the footprint stays off what it must not enter, and may always come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array, compose, inverse
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.ground import Ground, GroundConfig
from iatro_governor.limits.ground_trips import on_the_edge, on_the_way
from iatro_governor.limits.keeping import slow
from iatro_governor.limits.limit import Cap, Clearance, Guard
from iatro_governor.limits.rows import Rows, off_area
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.limits.trip import Challenge, Face
from iatro_governor.profile.base import NonNegative, Positive


class StayingConfig(GroundConfig):
    """What limits that keep a distance from an area have in common."""

    margin: NonNegative = 0.0
    """Distance kept, m."""
    noise: NonNegative = 0.01
    """How far two measurements of the same place may differ, m."""
    retreat_speed: Positive = 0.2
    """Fastest point of the body on its way back, m/s."""


class Stay:
    """Keeps the footprint ``margin`` m off, and what the map is unsure of besides."""

    def __init__(self, ground: Ground, config: StayingConfig) -> None:
        self._ground, self._config = ground, config

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Come back slowly from where the footprint must not be."""
        if not self._ground.known(situation):
            return None
        entered = min(self._config.margin - self._config.noise, 0.0)
        if self._now(situation, entered) >= entered:
            return None
        return slow(command, situation, self._config.retreat_speed)

    def clear(self, rollouts: Rollouts, situation: Situation, tolerance: float) -> NDArray[np.bool_] | None:
        """Stay off along the way to rest; where it is too near already, come no nearer.

        A way that was verified may come as near as where it began.
        """
        if not self._ground.known(situation):
            return np.asarray(~rollouts.outputs.any(axis=1))
        # A fix may move the map by what the last one was unsure of.
        unsure = self._ground.unsure(situation, rollouts.travel)
        eased = min(tolerance, self._config.noise + float(self._ground.unsure(situation, 0.0)))
        margin = self._config.margin - eased
        room = rollouts.half_step + unsure
        within = margin + float((rollouts.travel + room).max())
        now = self._now(situation, within)
        if now > within:
            return None
        enough = max(margin + float(room.max()), 0.0)
        ahead = self._ground.along(situation, rollouts.poses, enough)[..., None]
        if situation.begun is not None:
            begun = compose(inverse(situation.pose), situation.begun)
            now = min(now, float(self._ground.along(situation, begun)))
        guard = Guard(np.array([now - eased]), ahead, margin, -np.inf, self._config.noise)
        return guard.holds(room[:, None])

    def trips(self, scenes: Sequence[Situation], faces: Sequence[Face]) -> Iterator[Challenge]:
        """At the edge, by the ``faces`` of the limit: half over it, and on the way there."""
        scene = scenes[0]
        area = self._ground.shape(scene)
        assert area is not None  # the profile has been checked
        margin = self._config.margin
        for face in faces:
            if face == "clear":
                yield Challenge(face, on_the_way(area, scene, self._ground.now, margin))
            else:
                yield Challenge(face, on_the_edge(area, scene))

    def idle(self, situation: Situation, span: Span) -> bool:
        """Whether the area is further than the body gets."""
        return self._ground.at_least(situation) > max(self._config.margin, 0.0) + span.room

    def rows(self, situation: Situation) -> Rows | None:
        """How fast the area may be closed in on."""
        if not self._ground.known(situation):
            return None
        margin = self._config.margin + float(self._ground.unsure(situation, 0.0))
        now = self._ground.now(situation)
        return off_area(lambda poses: self._ground.along(situation, poses), now, margin, situation)

    def clearance(self, situation: Situation) -> Clearance | None:
        """Distance now, negative where the footprint must not be; of what is far, at least this."""
        if not self._ground.known(situation):
            return None
        required = self._config.margin + float(self._ground.unsure(situation, 0.0))
        return Clearance(self._now(situation, required), required)

    def _now(self, situation: Situation, required: float) -> float:
        """Distance now, m; a smaller one above ``required`` will do, which an operator may have set within the area."""
        return self._ground.now(situation, max(required, 0.0))

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Least distance along the last rollout, m."""
        if not self._ground.known(situation):
            return None
        return float(self._ground.along(situation, rollouts.poses[-1]).min())
