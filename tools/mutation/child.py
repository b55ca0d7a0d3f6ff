"""Tests in a process of their own, forked from one that has imported what does not change, with one module changed.

Nothing is written: the changed module is compiled in memory, and is what Python finds instead of the file.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest

PASSED, FAILED, NOT_COLLECTED, NOT_FOUND = 0, 1, 2, 4
"""pytest's exit codes that say something of the code; the others say that the run itself went wrong."""
BROKE = 99
LOG = "IATRO_MUTATION_LOG"
"""Names the file that children print to, for whoever wants to know why a run went wrong."""
QUIET = ("-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal")
BEFORE = ("numpy", "yaml", "pydantic", "coverage")
"""Imported once, where they are installed."""


def warm() -> None:
    """Import what every test needs and nobody changes."""
    for name in BEFORE:
        try:
            importlib.import_module(name)
        except ImportError:
            continue


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


def fork(root: Path, work: Callable[[], int], cpu_s: float) -> int:
    """Start ``work`` in a child, which may take ``cpu_s`` seconds of a core; returns its process id."""
    pid = os.fork()
    if pid:
        return pid
    code = BROKE
    try:
        os.setsid()
        os.chdir(root)
        sys.path.insert(0, str(root))
        limit = int(cpu_s) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        quiet(os.environ.get(LOG, os.devnull))
        code = work()
    except BaseException:  # noqa: BLE001 - whatever it is, the parent is told by the exit code
        traceback.print_exc()
    finally:
        os._exit(code)


def tested(nodes: Sequence[str], finder: Finder | None, plugins: Sequence[object] = (), *more: str) -> int:
    """Run these tests with the module that ``finder`` finds; returns pytest's exit code."""
    if finder is not None:
        sys.meta_path.insert(0, finder)
    return int(pytest.main([*QUIET, *more, *nodes], plugins=list(plugins)))


def quiet(log: str) -> None:
    """What tests print goes to the file ``log``, and they read nothing."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)


def ended(pid: int) -> int:
    """Wait for a child; its exit code, or FAILED where the limit of its time or memory ended it."""
    _, status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)  # what it started and left
    except ProcessLookupError:
        pass
    return FAILED if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
