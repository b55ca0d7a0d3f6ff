"""Starts the governor, its watch, the recorder and the witness of one robot.

    ros2 launch iatro_governor governor.launch.py config:=/path/to/robot.yaml robot:=amr1

A process that dies is started again after a second; the governor then starts closed.
"""

from __future__ import annotations

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare

PACKAGE = "iatro_governor"
EXECUTABLES = ("governor", "watch", "recorder", "witness")
RESPAWN_DELAY = 1.0  # seconds; Jazzy's launch takes a number here, not an argument


def arguments() -> list[DeclareLaunchArgument]:
    """What can be set on the command line, described for ``ros2 launch --show-args``."""
    amr = PathJoinSubstitution([FindPackageShare(PACKAGE), "config", "amr.yaml"])
    return [
        DeclareLaunchArgument(
            "config", default_value=amr, description="the robot's configuration file (YAML)"
        ),
        DeclareLaunchArgument(
            "robot", default_value="", description="name of the robot, and namespace of its topics"
        ),
        DeclareLaunchArgument(
            "ledger",
            default_value="",
            description="file with the ledger's settings; empty: the recorder's own default",
        ),
        DeclareLaunchArgument(
            "use_sim_time",
            default_value="false",
            choices=["true", "false"],
            description="take time from /clock",
        ),
        DeclareLaunchArgument(
            "log_level", default_value="info", description="debug, info, warn, error or fatal"
        ),
    ]


def node(executable: str) -> Node:
    """One of the four, with the parameters they share: the same for all, so that none of them can tell more."""
    parameters = {
        "config": ParameterValue(LaunchConfiguration("config"), value_type=str),
        "robot": ParameterValue(LaunchConfiguration("robot"), value_type=str),
        "ledger": ParameterValue(LaunchConfiguration("ledger"), value_type=str),
        "use_sim_time": ParameterValue(LaunchConfiguration("use_sim_time"), value_type=bool),
    }
    return Node(
        package=PACKAGE,
        executable=executable,
        name=executable,
        namespace=LaunchConfiguration("robot"),
        parameters=[parameters],
        arguments=["--ros-args", "--log-level", LaunchConfiguration("log_level")],
        respawn=True,
        # A slow ramp to rest takes longer than launch would wait before it kills.
        sigterm_timeout="30",
        sigkill_timeout="30",
        respawn_delay=RESPAWN_DELAY,
        output="screen",
    )


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    return LaunchDescription([*arguments(), *map(node, EXECUTABLES)])
