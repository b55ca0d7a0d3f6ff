"""Wrench: how hard a tool may push and twist, what supports its load included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.trip import Challenge, beyond_each
from iatro_governor.profile.base import Positive

PARTS = (("N", slice(0, 3)), ("Nm", slice(3, 6)))
"""Units and places of force and torque among a wrench's components."""


class WrenchConfig(LimitConfig):
    """``force``: N, ``torque``: Nm; norms of what the tool exerts."""

    example: ClassVar[Example] = {"force": 25.0, "torque": 3.0}
    doses: ClassVar[Doses] = {"force": divided, "torque": divided}

    kind: Literal["wrench"]
    force: Positive
    torque: Positive


class WrenchLimit(Limit[WrenchConfig]):
    """``|w_hold + u| <= bound`` of force and of torque; a level limit.

    The largest s is the larger root of ``|h|^2 + 2 s h . u + s^2 |u|^2 = bound^2``. What a stop itself exerts is never
    cut: a load that asks for more than the bound may not be pushed further.
    """

    model = WrenchConfig
    unit = "N"
    fits = frozenset({"wrench"})
    view = "body"

    @property
    def bound(self) -> float:
        """N."""
        return self.config.force

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Each force and each torque, both ways, at twice its bound beyond what a stop exerts."""
        scene, config = scenes[0], self.config
        hold = np.abs(scene.rest.get(config.channel, np.zeros(6)))
        bounds = np.repeat([config.force, config.torque], 3) + hold
        yield from beyond_each(scene, scene.place(config.channel), bounds.tolist())

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down until force and torque are within their bounds."""
        channel = self.config.channel
        added, standing = situation.own(channel, command), situation.own(channel, situation.anchor)
        hold = situation.rest.get(channel, np.zeros(len(added)))
        found: list[Cap] = []
        for bound, (unit, part) in zip((self.config.force, self.config.torque), PARTS, strict=True):
            allowed = max(bound, float(np.linalg.norm(hold[part])))
            scale = _share(hold[part], added[part], allowed)
            over = excess(float(np.linalg.norm((hold + standing)[part])), allowed)
            asked = float(np.linalg.norm((hold + added)[part]))
            found.append(Cap(scale, asked, bound, over, unit))
        return min(found, key=lambda cap: (cap.scale, -cap.excess, -cap.requested / cap.allowed))


def _share(hold: Array, added: Array, bound: float) -> float:
    """Largest s in [0, 1] for which ``|hold + s added| <= bound``, where ``|hold| <= bound``."""
    square, along, room = float(added @ added), float(hold @ added), bound * bound - float(hold @ hold)
    if float(np.linalg.norm(hold + added)) <= bound or square == 0.0:
        return 1.0
    root = np.sqrt(along * along + square * max(room, 0.0))
    # The root without a difference of numbers that are nearly equal.
    share = (root - along) / square if along <= 0 else max(room, 0.0) / (root + along)
    return float(min(max(share, 0.0), 1.0))
