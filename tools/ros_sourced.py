"""A ROS 2 that is installed on the machine and was sourced before ``make setup``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from report import StepFailed, run

if TYPE_CHECKING:
    from environment import Environment


@dataclass(frozen=True, slots=True)
class SourcedRos:
    """The ROS 2 whose setup file was sourced before ``make setup``."""

    variables: Mapping[str, str]
    lock: str = "requirements-robot.txt"
    system_packages: bool = True

    @classmethod
    def found(cls, variables: Mapping[str, str]) -> SourcedRos:
        """Take the sourced one, or fail where only half of it is there."""
        if not variables.get("AMENT_PREFIX_PATH"):
            distro = variables["ROS_DISTRO"]
            cause = f"ROS_DISTRO is {distro} but AMENT_PREFIX_PATH is empty"
            raise StepFailed("ROS 2", cause, f"source /opt/ros/{distro}/setup.sh, or unset ROS_DISTRO")
        return cls(variables)

    @property
    def identity(self) -> str:
        """Another distribution or prefix is another environment."""
        return f"{self.variables['ROS_DISTRO']} {self.variables['AMENT_PREFIX_PATH']}"

    def prepare(self, environment: Environment) -> None:
        """Check that this Python is the one ROS 2 was built for."""
        command: list[str | Path] = [environment.python, "-c", "import rclpy, rclpy.node"]
        try:
            run("ROS 2", command, environment.variables(), environment.log("rclpy"))
        except StepFailed as failure:
            cure = "run make setup with the Python of this ROS 2: make setup PYTHON=/usr/bin/python3"
            raise StepFailed("ROS 2", f"rclpy does not import: {failure.cause}", cure) from None

    def paths(self, environment: Environment) -> dict[str, list[str]]:
        """What sourcing it had set."""
        names = ("AMENT_PREFIX_PATH", "CMAKE_PREFIX_PATH", "LD_LIBRARY_PATH", "PYTHONPATH")
        paths = {name: self.variables[name].split(":") for name in names if self.variables.get(name)}
        return {**paths, "PATH": [str(environment.venv / "bin")]}

    def settings(self) -> dict[str, str]:
        """What sourcing it had set."""
        names = ("ROS_DISTRO", "ROS_VERSION", "ROS_PYTHON_VERSION")
        return {name: self.variables[name] for name in names if name in self.variables}

    def colcon(self, environment: Environment) -> Path:
        """The one on PATH."""
        if path := shutil.which("colcon", path=self.variables.get("PATH")):
            return Path(path)
        raise StepFailed("messages", "colcon is not on PATH", "apt install python3-colcon-common-extensions")
