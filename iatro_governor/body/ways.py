"""Ways to rest of a body with joints, for several candidate outputs at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iatro_governor.body.distance import length
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts

SAMPLES = 6
"""Samples of equal distance along each way to rest."""
FRACTIONS = np.arange(1, SAMPLES + 1) / SAMPLES


def half_step_share(turned: float) -> float:
    """The half step of a way of even steps, as a share of the way, at most; ``turned``: by its joints in all, rad.

    As of ``Ways.half_step``: half the chord of a step, and what that bows away from it.
    """
    return (0.5 + turned / (4 * SAMPLES)) / SAMPLES


@dataclass(frozen=True)
class Ways:
    """Ways to rest of ``c`` candidate outputs (c, N).

    soon_q: (m,) joint positions that they start from: where what was published already will have led, whatever is
    decided now. ahead: (c, k, m) joint positions from there to rest. hold: s that each output lasts. ramp: (c,) s in
    which the stop brakes it to rest after that. model: the body. levers: (m, C) as of ``body.levers``. planar: what the
    base does, for limits on the ground. coast: (c,) s at full speed that lead as far as the stop does, where that is no
    even braking.
    """

    outputs: Array
    model: ArmModel
    soon_q: Array
    ahead: Array
    hold: float
    ramp: Array
    levers: Array
    planar: Rollouts | None = None
    coast: Array | None = None

    @cached_property
    def seconds(self) -> Array:
        """When each sample (c, k) is reached, s after ``soon_q``: even speed for ``hold``, then even braking.

        A stop that is no even braking is taken to last to its end.
        """
        if self.coast is not None:
            far = FRACTIONS * (self.hold + self.coast[:, None])
            return np.where(far > self.hold, self.hold + self.ramp[:, None], far)
        way = FRACTIONS * (self.hold + self.ramp[:, None] / 2)
        braked = np.minimum(np.maximum(way - self.hold, 0.0), self.ramp[:, None] / 2)
        ramp = np.where(self.ramp > 0, self.ramp, 1.0)[:, None]
        left = np.maximum(1.0 - 2 * braked / ramp, 0.0)
        seconds: Array = np.minimum(way, self.hold) + self.ramp[:, None] * (1.0 - np.sqrt(left))
        return seconds

    @cached_property
    def travel(self) -> Array:
        """Bound (c, C) on how far any point of each capsule moves, m."""
        whole: Array = self._strides.sum(axis=1)
        return whole

    @cached_property
    def swept(self) -> Array:
        """The same with the largest half step (c, C) besides, m: what is further than that surely does not matter."""
        half: Array = (self._strides * self._bent).max(axis=1)
        swept: Array = self.travel + np.minimum(half, self.travel)
        return swept

    @cached_property
    def _strides(self) -> Array:
        """Bound (c, k, C) on how far any point of each capsule moves from one sample to the next, m."""
        strides: Array = self.moves @ self.levers
        return strides

    @cached_property
    def _bent(self) -> Array:
        """Half a step, as a share (c, k, 1) of how far it leads: its chord, and what it bows away from that."""
        bent: Array = 0.5 + (self.moves @ self.model.turning)[..., None] / 4
        return bent

    @cached_property
    def rows(self) -> Posture:
        """All postures as rows (1 + c * k,): the first is where the ways start, then each way in order."""
        return posture(
            self.model, np.concatenate([self.soon_q[None], self.ahead.reshape(-1, len(self.soon_q))])
        )

    @cached_property
    def soon(self) -> Posture:
        """The posture they start from."""
        return self.rows.part(0)

    @cached_property
    def posture(self) -> Posture:
        """Postures (c, k) on the way."""
        return self.rows.part(slice(1, None), self.ahead.shape[:2])

    @cached_property
    def steps(self) -> Array:
        """What each joint moves (c, k, m) from one sample to the next."""
        return _changes(self.soon_q, self.ahead)

    @cached_property
    def moves(self) -> Array:
        """How far each joint moves (c, k, m) from one sample to the next."""
        return np.abs(self.steps)

    @cached_property
    def half_step(self) -> Array:
        """How far (c, C) any point of each capsule may be from where it is at the nearest sample, m.

        Half the chord between two samples, and what a way may bow away from its chord: an eighth of the largest second
        derivative (Taylor), which for a step ``dq`` is at most twice its turns times ``|dq| @ levers``.
        """
        return self._half_step(self.rows.capsules(), self._strides)

    def half_steps(self, which: Indices, ends: Array | None = None) -> Array:
        """``half_step`` (c, k) of the capsules ``which`` (k,) alone: of few it takes a third of the time.

        ``ends``: theirs in all ``rows``, where they are known already.
        """
        if "half_step" in self.__dict__:
            return self.half_step[:, which]
        ends = self.rows.ends(which) if ends is None else ends
        return self._half_step(ends, self._strides[..., which])

    def _half_step(self, ends: Array, strides: Array) -> Array:
        """Of capsules with ``ends`` (1 + c * k, w, 2, 3) in all ``rows`` and ``strides`` (c, k, w)."""
        moved = length(_changes(ends[0], ends[1:].reshape(*self.ahead.shape[:2], *ends.shape[1:])))
        chord = np.maximum(moved[..., 0], moved[..., 1])
        bow = (self.moves @ self.model.turning)[..., None] * strides
        half: Array = (chord / 2 + bow / 4).max(axis=1)
        return half


def _changes(start: Array, ways: Array) -> Array:
    """From one sample to the next along ``ways`` (c, k, ...), each of them from ``start`` (...)."""
    out = np.empty_like(ways)
    np.subtract(ways[:, 0], start, out=out[:, 0])
    np.subtract(ways[:, 1:], ways[:, :-1], out=out[:, 1:])
    return out
