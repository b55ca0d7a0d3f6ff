"""On what, with what and when something was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from iatro_governor import __version__

ROOT = Path(__file__).resolve().parent.parent
ROS = "ros-jazzy-rclpy"


def stamp() -> dict[str, Any]:
    """Version, commit, date, and the machine with how busy it was when asked."""
    return {
        "version": __version__,
        "commit": commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpu": cpu(),
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 2),
            "system": platform.release(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "rclpy": installed(ROS),
        },
    }


def cpu() -> str:
    """The processor's own name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit() -> str | None:
    """The commit that is checked out, ``+`` where files differ from it; None: no repository."""
    git = ["git", "-C", str(ROOT)]
    found = subprocess.run(
        [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        return None
    changed = subprocess.run(
        [*git, "status", "--porcelain"], capture_output=True, text=True, check=False
    ).stdout
    return found.stdout.strip() + ("+" if changed else "")


def installed(name: str) -> str | None:
    """The version of a package, None where another ROS 2 brings it or nobody does."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
