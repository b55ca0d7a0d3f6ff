"""Which tests run which lines, and how long each takes: the run without any change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from . import child


@dataclass(frozen=True, slots=True)
class Baseline:
    """tests: by file and line, those that run it. took: s of each test. whole: by file, all that run any of it."""

    tests: dict[str, dict[int, list[str]]]
    took: dict[str, float]

    def of(self, file: str, line: int, budget_s: float) -> list[str]:
        """The quickest tests of a line that fit into ``budget_s``; of one that runs as it is imported, of the file."""
        lines = self.tests.get(file, {})
        found = lines.get(line) or sorted({name for names in lines.values() for name in names})
        chosen: list[str] = []
        spent = 0.0
        for name in sorted(found, key=lambda one: self.took.get(one, 0.0)):
            spent += self.took.get(name, 0.0)
            if chosen and spent > budget_s:
                break
            chosen.append(name)
        return chosen


class Watch:
    """A pytest plugin: tells coverage which test runs, and notes how long it took."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.took: dict[str, float] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Around one test."""
        self._measured.switch_context(item.nodeid)
        began = time.process_time()
        yield
        self.took[item.nodeid] = time.process_time() - began
        self._measured.switch_context("")


def measure(root: Path, files: Sequence[str], tests: Sequence[str], out: Path) -> int:
    """Run ``tests`` of the tree ``root`` and write what ran which line of ``files`` to ``out``; pytest's exit code."""
    measured = coverage.Coverage(
        data_file=None, include=[str(root / file) for file in files], config_file=False
    )
    watch = Watch(measured)
    measured.start()
    code = child.tested(tests, None, [watch], "-m", "not ros and not alone and not apart")
    measured.stop()
    data = measured.get_data()
    lines: dict[str, Any] = {}
    for file in files:
        by_line = data.contexts_by_lineno(str(root / file))
        lines[file] = {line: sorted(filter(None, names)) for line, names in by_line.items()}
    out.write_text(json.dumps({"tests": lines, "took": watch.took}), encoding="utf-8")
    return code


def read(path: Path) -> Baseline:
    """What ``measure`` wrote."""
    data = json.loads(path.read_text(encoding="utf-8"))
    tests = {
        file: {int(line): names for line, names in lines.items()} for file, lines in data["tests"].items()
    }
    return Baseline(tests, data["took"])
