"""A robot whose base moves, as one tree of joints: the base's own motion comes first, from odom to its root link.

A base on the ground slides along x and y and turns about z; a body in the air also rises. The model's base frame is
then odom, and every link's place and speed include the base's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from iatro_governor.body.description import Description, Joint, JointLimit, Link

Base = Literal["fixed", "planar", "aerial"]
FREEDOMS: dict[Base, tuple[str, ...]] = {
    "fixed": (),
    "planar": ("x", "y", "yaw"),
    "aerial": ("x", "y", "z", "yaw"),
}
"""The joints of a base, in order."""
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0), "yaw": (0.0, 0.0, 1.0)}
ANYWHERE = JointLimit(-1e4, 1e4, 1e3, 1e6)
"""How far a base goes and how fast is for the limits to say."""


def base_joints(base: Base) -> tuple[str, ...]:
    """Names of the joints that stand for the motion of a base."""
    return tuple(f"odom/{name}" for name in FREEDOMS[base])


def carried(description: Description, base: Base) -> Description:
    """``description`` on a ``base`` that moves."""
    if base == "fixed":
        return description
    names = FREEDOMS[base]
    links = {f"odom/{index}": Link(f"odom/{index}", (), (), None) for index in range(len(names))}
    joints = []
    for index, name in enumerate(names):
        child = f"odom/{index + 1}" if index + 1 < len(names) else description.root
        kind = "continuous" if name == "yaw" else "prismatic"
        joints.append(
            Joint(
                f"odom/{name}", kind, f"odom/{index}", child, np.eye(4), np.array(AXES[name]), ANYWHERE, None
            )
        )
    return replace(
        description,
        root="odom/0",
        links={**links, **description.links},
        joints=(*joints, *description.joints),
    )
