"""A robot description (URDF text) as plain data, with everything that is wrong with it said at once.

The dialect is the one of urdfdom: metres, radians, kilograms, ``rpy`` about fixed axes. What a fixed-base arm cannot
have (``floating`` and ``planar`` joints) and what is not defined (loops, two roots, names used twice) is refused.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable

import numpy as np

from iatro_governor.body.description import (
    MOVING,
    SHAPES,
    Description,
    Geometry,
    Inertial,
    Joint,
    JointLimit,
    Link,
    Mimic,
)
from iatro_governor.body.planar import Array
from iatro_governor.errors import ModelError

LARGEST = 1e6
"""No length, angle, mass or scale of a robot is larger: m, rad, kg. Beyond it, squares of sums could overflow."""


def parse(text: str) -> Description:
    """Read a URDF text.

    Raises:
        ModelError: everything that is wrong with it, each with the element's name.
    """
    robot = _robot(text, "robot description")
    problems: list[str] = []
    reader = _Reader(problems)
    links = [reader.link(element) for element in robot.findall("link")]
    joints = [reader.joint(element) for element in robot.findall("joint")]
    problems += _repeated("link", (link.name for link in links))
    problems += _repeated("joint", (joint.name for joint in joints))
    by_name = {link.name: link for link in links}
    problems += _mimic_problems({joint.name: joint for joint in joints})
    ordered, root = _order(by_name, joints, problems)
    if problems:
        raise ModelError(problems)
    return Description(robot.get("name", ""), root, by_name, ordered)


def disabled_pairs(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of links that an SRDF text says need not be checked against each other, each in alphabetical order.

    Raises:
        ModelError: the text is no SRDF.
    """
    robot = _robot(text, "semantic description (SRDF)")
    pairs = set()
    for element in robot.findall("disable_collisions"):
        first, second = element.get("link1"), element.get("link2")
        if not first or not second:
            raise ModelError(["semantic description (SRDF): a disable_collisions without link1 and link2"])
        pairs.add((min(first, second), max(first, second)))
    return frozenset(pairs)


