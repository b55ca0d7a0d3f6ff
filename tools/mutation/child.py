"""A process of its own for each change, forked from one that has loaded what does not change.

Nothing is written where people work: a change exists in the memory of the child alone. What a child has to say of its
tests it writes to a file, so that it is known whatever ends it.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import resource
import signal
import sys
import tempfile
import traceback
import unittest
from collections.abc import Callable, Iterable, Mapping
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest

PASSED, FAILED, NOT_COLLECTED, NOT_STARTED, NONE = 0, 1, 2, 4, 5
"""pytest's exit codes that say something of the code; the others say that the run itself went wrong."""
NOT_IN_PLACE, BROKE = 98, 99
LOG = "IATRO_MUTATION_LOG"
"""Names the file that children print to, for whoever wants to know why a run went wrong."""
QUIET = ("-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal", "--assert=plain")
"""What nobody reads is not made: to explain an assertion takes longer than most tests."""
PATIENCE, LEAST_S = 10.0, 5.0
"""A test may take so many times as long as it took without a change, and at least so long, s of a core."""
SAID = "said.txt"
NO_FAILURE = (pytest.skip.Exception, pytest.xfail.Exception, unittest.SkipTest)
PR_SET_PDEATHSIG = 1


def warm(modules: Iterable[str]) -> None:
    """Import what tests need and nobody changes, as far as it can be had."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - then the child that wants it imports it
            continue


def first_example() -> None:
    """Have hypothesis end with the first example that fails, here and in children: nobody reads a smaller one."""
    try:
        from hypothesis import Phase, settings
    except ImportError:
        return
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutation", phases=phases, database=None, report_multiple_bugs=False)
    settings.load_profile("mutation")  # test/conftest.py says more, and takes the rest from this


class Changed(SourceFileLoader):
    """Loads one module from other code than its file's."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """The changed code."""
        return self._code


class Finder:
    """Finds the changed module before anybody else does."""

    def __init__(self, name: str, file: Path, code: CodeType) -> None:
        self._name, self._file, self._code = name, str(file), code

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Of that module alone."""
        if name != self._name:
            return None
        return spec_from_file_location(name, self._file, loader=Changed(name, self._file, self._code))


class Said:
    """A pytest plugin: says which test begins and which fails, ends with the first that does, and limits each.

    took: s of a core, by test, without any change.
    """

    def __init__(self, folder: Path, took: Mapping[str, float]) -> None:
        self._out = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._took = took

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """As a test begins."""
        self._say("at", nodeid)
        limit(max(LEAST_S, PATIENCE * self._took.get(nodeid, 0.0)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """What a test raised says enough: pytest's report of it takes longer than most tests."""
        if call.excinfo is None or item.get_closest_marker("xfail"):
            return
        if not isinstance(call.excinfo.value, NO_FAILURE):
            self._failed(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What became of a part of a test."""
        if report.failed:
            self._failed(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """What became of a file."""
        if report.failed:
            self._failed(report.nodeid)

    def _failed(self, nodeid: str) -> None:
        self._say("failed", nodeid)
        os._exit(FAILED)

    def _say(self, word: str, nodeid: str) -> None:
        os.write(self._out, f"{word} {nodeid}\n".encode())


def heard(folder: Path) -> tuple[str | None, str | None]:
    """The test that failed, and the last that began, as a child said it in ``folder``."""
    path = folder / SAID
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    last = {word: name for word, _, name in (line.partition(" ") for line in lines)}
    return last.get("failed"), last.get("at")


def limit(more_s: float) -> None:
    """End this process when it has taken ``more_s`` seconds of a core from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + more_s) + 1, hard))


def fork(root: Path, folder: Path, work: Callable[[], int]) -> int:
    """Start ``work`` in a child that ends with this process and leaves its files in ``folder``; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    code = BROKE
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(root)
        sys.path.insert(0, str(root))
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        quiet(os.environ.get(LOG, os.devnull))
        code = work()
    except BaseException:  # noqa: BLE001 - whatever it is, the parent is told by the exit code
        traceback.print_exc()
    finally:
        os._exit(code)


def quiet(log: str) -> None:
    """What tests print goes to the file ``log``, and they read nothing."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)


def ended(pid: int) -> int:
    """Wait for a child; its exit code, or less than 0 where a signal ended it."""
    _, status = os.waitpid(pid, 0)
    kill(pid)  # what it started and left
    return os.waitstatus_to_exitcode(status)


def kill(pid: int) -> None:
    """A child and all of its session that did not leave its group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
