"""Several controllers before one arm: as under ros2_control, one has it at a time.

A governor goes on publishing on every channel that it has, also where it only says "stand still" there. So a command
that asks for no motion takes the arm from nobody: zero speeds, or the set-point that was given before. An effort always
asks for something, so its controller cannot share the arm with another that is in use.
"""

from __future__ import annotations

from collections.abc import Sequence

from iatro_governor.plant.arm_driver import Kind, Mode, TrajectoryPoint
from iatro_governor.plant.arm_simulation import ArmPlant


class Claim:
    """Passes on to ``plant`` what comes from the controller that has the arm, and knows which one that is."""

    def __init__(self, plant: ArmPlant) -> None:
        self._plant = plant
        self.holder: Mode = "hold"
        self._setpoint: tuple[float, ...] = ()

    def command(self, kind: Kind, values: Sequence[float]) -> None:
        """Take a command as :meth:`ArmPlant.command` does, and the arm with it where it asks for motion.

        Raises ScenarioError for anything else than enough finite numbers; the arm then stays whose it was.
        """
        if kind == "gripper":
            self._plant.command(kind, values)
            return
        if self._idle(kind, values) and self.holder not in ("hold", kind):
            return
        self._plant.command(kind, values)
        self.holder = kind
        if kind == "joint_position":
            self._setpoint = tuple(values)

    def trajectory(self, points: Sequence[TrajectoryPoint], names: Sequence[str]) -> None:
        """Take a trajectory, and the arm with it. Raises ScenarioError as :meth:`ArmPlant.trajectory` does."""
        self._plant.trajectory(points, names)
        self.holder = "trajectory"

    def _idle(self, kind: Kind, values: Sequence[float]) -> bool:
        if kind == "joint_velocity":
            return not any(values)
        return kind == "joint_position" and tuple(values) == self._setpoint
