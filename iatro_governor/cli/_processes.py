"""Processes of ours: started with a log each, watched, and always ended, by their own ids."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from iatro_governor.errors import IatroError

POLL_S = 0.05
GRACE_S = 8.0
"""How long a process may take to end when it is asked to, s."""


PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """In a new process: end as if asked to when the parent is gone, even one that was killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class RunFailed(IatroError):
    """A run did not come to its end; the message says which process, why, and where its log is."""


class Running:
    """One process; its output goes to a log, line by line, and to ``heard``."""

    def __init__(
        self, name: str, command: list[str], env: Mapping[str, str], log: Path, *, ends_itself: bool
    ) -> None:
        self.name, self.log, self.ends_itself = name, log, ends_itself
        self._lines: list[str] = []
        self._log: IO[str] = log.open("w", encoding="utf-8")
        self._popen = subprocess.Popen(
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches us alone: we end the others in the right order
            preexec_fn=_die_with_parent,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._popen.stdout is not None
        for line in self._popen.stdout:
            self._log.write(line)
            self._log.flush()
            self._lines.append(line.rstrip("\n"))

    @property
    def code(self) -> int | None:
        """The exit code, None while it runs."""
        return self._popen.poll()

    def heard(self, text: str) -> list[str]:
        """The lines so far that hold ``text``."""
        return [line for line in tuple(self._lines) if text in line]

    def ask(self) -> None:
        """Ask it to end, as an operator would."""
        if self.code is None:
            self._popen.send_signal(signal.SIGINT)

    def end(self, grace: float = GRACE_S) -> int:
        """Ask it to end, wait ``grace`` seconds, then end it by force; returns the exit code."""
        self.ask()
        try:
            code = self._popen.wait(grace)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            code = self._popen.wait()
        self._reader.join(1.0)
        self._log.close()
        return code

    def tail(self, lines: int = 5) -> str:
        """The last lines of its output."""
        return "\n".join(f"    {line}" for line in self._lines[-lines:])


class Processes:
    """The processes of one run; leaving it ends what still runs, in the given order."""

    def __init__(self, env: Mapping[str, str], logs: Path, order: Sequence[str]) -> None:
        self._order = order
        self._env, self._logs = {**os.environ, "PYTHONUNBUFFERED": "1", **env}, logs
        self._all: dict[str, Running] = {}

    def node(
        self,
        module: str,
        *,
        of: str = "",
        remaps: Mapping[str, str] | None = None,
        ends_itself: bool = False,
        **parameters: object,
    ) -> Running:
        """Start one of our nodes. ``of``: the robot whose it is; ``ends_itself``: its end with code 0 is no failure."""
        options = [word for key, value in parameters.items() for word in ("-p", f"{key}:={value}")]
        options += [word for key, value in (remaps or {}).items() for word in ("-r", f"{key}:={value}")]
        command = [
            sys.executable,
            "-m",
            f"iatro_governor.nodes.{module}",
            *(["--ros-args", *options] if options else []),
        ]
        name = f"{of} {module}".strip()
        log = self._logs / f"{name.replace(' ', '.')}.log"
        self._all[name] = Running(name, command, self._env, log, ends_itself=ends_itself)
        return self._all[name]

    def wait(self, condition: Callable[[], object], timeout: float, what: str) -> None:
        """Wait for ``condition``. Raises RunFailed after ``timeout`` seconds, or when a process has died."""
        ends = time.monotonic() + timeout
        while not condition():
            self.check()
            if time.monotonic() > ends:
                raise RunFailed(f"{what}: not within {timeout:g} s; see {self._logs}")
            time.sleep(POLL_S)

    def check(self) -> None:
        """Raises RunFailed where a process has died."""
        for one in self._all.values():
            if one.code is not None and not (one.ends_itself and one.code == 0):
                raise RunFailed(f"{one.name} ended with code {one.code} ({one.log}):\n{one.tail()}")

    def end(self, of: str | None = None) -> None:
        """End those of one robot, or all, in the given order.

        Raises RunFailed where one had to be forced, or ended with an error.
        """
        for name in self._in_order():
            if of is None or name.startswith(f"{of} "):
                one = self._all.pop(name)
                code = one.end()
                if code != 0:
                    raise RunFailed(f"{name} did not end cleanly (code {code}, {one.log}):\n{one.tail()}")

    def _in_order(self) -> list[str]:
        return sorted(self._all, key=lambda name: self._order.index(name.split()[-1]))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._in_order():
            self._all[name].end()
