"""Which tests run which lines, and how long each takes: the run without any change.

Kept by test file, in out/mutation/ROOM.lines.json, for as long as the room's files, the test file and what that imports
from test/ are the same. Other rooms are not looked at: where one of them by now has a test run other lines, a change
may survive that this test would notice, and none is taken for noticed that is not.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from . import child
from .sources import Sources, digest

OURS = ("iatro_governor", "test", "tools", "bench", "conftest", "__main__")
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
CHOSEN = ("-m", "not ros and not alone and not apart")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the tests do without any change."""

    tests: dict[str, dict[int, list[str]]]
    """By file and line, those that run it."""
    took: dict[str, float]
    """Seconds of a core, by test."""
    collecting: dict[str, set[int]]
    """By file, the lines that run while no test does: as modules are imported."""
    modules: list[str]
    """What they import that nobody changes."""

    def reaching(self, file: str, line: int, *, imported: bool) -> list[str]:
        """The tests of a line, the quickest first; of one that runs as it is ``imported``, of the file, or all."""
        lines = self.tests.get(file, {})
        found = (not imported and lines.get(line)) or {name for names in lines.values() for name in names}
        return self._quickest(found or self.took)

    def others(self, tests: Iterable[str]) -> list[str]:
        """All but ``tests``, the quickest first.

        What a line sets as its file is imported, tests that run nothing of that file may look at.
        """
        return self._quickest(self.took.keys() - set(tests))

    def _quickest(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda one: (self.took.get(one, 0.0), one))

    def within(self, tests: Sequence[str], budget_s: float) -> list[str]:
        """The first of ``tests`` that fit into ``budget_s``, and one in any case."""
        spent = 0.0
        for number, name in enumerate(tests):
            spent += self.took.get(name, 0.0)
            if number and spent > budget_s:
                return list(tests[:number])
        return list(tests)


class Watch:
    """A pytest plugin: tells coverage which test runs, and notes how long it took."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.took: dict[str, float] = {}
        self.failed = ""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Around one test."""
        self._measured.switch_context(item.nodeid)
        began = used()
        yield
        self.took[item.nodeid] = used() - began
        self._measured.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What became of a part of a test."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """What became of a file."""
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.failed = f"{report.nodeid}: {report.longreprtext.strip()[-300:]}"


def used() -> float:
    """Seconds of a core that this process has taken, and those that it started and that have ended."""
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, WHO))


def measure(root: Path, files: Sequence[str], tests: Sequence[str], out: Path) -> int:
    """Run ``tests`` of the tree ``root`` and write what each runs of ``files`` to ``out``; pytest's exit code."""
    measured = coverage.Coverage(
        data_file=None, include=[str(root / file) for file in files], config_file=False
    )
    watch = Watch(measured)
    measured.start()
    code = int(pytest.main([*child.QUIET, "-x", *CHOSEN, *tests], plugins=[watch]))
    measured.stop()
    data = measured.get_data()
    lines: dict[str, dict[str, list[int]]] = {}
    for file in files:
        for line, names in data.contexts_by_lineno(str(root / file)).items():
            for name in names:
                lines.setdefault(name, {}).setdefault(file, []).append(line)
    found = {"lines": lines, "took": watch.took, "modules": others(), "failed": watch.failed}
    out.write_text(json.dumps(found), encoding="utf-8")
    return code


def failed(measured: Path) -> str:
    """The test that did not pass, as ``measure`` wrote it; empty where it wrote nothing."""
    return str(json.loads(measured.read_text(encoding="utf-8"))["failed"]) if measured.exists() else ""


def others() -> list[str]:
    """The modules that are loaded and that nobody changes, in the order they came in."""
    return [
        name
        for name, one in sys.modules.items()
        if name.partition(".")[0] not in OURS and getattr(one, "__spec__", None)
    ]


class Lines:
    """What is known of each test file of a room."""

    def __init__(self, path: Path, sources: Sources, files: Sequence[str]) -> None:
        self._path, self._sources, self._files = path, sources, files
        self._room = digest([Path(__file__).read_text(encoding="utf-8"), sources.text(files)])
        old = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self._known: dict[str, Any] = old

    def missing(self, tests: Sequence[str]) -> list[str]:
        """Those test files that have to run."""
        return [test for test in tests if self._known.get(test, {}).get("key") != self._key(test)]

    def take(self, tests: Sequence[str], measured: Path) -> None:
        """Keep what ``measure`` wrote of ``tests``."""
        data = json.loads(measured.read_text(encoding="utf-8"))
        collecting = data["lines"].pop("", {})
        for test in tests:
            lines = {name: run for name, run in data["lines"].items() if name.partition("::")[0] == test}
            took = {name: s for name, s in data["took"].items() if name.partition("::")[0] == test}
            self._known[test] = {
                "key": self._key(test),
                "lines": lines,
                "collecting": collecting,
                "took": took,
                "modules": data["modules"],
            }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(self._known), encoding="utf-8")

    def baseline(self, tests: Sequence[str]) -> Baseline:
        """Of all of ``tests`` together."""
        lines: dict[str, dict[int, list[str]]] = {file: {} for file in self._files}
        collecting: dict[str, set[int]] = {file: set() for file in self._files}
        took: dict[str, float] = {}
        modules: dict[str, None] = {}
        for known in (self._known[test] for test in tests):
            took |= known["took"]
            modules |= dict.fromkeys(known["modules"])
            for file, run in known["collecting"].items():
                collecting[file].update(run)
            for name, files in known["lines"].items():
                for file, run in files.items():
                    for line in run:
                        lines[file].setdefault(line, []).append(name)
        return Baseline(lines, took, collecting, list(modules))

    def _key(self, test: str) -> str:
        return digest([self._room, self._sources.of([test])])
