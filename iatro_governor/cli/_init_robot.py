"""What a robot's description says to whoever writes its first profile: chains of joints, tools, sizes."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..body.capsules import join
from ..body.description import MOVING, Description, Joint
from ..body.load import Options, load_surfaces
from ..body.urdf import parse
from ..errors import ModelError
from ..profile.body_model import pip_packages

FINGER_TRAVEL = 0.2
"""A last joint that slides no further than this belongs to a gripper, m."""
TOOLS = ("tool0", "tcp", "tool", "hand", "flange", "ee_link", "gripper")
"""What the link at the end of an arm is mostly called, the most telling first."""
LASERS = ("laser", "lidar", "scan")
MISSING_MESH_BOX = 0.05
"""A mesh that is not found becomes a box, so much larger than its link on every side, m."""


@dataclass(frozen=True, slots=True)
class Described:
    """A description, and where it came from."""

    text: str
    file: Path
    tree: Description

    @classmethod
    def read(cls, file: Path) -> Described:
        """Raises ModelError, with everything that is wrong with it."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError([f"robot description {file}: cannot be read: {error}"]) from error
        return cls(text, file, parse(text))

    @property
    def tips(self) -> list[str]:
        """Links that carry nothing that moves, in the description's order."""
        parents = {joint.parent for joint in self.tree.joints if _moves(joint)}
        return [name for name in self.tree.links if name not in parents]

    def chain(self, link: str) -> list[Joint]:
        """The joints that move between the root and ``link``, without a gripper's fingers at its end."""
        hung = {joint.child: joint for joint in self.tree.joints}
        chain: list[Joint] = []
        while link in hung:
            chain.append(hung[link])
            link = hung[link].parent
        moving = [joint for joint in reversed(chain) if _moves(joint)]
        while moving and _finger(moving[-1]):
            moving.pop()
        return moving

    @property
    def tool(self) -> str:
        """The likeliest tool: at the end of the longest chain, by its name where several are."""
        longest = max(len(self.chain(link)) for link in self.tree.links)
        there = [
            link for link in self.tree.links if len(self.chain(link)) == longest and not self._on_finger(link)
        ]
        for word in TOOLS:
            for link in there:
                if word in link.lower():
                    return link
        return there[-1]

    def standing(self, moving: list[str]) -> dict[str, float]:
        """Where each joint that is not among ``moving`` stands: at 0, or at its nearest end."""
        out = {}
        for joint in self.tree.joints:
            if _moves(joint) and joint.name not in moving:
                low, high = joint.limit.lower, joint.limit.upper
                ends = -math.inf if low is None else low, math.inf if high is None else high
                out[joint.name] = 0.0 if joint.kind == "continuous" else min(max(0.0, ends[0]), ends[1])
        return out

    @property
    def laser(self) -> str | None:
        """A link that sounds like a lidar's."""
        return next((one for one in self.tree.links if any(word in one.lower() for word in LASERS)), None)

    def on_base(self, link: str, base: str) -> tuple[float, float, float, float, float, float]:
        """Pose of ``link`` in the frame of ``base`` with every joint at zero: x, y, z (m), roll, pitch, yaw (rad)."""
        pose = np.linalg.inv(self._at(base)) @ self._at(link)
        roll, yaw = math.atan2(pose[2, 1], pose[2, 2]), math.atan2(pose[1, 0], pose[0, 0])
        pitch = math.atan2(-pose[2, 0], math.hypot(pose[2, 1], pose[2, 2]))
        x, y, z, *turn = (round(float(value), 4) + 0.0 for value in (*pose[:3, 3], roll, pitch, yaw))
        return x, y, z, turn[0], turn[1], turn[2]

    def size(self, base: str, package_dirs: list[Path]) -> tuple[float, tuple[float, float], list[str]]:
        """Radius of the body about the origin of ``base``, m; its lowest and highest point; and what was guessed.

        With every joint at zero. Raises ModelError where nothing says how large the robot is.
        """
        options = Options(
            package_dirs=[*package_dirs, pip_packages()],
            ament_prefix_path=os.environ.get("AMENT_PREFIX_PATH", ""),
            missing_mesh_box=MISSING_MESH_BOX,
            allow_missing_limits=True,
        )
        links, warnings = load_surfaces(self.text, options, self.file.resolve().parent)
        if not links:
            raise ModelError([f"{self.file}: no link has a shape, so nobody knows how large the robot is"])
        frame = np.linalg.inv(self._at(base))
        whole = join([surface.moved(frame @ self._at(link)) for link, surface in links.items()])
        (x, y, z), around = whole.points.T, whole.inflation
        reach = float((np.hypot(x, y) + around).max())
        return reach, (float((z - around).min()), float((z + around).max())), warnings

    def _at(self, link: str) -> np.ndarray:
        hung = {joint.child: joint for joint in self.tree.joints}
        pose = np.eye(4)
        while link in hung:
            pose = hung[link].placement @ pose
            link = hung[link].parent
        return pose

    def _on_finger(self, link: str) -> bool:
        hung = {joint.child: joint for joint in self.tree.joints}
        while link in hung:
            if _moves(hung[link]):
                return _finger(hung[link])
            link = hung[link].parent
        return False


def _moves(joint: Joint) -> bool:
    return joint.kind in MOVING and joint.mimic is None


def _finger(joint: Joint) -> bool:
    low, high = joint.limit.lower, joint.limit.upper
    return (
        joint.kind == "prismatic"
        and None not in (low, high)
        and (high or 0.0) - (low or 0.0) <= FINGER_TRAVEL
    )
