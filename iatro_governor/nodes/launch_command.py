"""A command of ``iatro`` in a launch file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from launch import LaunchContext
from launch.actions import ExecuteProcess, RegisterEventHandler, Shutdown
from launch.event_handlers import OnProcessExit
from launch_ros.substitutions import ExecutableInPackage

from iatro_governor.errors import IatroError


class CommandFailed(IatroError):
    """The command ended with another exit code than 0; launch then ends with 1."""


def iatro(words: Sequence[str]) -> list[object]:
    """Run ``iatro WORDS``, and end the launch with it."""
    program = ExecutableInPackage(package="iatro_governor", executable="iatro")
    process = ExecuteProcess(cmd=[program, *words], name=f"iatro_{words[0]}", output="screen")

    def ended(event: Any, context: LaunchContext) -> list[object]:
        code = event.returncode
        if code and not context.is_shutdown:
            raise CommandFailed(f"iatro {words[0]} ended with exit code {code}")
        return [Shutdown(reason=f"iatro {words[0]} is done")]

    return [RegisterEventHandler(OnProcessExit(target_action=process, on_exit=ended)), process]
