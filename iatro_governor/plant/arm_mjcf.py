"""The arm, its table and the people at it as a MuJoCo model: our own MJCF, only primitive shapes.

A person's region is two bodies. The inner one has the region's effective mass, is held in its place by a limited
spring (the posture) and stops at tables and shelves. The outer one, the tissue, is light, hangs on the inner one
by the tissue's spring and is what the arm touches. So a region between arm and table is squeezed through its tissue.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

import numpy as np

from iatro_governor.plant.arm_model import JOINTS, ArmSpec, Capsule
from iatro_governor.plant.arm_world import ArmPerson, ArmWorld, Block, BodyPart, Thing

TIMESTEP = 0.001
ROBOT_BIT, BLOCK_BIT, THING_BIT, TISSUE_BIT, BONE_BIT = 1, 2, 4, 8, 16
ROBOT = {
    "contype": ROBOT_BIT,
    "conaffinity": ROBOT_BIT | BLOCK_BIT | THING_BIT | TISSUE_BIT,
    "rgba": ".86 .87 .89 1",
}
BLOCK = {"contype": BLOCK_BIT, "conaffinity": 0, "rgba": ".72 .60 .44 1"}
THING = {"contype": THING_BIT, "conaffinity": BLOCK_BIT | THING_BIT | TISSUE_BIT, "rgba": ".93 .68 .20 1"}
TISSUE = {"contype": TISSUE_BIT, "conaffinity": 0, "rgba": ".36 .55 .78 1"}
BONE = {"contype": BONE_BIT, "conaffinity": BLOCK_BIT, "rgba": ".36 .55 .78 1"}
STIFF = {
    "solref": "0.002 1",
    "solimp": "0.95 0.99 0.0005",
}  # any stiffer and light tissue never comes to rest
TISSUE_STEP = 0.8  # rad of the tissue's own oscillation in one time step: as light as the integrator allows
TISSUE_DAMPING = 0.03  # of critical for one kg on the tissue; more would take a share off the peak
POSTURE_DAMPING = 0.7  # of critical
BASE = (Capsule((-0.07, 0, 0.06), (0, 0, 0.06), 0.06), Capsule((0, 0, 0.07), (0, 0, 0.16), 0.075))
# neighbours but one whose shells overlap at the joint between them
OVERLAPPING = (("link0", "link1"), ("link1", "link3"), ("link3", "link5"), ("link4", "link6"), ("link5", "link7"),
               ("link6", "hand"), ("link7", "finger1"), ("link7", "finger2"), ("finger1", "finger2"))  # fmt: skip


def build(world: ArmWorld, arm: ArmSpec) -> str:
    """The MJCF text of ``arm`` at the origin of ``world``."""
    root = ET.Element("mujoco", model=world.name)
    _add(root, "compiler", angle="radian", autolimits="true")
    _add(root, "option", timestep=TIMESTEP, integrator="implicitfast", cone="elliptic", impratio=10)
    _add(root, "size", memory="16M")
    _look(root)
    body, actuators = _add(root, "worldbody"), ET.Element("actuator")
    _add(body, "light", pos="0.4 -1.5 2.5", dir="0 .5 -1", diffuse=".55 .55 .55")
    _add(body, "geom", name="floor", type="plane", size="3 3 1", pos="0 0 -0.75", material="floor",
         contype=BLOCK_BIT, conaffinity=0)  # fmt: skip
    for block in world.blocks:
        _block(body, block)
    _arm(body, actuators, arm)
    for thing in world.things:
        _thing(body, thing)
    for person in world.people:
        for part in person.parts:
            _part(body, actuators, person, part)
    root.append(actuators)
    _couplings(root)
    sensors = _add(root, "sensor")
    _add(sensors, "force", name="wrist_force", site="wrist")
    _add(sensors, "torque", name="wrist_torque", site="wrist")
    return ET.tostring(root, encoding="unicode")


def _add(parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
    return ET.SubElement(parent, tag, {key: str(value) for key, value in attributes.items()})


def _numbers(values: Iterable[float]) -> str:
    return " ".join(repr(float(value)) for value in values)


def _look(root: ET.Element) -> None:
    visual = _add(root, "visual")
    _add(visual, "global", offwidth=1600, offheight=1000)
    _add(visual, "headlight", ambient=".38 .38 .38", diffuse=".25 .25 .25", specular="0 0 0")
    asset = _add(root, "asset")
    _add(asset, "texture", name="sky", type="skybox", builtin="flat", rgb1=".97 .97 .96", width=8, height=8)
    _add(asset, "texture", name="floor", type="2d", builtin="checker", rgb1=".88 .88 .87", rgb2=".82 .82 .81",
         width=256, height=256)  # fmt: skip
    _add(asset, "material", name="floor", texture="floor", texrepeat="8 8", texuniform="true")


def _capsule(body: ET.Element, name: str, shape: Capsule, **style: object) -> None:
    _add(body, "geom", name=name, type="capsule", fromto=_numbers((*shape.start, *shape.end)), size=shape.radius,
         mass=0, friction=0.6, **style, **STIFF)  # fmt: skip


def _arm(world: ET.Element, actuators: ET.Element, arm: ArmSpec) -> None:
    body = _add(world, "body", name="link0")
    for number, shape in enumerate(BASE):
        _capsule(body, f"link0/{number}", shape, **ROBOT)
    for index, link in enumerate(arm.links):
        place = (link.a, -link.d * np.sin(link.alpha), link.d * np.cos(link.alpha))
        body = _add(body, "body", name=f"link{index + 1}", pos=_numbers(place),
                    axisangle=_numbers((1, 0, 0, link.alpha)), gravcomp=1)  # fmt: skip
        _add(body, "joint", name=JOINTS[index], type="hinge", axis="0 0 1", armature=arm.armature[index],
             damping=arm.friction, range=_numbers((arm.lower[index], arm.upper[index])),
             actuatorfrcrange=_numbers((-arm.torque[index], arm.torque[index])), actuatorgravcomp="true",
             solreflimit="0.01 1", solimplimit="0.95 0.99 0.001")  # fmt: skip
        _add(body, "inertial", pos=_numbers(link.centre), mass=link.mass, diaginertia=_numbers(link.inertia))
        for number, shape in enumerate(link.shapes):
            _capsule(body, f"link{index + 1}/{number}", shape, **ROBOT)
        _add(actuators, "general", name=JOINTS[index], joint=JOINTS[index], gainprm=1, biastype="affine",
             biasprm=_numbers((0, -arm.stiffness[index], -arm.damping[index])))  # fmt: skip
    _gripper(body, actuators, arm)


def _gripper(wrist: ET.Element, actuators: ET.Element, arm: ArmSpec) -> None:
    spec = arm.gripper
    hand = _add(wrist, "body", name="hand", pos=_numbers((0, 0, arm.flange)),
                axisangle=_numbers((0, 0, 1, -np.pi / 4)), gravcomp=1)  # fmt: skip
    _add(hand, "inertial", pos="0 0 0.03", mass=spec.mass, diaginertia="0.0025 0.0006 0.0025")
    _add(hand, "site", name="wrist")
    _add(hand, "site", name="tool", pos=_numbers((0, 0, spec.centre)), size=0.004, group=4)
    _capsule(hand, "hand/0", spec.palm, **(ROBOT | {"rgba": ".35 .36 .38 1"}))
    for number, side in ((1, 1.0), (2, -1.0)):
        finger = _add(
            hand, "body", name=f"finger{number}", pos=_numbers((0, 0, spec.finger_start)), gravcomp=1
        )
        joint = f"panda_finger_joint{number}"
        _add(finger, "joint", name=joint, type="slide", axis=_numbers((0, side, 0)), armature=0.1, damping=5,
             range=_numbers((0, spec.stroke / 2)))  # fmt: skip
        half = spec.finger_length / 2
        style = ROBOT | {"rgba": ".25 .25 .27 1"}
        _add(finger, "geom", name=f"finger{number}/0", type="box", pos=_numbers((0, side * 0.008, half)),
             size=_numbers((0.011, 0.008, half)), mass=spec.finger_mass, friction="1.0 0.02 0.001", condim=4,
             **style, **STIFF)  # fmt: skip
        _add(actuators, "general", name=joint, joint=joint, gainprm=4000, biastype="affine", biasprm="0 -4000 -60",
             forcerange=_numbers((-spec.force, spec.force)))  # fmt: skip


def _couplings(root: ET.Element) -> None:
    equality = _add(root, "equality")
    _add(equality, "joint", joint1="panda_finger_joint1", joint2="panda_finger_joint2", polycoef="0 1 0 0 0",
         solref="0.005 1")  # fmt: skip
    contact = _add(root, "contact")
    for first, second in OVERLAPPING:
        _add(contact, "exclude", body1=first, body2=second)


def _block(world: ET.Element, block: Block) -> None:
    half = np.asarray(block.size) / 2
    _add(world, "geom", name=block.name, type="box", pos=_numbers(block.centre), size=_numbers(half),
         friction=0.6, **BLOCK, **STIFF)  # fmt: skip


def _thing(world: ET.Element, thing: Thing) -> None:
    body = _add(world, "body", name=thing.name, pos=_numbers(thing.centre))
    _add(body, "freejoint", name=thing.name)
    _add(body, "geom", name=thing.name, type="box", size=_numbers(np.asarray(thing.size) / 2), mass=thing.mass,
         friction=f"{thing.friction} 0.02 0.001", condim=4, **THING, **STIFF)  # fmt: skip


def _part(world: ET.Element, actuators: ET.Element, person: ArmPerson, part: BodyPart) -> None:
    name = f"{person.name}/{part.region}"
    tissue_mass = part.stiffness * (TIMESTEP / TISSUE_STEP) ** 2
    inner = _add(world, "body", name=name, pos=_numbers(part.centre), gravcomp=1)
    outer = _add(inner, "body", name=f"{name}/tissue", gravcomp=1)
    for body, mass, style in ((inner, part.mass - tissue_mass, BONE), (outer, tissue_mass, TISSUE)):
        shape = "bone" if body is inner else "tissue"
        _add(body, "geom", name=f"{name}/{shape}", type=part.shape, size=_numbers(part.size), mass=mass,
             quat=_numbers(_upright_to(part.along)), friction=0.5, **style, **STIFF)  # fmt: skip
    posture_damping = 2 * POSTURE_DAMPING * np.sqrt(part.posture * part.mass)
    for axis, direction in (("x", "1 0 0"), ("y", "0 1 0"), ("z", "0 0 1")):
        joint = f"{name}/{axis}"
        _add(inner, "joint", name=joint, type="slide", axis=direction)
        _add(outer, "joint", name=f"{joint}/tissue", type="slide", axis=direction, stiffness=part.stiffness,
             damping=2 * TISSUE_DAMPING * np.sqrt(part.stiffness))  # fmt: skip
        _add(actuators, "general", name=joint, joint=joint, gainprm=part.posture, biastype="affine",
             biasprm=_numbers((0, -part.posture, -posture_damping)),
             forcerange=_numbers((-part.push, part.push)))  # fmt: skip


def _upright_to(direction: tuple[float, float, float]) -> np.ndarray:
    """The shortest rotation (w, x, y, z) that turns the z axis to ``direction``."""
    to = np.asarray(direction, dtype=float) / np.linalg.norm(direction)
    quaternion = np.array([1.0 + to[2], -to[1], to[0], 0.0])
    length = float(np.linalg.norm(quaternion))
    return quaternion / length if length > 1e-9 else np.array([0.0, 1.0, 0.0, 0.0])
