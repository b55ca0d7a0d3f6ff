"""One arm, its driver and sensors, the people at its table and the judge. Same seed and calls, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np

from iatro_governor.errors import ScenarioError
from iatro_governor.plant import arm_mjcf
from iatro_governor.plant.arm_driver import ArmDriver, GripperDriver, Kind, TrajectoryPoint
from iatro_governor.plant.arm_harm import ArmHarm, ArmJudge
from iatro_governor.plant.arm_model import DOF, JOINTS, READY, ArmSpec
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld
from iatro_governor.plant.contact import ContactReader, Touch

PERIOD = arm_mjcf.TIMESTEP
FURTHEST = 2.0  # sigmas that somebody is from their place
FINGERS = ("finger1", "finger2")
FINGER_JOINTS = ("panda_finger_joint1", "panda_finger_joint2")


@dataclass(frozen=True, slots=True)
class SensorNoise:
    """One sigma of the readings: joint position rad, speed rad/s, torque N m; wrench N and N m; people m, m/s.

    ``wrist_lag_s``: of the wrist's own low-pass filter, first order; without one a scrape of hard things is all spikes
    of a millisecond.
    """

    position: float = 2e-5
    velocity: float = 1e-3
    effort: float = 0.05
    force: float = 0.1
    torque: float = 0.01
    body_position: float = 0.005
    body_velocity: float = 0.02
    wrist_lag_s: float = 0.01


@dataclass(frozen=True, slots=True)
class JointReading:
    """The joints at ``t`` (s), in the order of ``names``: rad, rad/s, N m (the motors', gravity included)."""

    t: float
    names: tuple[str, ...]
    position: np.ndarray
    velocity: np.ndarray
    effort: np.ndarray


@dataclass(frozen=True, slots=True)
class WrenchReading:
    """Force (3,) N and torque (3,) N m on the robot's hand at ``t`` (s), in the frame "hand" at the gripper's mount.

    The gripper's own weight is taken off, that of what it holds is not.
    """

    t: float
    force: np.ndarray
    torque: np.ndarray


@dataclass(frozen=True, slots=True)
class BodyReading:
    """One tracked region of a person at ``t`` (s): centre (m) and velocity (m/s) in the world frame."""

    t: float
    id: str
    region: str
    position: np.ndarray
    velocity: np.ndarray


@dataclass(frozen=True, slots=True)
class RegionForce:
    """The force (N) on a region ``now``, at its ``peak``, and the largest that lasted half a second ``held``."""

    now: float
    peak: float
    held: float


@dataclass(frozen=True, slots=True)
class Push:
    """A force (3,) N on a region at ``point`` (3,) m, world frame, and the largest that it may feel (N)."""

    force: np.ndarray
    point: np.ndarray
    bound: float


@dataclass(frozen=True, slots=True)
class ArmTruth:
    """What is so at ``t`` (s): joints (7,) rad and rad/s, tool centre (3,) m and its speed m/s, the gripper's opening
    (m), force on each region, where each thing's centre is (m), and what is held.
    """

    t: float
    position: np.ndarray
    velocity: np.ndarray
    tool: np.ndarray
    tool_speed: float
    width: float
    forces: dict[str, RegionForce]
    things: dict[str, np.ndarray]
    held: frozenset[str]


class ArmPlant:
    """A simulated arm at the origin of ``world``, standing in ``posture`` (7,) rad.

    ``seed`` moves the sensors' noise and when people move; it changes nothing else. Not modelled: joint
    elasticity, friction that depends on temperature, cables, tissue that stiffens, people who flinch.
    """

    def __init__(
        self,
        world: ArmWorld,
        seed: int = 0,
        posture: Sequence[float] = READY,
        arm: ArmSpec | None = None,
        noise: SensorNoise | None = None,
    ) -> None:
        self.world, self.arm, self.noise = world, arm or ArmSpec(), noise or SensorNoise()
        self._model = mujoco.MjModel.from_xml_string(arm_mjcf.build(world, self.arm))
        self._data = mujoco.MjData(self._model)
        sensors, people = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
        self._rng = sensors
        self._late = {p.name: max(0.0, p.late_s * float(people.standard_normal())) for p in world.people}
        for person in world.people:
            self._seat(person, people)
        self._place(np.asarray(posture, dtype=float))
        self._driver = ArmDriver(self.arm, self._data.qpos[:DOF].copy())
        gripper = self.arm.gripper
        self._gripper = GripperDriver(gripper, gripper.stroke, gripper.stroke, gripper.force)
        self._judge = ArmJudge(world, self.arm)
        self._reader = ContactReader(self._model)
        self._wrist_at = int(self._model.sensor("wrist_force").adr[0])  # the torque follows
        self._filtered = self._wrist()
        self._share = (
            float(-np.expm1(-PERIOD / self.noise.wrist_lag_s)) if self.noise.wrist_lag_s > 0 else 1.0
        )
        self._servo_on = True
        self._servo_bias = self._model.actuator_biasprm[:DOF].copy()
        self._gravcomp = self._model.body_gravcomp.copy()
        links = [self._model.body(f"link{i + 1}").id for i in range(DOF)]
        self._arm_bodies = np.array([*links, *(self._model.body(n).id for n in ("hand", *FINGERS))])
        self._gripper_bodies = self._arm_bodies[DOF:]
        self._thing_bodies = {thing.name: self._model.body(thing.name).id for thing in world.things}
        self._tool = self._model.site("tool").id
        self._steps = 0

    @property
    def t(self) -> float:
        """Seconds since the start, a whole number of milliseconds."""
        return self._steps * PERIOD

    @property
    def model(self) -> mujoco.MjModel:
        """The MuJoCo model, for pictures and as an oracle; changing it changes the robot."""
        return self._model

    @property
    def data(self) -> mujoco.MjData:
        """The MuJoCo state, for pictures and as an oracle; changing it changes the world."""
        return self._data

    def command(self, kind: Kind, values: Sequence[float]) -> None:
        """Take joint_velocity (rad/s), joint_position (rad), joint_effort (N m) or gripper [width m, force N].

        Speeds and torques hold for the driver's ``command_timeout_s``, then the arm brakes and stands; positions
        and the gripper hold until the next. Raises ScenarioError for anything else than enough finite numbers.
        """
        if kind == "gripper":
            self._gripper.command(values)
        else:
            self._driver.command(self.t, kind, values, self._q(), self._dq())

    def trajectory(self, points: Sequence[TrajectoryPoint], names: Sequence[str] = JOINTS) -> None:
        """Take a joint trajectory that starts now; see ArmDriver.trajectory."""
        self._driver.trajectory(self.t, points, names, self._q(), self._dq())

    def step(self, dt: float) -> None:
        """Let ``dt`` seconds pass, whole milliseconds. Raises ScenarioError otherwise."""
        periods = round(dt / PERIOD)
        if periods < 0 or abs(periods * PERIOD - dt) > 1e-9:
            raise ScenarioError(f"the arm plant steps by multiples of {PERIOD} s, got {dt!r}")
        for _ in range(periods):
            self._period()
        mujoco.mj_kinematics(self._model, self._data)  # a step leaves the places where it began

    def joints(self) -> JointReading:
        """What the joint sensors say now."""
        noise, rng = self.noise, self._rng
        position = self._q() + noise.position * rng.standard_normal(DOF)
        velocity = self._dq() + noise.velocity * rng.standard_normal(DOF)
        effort = self._data.qfrc_actuator[:DOF] + noise.effort * rng.standard_normal(DOF)
        return JointReading(self.t, JOINTS, position, velocity, effort)

    def fingers(self) -> JointReading:
        """What the gripper says of its fingers now: m from the middle, m/s, N; their sum is the opening. No noise."""
        joints = [self._data.joint(name) for name in FINGER_JOINTS]
        position, velocity, effort = (
            np.array([float(getattr(joint, part)[0]) for joint in joints])
            for part in ("qpos", "qvel", "qfrc_actuator")
        )
        return JointReading(self.t, FINGER_JOINTS, position, velocity, effort)

    def wrench(self) -> WrenchReading:
        """What the force and torque sensor in the wrist says now."""
        rng, weight = self._rng, self._gripper_weight()
        felt = self._filtered - np.concatenate(weight)
        force = felt[:3] + self.noise.force * rng.standard_normal(3)
        torque = felt[3:] + self.noise.torque * rng.standard_normal(3)
        return WrenchReading(self.t, force, torque)

    def _wrist(self) -> np.ndarray:
        """What the world does to the hand, weight included (6,): MuJoCo measures what the wrist does to it."""
        return -np.asarray(self._data.sensordata[self._wrist_at : self._wrist_at + 6])

    def bodies(self) -> tuple[BodyReading, ...]:
        """Where a tracker sees the people's regions now."""
        readings = []
        for person in self.world.people:
            for part in person.parts:
                name = f"{person.name}/{part.region}"
                position = self._data.body(name).xpos + self.noise.body_position * self._rng.standard_normal(
                    3
                )
                moving = np.array([float(self._data.joint(f"{name}/{axis}").qvel[0]) for axis in "xyz"])
                velocity = moving + self.noise.body_velocity * self._rng.standard_normal(3)
                readings.append(BodyReading(self.t, name, part.region, position, velocity))
        return tuple(readings)

    def truth(self) -> ArmTruth:
        """What is really so now."""
        data, meters = self._data, self._judge.regions
        six = np.zeros(6)
        mujoco.mj_objectVelocity(self._model, data, mujoco.mjtObj.mjOBJ_SITE, self._tool, six, 0)
        width = sum(float(data.joint(name).qpos[0]) for name in FINGER_JOINTS)
        forces = {name: RegionForce(m.now, m.peak, m.held) for name, m in meters.items()}
        things = {name: data.xpos[body].copy() for name, body in self._thing_bodies.items()}
        return ArmTruth(self.t, self._q(), self._dq(), data.site_xpos[self._tool].copy(),
                        float(np.linalg.norm(six[3:])), width, forces, things, self._judge.held)  # fmt: skip

    def pushes(self) -> dict[str, Push]:
        """What pushes now on which region of a person; regions that nothing touches are left out."""
        judge = self._judge
        return {
            name: Push(meter.vector, judge.points[name], bound.peak)
            for (name, meter), bound in zip(judge.regions.items(), judge.bounds, strict=True)
            if meter.now > 0
        }

    def harms(self) -> tuple[ArmHarm, ...]:
        """Every harm so far."""
        return self._judge.harms()

    def _seat(self, person: ArmPerson, rng: np.random.Generator) -> None:
        """Move all of a person to where the seed has them sit."""
        away = person.spread * np.clip(rng.standard_normal(2), -FURTHEST, FURTHEST)
        for part in person.parts:
            self._model.body(f"{person.name}/{part.region}").pos[:2] += away

    def _place(self, posture: np.ndarray) -> None:
        lower, upper = np.asarray(self.arm.lower), np.asarray(self.arm.upper)
        if posture.shape != (DOF,) or not np.all((posture >= lower) & (posture <= upper)):
            raise ScenarioError(
                f"a posture is {DOF} joint angles (rad) within their limits, got {posture.tolist()}"
            )
        self._data.qpos[:DOF] = posture
        for finger in FINGER_JOINTS:
            self._data.joint(finger).qpos[0] = self.arm.gripper.stroke / 2
        # the motors hold what they stand in from the start, or the first reading of their torques is one of a fall
        self._data.ctrl[:DOF] = np.asarray(self.arm.stiffness) * posture
        self._data.ctrl[DOF : DOF + 2] = self.arm.gripper.stroke / 2
        mujoco.mj_forward(self._model, self._data)

    def _period(self) -> None:
        t, model, data = self.t, self._model, self._data
        order = self._driver.step(t, PERIOD, self._q(), self._dq())
        self._servo(order.servo)
        data.ctrl[:DOF] = order.control
        data.ctrl[DOF : DOF + 2] = self._gripper.step(PERIOD)
        model.actuator_forcerange[DOF : DOF + 2] = (-self._gripper.force, self._gripper.force)
        self._move_people(t)
        mujoco.mj_step(model, data)
        self._filtered = self._filtered + self._share * (self._wrist() - self._filtered)
        touches = self._reader.read(data, self._judge.held) if data.ncon else []
        self._steps += 1
        self._judge.touches(t, PERIOD, touches)
        self._judge.joints(self.t, data.qpos[:DOF], data.qvel[:DOF])
        self._judge.things(self.t, _gripped(touches), self._heights())

    def _servo(self, on: bool) -> None:
        """With the servo off the driver's gravity torque stays only where this driver gives it."""
        if on == self._servo_on:
            return
        self._servo_on = on
        compensated = on or self.arm.gravity_compensated
        self._model.actuator_biasprm[:DOF] = self._servo_bias if on else 0.0
        self._model.body_gravcomp[self._arm_bodies] = self._gravcomp[self._arm_bodies] * compensated

    def _move_people(self, t: float) -> None:
        at = DOF + 2
        for person in self.world.people:
            count = 3 * len(person.parts)
            if person.leans:
                offset = _offset(person, t - self._late[person.name])
                self._data.ctrl[at : at + count] = np.tile(offset, len(person.parts))
            at += count

    def _gripper_weight(self) -> tuple[np.ndarray, np.ndarray]:
        """Force and moment of the gripper's own weight in the hand's frame."""
        hand = self._data.body("hand")
        weights = self._model.body_mass[self._gripper_bodies, None] * self._model.opt.gravity
        arms = self._data.xipos[self._gripper_bodies] - hand.xpos
        turn = hand.xmat.reshape(3, 3).T
        return turn @ weights.sum(axis=0), turn @ np.cross(arms, weights).sum(axis=0)

    def _heights(self) -> dict[str, float]:
        return {name: float(self._data.xpos[body, 2]) for name, body in self._thing_bodies.items()}

    def _q(self) -> np.ndarray:
        return np.asarray(self._data.qpos[:DOF].copy())

    def _dq(self) -> np.ndarray:
        return np.asarray(self._data.qvel[:DOF].copy())


def _gripped(touches: Sequence[Touch]) -> frozenset[str]:
    sides: dict[str, set[str]] = {}
    for touch in touches:
        if touch.victim == "grip":
            sides.setdefault(touch.name, set()).add(touch.by)
    return frozenset(name for name, by in sides.items() if by >= set(FINGERS))


def _offset(person: ArmPerson, t: float) -> np.ndarray:
    """How far (m) the person has moved from the first place at ``t`` (s)."""
    at, offsets = (
        [0.0, *(lean.at for lean in person.leans)],
        [(0.0, 0.0, 0.0), *(lean.offset for lean in person.leans)],
    )
    return np.array([np.interp(t, at, [offset[axis] for offset in offsets]) for axis in range(3)])
