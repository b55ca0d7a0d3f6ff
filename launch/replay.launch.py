"""Decides one recorded incident again: the launch ends with 0 where every decision is byte for byte the recorded one.

    ros2 launch iatro_governor replay.launch.py db:=/var/lib/iatro/ledger.db incident:=errand-04

Nothing is published: the recorded inputs go through the same core, without a robot. Other than 0: a decision differs,
or the incident cannot be replayed; what differs is printed.
"""

from __future__ import annotations

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction

from iatro_governor.nodes import bringup, launch_command


def start(context: LaunchContext) -> list[object]:
    """The replay."""
    said = context.launch_configurations
    words = ["replay", said["db"], "--incident", said["incident"]]
    words += [word for name in ("config", "inputs") if said[name] for word in (f"--{name}", said[name])]
    return launch_command.iatro(words)


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    return LaunchDescription(
        [
            DeclareLaunchArgument("db", description="the ledger"),
            DeclareLaunchArgument("incident", description="a record's number, or a plan id"),
            bringup.argument(
                "config", "", "another policy: what would it have decided? Empty: the recorded one"
            ),
            bringup.argument(
                "inputs", "", "folder with the journals of inputs; empty: those beside the ledger"
            ),
            OpaqueFunction(function=start),
        ]
    )
