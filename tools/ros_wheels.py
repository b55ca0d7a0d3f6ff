"""ROS 2 from PyPI wheels: what must be put right in them, and the environment they need.

The wheels' exported CMake files name the Python they were built with, under /opt/python/cpXY-cpXY; packages
that build against them (our messages do) need the paths of the virtual environment instead.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from report import StepFailed

if TYPE_CHECKING:
    from environment import Environment

BUILD_INCLUDE = re.compile(r"/opt/python/cp\d+-cp\d+t?/include/python3\.\d+t?")
BUILD_PACKAGES = re.compile(r"/opt/python/cp\d+-cp\d+t?/lib/python3\.\d+t?/site-packages")


def fix_cmake_paths(venv: Path, include: Path, site_packages: Path) -> int:
    """Point every exported CMake file under ``venv`` to this Python; returns how many files were changed."""
    changed = 0
    for path in sorted((venv / "share").rglob("*.cmake")):
        text = path.read_text(encoding="utf-8")
        fixed = BUILD_PACKAGES.sub(str(site_packages), BUILD_INCLUDE.sub(str(include), text))
        if fixed != text:
            path.write_text(fixed, encoding="utf-8")
            changed += 1
    return changed


def library_folders(venv: Path, site_packages: Path) -> list[Path]:
    """The folders that hold the wheels' shared libraries."""
    return [venv / "lib", *sorted(site_packages.glob("ros_*.libs"))]


class WheelRos:
    """ROS 2 Jazzy from PyPI wheels, inside the virtual environment."""

    lock = "requirements-wheels.txt"
    system_packages = False
    identity = "wheels"

    def prepare(self, environment: Environment) -> None:
        """Point the wheels' exported CMake files to this Python."""
        include = Path(sysconfig.get_paths()["include"])
        if not (include / "Python.h").exists():
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            cause = f"Python's headers are missing: {include}/Python.h"
            raise StepFailed("ROS 2 wheels", cause, f"apt install python{version}-dev")
        fix_cmake_paths(environment.venv, include, environment.site_packages)

    def paths(self, environment: Environment) -> dict[str, list[str]]:
        """The wheels are one prefix, the virtual environment itself."""
        prefix = [str(environment.venv)]
        libraries = library_folders(environment.venv, environment.site_packages)
        return {
            "AMENT_PREFIX_PATH": prefix,
            "CMAKE_PREFIX_PATH": prefix,
            "LD_LIBRARY_PATH": [str(folder) for folder in libraries],
            "PATH": [str(environment.venv / "bin")],
        }

    def settings(self) -> dict[str, str]:
        """Tell the wheels' own start hook that its work is done."""
        return {"_ROS_WHEELS_BOOTSTRAP_COMPLETE": "1"}

    def colcon(self, environment: Environment) -> Path:
        """The one from the wheels."""
        return environment.venv / "bin" / "colcon"
