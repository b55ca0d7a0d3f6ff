"""Starts the governor of one robot, its watch, the recorder and the witness.

    ros2 launch iatro_governor governor.launch.py config:=/path/to/robot.yaml robot:=amr1

Recorder, witness and watch come first, then the governor, a lifecycle node that configures and activates itself, the
first time and whenever it is started again: it then starts closed. Whatever dies is started again after
``respawn_delay``, ``respawn_limit`` times at most. A remap that would lead a planner past the governor is refused.
"""

from __future__ import annotations

from launch import LaunchDescription

from iatro_governor.nodes import bringup


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    return LaunchDescription([*bringup.arguments(), bringup.robot_alone()])
