"""Starts a governed robot and, once its governor is active, a planner.

    ros2 launch iatro_governor robot_with_planner.launch.py planner:=planner_replay planner_params:=/path/to/params.yaml

The planner is any node. Topics on which robots usually listen, the profile's outputs, are led to the governor's inputs
for it; a remap of its own that leads to an actuator is refused. When the planner ends, the robot stays governed, and
stands still.
"""

from __future__ import annotations

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction

from iatro_governor.nodes import bringup
from iatro_governor.nodes.rerouting import parsed


def start(context: LaunchContext) -> list[object]:
    """The robot, then its planner."""
    robot, said = bringup.Robot.taken(context), context.launch_configurations
    parameters = [said["planner_params"]] if said["planner_params"] else []
    own = parsed(said["planner_node_remaps"], "planner_node_remaps")
    planner = bringup.planner(robot, said["planner_package"], said["planner"], own, parameters)
    return bringup.governed(robot, [planner])


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    return LaunchDescription(
        [
            *bringup.arguments(),
            bringup.argument("planner", "planner_replay", "the planner's executable"),
            bringup.argument("planner_package", bringup.PACKAGE, "the package that it is in"),
            bringup.argument("planner_params", "", "its parameters, a YAML file of ROS 2; empty: none"),
            bringup.argument(
                "planner_node_remaps", "", "FROM:=TO of its own topics, for one that names them otherwise"
            ),
            OpaqueFunction(function=start),
        ]
    )
