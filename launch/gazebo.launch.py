"""Starts Gazebo with a world, the bridge to it, and a governed robot that lives in it.

    ros2 launch iatro_governor gazebo.launch.py ledger:=/path/to/ledger.yaml headless:=true

Needs ros_gz_sim and ros_gz_bridge. The bridge's file says what is carried: to the simulator nothing but the profile's
outputs, or the launch is refused. ``ledger`` has no default: a settings file that says ``context: simulation``, or
simulated runs would stand in the record as if they had happened in the field.
"""

from __future__ import annotations

from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import (
    AppendEnvironmentVariable,
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

from iatro_governor.nodes import bringup
from iatro_governor.nodes.bridge_rules import bridged, leaks
from iatro_governor.nodes.rerouting import RemapRefused
from iatro_governor.resources import shared


def bridge(robot: bringup.Robot, file: Path) -> Node:
    """The bridge under the robot's namespace. Raises RemapRefused where it would carry what was not governed."""
    topics, rules = robot.routes.topics, dict(robot.routes.rules)
    entries = [
        {**entry, "ros_topic_name": rules.get(entry["ros_topic_name"], entry["ros_topic_name"])}
        for entry in bridged(file)
    ]
    if found := leaks(entries, topics, robot.namespace):
        raise RemapRefused(f"{file}: {'; '.join(found)}")
    return Node(
        package="ros_gz_bridge",
        executable="parameter_bridge",
        name="bridge",
        namespace=robot.namespace,
        parameters=[{"config_file": str(file), "use_sim_time": True}],
        remappings=list(robot.routes.rules),
        respawn=True,
        respawn_delay=robot.respawn_delay,
        respawn_max_retries=robot.respawn_limit,
        output="screen",
    )


def start(context: LaunchContext) -> list[object]:
    """Simulator, bridge and robot."""
    robot, said = bringup.Robot.taken(context), context.launch_configurations
    world = Path(said["world"])
    if not world.is_file():
        raise RemapRefused(f"world: there is no file {world}")
    shown = "-r -s --headless-rendering" if said["headless"] == "true" else "-r"
    simulator = PathJoinSubstitution([FindPackageShare("ros_gz_sim"), "launch", "gz_sim.launch.py"])
    return [
        AppendEnvironmentVariable("GZ_SIM_RESOURCE_PATH", str(world.parent / "models")),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(simulator),
            launch_arguments={"gz_args": f"{shown} {world}", "on_exit_shutdown": "true"}.items(),
        ),
        bridge(robot, Path(said["bridge"])),
        *bringup.governed(robot),
    ]


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    own = [one for one in bringup.arguments(sim_time="true") if one.name != "ledger"]
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                "ledger", description="file with the ledger's settings, `context: simulation` among them"
            ),
            *own,
            bringup.argument("world", str(shared("worlds/warehouse.sdf")), "the world, an SDF file"),
            bringup.argument(
                "bridge",
                str(shared("worlds/warehouse_bridge.yaml")),
                "what is carried, a file of ros_gz_bridge",
            ),
            bringup.argument(
                "headless", "false", "without a window, sensors rendered all the same", ["true", "false"]
            ),
            OpaqueFunction(function=start),
        ]
    )
