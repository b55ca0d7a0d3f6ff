"""What the robot can measure: a 2-D lidar and odometry, with seeded noise."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np

from iatro_governor.plant.mjcf import SEEN


@dataclass(frozen=True, slots=True)
class LidarSpec:
    """A scanning range finder at the base origin. Ranges in m, angles in rad, ``noise`` is one sigma in m."""

    beams: int = 360
    range_min: float = 0.05
    range_max: float = 12.0
    noise: float = 0.005

    @property
    def angle_min(self) -> float:
        """Angle of the first beam, counter-clockwise from the base's x axis."""
        return -np.pi

    @property
    def angle_increment(self) -> float:
        """Angle between two beams."""
        return 2 * np.pi / self.beams


@dataclass(frozen=True, slots=True)
class ScanReading:
    """One turn of the lidar, taken at one instant ``t`` (s); +inf where nothing is within ``range_max``."""

    t: float
    ranges: np.ndarray
    angle_min: float
    angle_increment: float
    range_min: float
    range_max: float


@dataclass(frozen=True, slots=True)
class OdometrySpec:
    """Noise of the odometry: one sigma of a twist reading relative to it, and of the pose's random walk.

    A wheel that stands still is read as standing still. ``drift`` is in m per root metre driven; the
    heading drifts by as many rad. It defaults to none, as on a base whose wheel odometry is corrected by a
    localiser.
    """

    speed_noise: float = 0.01
    turn_noise: float = 0.01
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class OdomReading:
    """Pose in odom [x, y, z, qx, qy, qz, qw] and twist in the base frame [vx, vy, vz, wx, wy, wz] at ``t`` (s)."""

    t: float
    pose: np.ndarray
    twist: np.ndarray


class Lidar:
    """Casts the beams level from the base origin; the robot and the floor are invisible to it."""

    def __init__(self, spec: LidarSpec, rng: np.random.Generator) -> None:
        self.spec = spec
        self._rng = rng
        self._angles = spec.angle_min + spec.angle_increment * np.arange(spec.beams)
        self._visible = np.array([group == SEEN for group in range(6)], dtype=np.uint8)
        self._hit = np.zeros(spec.beams, dtype=np.int32)

    def read(
        self, t: float, model: mujoco.MjModel, data: mujoco.MjData, origin: np.ndarray, yaw: float
    ) -> ScanReading:
        """Scan from ``origin`` (x, y, z in m) with the base turned by ``yaw`` (rad)."""
        spec, angle = self.spec, self._angles + yaw
        beams = np.column_stack((np.cos(angle), np.sin(angle), np.zeros(spec.beams))).ravel()
        distance = np.empty(spec.beams)
        mujoco.mj_kinematics(model, data)
        mujoco.mj_multiRay(
            m=model, d=data, pnt=origin, vec=beams, geomgroup=self._visible, flg_static=True, bodyexclude=-1,
            geomid=self._hit, dist=distance, normal=None, nray=spec.beams, cutoff=spec.range_max,
        )  # fmt: skip
        seen = distance >= 0
        noisy = distance + spec.noise * self._rng.standard_normal(spec.beams)
        ranges = np.where(seen & (distance <= spec.range_max), np.clip(noisy, 0.0, spec.range_max), np.inf)
        return ScanReading(t, ranges, spec.angle_min, spec.angle_increment, spec.range_min, spec.range_max)


class Odometry:
    """Turns the true pose and twist into readings; the pose error is a random walk over the way driven."""

    def __init__(self, spec: OdometrySpec, rng: np.random.Generator) -> None:
        self.spec = spec
        self._rng = rng
        self._error = np.zeros(3)
        self._last: np.ndarray | None = None

    def read(self, t: float, pose: np.ndarray, twist: np.ndarray) -> OdomReading:
        """A reading of the planar true ``pose`` [x, y, yaw] and ``twist`` [vx, vy, wz] in the base frame."""
        driven = 0.0 if self._last is None else float(np.linalg.norm(pose[:2] - self._last[:2]))
        self._last = pose.copy()
        noise = self._rng.standard_normal(6)
        self._error = self._error + self.spec.drift * np.sqrt(driven) * noise[:3]
        x, y, yaw = pose + self._error
        sigma = np.array([self.spec.speed_noise, 0.0, self.spec.turn_noise])
        vx, vy, wz = twist * (1.0 + sigma * noise[3:])
        return OdomReading(
            t,
            np.array([x, y, 0.0, 0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2)]),
            np.array([vx, vy, 0.0, 0.0, 0.0, wz]),
        )