def transform(xyz: Array, rpy: Array) -> Array:
    """(4, 4) of a translation and of roll, pitch, yaw about the fixed axes x, y, z."""
    (cr, cp, cy), (sr, sp, sy) = np.cos(rpy), np.sin(rpy)
    out: Array = np.eye(4)
    out[:3, :3] = [
        [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
        [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
        [-sp, cp * sr, cp * cr],
    ]
    out[:3, 3] = xyz
    return out


def _robot(text: str, what: str) -> ET.Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ModelError(
            [f"{what}: a document type declaration is not allowed; entities could hide anything"]
        )
    try:
        robot = ET.fromstring(text)
    except ET.ParseError as error:
        raise ModelError([f"{what}: not well-formed XML: {error}"]) from error
    if robot.tag != "robot":
        raise ModelError([f"{what}: the outermost element is <{robot.tag}>, not <robot>"])
    return robot


def _repeated(what: str, names: Iterable[str]) -> list[str]:
    return [f"{what} {name!r} is defined {n} times" for name, n in Counter(names).items() if n > 1]


def _mimic_problems(joints: dict[str, Joint]) -> list[str]:
    problems = []
    for joint in joints.values():
        seen, at = {joint.name}, joint
        while at.mimic is not None:
            followed = joints.get(at.mimic.joint)
            if followed is None or followed.kind not in MOVING:
                problems.append(f"joint {joint.name!r} mimics {at.mimic.joint!r}, which is no moving joint")
                break
            if followed.name in seen:
                problems.append(f"joint {joint.name!r} mimics itself by way of {at.name!r}")
                break
            seen.add(followed.name)
            at = followed
    return problems


def _order(links: dict[str, Link], joints: list[Joint], problems: list[str]) -> tuple[tuple[Joint, ...], str]:
    """The joints with parents first, and the root link; what is no single tree is added to ``problems``."""
    children: dict[str, list[Joint]] = {}
    for joint in joints:
        for role, name in (("parent", joint.parent), ("child", joint.child)):
            if name not in links:
                problems.append(f"joint {joint.name!r}: its {role} link {name!r} does not exist")
        children.setdefault(joint.parent, []).append(joint)
    problems += [
        f"link {name!r} is the child of {n} joints"
        for name, n in Counter(joint.child for joint in joints).items()
        if n > 1
    ]
    roots = [name for name in links if name not in {joint.child for joint in joints}]
    if len(roots) != 1:
        problems.append(f"there must be exactly one root link; found: {', '.join(roots) or 'none (a loop)'}")
    if problems:
        return (), ""
    ordered, waiting = [], list(reversed(children.get(roots[0], [])))
    while waiting:
        joint = waiting.pop()
        ordered.append(joint)
        waiting += reversed(children.get(joint.child, []))
    if len(ordered) < len(joints):
        lost = sorted({joint.name for joint in joints} - {joint.name for joint in ordered})
        problems.append(f"joints form a loop: {', '.join(lost)}")
    return tuple(ordered), roots[0]


class _Reader:
    """Elements to data; what is wrong goes to ``problems``, and a stand-in is returned so that the rest is read."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems

    def link(self, element: ET.Element) -> Link:
        name = self._name(element, "link")
        return Link(
            name,
            tuple(self._shapes(element, "collision", name)),
            tuple(self._shapes(element, "visual", name)),
            self._inertial(element, name),
        )

    def joint(self, element: ET.Element) -> Joint:
        name = self._name(element, "joint")
        where, kind = f"joint {name!r}", element.get("type", "")
        if kind not in (*MOVING, "fixed"):
            allowed = ", ".join((*MOVING, "fixed"))
            self._problems.append(f"{where}: its type is {kind!r}; only {allowed} can be governed")
            kind = "fixed"
        parent, child = (
            self._attribute(element.find(key), "link", f"{where}, {key}") for key in ("parent", "child")
        )
        axis = self._axis(element.find("axis"), where) if kind in MOVING else np.array([1.0, 0.0, 0.0])
        return Joint(
            name,
            kind,
            parent,
            child,
            self._placement(element, where),
            axis,
            self._limit(element.find("limit"), where),
            self._mimic(element.find("mimic"), where),
        )

    def _name(self, element: ET.Element, what: str) -> str:
        return self._attribute(element, "name", what)

    def _attribute(self, element: ET.Element | None, key: str, where: str) -> str:
        value = None if element is None else element.get(key)
        if not value:
            self._problems.append(f"{where}: {key!r} is missing")
            return ""
        return value

    def _numbers(self, text: str | None, n: int, default: tuple[float, ...] | None, where: str) -> Array:
        if text is None and default is not None:
            return np.array(default)
        try:
            values = [float(word) for word in (text or "").split()]
        except ValueError:
            values = []
        if len(values) != n or not all(abs(value) <= LARGEST for value in values):
            wanted = "a number" if n == 1 else f"{n} numbers"
            self._problems.append(f"{where}: needs {wanted} of at most {LARGEST:g}, given {text!r}")
            return np.ones(n)
        return np.array(values)

    def _number(self, element: ET.Element, key: str, default: float | None, where: str) -> float:
        given = None if default is None else (default,)
        return float(self._numbers(element.get(key), 1, given, f"{where}, {key}")[0])

    def _placement(self, element: ET.Element, where: str) -> Array:
        origin = element.find("origin")
        if origin is None:
            return np.eye(4)
        zero = (0.0, 0.0, 0.0)
        xyz = self._numbers(origin.get("xyz"), 3, zero, f"{where}, origin xyz")
        return transform(xyz, self._numbers(origin.get("rpy"), 3, zero, f"{where}, origin rpy"))

    def _axis(self, element: ET.Element | None, where: str) -> Array:
        text = None if element is None else element.get("xyz")
        axis = self._numbers(text, 3, (1.0, 0.0, 0.0), f"{where}, axis")
        length = float(np.linalg.norm(axis))
        if length < 1e-9:
            self._problems.append(f"{where}: its axis is zero")
            return np.array([1.0, 0.0, 0.0])
        return axis / length

    def _limit(self, element: ET.Element | None, where: str) -> JointLimit:
        if element is None:
            return JointLimit()
        return JointLimit(
            *(
                self._bound(element, key, f"{where}, limit")
                for key in ("lower", "upper", "velocity", "effort")
            )
        )

    def _bound(self, element: ET.Element, key: str, where: str) -> float | None:
        """A limit, or None; some descriptions say 1e16 for none, so that any finite number will do."""
        if (text := element.get(key)) is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self._problems.append(f"{where}, {key}: needs a finite number, given {text!r}")
            return None
        return value

    def _mimic(self, element: ET.Element | None, where: str) -> Mimic | None:
        if element is None:
            return None
        followed = self._attribute(element, "joint", f"{where}, mimic")
        multiplier = self._number(element, "multiplier", 1.0, f"{where}, mimic")
        return Mimic(followed, multiplier, self._number(element, "offset", 0.0, f"{where}, mimic"))

    def _inertial(self, element: ET.Element, name: str) -> Inertial | None:
        inertial = element.find("inertial")
        if inertial is None:
            return None
        where = f"link {name!r}, inertial"
        mass, tensor = inertial.find("mass"), inertial.find("inertia")
        if mass is None or tensor is None:
            self._problems.append(f"{where}: needs mass and inertia")
            return None
        value = self._number(mass, "value", None, f"{where}, mass")
        if value < 0:
            self._problems.append(f"{where}: its mass is {value} kg")
        xx, xy, xz, yy, yz, zz = (
            self._number(tensor, key, None, f"{where}, inertia")
            for key in ("ixx", "ixy", "ixz", "iyy", "iyz", "izz")
        )
        placement = self._placement(inertial, where)
        turn = placement[:3, :3]
        inertia = turn @ np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) @ turn.T
        return Inertial(value, placement[:3, 3], inertia)

    def _shapes(self, link: ET.Element, role: str, name: str) -> Iterable[Geometry]:
        for element in link.findall(role):
            where = f"link {name!r}, {role}"
            geometry = element.find("geometry")
            if geometry is None or len(geometry) != 1:
                self._problems.append(f"{where}: needs exactly one shape in its geometry")
                continue
            yield from self._shape(geometry[0], self._placement(element, where), where)

    def _shape(self, shape: ET.Element, placement: Array, where: str) -> Iterable[Geometry]:
        if shape.tag == "mesh":
            filename = self._attribute(shape, "filename", f"{where}, mesh")
            scale = self._numbers(shape.get("scale"), 3, (1.0, 1.0, 1.0), f"{where}, mesh scale")
            yield Geometry("mesh", (), filename, tuple(scale), placement)
        elif shape.tag in SHAPES:
            size: list[float] = []
            for key in SHAPES[shape.tag]:
                size += list(
                    self._numbers(shape.get(key), 3 if key == "size" else 1, None, f"{where}, {key}")
                )
            if min(size) < 0:
                self._problems.append(f"{where}: a {shape.tag} of negative size {size}")
            yield Geometry(shape.tag, tuple(size), "", (1.0, 1.0, 1.0), placement)
        else:
            allowed = ", ".join((*SHAPES, "mesh"))
            self._problems.append(f"{where}: unknown shape <{shape.tag}>; allowed: {allowed}")
