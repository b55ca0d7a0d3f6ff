"""One room: what is known of its changes already, what has to be tried, and that."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from rich.console import Console

from . import child
from .baseline import Baseline, Lines, failed, measure
from .collected import anew, in_place
from .kept import Kept
from .mutants import Mutant, mutants
from .progress import progress
from .rooms import Room
from .sources import Sources
from .summary import Accepted, Found
from .tries import Outcome, Place, Task

WRITE_EVERY_S = 5.0
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2**31


class RunBroken(Exception):
    """The run went wrong, and says nothing of the code."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the changes of which files, by which tests (None: the room's). shard: i/n, every n-th."""

    files: Sequence[str]
    tests: Sequence[str] | None
    shard: str
    budget_s: float
    workers: int
    accepted: Accepted
    """Those that may survive."""


class Run:
    """Of one room of the tree ``root``; what it finds is kept in the folder ``out``."""

    def __init__(self, root: Path, room: Room, wish: Wish, out: Path) -> None:
        self._root, self._room, self._wish = root, room, wish
        self._name = Path(room.code).name
        self._sources = Sources(root)
        besides = () if wish.tests else tuple(f"{folder}/" for folder in room.besides)
        tests = self._sources.tests(wish.tests or room.tests)
        self._tests = [test for test in tests if not test.startswith(besides)]
        self._kept = Kept(out / f"{self._name}.json", self._sources, self._tests, wish.budget_s)
        self._lines = out / f"{self._name}.lines.json"
        self._changes = {file: list(mutants((root / file).read_text("utf-8"))) for file in room.files(root)}
        self.strange: list[str] = []
        """What went wrong, a line each; of these changes nothing is known."""

    def found(self, files: Iterable[str] | None = None) -> Found:
        """What is known of each change to ``files``, or to all of the room's."""
        return {
            file: {one.name: self._known(file, one) for one in self._changes[file]}
            for file in (self._changes if files is None else files)
        }

    def wanted(self) -> dict[str, set[str]]:
        """The names of the changes that are asked for, by file."""
        every = [(file, one.name) for file in self._wish.files for one in self._changes[file]]
        first, step = (int(part) for part in self._wish.shard.split("/"))
        chosen = every[first - 1 :: step]
        return {file: {name for owner, name in chosen if owner == file} for file in self._wish.files}

    def go(self) -> None:
        """Try what is asked for and not known. Raises RunBroken where the tests do not pass as it is."""
        wanted = self.wanted()
        missing = [
            (file, one)
            for file in self._wish.files
            for one in self._changes[file]
            if one.name in wanted[file] and self._known(file, one) is None
        ]
        if not missing:
            return
        child.first_example()
        with tempfile.TemporaryDirectory(
            prefix="mutation-", dir=in_memory(), ignore_cleanup_errors=True
        ) as folder:
            base = self._baseline(Path(folder))
            place = Place(self._root, Path(folder), self._wish.workers, base.took)
            tasks = list(self._tasks(base, missing))
            self._take(self._outcomes(base, place, tasks), len(tasks))

    def _known(self, file: str, mutant: Mutant) -> bool | None:
        verdict = self._kept.verdict(file, mutant.name)
        return None if verdict is None else verdict.noticed

    def _baseline(self, folder: Path) -> Baseline:
        files = list(self._changes)
        lines = Lines(self._lines, self._sources, files)
        missing = lines.missing(self._tests)
        if missing:
            print(
                f"{self._name}: {len(missing)} files of tests run without a change",
                file=sys.stderr,
                flush=True,
            )
            out = folder / "lines.json"
            code = child.ended(
                child.fork(self._root, folder, partial(measure, self._root, files, missing, out))
            )
            if code not in (child.PASSED, child.NONE):
                raise RunBroken(f"the tests do not pass without any change: {failed(out) or code}")
            lines.take(missing, out)
        return lines.baseline(self._tests)

    def _tasks(self, base: Baseline, changes: Sequence[tuple[str, Mutant]]) -> Iterator[Task]:
        @cache
        def asked(file: str, line: int, imported: bool) -> tuple[list[str], frozenset[str]]:
            reaching = base.reaching(file, line, imported=imported)
            others = base.others(reaching) if imported else []
            every = [
                tests for group in (reaching, others) for tests in base.within(group, self._wish.budget_s)
            ]
            return every, frozenset(reaching)

        for number, (file, mutant) in enumerate(changes):
            before = self._kept.before(file, mutant.name)
            yield Task(number, file, mutant, *asked(file, mutant.line, mutant.body is None), before)

    def _outcomes(self, base: Baseline, place: Place, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """In place, what does not run as tests are collected; the rest, and what cannot be so, anew."""
        quick = [task for task in tasks if not runs_before(base, task)]
        slow = [task for task in tasks if runs_before(base, task)]
        ended = 0
        for outcome in in_place(place, quick, self._unsound) if quick else ():
            ended += 1
            if outcome.code == child.NOT_IN_PLACE:
                slow.append(outcome.task)
            else:
                yield outcome
        if ended < len(quick):
            raise RunBroken(f"{len(quick) - ended} changes were not tried: the process that tries them ended")
        child.warm(base.modules if slow else ())
        pool = anew(place)
        yield from pool.outcomes(slow)
        self._unsound(pool.unsound())

    def _unsound(self, tests: Iterable[str]) -> None:
        self.strange += [f"not asked, for it fails by itself without any change: {test}" for test in tests]

    def _take(self, outcomes: Iterator[Outcome], total: int) -> None:
        written = time.monotonic()
        try:
            with progress(self._name, total, Console(stderr=True, soft_wrap=True)) as show:
                for outcome in outcomes:
                    self._keep(outcome, show)
                    if time.monotonic() - written > WRITE_EVERY_S:
                        self._kept.write()
                        written = time.monotonic()
        finally:
            self._kept.write()

    def _keep(self, outcome: Outcome, show: Callable[[str | None], None]) -> None:
        task, verdict = outcome.task, outcome.verdict
        if task.mutant is None:
            return
        name = f"{task.file}:{task.mutant.line}: {task.mutant.name}"
        if verdict is None:
            self.strange.append(f"{name}: the try went wrong (its exit code: {outcome.code})")
        else:
            self._kept.put(task.file, task.mutant.name, verdict)
        allowed = task.mutant.name in self._wish.accepted.get(task.file, {})
        show(name if verdict is not None and not verdict.noticed and not allowed else None)


def in_memory() -> Path | None:
    """Where children may write and no test waits for a disk; None: in the usual place, for there is little room."""
    there = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if there else None


def runs_before(base: Baseline, task: Task) -> bool:
    """Whether what a task changes runs before the tests begin."""
    body = task.mutant.body if task.mutant else None
    return body is None or any(body.first <= line <= body.last for line in base.collecting[task.file])
