"""What was found, kept for as long as it stays true: out/mutation/ROOM.json.

A change that a test noticed stays noticed while these are the same: the changed file, the test's file with the
conftest.py files above it and the helpers it imports from test/, and the code that makes and tries changes. Other tests
may come, go and change. One that survived is tried again when any test of the room changes, or the budget.

Not looked at: other files of the package, data files, and versions of libraries. There a test could stop asking for the
changed line and still pass. Were they looked at, one word in a file that everything imports would throw all away and no
room would ever be through; take out/mutation away to try every change anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sources import Sources, digest

HERE = Path(__file__).parent
TELLING = ("__main__.py", "kept.py", "progress.py", "summary.py")
"""What of this folder decides nothing about a change."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one change: the tests, or files of tests, one of which noticed it; none: it survived."""

    by: tuple[str, ...]

    @property
    def noticed(self) -> bool:
        """Whether any did."""
        return bool(self.by)


class Kept:
    """The verdicts on one room's changes by ``tests`` (files), with the tests of each change at most ``budget_s``."""

    def __init__(self, path: Path, sources: Sources, tests: Sequence[str], budget_s: float) -> None:
        self._path, self._sources, self._tests = path, sources, tests
        self._how = digest(
            one.read_text(encoding="utf-8") for one in sorted(HERE.glob("*.py")) if one.name not in TELLING
        )
        self._all = digest([str(budget_s), self._sources.of(tests)])
        self._old = self._read()
        self._new: dict[str, dict[str, Any]] = {}

    def verdict(self, file: str, name: str) -> Verdict | None:
        """On the change ``name`` of ``file``; None: it has to be tried."""
        entry = self._entry(file, name)
        if entry is None or entry["key"] != self._key(file, tuple(entry["by"])):
            return None
        return Verdict(tuple(entry["by"]))

    def before(self, file: str, name: str) -> tuple[str, ...]:
        """Who noticed it when it was tried last, whatever has changed since."""
        entry = self._entry(file, name)
        return tuple(entry["by"]) if entry else ()

    def put(self, file: str, name: str, verdict: Verdict) -> None:
        """Take what was found just now."""
        self._new.setdefault(file, {})[name] = {"key": self._key(file, verdict.by), "by": list(verdict.by)}

    def write(self) -> None:
        """Put it on disk, beside what others found meanwhile."""
        there = self._read()
        for file, entries in self._new.items():
            there.setdefault(file, {}).update(entries)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(there, indent=0), encoding="utf-8")
        beside.replace(self._path)

    def _entry(self, file: str, name: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self._new.get(file, {}).get(name) or self._old.get(file, {}).get(name)
        return found

    def _key(self, file: str, by: tuple[str, ...]) -> str:
        files = {name.partition("::")[0] for name in by}
        if not files <= set(self._tests):
            return "asked of other tests"
        tests = self._sources.of(files) if files else self._all
        return digest([self._how, self._sources.digest(file), tests])

    def _read(self) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        found: dict[str, dict[str, Any]] = json.loads(self._path.read_text(encoding="utf-8"))
        return found
