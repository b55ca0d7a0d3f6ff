"""Ways to rest of a body with joints, for several candidate outputs at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts

SAMPLES = 8
"""Samples of equal distance along each way to rest."""
FRACTIONS = np.arange(1, SAMPLES + 1) / SAMPLES


@dataclass(frozen=True)
class Ways:
    """Ways to rest of ``c`` candidate outputs (c, N).

    now: the posture they start from. flight: (p, m) joint positions while commands in flight are carried out. ahead:
    (c, k, m) joint positions from there to rest. levers: (m, C) as of ``body.levers``. planar: what the base does, for
    limits on the ground.
    """

    outputs: Array
    now: Posture
    flight: Array
    ahead: Array
    levers: Array
    planar: Rollouts | None = None

    @property
    def model(self) -> ArmModel:
        """The body."""
        return self.now.model

    @cached_property
    def q(self) -> Array:
        """Joint positions (c, p + k, m) on the way, in order."""
        flown = np.broadcast_to(self.flight, (len(self.ahead), *self.flight.shape))
        return np.concatenate([flown, self.ahead], axis=1)

    @cached_property
    def travel(self) -> Array:
        """Bound (c, C) on how far any point of each capsule moves, m."""
        first = self.now.q
        moved = np.abs(np.diff(np.concatenate([first[None], self.flight]), axis=0)).sum(axis=0)
        last = self.flight[-1] if len(self.flight) else first
        whole: Array = (moved + np.abs(self.ahead[:, -1] - last)) @ self.levers
        return whole

    @cached_property
    def capsules(self) -> Array:
        """Ends (c, p + k, C, 2, 3) of all capsules' segments on the way, m."""
        flown, ahead = self._postures
        return self._joined(flown.capsules(), ahead.capsules())

    @cached_property
    def bodies(self) -> Array:
        """Frames (c, p + k, B, 4, 4) of all bodies on the way."""
        flown, ahead = self._postures
        return self._joined(flown.bodies, ahead.bodies)

    @cached_property
    def _postures(self) -> tuple[Posture, Posture]:
        return posture(self.model, self.flight), posture(self.model, self.ahead)

    def _joined(self, flown: Array, ahead: Array) -> Array:
        return np.concatenate([np.broadcast_to(flown, (len(ahead), *flown.shape)), ahead], axis=1)

    @cached_property
    def half_step(self) -> Array:
        """How far (c, C) any point of each capsule may be from where it is at the nearest sample, m.

        Half the chord between two samples, and what a way may bow away from its chord: an eighth of the largest second
        derivative (Taylor), which for a step ``dq`` is at most twice its turns times ``|dq| @ levers``.
        """
        count = len(self.ahead)
        first = np.broadcast_to(self.now.capsules(), (count, 1, *self.now.capsules().shape))
        moved = np.diff(np.concatenate([first, self.capsules], axis=1), axis=1)
        chord = np.sqrt((moved * moved).sum(axis=-1).max(axis=3))
        start = np.broadcast_to(self.now.q, (count, 1, len(self.now.q)))
        steps = np.abs(np.diff(np.concatenate([start, self.q], axis=1), axis=1))
        turns = steps @ self._turning
        bow = turns[..., None] * (steps @ self.levers)
        half: Array = (chord / 2 + bow / 4).max(axis=1)
        return half

    @cached_property
    def _turning(self) -> Array:
        """1 for each joint (m,) that turns anything, 0 for those that only slide."""
        turning = (~self.model.prismatic).astype(float) @ np.abs(self.model.gain)
        most: Array = np.minimum(turning, 1.0)
        return most
