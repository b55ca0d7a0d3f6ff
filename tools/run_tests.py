"""Runs the tests for ``make test``: pytest, then each skip with its reason, then the counts as the last line.

Tests of pure code share the cores; then those of real nodes (marker ``ros``) run in two processes, for they mostly
wait. Those with little time to spare go one by one, in an interpreter that had few nodes before (marker ``apart``).
In both, nodes find each other sooner than they would (test/discovery.xml). Whole runs go one by one, too, with the
middleware as robots have it (marker ``alone``). Arguments are pytest's own. A test that errors in its set-up or
tear-down and a file that cannot be collected count as failed; so that nothing can pass by not running, zero tests are a
failure too.

Real nodes share their machine with whatever else it does. So what fails of them is tried a second time, by itself, and
counts as that says; both outcomes are named at the end. Tests of what may never happen, however busy the machine is
(``NEVER``), have no second try, and neither has anything where more than ``FEW`` fail: that is no accident.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest


class Tally:
    """A pytest plugin that counts each test once, by the worst of its phases."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: dict[str, str] = {}
        self.again: set[str] = set()
        """What failed, and passed when it was tried again."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one phase (set-up, call, tear-down) of one test."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped[report.nodeid] = reason(report)
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take a file that cannot be collected, or is skipped whole."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped[report.nodeid] = reason(report)

    def add(self, other: Tally) -> None:
        """Take the outcomes of another one, of other tests."""
        self.passed |= other.passed
        self.failed |= other.failed
        self.again |= other.again
        self.skipped |= other.skipped

    def second_try(self, run: Callable[[str], Tally]) -> None:
        """Take the outcome of ``run(name)`` for each that failed, if it may be tried again."""
        names = sorted(name for name in self.failed if not name.startswith(NEVER))
        for name in names if len(names) <= FEW else ():
            second = run(name)
            if name in second.passed - second.failed:
                self.again.add(name)
                self.failed.discard(name)
                self.passed.add(name)

    def summary(self) -> list[str]:
        """The lines to end with: every second try and every skip and its reason, then the counts."""
        passed = self.passed - self.failed
        skipped = {name: why for name, why in self.skipped.items() if name not in self.failed}
        lines = [f"skipped {name}: {why}" for name, why in sorted(skipped.items())]
        lines += [f"failed, and passed when tried again: {name}" for name in sorted(self.again)]
        return [*lines, f"{len(passed)} passed, {len(self.failed)} failed, {len(skipped)} skipped"]


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped, or was expected to fail."""
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return f"expected to fail: {expected}"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


NEVER = ("test/chaos/",)
FEW = 3

SOON = {"FASTRTPS_DEFAULT_PROFILES_FILE": str(Path(__file__).resolve().parents[1] / "test" / "discovery.xml")}


@dataclass(frozen=True)
class Part:
    """Tests that run together: which, by their marks, pytest's own options for them, and more of the environment."""

    marks: str
    how: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


PURE = Part("not ros", ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"))
REAL_NODES = (
    Part("ros and apart", ("-n", "1"), SOON),
    Part("ros and alone", ("-p", "no:xdist")),
    Part("ros and not apart and not alone", ("-n", "2", "--dist", "worksteal"), SOON),
)
"""The last looks at every file, and sees what is skipped whole."""
BY_ITSELF = Part("ros", ("-n", "1"), SOON)
NOTHING = int(pytest.ExitCode.NO_TESTS_COLLECTED)


def run(parts: Iterable[Part], arguments: list[str]) -> tuple[Tally, set[int]]:
    """Run pytest for each part; returns what became of the tests, and pytest's exit codes."""
    tally, codes = Tally(), set()
    for part in parts:
        with patch.dict(os.environ, part.environment):
            codes.add(int(pytest.main(["-q", "-m", part.marks, *part.how, *arguments], plugins=[tally])))
    return tally, codes


def real_nodes(arguments: list[str]) -> tuple[Tally, set[int]]:
    """Run the tests of real nodes, and a second time what fails of them."""
    tally, codes = run(REAL_NODES, arguments)
    tally.second_try(lambda name: run([BY_ITSELF], [*options(arguments), name])[0])
    if not tally.failed:
        codes.discard(int(pytest.ExitCode.TESTS_FAILED))
    return tally, codes


def options(arguments: list[str]) -> list[str]:
    """The arguments without the files and folders of tests among them."""
    return [word for word in arguments if "/" not in word or not Path(word.partition("::")[0]).exists()]


def keep_bytecode() -> None:
    """Let every process keep what it compiled, whatever the environment says: each part imports every file of tests."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def main(arguments: list[str]) -> int:
    """Run pytest and print the summary; returns the exit code."""
    keep_bytecode()
    tally, codes = run([PURE], arguments)
    nodes, more = real_nodes(arguments)
    codes |= more
    tally.add(nodes)
    if codes == {NOTHING} and not tally.skipped:
        print("no test was selected")
    print(*tally.summary(), sep="\n", flush=True)
    bad = codes - {int(pytest.ExitCode.OK), NOTHING}
    sound = not bad and not tally.failed and bool(tally.passed)
    return 0 if sound else max(bad, default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
