"""What tests of real processes over real DDS share: a domain of their own, and processes that always end."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from test import shared_memory
from test.domains import fresh_domain

ROOT = Path(__file__).resolve().parent.parent

# Discovery must not leave the machine, in this process and in every one it starts. Nothing leaves a network that has
# the loopback alone (test/own_network.py): there the middleware can go without shared memory, which LOCALHOST asks for.
if os.environ.get("IATRO_OWN_NETWORK") and [name for _, name in socket.if_nameindex()] == ["lo"]:
    os.environ |= {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "FASTDDS_BUILTIN_TRANSPORTS": "UDPv4"}
else:
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ.pop("ROS_STATIC_PEERS", None)

# How long an example takes says how busy the machine is, and nothing about the code. Everybody sees the same examples,
# so that what fails here fails there; `make soak` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("new", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("IATRO_EXAMPLES", "same"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Have the garbage collector look past what is imported, now and later: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@cache
def names(file: Path, mark: str) -> bool:
    """Whether a file of tests names ``mark``."""
    return f"pytest.mark.{mark}" in file.read_text(encoding="utf-8")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Where the tests of one mark run, leave out what does not name it: to import all takes as long as some parts."""
    mark = os.environ.get("IATRO_MARK")
    if mark and collection_path.match("test_*.py") and not names(collection_path, mark):
        return True
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever has a ROS domain of its own as a test of real nodes: they run apart from the others.

    Whoever is marked by other means than its own file's words would be left out unseen: it fails the whole run.
    """
    for item in items:
        if "domain" in getattr(item, "fixturenames", ()):
            item.add_marker("ros")
        for mark in ("alone", "apart"):
            if item.get_closest_marker(mark) and not names(item.path, mark):
                raise pytest.UsageError(
                    f"{item.nodeid} is marked {mark}: its file has to say pytest.mark.{mark}"
                )


PATIENCE = 4.0
"""What never comes does not come in four times the time either, and what a busy machine holds up does."""


def wait(
    condition: Callable[[], object],
    timeout: float,
    what: str | Callable[[], str] = "condition",
    pause: float = 0.02,
) -> None:
    """Wait until ``condition()`` is true; fails the test after ``timeout`` seconds of a quiet machine.

    ``what`` is waited for; a function is asked for it when the time is over.
    """
    end = time.monotonic() + PATIENCE * timeout
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"{what if isinstance(what, str) else what()}: not within {PATIENCE * timeout:g} s")
        time.sleep(pause)


PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent() -> None:
    """In a new process: end with whoever started it, even if that is killed, and even while this stands still."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A process of ours: its output is collected, and it never outlives its test."""

    def __init__(self, command: list[str], env: dict[str, str], cwd: Path = ROOT) -> None:
        self.command = command
        self._popen = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self._lines: list[str] = []
        self._left: set[str] = set()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._popen.stdout is not None
        self._lines.extend(self._popen.stdout)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._popen.pid

    @property
    def output(self) -> str:
        """Everything written so far, to standard output and error."""
        return "".join(self._lines)

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._popen.poll()

    def wait_for(self, text: str, timeout: float = 20.0) -> None:
        """Wait until the output holds ``text``; fails with the output if it does not, or if the process ends first."""
        wait(
            lambda: text in self.output or self.code is not None,
            timeout,
            lambda: f"{text!r} in\n{self.output}",
        )
        if text not in self.output:
            self._reader.join(1.0)
        assert text in self.output, f"{self.command} ended {self.code}:\n{self.output}"

    def send(self, number: int) -> None:
        """Send a signal, to this process only."""
        if number == signal.SIGKILL:
            self._left |= shared_memory.of(self.pid)
        self._popen.send_signal(number)

    def wait(self, timeout: float = 10.0) -> int:
        """Wait for the end; returns the exit code."""
        code = self._popen.wait(timeout)
        self._reader.join(timeout)
        return code

    def end(self, timeout: float = 10.0) -> int:
        """End it as an operator would (SIGINT), or by force after ``timeout`` seconds; returns the exit code."""
        if self.code is None:
            self.send(signal.SIGINT)
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            code = self._popen.wait(timeout)
        shared_memory.clear(self._left)
        self._reader.join(timeout)
        assert self._popen.stdout is not None
        self._popen.stdout.close()
        return code


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """``wait_until(condition, timeout, what="...")``: waits, or fails the test."""
    return wait


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> int:
    """A ROS domain of this test's own, in force in this process and in every one it starts."""
    number = fresh_domain()
    monkeypatch.setenv("ROS_DOMAIN_ID", str(number))
    return number


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    """``start(*command, **environment)`` starts a process that ends with the test."""
    running: list[Process] = []

    def starter(*command: str | Path, **environment: str) -> Process:
        process = Process(
            [str(word) for word in command], {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
        )
        running.append(process)
        return process

    yield starter
    for process in reversed(running):
        process.end()


@pytest.fixture
def node_process(domain: int, start: Callable[..., Process]) -> Callable[..., Process]:
    """``node_process("governor", config=path, ...)`` starts one of our nodes with these parameters.

    ``remaps`` are ("from:=to", ...) rules, ``namespace`` is its namespace.
    """

    def starter(
        name: str,
        *,
        remaps: tuple[str, ...] = (),
        namespace: str = "",
        environment: dict[str, str] | None = None,
        **parameters: object,
    ) -> Process:
        pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
        options = ["--ros-args", *(word for rule in remaps for word in ("-r", rule))]
        if namespace:
            options += ["-r", f"__ns:={namespace}"]
        for key, value in parameters.items():
            options += ["-p", f"{key}:={value}"]
        return start(sys.executable, "-m", f"iatro_governor.nodes.{name}", *options, **(environment or {}))

    return starter
