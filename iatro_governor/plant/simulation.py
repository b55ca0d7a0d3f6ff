"""One robot, its sensors, the people and the judge, stepped together. Same seed and calls, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from iatro_governor.errors import ScenarioError
from iatro_governor.plant import mjcf
from iatro_governor.plant.base import BaseSpec, Drive
from iatro_governor.plant.harm import Harm, Judge, Touch
from iatro_governor.plant.people import Walker
from iatro_governor.plant.sensors import Lidar, LidarSpec, Odometry, OdometrySpec, OdomReading, ScanReading
from iatro_governor.plant.world import Start, World

CONTROL_PERIOD = 0.01
SUBSTEPS = round(CONTROL_PERIOD / mjcf.TIMESTEP)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is so at ``t`` (s): pose [x, y, yaw], twist [vx, vy, wz] in the base frame, (x, y) of each person."""

    t: float
    pose: np.ndarray
    twist: np.ndarray
    people: dict[str, tuple[float, float]]


class Plant:
    """A simulated differential base in ``world``.

    ``seed`` moves the sensors' noise and the people's pace; it changes nothing else. Not modelled: the
    lidar's turning while it scans, its tilt, legs that swing, uneven floors.
    """

    def __init__(
        self,
        world: World,
        seed: int = 0,
        start: Start | None = None,
        base: BaseSpec | None = None,
        lidar: LidarSpec | None = None,
        odometry: OdometrySpec | None = None,
    ) -> None:
        self.world, self.base = world, base or BaseSpec()
        self._model = mujoco.MjModel.from_xml_string(mjcf.build(world, start or Start(), self.base))
        self._data = mujoco.MjData(self._model)
        streams = [
            np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2 + len(world.people))
        ]
        self._lidar = Lidar(lidar or LidarSpec(), streams[0])
        self._odometry = Odometry(odometry or OdometrySpec(), streams[1])
        self._walkers = [
            Walker(p, self.base.radius, rng) for p, rng in zip(world.people, streams[2:], strict=True)
        ]
        self._drive = Drive(self.base)
        self._judge = Judge(world, self.base.mass, self.base.radius)
        self._chassis = self._model.geom("chassis").id
        self._steps = 0
        mujoco.mj_forward(self._model, self._data)

    @property
    def t(self) -> float:
        """Seconds since the start, a whole number of control periods."""
        return self._steps * CONTROL_PERIOD

    def command(self, values: Sequence[float]) -> None:
        """Take a twist [vx, vy, vz, wx, wy, wz] (m/s, rad/s); it holds for the base's ``command_timeout_s``.

        Raises ScenarioError where it is not six finite numbers: a real driver would refuse it as well.
        """
        twist = np.asarray(values, dtype=float)
        if twist.shape != (6,) or not np.all(np.isfinite(twist)):
            raise ScenarioError(
                f"the base takes six finite numbers [vx, vy, vz, wx, wy, wz], got {list(values)!r}"
            )
        self._drive.command(self.t, float(twist[0]), float(twist[5]))

    def step(self, dt: float) -> None:
        """Let ``dt`` seconds pass, whole control periods of 10 ms. Raises ScenarioError otherwise."""
        periods = round(dt / CONTROL_PERIOD)
        if periods < 0 or abs(periods * CONTROL_PERIOD - dt) > 1e-9:
            raise ScenarioError(f"the plant steps by multiples of {CONTROL_PERIOD} s, got {dt!r}")
        for _ in range(periods):
            self._period()

    def scan(self) -> ScanReading:
        """What the lidar sees now."""
        origin = np.array([*self._data.qpos[:2], self.base.lidar_height])
        return self._lidar.read(self.t, self._model, self._data, origin, self._yaw())

    def odom(self) -> OdomReading:
        """What odometry says now."""
        truth = self.truth()
        return self._odometry.read(self.t, truth.pose, truth.twist)

    def truth(self) -> Truth:
        """What is really so now."""
        yaw, q, v = self._yaw(), self._data.qpos, self._data.qvel
        c, s = np.cos(yaw), np.sin(yaw)
        twist = np.array([c * v[0] + s * v[1], -s * v[0] + c * v[1], v[5]])
        people = {
            w.person.name: (float(x), float(y))
            for w, (x, y) in zip(self._walkers, self._people(), strict=True)
        }
        return Truth(self.t, np.array([q[0], q[1], yaw]), twist, people)

    def person_gap(self) -> float:
        """The distance (m) to the nearest person, skin to skin; infinite where there is nobody."""
        robot = self._data.qpos[:2]
        people = zip(self._walkers, self._people(), strict=True)
        gaps = (float(np.linalg.norm(at - robot)) - w.person.radius - self.base.radius for w, at in people)
        return min(gaps, default=np.inf)

    def harms(self) -> tuple[Harm, ...]:
        """Every harm so far."""
        return self._judge.harms()

    def peak_speeds(self) -> dict[str, float]:
        """The highest speed (m/s) the robot had inside each zone; 0 where it never was."""
        return dict(self._judge.peak_speed)

    def _period(self) -> None:
        t, data = self.t, self._data
        data.ctrl[:2] = self._drive.step(t, CONTROL_PERIOD)
        robot = data.qpos[:2].copy()
        for i, (walker, here) in enumerate(zip(self._walkers, self._people(), strict=True)):
            data.ctrl[2 + 2 * i : 4 + 2 * i] = walker.velocity(t, here, robot)
        for k in range(SUBSTEPS):
            before = data.qvel.copy()
            mujoco.mj_step(self._model, data)
            touched = np.any(data.contact.geom == self._chassis, axis=1)
            if touched.any():
                self._judge.contacts(t + k * mjcf.TIMESTEP, self._touches(np.flatnonzero(touched), before))
        self._steps += 1
        self._judge.place(self.t, data.qpos[:2].copy(), float(np.hypot(data.qvel[0], data.qvel[1])))

    def _touches(self, indices: np.ndarray, velocity: np.ndarray) -> list[Touch]:
        """The shell's contacts, with the velocities before them; a round shell that turns closes on nothing."""
        touches = []
        for index in indices:
            contact = self._data.contact[index]
            first, second = contact.geom
            other, sign = (second, 1.0) if first == self._chassis else (first, -1.0)
            geom = self._model.geom(other)
            touches.append(
                Touch(geom.name, sign * contact.frame[:2], velocity[:2], self._velocity(geom, velocity))
            )
        return touches

    def _velocity(self, geom: mujoco.MjModel, velocity: np.ndarray) -> np.ndarray:
        body = int(self._model.geom_bodyid[geom.id])
        if self._model.body_dofnum[body] == 0:
            return np.zeros(2)
        at = int(self._model.body_dofadr[body])
        return velocity[at : at + 2]

    def _people(self) -> list[np.ndarray]:
        """Positions (m): slide joints count from each person's first waypoint."""
        moved = self._data.qpos[9:].reshape(-1, 2)  # 7 of the base, 2 of the wheels
        return [np.asarray(w.person.path[0]) + d for w, d in zip(self._walkers, moved, strict=True)]

    def _yaw(self) -> float:
        w, x, y, z = self._data.qpos[3:7]
        return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
