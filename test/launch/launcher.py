"""``ros2 launch`` where there is no ros2cli: ``python launcher.py FILE ARGUMENT:=VALUE...``; exits as it would."""

from __future__ import annotations

import sys

from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import AnyLaunchDescriptionSource


def main(file: str, words: list[str]) -> int:
    """Run the launch file until it ends or a signal comes."""
    given = [tuple(word.split(":=", 1)) for word in words]
    service = LaunchService(argv=words)
    source = AnyLaunchDescriptionSource(file)
    service.include_launch_description(
        LaunchDescription([IncludeLaunchDescription(source, launch_arguments=given)])
    )
    return int(service.run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
