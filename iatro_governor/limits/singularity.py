"""Singularity: near a posture in which the hand cannot move any way it likes, it goes no further in, but slowly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.planar import Array
from iatro_governor.body.singularity import least_singular_value, singularity, steepest_falls
from iatro_governor.limits.affine import convex_shares
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided, times
from iatro_governor.limits.kinds import JOINT_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.postures import nearest
from iatro_governor.limits.trip import Challenge, each_way
from iatro_governor.profile.base import NonNegative, Positive
from iatro_governor.profile.joint_channels import JointName

FALLING = 1e-9
"""A singular value that changes by less, m/s, does not change."""


class SingularityConfig(LimitConfig):
    """``speed``: of the hand, m/s, where its smallest singular value has just come below ``threshold`` and falls."""

    example: ClassVar[Example] = {
        "link": "lower",
        "reach": 0.3,
        "threshold": 0.25,
        "least": 0.05,
        "speed": 0.4,
    }
    doses: ClassVar[Doses] = {"threshold": times, "least": times, "speed": divided}

    kind: Literal["singularity"]
    link: JointName | None = None
    """Whose Jacobian is looked at; the model's tool by default."""
    reach: Positive
    """Metres that a radian of turning counts for: about the distance from wrist to tool tip."""
    threshold: Positive
    """Smallest singular value, m, below which the hand is slowed."""
    least: NonNegative
    """Smallest singular value, m, below which no motion makes it smaller."""
    speed: Positive

    @model_validator(mode="after")
    def _ordered(self) -> SingularityConfig:
        if self.least >= self.threshold:
            raise ValueError("least must be below threshold")
        return self


class SingularityLimit(Limit[SingularityConfig]):
    """``|v| <= speed (sigma - least) / (threshold - least)`` of the hand, while sigma is below threshold and falls.

    sigma: smallest singular value of the hand's Jacobian, its angular rows multiplied by ``reach``. Near 0, a small
    motion of the hand some way asks the joints for a large one (Nakamura and Hanafusa 1986, "Inverse kinematic
    solutions with singularity robustness for robot manipulator control"). Motion that does not make it smaller is free.
    A hand that comes in faster is braked to it as hard as its joints may be; it never comes below ``least``.
    """

    model = SingularityConfig
    unit = "m/s"
    fits = JOINT_MOTION
    view = "body"
    foresees = True

    def __init__(self, config: SingularityConfig) -> None:
        super().__init__(config)
        self._falls: Array | None = None
        self._seen: tuple[Array, float] | None = None

    @property
    def bound(self) -> float:
        """m/s, at the threshold."""
        return self.config.speed

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Half way from the threshold to the least singular value, and moving every way."""
        scene: BodySituation = scenes[0]
        link, config = self.config.link or scene.tool, self.config

        def distance(q: Array) -> Array:
            each = (posture(scene.model, row) for row in q)
            return np.array([least_singular_value(at, link or "", config.reach) for at in each])

        found = nearest(scene, distance, (config.threshold + config.least) / 2)
        if found.distance >= config.threshold:
            yield Challenge("cap", (), f"no posture was found with less than {found.distance:.3f} m")
            return
        start, _ = found.before(
            distance, max((config.threshold + config.least) / 2, found.distance + FALLING)
        )
        yield Challenge("cap", each_way([scene.at(start)], scene.place(config.channel)))

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """It was far from singular lately, and cannot have come near since."""
        link = self.config.link or situation.tool
        if link is None or self._seen is None:
            return False
        moved = np.abs(situation.now.q - self._seen[0]) + situation.flying
        return bool(self._seen[1] - self._steepest(link, situation) @ moved >= self.config.threshold)

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Scale down where the command itself makes the smallest singular value smaller.

        Raises ValueError where no link is known, which a profile that was checked rules out.
        """
        config, still = self.config, situation.still
        link = config.link or situation.tool
        if link is None:
            raise ValueError("a singularity limit needs a link; the profile was not checked")
        if self._still_far(link, situation):
            return None
        sigma = self._sigma(situation.soon, link)
        if sigma >= config.threshold:
            return None
        rates = situation.rates(np.stack([command, situation.anchor]))
        at = situation.soon
        trends = singularity(at, link, rates - still, config.reach)[2]
        falls = trends < -FALLING
        if not falls.any():
            return None
        allowed = config.speed * max(sigma - config.least, 0.0) / (config.threshold - config.least)
        hand = at.frame_jacobian(link)[:3]
        asked, standing, idle, added = np.linalg.norm(
            np.stack([*rates, still, rates[0] - still]) @ hand.T, axis=1
        ).tolist()
        share = (
            float(convex_shares(np.array(asked), idle, np.array(added), np.array(allowed)))
            if falls[0]
            else 1.0
        )
        return Cap(share, asked, allowed, excess(standing, allowed) if falls[1] else 0.0)

    def _sigma(self, at: Posture, link: str) -> float:
        if self._seen is None or self._seen[0] is not at.q:
            self._seen = at.q, least_singular_value(at, link, self.config.reach)
        return self._seen[1]

    def _still_far(self, link: str, situation: BodySituation) -> bool:
        """Whether what was far from singular lately still is, whatever way the joints moved since."""
        if self._seen is None:
            return False
        then, sigma = self._seen
        moved = np.abs(situation.soon_q - then)
        return bool(sigma - self._steepest(link, situation) @ moved >= self.config.threshold)

    def _steepest(self, link: str, situation: BodySituation) -> Array:
        if self._falls is None:
            self._falls = steepest_falls(situation.model, link, self.config.reach)
        return self._falls
