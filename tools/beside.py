"""A process beside others that are pressed for time: it gets only what they leave of the cores."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SYSTEM = Path("/")


def possible(system: Path = SYSTEM) -> bool:
    """Whether processes can wait here for all others, and no quota of time is drawn on by both."""
    return hasattr(os, "SCHED_IDLE") and not any(limited(file) for file in quotas(system))


def quotas(system: Path) -> list[Path]:
    """Where a quota of this process stands, if it has one: its control groups', from its own to the root's."""
    told = system / "proc/self/cgroup"
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    found = []
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if not controllers or "cpu" in controllers.split(","):
            mounted = system / "sys/fs/cgroup" / controllers
            name = "cpu.cfs_quota_us" if controllers else "cpu.max"
            inner = Path(path.lstrip("/"))
            found += [mounted / folder / name for folder in (inner, *inner.parents)]
    return [file for file in found if file.exists()]


def limited(file: Path) -> bool:
    """Whether a control group's file gives it so much of the cores and no more."""
    return file.read_text(encoding="utf-8").split()[:1] not in (["max"], ["-1"])


def give_way() -> None:
    """Have this process, and all that it starts, wait for every other one that would run."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    group = Path("/proc/self/autogroup")
    if group.exists():  # where each session has its share, that of this one has to be small
        group.write_text("19", encoding="utf-8")


class Beside:
    """A command in a session of its own. It is given ``--told FILE`` first, and leaves what it found there, as JSON."""

    def __init__(self, script: Path, arguments: list[str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.output, self._told = Path(self._folder.name, "output"), Path(self._folder.name, "told.json")
        with self.output.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(script), "--told", str(self._told), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def told(self) -> Any:
        """What it left when it ended, or None; what it printed is printed."""
        self._process.wait()
        print(self.output.read_text(encoding="utf-8", errors="replace"), flush=True)
        return json.loads(self._told.read_text(encoding="utf-8")) if self._told.exists() else None

    def close(self) -> None:
        """End it, if it still runs."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
        self._folder.cleanup()
