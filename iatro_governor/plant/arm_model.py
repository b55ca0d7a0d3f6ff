"""A seven-joint arm of our own modelling, laid out like a Franka Emika Panda so that the real URDF can govern it.

Where the numbers come from:

- joint layout, and limits of position, speed, acceleration and torque: Franka Control Interface documentation,
  "Robot and interface specifications", table of Denavit-Hartenberg parameters and limits for Panda;
- masses and centres of mass of the links: Gaz, Cognetti, Oliva, Robuffo Giordano and De Luca, "Dynamic
  Identification of the Franka Emika Panda Robot", IEEE RA-L 4(4), 2019, HAL hal-02265293;
- rotor inertia, reflected to the joint: the values Franka gives for the FR3, the Panda's successor with the same
  layout, as stated in the README of Drake's franka_description;
- mass, stroke and largest force of the gripper: Franka Hand data sheet (0.73 kg, 80 mm, 70 N continuous).

Masses, centres of mass and the gripper's numbers are as remembered from these publications, not copied from them with
the page open: good for a plant that stands for an arm of this kind, no model of a particular one.

The shapes (capsules) and the links' rotational inertia (uniform cylinders about the centre of mass) are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Point3 = tuple[float, float, float]
JOINTS = tuple(f"panda_joint{i}" for i in range(1, 8))
DOF = len(JOINTS)
READY = (0.0, -np.pi / 4, 0.0, -3 * np.pi / 4, 0.0, np.pi / 2, np.pi / 4)  # the maker's own ready posture


@dataclass(frozen=True, slots=True)
class Capsule:
    """A cylinder of ``radius`` with round ends around the segment ``start`` to ``end`` (m, link frame)."""

    start: Point3
    end: Point3
    radius: float


@dataclass(frozen=True, slots=True)
class Link:
    """One link behind its joint.

    ``a``, ``d`` (m) and ``alpha`` (rad) are Craig's (modified) Denavit-Hartenberg parameters of the joint;
    ``mass`` kg, ``centre`` of mass in m in the link frame, ``spin`` length and radius (m) of the uniform cylinder
    along ``long_axis`` (0 x, 1 y, 2 z) whose rotational inertia the link has.
    """

    a: float
    d: float
    alpha: float
    mass: float
    centre: Point3
    spin: tuple[float, float]
    long_axis: int
    shapes: tuple[Capsule, ...]

    @property
    def inertia(self) -> tuple[float, float, float]:
        """Principal moments (kg m^2) about the centre of mass, along the link frame's axes."""
        length, radius = self.spin
        across = self.mass * (3 * radius**2 + length**2) / 12
        moments = [across, across, across]
        moments[self.long_axis] = self.mass * radius**2 / 2
        return (moments[0], moments[1], moments[2])


