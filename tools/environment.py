"""The steps that make ``.venv``, and which of them are up to date.

Each step has a key, a hash of everything it depends on; the keys of the steps done are kept in
``.venv/setup.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import launchers
from report import StepFailed, run

OFFLINE = re.compile(r"NewConnectionError|NameResolution|name resolution|timed out|from versions: none")
SETUPTOOLS = re.compile(r"^setuptools==(?:.*\\\n)+.*\n", re.MULTILINE)
NO_SPACE = re.compile(r"No space left on device")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, what it says when it starts, the key of its inputs, and the work."""

    name: str
    announcement: str
    key: str
    work: Callable[[], None]


class Ros(Protocol):
    """Where ROS 2 comes from."""

    @property
    def lock(self) -> str:
        """The lock file of what pip installs beside it."""

    @property
    def system_packages(self) -> bool:
        """Whether the virtual environment sees the system's Python packages."""

    @property
    def identity(self) -> str:
        """Which ROS 2 it is: another one needs another environment."""

    def prepare(self, environment: Environment) -> None:
        """Put right what was installed, before anything is built on it."""

    def paths(self, environment: Environment) -> dict[str, list[str]]:
        """The search paths ROS 2 needs, by environment variable."""

    def settings(self) -> dict[str, str]:
        """Other environment variables that ROS 2 needs."""

    def colcon(self, environment: Environment) -> Path:
        """The path of colcon."""


def digest(parts: Iterable[str | bytes]) -> str:
    """SHA-256 of the parts, none of which can run into the next."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path, ros: Ros) -> None:
        self.root, self.ros = root, ros
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.colcon = self.venv / "colcon"
        self.install = self.colcon / "install"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site_packages = self.venv / "lib" / version / "site-packages"
        self.messages = self.install / "lib" / version / "site-packages"
        self._state = self.venv / "setup.json"

    def log(self, name: str) -> Path:
        """Where a step's full output goes."""
        return self.venv / "log" / f"{name}.log"

    def pending(self) -> list[Step]:
        """The steps to do; each builds on the one before, so the first stale one takes the rest with it."""
        done = self._done()
        steps = self._steps()
        fresh = 0
        while fresh < len(steps) and done.get(steps[fresh].name) == steps[fresh].key:
            fresh += 1
        return steps[fresh:]

    def do(self, step: Step) -> None:
        """Do one step and remember it."""
        step.work()
        done = {**self._done(), step.name: step.key}
        self._state.write_text(json.dumps(done, indent=1), encoding="utf-8")

    def variables(self) -> dict[str, str]:
        """The environment variables that the steps, and later the launchers, run with."""
        merged = dict(os.environ) | self.ros.settings() | {launchers.MARK: str(self.venv)}
        for name, entries in self._paths().items():
            merged[name] = ":".join([*entries, *filter(None, [os.environ.get(name)])])
        return merged

    def _done(self) -> dict[str, str]:
        if not self._state.exists():
            return {}
        try:
            done: dict[str, str] = json.loads(self._state.read_text(encoding="utf-8"))
        except ValueError:
            return {}  # cut off by a crash: do everything again
        return done

    def _steps(self) -> list[Step]:
        lock = (self.root / self.ros.lock).read_bytes()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        base = digest([str(self.root), version, self.ros.identity])
        packages = digest([base, lock])
        built = digest([packages, *self._build_inputs()])
        tools = sorted(Path(__file__).parent.glob("*.py"))
        launched = digest([built, *(path.read_bytes() for path in tools)])
        count = lock.count(b"==")
        return [
            Step("virtual environment", f"{self.venv}, Python {version}", base, self._create),
            Step("packages", f"{count} pinned ones from PyPI, a minute or two", packages, self._packages),
            Step("messages", "building msg/ and srv/, about 20 s", built, self._build),
            Step("launchers", ".venv/bin/iatro, .venv/bin/iatro-env", launched, self._launchers),
        ]

    def _build_inputs(self) -> Iterable[str | bytes]:
        # Launch files are linked to, so only their names count; all else shared is found in the checkout itself.
        yield from (path.name for path in sorted(self.root.glob("launch/*.py")))
        for pattern in ("CMakeLists.txt", "package.xml", "msg/*.msg", "srv/*.srv", "scripts/*"):
            for path in sorted(self.root.glob(pattern)):
                yield path.relative_to(self.root).as_posix()
                yield path.read_bytes()

    def _create(self) -> None:
        shutil.rmtree(self.venv, ignore_errors=True)
        options = ["--system-site-packages"] if self.ros.system_packages else []
        command: list[str | Path] = [sys.executable, "-m", "venv", *options, self.venv]
        try:
            run("virtual environment", command, os.environ, self.log("venv"))
        except StepFailed as failure:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise StepFailed(failure.step, failure.cause, f"apt install python{version}-venv") from None

    def _packages(self) -> None:
        lock = self.root / self.ros.lock
        # One package comes as source only: build it with the pinned setuptools, not with whatever is newest.
        if builder := SETUPTOOLS.search(lock.read_text(encoding="utf-8")):
            pinned = self.log("setuptools")
            pinned.write_text(builder.group(), encoding="utf-8")
            self._pip(pinned, ["--no-deps"])
        # The lock holds everything: left to look for itself, pip asks for coverage[toml] anew, and takes a newer one.
        self._pip(lock, ["--no-build-isolation", "--no-deps"])
        self.ros.prepare(self)

    def _pip(self, requirements: Path, options: list[str]) -> None:
        command: list[str | Path] = [self.python, "-m", "pip", "install", "--require-hashes", *options]
        quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_PROGRESS_BAR": "off"}
        log = self.log("pip")
        try:
            run("packages", [*command, "-r", requirements], self.variables() | quiet, log)
        except StepFailed as failure:
            raise StepFailed("packages", failure.cause, pip_cure(log)) from None

    def _build(self) -> None:
        shutil.rmtree(self.colcon, ignore_errors=True)
        command: list[str | Path] = [
            *(self.ros.colcon(self), "--log-base", self.colcon / "log", "build", "--paths", self.root),
            *("--build-base", self.colcon / "build", "--install-base", self.install),
            *("--merge-install", "--symlink-install", "--event-handlers", "console_direct+"),
            *("--cmake-args", "-DBUILD_TESTING=OFF", f"-DPython3_EXECUTABLE={self.python}"),
        ]
        run("messages", command, self.variables(), self.log("colcon"))

    def _launchers(self) -> None:
        code = [self.root, self.messages]
        launchers.write(self.venv, self.site_packages, code, self._paths(), self.ros.settings())

    def _paths(self) -> dict[str, list[str]]:
        own = {
            "AMENT_PREFIX_PATH": [str(self.install)],
            "CMAKE_PREFIX_PATH": [str(self.install)],
            "LD_LIBRARY_PATH": [str(self.install / "lib")],
        }
        ros = self.ros.paths(self)
        return {name: [*own.get(name, []), *ros.get(name, [])] for name in {**own, **ros}}


def pip_cure(log: Path) -> str:
    """What to do about a failed pip, from what it wrote."""
    output = log.read_text(encoding="utf-8", errors="replace")
    if NO_SPACE.search(output):
        return "free 3 GB of disk space"
    if OFFLINE.search(output):
        return f"connect to the network, or tell pip of a mirror (PIP_INDEX_URL); all of it is in {log}"
    return f"read {log}"
