"""Runs the tests for ``make test``: pytest, then each skip with its reason, then the counts as the last line.

Whole runs go first and one by one, with the machine to themselves and the middleware as robots have it (marker
``alone``). The other tests of real nodes (marker ``ros``) mostly wait; tests of pure code run beside them, in a process
that gets only what the nodes leave of the cores (tools/beside.py). Of the nodes' tests, those with little time to spare
go one by one, in an interpreter that had few nodes before (marker ``apart``), then the rest in two processes. In both,
nodes find each other sooner than they would (test/discovery.xml).

Arguments are pytest's own. A test that errors in its set-up or tear-down and a file that cannot be collected count as
failed; so that nothing can pass by not running, zero tests are a failure too.

Real nodes share their machine with whatever else it does. So what fails of them is tried a second time, by itself, and
counts as that says; both outcomes are named at the end. Tests of what may never happen, however busy the machine is
(``NEVER``), have no second try, and neither has anything where more than ``FEW`` fail: that is no accident.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import beside  # only found with the line above


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

    def plain(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return {"passed": sorted(self.passed), "failed": sorted(self.failed), "skipped": self.skipped}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Tally:
        """The tally that this is the plain form of."""
        tally = cls()
        tally.passed, tally.failed = set(plain["passed"]), set(plain["failed"])
        tally.skipped = dict(plain["skipped"])
        return tally

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


ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Each process has a core. Were its vectors shared out among threads, they would wait for one another and for cores."""
PURE = Part("not ros", ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"), ONE_THREAD)
ALONE = Part("ros and alone", ("-p", "no:xdist"), {"IATRO_MARK": "alone"})
REAL_NODES = (
    Part("ros and apart", ("-n", "1"), {**SOON, "IATRO_MARK": "apart"}),
    Part("ros and not apart and not alone", ("-n", "2", "--dist", "worksteal"), SOON),
)
"""The last looks at every file, and sees what is skipped whole; with IATRO_MARK, those that name the mark are."""
BY_ITSELF = Part("ros", ("-n", "1"), SOON)
NOTHING = int(pytest.ExitCode.NO_TESTS_COLLECTED)


Outcome = tuple[Tally, set[int]]
"""What became of tests, and pytest's exit codes."""


def run(parts: Iterable[Part], arguments: list[str]) -> Outcome:
    """Run pytest for each part."""
    tally, codes = Tally(), set()
    for part in parts:
        with patch.dict(os.environ, part.environment):
            codes.add(int(pytest.main(["-q", "-m", part.marks, *part.how, *arguments], plugins=[tally])))
    return tally, codes


def pure_and_nodes(arguments: list[str]) -> tuple[Outcome, Outcome]:
    """Run tests of pure code, and those of real nodes that need not be alone: at once, where that holds up no node."""
    if not beside.possible():
        return run([PURE], arguments), run(REAL_NODES, arguments)
    with closing(beside.Beside(Path(__file__), arguments)) as pure:
        print(f"tests of pure code run beside those of nodes: {pure.output}", flush=True)
        nodes = run(REAL_NODES, arguments)
        told = pure.told()
    if told is None:
        print("the tests of pure code did not come to their end")
        return (Tally(), {int(pytest.ExitCode.INTERNAL_ERROR)}), nodes
    return (Tally.of(told), set(told["codes"])), nodes


def pure_for(told: Path, arguments: list[str]) -> int:
    """Run the tests of pure code, behind all other processes, and leave in ``told`` what became of them."""
    beside.give_way()
    tally, codes = run([PURE], arguments)
    told.write_text(json.dumps({**tally.plain(), "codes": sorted(codes)}), encoding="utf-8")
    return 0


def second_tries(nodes: Outcome, arguments: list[str]) -> None:
    """Run a second time what failed of real nodes."""
    tally, codes = nodes
    tally.second_try(lambda name: run([BY_ITSELF], [*options(arguments), name])[0])
    if not tally.failed:
        codes.discard(int(pytest.ExitCode.TESTS_FAILED))


def options(arguments: list[str]) -> list[str]:
    """The arguments without the files and folders of tests among them."""
    return [word for word in arguments if "/" not in word or not Path(word.partition("::")[0]).exists()]


def keep_bytecode() -> None:
    """Let every process keep what it compiled, whatever the environment says: each part imports every file of tests."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def every_part(arguments: list[str]) -> Outcome:
    """Run every test."""
    nodes, codes = run([ALONE], arguments)
    pure, more = pure_and_nodes(arguments)
    nodes.add(more[0])
    codes |= more[1]
    second_tries((nodes, codes), arguments)
    nodes.add(pure[0])
    return nodes, codes | pure[1]


def main(arguments: list[str]) -> int:
    """Run pytest and print the summary; returns the exit code."""
    keep_bytecode()
    if arguments[:1] == ["--told"]:
        return pure_for(Path(arguments[1]), arguments[2:])
    tally, codes = every_part(arguments)
    if codes == {NOTHING} and not tally.skipped:
        print("no test was selected")
    print(*tally.summary(), sep="\n", flush=True)
    bad = codes - {int(pytest.ExitCode.OK), NOTHING}
    sound = not bad and not tally.failed and bool(tally.passed)
    return 0 if sound else max(bad, default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
