"""The world as a MuJoCo model: our own MJCF, only primitive shapes.

Geom groups: 0 what the lidar sees, 1 the robot, 2 the floor. Collision bits: the tyres and casters touch
only the floor, the chassis touches only things and people.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from iatro_governor.plant.base import BaseSpec
from iatro_governor.plant.world import Box, Person, Start, World

TIMESTEP = 0.0025
SEEN, ROBOT, FLOOR = 0, 1, 2
PERSON_HEIGHT = 1.75
PERSON_PUSH_N = 150.0  # a walker leans on what is in the way, and no more
PERSON_STRIDE_S = 0.1  # how quickly a walker changes speed
THING = {"group": str(SEEN), "contype": "4", "conaffinity": "6", "friction": "0.4"}
SOMEBODY = THING | {"conaffinity": "2"}  # people pass each other, and stop at things


def build(world: World, start: Start, base: BaseSpec) -> str:
    """The MJCF text of ``world`` with the robot at ``start``."""
    root = ET.Element("mujoco", model=world.name)
    _add(root, "compiler", angle="radian")
    _add(root, "option", timestep=TIMESTEP, integrator="implicitfast", cone="elliptic", impratio=10)
    _add(root, "size", memory="8M")
    body = _add(root, "worldbody")
    _add(
        body,
        "geom",
        name="floor",
        type="plane",
        size="50 50 1",
        group=FLOOR,
        contype=1,
        conaffinity=0,
        friction=base.tyre_friction,
        solref="0.005 1",
    )
    _robot(body, start, base)
    for box in (*world.walls, *world.shelves):
        _box(body, box)
    actuators = _add(root, "actuator")
    _motors(actuators, base)
    for person in world.people:
        _person(body, actuators, person)
    return ET.tostring(root, encoding="unicode")


def _add(parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
    return ET.SubElement(parent, tag, {key: str(value) for key, value in attributes.items()})


def _robot(world: ET.Element, start: Start, base: BaseSpec) -> None:
    height = base.lidar_height
    body = _add(
        world, "body", name="base", pos=f"{start.x} {start.y} {height}", axisangle=f"0 0 1 {start.yaw}"
    )
    _add(body, "freejoint", name="base")
    half = (base.top - base.bottom) / 2
    inertia = base.chassis_mass * (3 * base.radius**2 + (2 * half) ** 2) / 12
    spin = base.chassis_mass * base.radius**2 / 2
    # batteries and drives sit low: the centre of mass is under the middle of the shell
    _add(
        body,
        "inertial",
        pos=f"0 0 {0.20 - height}",
        mass=base.chassis_mass,
        diaginertia=f"{inertia} {inertia} {spin}",
    )
    _add(
        body,
        "geom",
        name="chassis",
        type="cylinder",
        size=f"{base.radius} {half}",
        group=ROBOT,
        contype=2,
        conaffinity=4,
        pos=f"0 0 {base.bottom + half - height}",
        friction=0.4,
    )
    for name, x in (("caster_front", base.caster_offset), ("caster_back", -base.caster_offset)):
        _add(
            body,
            "geom",
            name=name,
            type="sphere",
            size=base.caster_radius,
            group=ROBOT,
            contype=0,
            conaffinity=1,
            pos=f"{x} 0 {base.caster_radius - height}",
            condim=1,
            priority=1,
        )
    for side, sign in (("left", 1), ("right", -1)):
        wheel = _add(body, "body", name=side, pos=f"0 {sign * base.track / 2} {base.wheel_radius - height}")
        _add(wheel, "joint", name=side, type="hinge", axis="0 1 0", armature=0.01, damping=0.02)
        # an ellipsoid touches the floor in one point, so that turning on the spot does not scrub
        _add(
            wheel,
            "geom",
            name=side,
            type="ellipsoid",
            size=f"{base.wheel_radius} 0.02 {base.wheel_radius}",
            mass=base.wheel_mass,
            group=ROBOT,
            contype=0,
            conaffinity=1,
            friction=base.tyre_friction,
            solref="0.005 1",
        )


def _motors(actuators: ET.Element, base: BaseSpec) -> None:
    for side in ("left", "right"):
        _add(
            actuators,
            "general",
            name=side,
            joint=side,
            dyntype="filterexact",
            dynprm=base.motor_lag_s,
            gainprm=base.motor_gain,
            biastype="affine",
            biasprm=f"0 0 {-base.motor_gain}",
            forcerange=f"{-base.motor_torque} {base.motor_torque}",
            forcelimited="true",
        )


def _box(world: ET.Element, box: Box) -> None:
    _add(
        world,
        "geom",
        name=box.name,
        type="box",
        pos=f"{box.centre[0]} {box.centre[1]} {box.height / 2}",
        size=f"{box.size[0] / 2} {box.size[1] / 2} {box.height / 2}",
        axisangle=f"0 0 1 {box.yaw}",
        **THING,
    )


def _person(world: ET.Element, actuators: ET.Element, person: Person) -> None:
    """An upright cylinder as wide as a stance, that slides over the floor with a walker's limited push."""
    x, y = person.path[0]
    body = _add(world, "body", name=person.name, pos=f"{x} {y} {PERSON_HEIGHT / 2}")
    _add(
        body,
        "geom",
        name=person.name,
        type="cylinder",
        size=f"{person.radius} {PERSON_HEIGHT / 2}",
        mass=person.mass,
        **SOMEBODY,
    )
    gain = person.mass / PERSON_STRIDE_S
    for axis, direction in (("x", "1 0 0"), ("y", "0 1 0")):
        name = f"{person.name}/{axis}"
        _add(body, "joint", name=name, type="slide", axis=direction)
        _add(
            actuators,
            "velocity",
            name=name,
            joint=name,
            kv=gain,
            forcelimited="true",
            forcerange=f"{-PERSON_PUSH_N} {PERSON_PUSH_N}",
        )