_LINKS = (
    Link(0.0, 0.333, 0.0, 4.970684, (0.003875, 0.002081, -0.04762), (0.22, 0.07), 2,
         (Capsule((0, 0, -0.15), (0, 0, 0), 0.070),)),
    Link(0.0, 0.0, -np.pi / 2, 0.646926, (-0.003141, -0.02872, 0.003495), (0.22, 0.06), 1,
         (Capsule((0, 0, -0.04), (0, 0, 0.04), 0.070), Capsule((0, -0.06, 0), (0, -0.18, 0), 0.060))),
    Link(0.0, 0.316, np.pi / 2, 3.228604, (0.027518, 0.039252, -0.066502), (0.20, 0.06), 2,
         (Capsule((0, 0, -0.10), (0, 0, -0.03), 0.060), Capsule((0.0825, -0.03, 0), (0.0825, 0.03, 0), 0.058))),
    Link(0.0825, 0.0, np.pi / 2, 3.587895, (-0.05317, 0.104419, 0.027454), (0.24, 0.06), 1,
         (Capsule((-0.03, 0.02, 0), (-0.0825, 0.07, 0), 0.055),
          Capsule((-0.0825, 0.08, 0), (-0.0825, 0.12, 0), 0.058))),
    Link(-0.0825, 0.384, -np.pi / 2, 1.225946, (-0.011953, 0.041065, -0.038437), (0.28, 0.05), 2,
         (Capsule((0, 0, -0.22), (0, 0.04, -0.08), 0.052), Capsule((0, 0.03, -0.06), (0, 0, 0), 0.050))),
    Link(0.0, 0.0, np.pi / 2, 1.666555, (0.060149, -0.014117, -0.010517), (0.16, 0.05), 0,
         (Capsule((0, 0, -0.02), (0, 0, 0.02), 0.048), Capsule((0.03, 0, 0), (0.088, 0, 0), 0.048))),
    Link(0.088, 0.0, np.pi / 2, 0.735522, (0.010517, -0.004252, 0.061597), (0.10, 0.045), 2,
         (Capsule((0, 0, 0.02), (0, 0, 0.062), 0.044),)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GripperSpec:
    """A parallel gripper: largest opening ``stroke`` (m), ``force`` (N) of each finger, ``speed`` (m/s)."""

    mass: float = 0.70
    finger_mass: float = 0.015
    stroke: float = 0.08
    force: float = 70.0
    speed: float = 0.1
    finger_start: float = 0.0584
    finger_length: float = 0.054
    centre: float = 0.1034
    """Distance (m) of the point between the finger tips from the gripper's mount."""
    palm: Capsule = Capsule((0, -0.065, 0.032), (0, 0.065, 0.032), 0.032)


@dataclass(frozen=True, slots=True)
class ArmSpec:
    """The arm's numbers; rows are joints 1 to 7. Angles rad, torques N m, inertia kg m^2, gains N m/rad, N m s/rad.

    The driver: ``stiffness`` and ``damping`` of its position loop, ``lag_s`` of its reference, and
    ``command_timeout_s`` after which a stream of speeds or torques counts as dead. With ``gravity_compensated``
    torque commands come on top of the driver's own gravity torque, as on this robot; without it they are all there is.
    """

    links: tuple[Link, ...] = _LINKS
    flange: float = 0.107
    lower: tuple[float, ...] = (-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973)
    upper: tuple[float, ...] = (2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973)
    speed: tuple[float, ...] = (2.175, 2.175, 2.175, 2.175, 2.61, 2.61, 2.61)
    acceleration: tuple[float, ...] = (15.0, 7.5, 10.0, 12.5, 15.0, 20.0, 20.0)
    torque: tuple[float, ...] = (87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0)
    armature: tuple[float, ...] = (0.6057, 0.6057, 0.4625, 0.4625, 0.2055, 0.2055, 0.2055)
    friction: float = 0.1
    stiffness: tuple[float, ...] = (3000.0, 3000.0, 3000.0, 3000.0, 1200.0, 1000.0, 700.0)
    damping: tuple[float, ...] = (160.0, 160.0, 120.0, 120.0, 40.0, 35.0, 25.0)
    lag_s: float = 0.01
    command_timeout_s: float = 0.2
    gravity_compensated: bool = True
    gripper: GripperSpec = GripperSpec()


@dataclass(frozen=True, slots=True)
class Kinematics:
    """Where things are for one posture, world frame (the base stands at the origin).

    ``frames`` (8, 4, 4): joint frames 1 to 7 and the tool centre between the finger tips; ``jacobian`` (6, 7) of
    the tool centre, linear rows first.
    """

    frames: np.ndarray
    jacobian: np.ndarray

    @property
    def tool(self) -> np.ndarray:
        """The tool centre, shape (3,)."""
        return np.asarray(self.frames[-1, :3, 3])


def kinematics(arm: ArmSpec, q: np.ndarray) -> Kinematics:
    """Forward kinematics and Jacobian at ``q`` (7,) rad; Craig, "Introduction to Robotics", eq. 3.6."""
    frames = np.empty((DOF + 1, 4, 4))
    here = np.eye(4)
    for index, (link, angle) in enumerate(zip(arm.links, q, strict=True)):
        here = here @ _modified_dh(link, float(angle))
        frames[index] = here
    frames[DOF] = here @ _turned_shift(-np.pi / 4, arm.flange + arm.gripper.centre)
    axes, origins = frames[:DOF, :3, 2], frames[:DOF, :3, 3]
    linear = np.cross(axes, frames[DOF, :3, 3] - origins)
    return Kinematics(frames, np.vstack((linear.T, axes.T)))


def _modified_dh(link: Link, angle: float) -> np.ndarray:
    c, s, ca, sa = np.cos(angle), np.sin(angle), np.cos(link.alpha), np.sin(link.alpha)
    return np.array([
        [c, -s, 0.0, link.a],
        [s * ca, c * ca, -sa, -sa * link.d],
        [s * sa, c * sa, ca, ca * link.d],
        [0.0, 0.0, 0.0, 1.0],
    ])  # fmt: skip


def _turned_shift(yaw: float, height: float) -> np.ndarray:
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, height], [0, 0, 0, 1.0]])
