"""Where the base was and how it moved: a short history of odometry."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from iatro_governor.body.planar import IDENTITY, Array, arc, compose, inverse


@dataclass(frozen=True, slots=True)
class OdomSample:
    """Pose of the base in odom [x, y, yaw] and its twist [vx, vy, wz] in the base frame, at ``t`` s.

    height: m over odom. level: its twist [vx, vy, vz, wz] in a frame that turns with it and stays level.
    """

    t: float
    pose: Array
    twist: Array
    height: float = 0.0
    level: Array = field(default_factory=lambda: np.zeros(4))


class Track:
    """Odometry of the last ``keep_s`` seconds, newest last. ``flies``: its height counts."""

    def __init__(self, keep_s: float, flies: bool = False) -> None:
        self._keep_s, self._flies = keep_s, flies
        self._samples: deque[OdomSample] = deque()

    def add(self, sample: OdomSample) -> None:
        """Take a sample; one that is older than the newest is ignored, for it can change no decision.

        One of the same time takes the newest one's place: stamps that stand still would be kept for ever.
        """
        if self._samples and sample.t < self._samples[-1].t:
            return
        if self._samples and sample.t == self._samples[-1].t:
            self._samples.pop()
        self._samples.append(sample)
        while sample.t - self._samples[0].t > self._keep_s and len(self._samples) > 2:
            self._samples.popleft()

    def jump(self, sample: OdomSample) -> float:
        """How far ``sample`` is from where the last one leads, m or rad, whichever is more."""
        if not self._samples:
            return 0.0
        last, expected = self._samples[-1], self._led(sample)
        turned = math.remainder(float(sample.pose[2] - expected[2]), 2 * math.pi)
        rise = 0.0
        if self._flies:
            climbed = float(last.level[2] + sample.level[2]) / 2 * max(sample.t - last.t, 0.0)
            rise = sample.height - last.height - climbed
        return max(math.hypot(*(sample.pose - expected)[:2].tolist(), rise), abs(turned))

    def follow(self, sample: OdomSample) -> Array:
        """Take all samples to where they lead to ``sample``; returns the motion (3,) that does so with a pose."""
        by = compose(sample.pose, inverse(self._led(sample)))
        self._samples = deque(replace(s, pose=compose(by, s.pose)) for s in self._samples)
        return by

    def _led(self, sample: OdomSample) -> Array:
        """The pose (3,) that the last sample and the twists lead to at the time of ``sample``."""
        last = self._samples[-1]
        mean = (last.twist + sample.twist) / 2
        return compose(last.pose, arc(mean * max(sample.t - last.t, 0.0)))

    @property
    def known(self) -> bool:
        """Whether anything was measured yet."""
        return bool(self._samples)

    @property
    def latest(self) -> OdomSample:
        """The newest sample, or rest at the origin before the first one."""
        return self._samples[-1] if self._samples else OdomSample(0.0, IDENTITY, IDENTITY)

    def pose_at(self, t: float) -> Array:
        """Pose (3,) at ``t``: from the last sample before it, carried on by its measured twist."""
        before = self._before(t)
        if before is None:
            return self._samples[0].pose if self._samples else np.zeros(3)
        return compose(before.pose, arc(before.twist * (t - before.t)))

    def height_at(self, t: float) -> float:
        """Height over odom at ``t``, m, as ``pose_at``."""
        before = self._before(t)
        if before is None:
            return self._samples[0].height if self._samples else 0.0
        return before.height + float(before.level[2]) * (t - before.t)

    def _before(self, t: float) -> OdomSample | None:
        """The last sample that is no newer than ``t``."""
        return next((s for s in reversed(self._samples) if s.t <= t), None)
