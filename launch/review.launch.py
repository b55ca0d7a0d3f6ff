"""Serves the incidents of a ledger as pages in a browser, on this machine alone unless told otherwise.

    ros2 launch iatro_governor review.launch.py db:=/var/lib/iatro/ledger.db

It reads while a recorder writes. When the server ends, so does the launch.
"""

from __future__ import annotations

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction

from iatro_governor.nodes import bringup, launch_command


def start(context: LaunchContext) -> list[object]:
    """The server."""
    said = context.launch_configurations
    words = ["review", "serve", said["db"], "--host", said["host"], "--port", said["port"]]
    words += [word for name in ("config", "key") if said[name] for word in (f"--{name}", said[name])]
    return launch_command.iatro(words)


def generate_launch_description() -> LaunchDescription:
    """Called by ``ros2 launch``."""
    return LaunchDescription(
        [
            DeclareLaunchArgument("db", description="the ledger"),
            bringup.argument(
                "host", "127.0.0.1", "address to listen on; others than this machine need a token"
            ),
            bringup.argument("port", "8765", "port to listen on; 0 takes any free one"),
            bringup.argument(
                "config", "", "the robot's configuration, for its zones and label sheets; empty: none"
            ),
            bringup.argument("key", "", "the ledger's key; empty: IATRO_KEY, or the file beside the ledger"),
            OpaqueFunction(function=start),
        ]
    )
