"""What may stand on a node's command line: ROS arguments, and a question for help. Anything else is no parameter."""

from __future__ import annotations

from collections.abc import Sequence

from rclpy.utilities import remove_ros_args

from iatro_governor.errors import IatroError

USAGE = """\
usage: {name} [--ros-args] [-p NAME:=VALUE]... [-r FROM:=TO]...

A ROS 2 node of iatro_governor. Its parameters: {parameters}.
    {name} --ros-args -p config:=robot.yaml -p ledger:=ledger.yaml
The launch file starts it with all that belongs to it: ros2 launch iatro_governor governor.launch.py --show-args"""


class Misused(IatroError):
    """A node was started with words that it would not heed."""


def see_words(name: str, given: Sequence[str], parameters: Sequence[str]) -> str | None:
    """What to print and end with where help is asked for, None else; ``given`` begins with the program.

    Raises Misused for words that are no ROS arguments: a node that let `--config FILE` go by would govern by another
    profile. Raises rclpy's errors for ROS arguments that are none.
    """
    words = remove_ros_args(list(given))[1:]
    if {"-h", "--help"} & set(words):
        return USAGE.format(name=name, parameters=", ".join(parameters))
    if words:
        raise Misused(
            f"{' '.join(words)}: no ROS argument, and would go unheeded; a parameter is given as "
            f"--ros-args -p NAME:=VALUE ({', '.join(parameters)})"
        )
    return None
