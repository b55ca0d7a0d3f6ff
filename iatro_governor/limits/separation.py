"""Separation: far enough from people to come to rest before anybody meets (SSM), for a base on the ground."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array, inverse, seen_from_each, transform
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.keeping import slow
from iatro_governor.limits.limit import ROUNDING, Cap, Clearance
from iatro_governor.limits.reserve import ReserveConfig, ReserveLimit
from iatro_governor.limits.rows import Rows, gradient_rows
from iatro_governor.limits.sensed import People
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.limits.ssm import allowed_closing_speed
from iatro_governor.profile.base import Name


class SeparationConfig(ReserveConfig):
    """``intrusion`` C, ``uncertainty`` Z_d and ``robot_uncertainty`` Z_r, m: what is left when the robot rests."""

    kind: Literal["separation"]
    bodies: Name
    """The tracker; what it tracks is a disc of its ``radius``."""


class SeparationLimit(ReserveLimit[SeparationConfig]):
    """A clearance limit from discs that grow by ``v_h t`` along the way to rest, whoever walks meanwhile.

    Head on, that is ``S_p = v_h (T + v/a) + v T + v^2 / (2 a) + C + Z_d + Z_r`` (ISO/TS 15066, see ``limits.ssm``).
    Where somebody is too near already nothing closes in, and leaving stays free at ``retreat_speed``.
    """

    model = SeparationConfig

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Move slowly while somebody who walked on since the data would be within the reserve."""
        clearance = self.clearance(situation)
        if clearance is None or clearance.now >= self._reserve - self.config.noise:
            return None
        return slow(command, situation, self.config.retreat_speed)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the reserve on the way to rest; nothing closes in where it is used up."""
        people = self._people(situation)
        if people is None:
            return None
        eased = min(tolerance, self.config.noise)
        since = self._since(people, rollouts, situation)
        places, human = self._places(people, situation), self._human(people)
        now = self._gaps(places, np.zeros((1, 3)), people, situation)[0]
        most = human * float(since.max()) + float((rollouts.travel + rollouts.half_step).max())
        near = now <= self._reserve + most
        if not near.any():
            return None
        ahead = self._gaps(places[near], rollouts.poses, people, situation)
        # What the motion in flight closes, no command can keep open.
        least = np.minimum(now[near], ahead[:, : rollouts.flown].min(axis=(0, 1), initial=np.inf))
        walked = since[..., None] * human[near]
        needed = self._reserve - eased + walked + rollouts.half_step[:, None, None]
        kept: NDArray[np.bool_] = np.all(ahead >= np.minimum(needed, least - eased) - ROUNDING, axis=(1, 2))
        return kept

    def idle(self, situation: Situation, reach: Span) -> bool:
        """Nobody is there."""
        return self._people(situation) is None

    def rows(self, situation: Situation) -> Rows | None:
        """Nobody is closed in on faster than the closed form allows."""
        people = self._people(situation)
        if people is None:
            return None
        places, deceleration = self._places(people, situation), situation.braking.linear
        distance = self._gaps(places, np.zeros((1, 3)), people, situation)[0]
        reaction = situation.reaction_s + situation.period + situation.build_up_s(deceleration)
        human = self._human(people)
        # The reaction begins with odometry, which may be older than what is told of people, or newer.
        room = distance - human * (people.age_s - situation.age_s)
        bounds = allowed_closing_speed(room, human, reaction, deceleration, self._reserve)
        return gradient_rows(situation.footprint, places, bounds)

    def clearance(self, situation: Situation) -> Clearance | None:
        """Of the nearest person, less what they may have walked since the data and will until a command acts."""
        people = self._people(situation)
        if people is None:
            return None
        gaps = self._gaps(self._places(people, situation), np.zeros((1, 3)), people, situation)[0]
        walked = self._human(people) * (people.age_s + situation.delay_s)
        return Clearance(float((gaps - walked).min()), self._reserve)

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Of the nearest person along the last way, less what they may have walked until then."""
        people = self._people(situation)
        if people is None:
            return None
        since = self._since(people, rollouts, situation)[-1]
        ahead = self._gaps(self._places(people, situation), rollouts.poses[-1], people, situation)
        return float((ahead - since[:, None] * self._human(people)).min())

    def _people(self, situation: Situation) -> People | None:
        people = situation.people.get(self.config.bodies)
        return None if people is None or not len(people.positions) else people

    def _human(self, people: People) -> Array:
        """How fast each of them (b,) may come nearer, m/s."""
        return self._coming(np.hypot(people.velocities[:, 0], people.velocities[:, 1]))

    @staticmethod
    def _since(people: People, rollouts: Rollouts, situation: Situation) -> Array:
        """How long people have walked (c, k) when each pose is reached, s.

        By the clock: from their data to now, and on to that pose. Poses are timed from odometry on, which is so much
        before now.
        """
        ahead = rollouts.seconds(situation.reaction_s) - situation.age_s
        since: Array = np.maximum(people.age_s + ahead, 0.0)
        return since

    @staticmethod
    def _places(people: People, situation: Situation) -> Array:
        """Where they were measured (b, 2), in the base frame of now."""
        return transform(inverse(situation.pose), people.positions[:, :2])

    @staticmethod
    def _gaps(places: Array, poses: Array, people: People, situation: Situation) -> Array:
        """Distances (..., b) of the footprint at ``poses`` (..., 3) from discs about ``places`` (b, 2), m."""
        out: Array = situation.footprint.distance(seen_from_each(poses, places)) - people.radius
        return out
