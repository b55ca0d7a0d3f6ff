"""Makes the project's environment: ``make setup``. Standard library only, Python 3.11 or 3.12.

With a sourced ROS 2 (``ROS_DISTRO`` set) that one is used and only the rest comes from PyPI; without, ROS 2
Jazzy comes from PyPI wheels as well. Either way everything is under ``.venv``, and what is up to date is not
done again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from report import StepFailed, say  # only found with the line above

if TYPE_CHECKING:
    from environment import Environment

PYTHONS = ((3, 11), (3, 12))
SPACE = 3e9  # bytes: the environment takes 1 GB, pip's cache and temporary files about as much again
ROOT = Path(__file__).resolve().parent.parent


def other_python() -> str | None:
    """The path of a supported Python on PATH, if there is one that runs."""
    for major, minor in PYTHONS:
        path = shutil.which(f"python{major}.{minor}")
        if path is None:
            continue
        tried = subprocess.run([path, "-c", "import venv"], capture_output=True, check=False)
        if tried.returncode == 0:  # a version manager's stand-in is on PATH but does not run
            return path
    return None


def check_python() -> None:
    """Go on with a supported Python, or fail."""
    if sys.version_info[:2] in PYTHONS:
        return
    path = other_python()
    if path:
        os.execv(path, [path, *sys.argv])
    first, second = (f"{major}.{minor}" for major, minor in PYTHONS)
    given = f"this is {sys.version_info.major}.{sys.version_info.minor}, and neither {first} nor {second} is on PATH"
    cure = f"install Python {first} or {second}, or name one: make setup PYTHON=/path/to/python3.11"
    raise StepFailed("Python", given, cure)


def check_machine() -> None:
    """Fail early where a later step could only fail obscurely."""
    for tool in ("cmake", "g++", "make"):
        if shutil.which(tool) is None:
            raise StepFailed("build tools", f"{tool} is not on PATH", f"apt install {tool}")
    free = shutil.disk_usage(ROOT).free
    if free < SPACE:
        cause = f"{free / 1e9:.1f} GB free in {ROOT}"
        raise StepFailed("disk space", cause, f"free {SPACE / 1e9:.0f} GB there")


def setup(environment: Environment) -> int:
    """Do every step that is not up to date; returns how many were done."""
    pending = environment.pending()
    if pending:
        check_machine()
    for number, step in enumerate(pending, 1):
        say(f"[{number}/{len(pending)}] {step.name}: {step.announcement}")
        environment.do(step)
    return len(pending)


def dry_run(environment: Environment) -> int:
    """Say which steps would be done; returns the exit code, 1 if there are any."""
    pending = environment.pending()
    for step in pending:
        say(f"to do: {step.name}")
    return 1 if pending else 0


def make_environment() -> Environment:
    """The environment of this checkout, on the ROS 2 that there is."""
    # These need a supported Python, which check_python has made sure of by now.
    from environment import Environment
    from ros_sourced import SourcedRos
    from ros_wheels import WheelRos

    ros = SourcedRos.found(os.environ) if os.environ.get("ROS_DISTRO") else WheelRos()
    return Environment(ROOT, ros)


def main() -> int:
    """Run the setup; returns the exit code."""
    try:
        check_python()
        if "--dry-run" in sys.argv[1:]:
            return dry_run(make_environment())
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = setup(make_environment())
    except StepFailed as failed:
        say(f"setup failed at: {failed.step}\n  why:  {failed.cause}\n  cure: {failed.cure}; then make setup")
        return 1
    except OSError as error:
        say(f"setup failed at: the file system\n  why:  {error}\n  cure: put that right; then make setup")
        return 1
    except KeyboardInterrupt:
        say("setup interrupted; make setup goes on where it stopped")
        return 130
    if done:
        say("setup: ready, .venv/bin/iatro runs as it is")
    return 0


if __name__ == "__main__":
    sys.exit(main())
