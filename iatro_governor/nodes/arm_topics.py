"""The topics of the demo's arm: what its plant listens to, and beside each what its planner publishes on."""

from __future__ import annotations

from iatro_governor.plant.arm_driver import Kind

TOPICS: dict[Kind, str] = {
    "joint_velocity": "arm/velocity",
    "joint_position": "arm/position",
    "joint_effort": "arm/effort",
    "gripper": "gripper",
}
"""Of each kind of command to the arm's driver, std_msgs/Float64MultiArray."""
TRAJECTORY = "arm/trajectory"
"""trajectory_msgs/JointTrajectory."""


def asked(topic: str) -> str:
    """The topic before the governor, for one behind it."""
    return f"{topic}_planner"
