"""Runs the tests for ``make test``: pytest, then each skip with its reason, then the counts as the last line.

Tests of pure code share the cores; then those of real nodes (marker ``ros``) run in two processes, for they mostly
wait. Whole runs that have to keep time go one by one with the machine to themselves (marker ``alone``), and some tests
in an interpreter that had no nodes before (marker ``apart``). Arguments are pytest's own. A test that errors in its
set-up or tear-down and a file that cannot be collected count as failed; so that nothing can pass by not running, zero
tests are a failure too.
"""

from __future__ import annotations

import sys

import pytest


class Tally:
    """A pytest plugin that counts each test once, by the worst of its phases."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: dict[str, str] = {}

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

    def summary(self) -> list[str]:
        """The lines to end with: every skip and its reason, then the counts."""
        passed = self.passed - self.failed
        skipped = {name: why for name, why in self.skipped.items() if name not in self.failed}
        lines = [f"skipped {name}: {why}" for name, why in sorted(skipped.items())]
        return [*lines, f"{len(passed)} passed, {len(self.failed)} failed, {len(skipped)} skipped"]


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test was skipped, or was expected to fail."""
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return f"expected to fail: {expected}"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


PARTS = (
    ("not ros", ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")),
    ("ros and apart", ("-n", "1")),
    ("ros and alone", ("-p", "no:xdist")),
    ("ros and not apart and not alone", ("-n", "2", "--dist", "loadfile")),
)
"""The marks of each part, and how it runs. The last looks at every file, and sees what is skipped whole."""


def main(arguments: list[str]) -> int:
    """Run pytest and print the summary; returns the exit code."""
    tally = Tally()
    codes = [pytest.main(["-q", "-m", marks, *how, *arguments], plugins=[tally]) for marks, how in PARTS]
    nothing = {pytest.ExitCode.NO_TESTS_COLLECTED}
    if set(codes) == nothing and not tally.skipped:
        print("no test was selected")
    print(*tally.summary(), sep="\n", flush=True)
    bad = [int(code) for code in codes if code not in (pytest.ExitCode.OK, *nothing)]
    sound = not bad and not tally.failed and bool(tally.passed)
    return 0 if sound else max(bad, default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
