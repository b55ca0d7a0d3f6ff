"""A robot whose base moves, as one tree of joints: the base's own motion comes first, from odom to its root link.

A base on the ground slides along x and y and turns about z; a body in the air also rises. The model's base frame is
then odom, and every link's place and speed include the base's. Of a base that stands it is the base itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from iatro_governor.body.description import Description, Joint, JointLimit, Link
from iatro_governor.body.planar import Array
from iatro_governor.errors import ModelError

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


def of_base(name: str) -> bool:
    """Whether a joint or link called ``name`` stands for the motion of a base, and is none of the description's."""
    return name.startswith("odom/")


def base_joints(base: Base) -> tuple[str, ...]:
    """Names of the joints that stand for the motion of a base."""
    return tuple(f"odom/{name}" for name in FREEDOMS[base])


def carried(description: Description, base: Base, frame: str | None = None) -> Description:
    """``description`` on a ``base`` that moves, or stands.

    ``frame``: the link whose pose odometry tells and that everything fixed to the base is placed in; the root by
    default. It may be any link that nothing moves against the root.

    Raises:
        ModelError: there is no such link, or a joint moves it.
    """
    frame = description.root if frame is None else frame
    names = FREEDOMS[base]
    seat = [] if frame == description.root else [_seat(description, frame, f"odom/{len(names)}")]
    if not names and not seat:
        return description
    count = len(names) + len(seat)
    links = {f"odom/{index}": Link(f"odom/{index}", (), (), None) for index in range(count)}
    joints = []
    for index, name in enumerate(names):
        child = f"odom/{index + 1}" if index + 1 < count else description.root
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
        joints=(*joints, *seat, *description.joints),
    )


def hangs_on(description: Description, frame: str) -> str | None:
    """The joint nearest to link ``frame`` that moves it against the root, None: it is fixed to the root."""
    return next((joint.name for joint in _above(description, frame) if joint.kind != "fixed"), None)


def _above(description: Description, link: str) -> Iterator[Joint]:
    """The joints from ``link`` up to the root."""
    by_child = {joint.child: joint for joint in description.joints}
    while link != description.root:
        joint = by_child[link]
        yield joint
        link = joint.parent


def _seat(description: Description, frame: str, parent: str) -> Joint:
    """What fixes the root link in ``frame``, which ``parent`` stands for."""
    if frame not in description.links:
        links = ", ".join(description.links)
        raise ModelError([f"frame {frame!r} is no link of {description.name!r}; it has {links}"])
    if (moving := hangs_on(description, frame)) is not None:
        raise ModelError([f"frame {frame!r} hangs on joint {moving!r}, which moves"])
    pose: Array = np.eye(4)
    for joint in _above(description, frame):
        pose = joint.placement @ pose
    still = np.array([1.0, 0.0, 0.0])
    placement: Array = np.eye(4)
    placement[:3, :3] = pose[:3, :3].T
    placement[:3, 3] = -pose[:3, :3].T @ pose[:3, 3]
    return Joint("odom/seat", "fixed", parent, description.root, placement, still, JointLimit(), None)
