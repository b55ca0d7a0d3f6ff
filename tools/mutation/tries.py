"""Changes tried, a child each, some at a time: which tests are asked, in what order, and what became of it."""

from __future__ import annotations

import os
import select
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from . import child
from .asleep import Asleep
from .kept import Verdict
from .likely import Likely
from .mutants import Mutant

LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """The tree, where children may write, how many at a time, and how long each test takes without a change."""

    root: Path
    folder: Path
    workers: int
    took: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """A change to be tried."""

    number: int
    file: str
    mutant: Mutant | None
    """None: no change at all."""
    tests: list[str]
    """Those to be asked, in this order, and only these after ``first``."""
    reaching: frozenset[str]
    """All that run the line, or lines of its file where it runs as that is imported."""
    first: tuple[str, ...] = ()
    """Those that noticed it before."""

    @property
    def files(self) -> tuple[str, ...]:
        """Of the tests that may be asked."""
        return tuple(sorted({name.partition("::")[0] for name in self.tests}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: a verdict, or None with the exit code that says that the try itself went wrong."""

    task: Task
    verdict: Verdict | None
    code: int


Attempt = Callable[[Task, list[str], Path], int]
"""In a child: make the change and ask these tests, in this order; what they say goes to the folder. The exit code."""


class Pool:
    """Children of this process, some at a time, each with a folder of its own."""

    def __init__(self, place: Place, attempt: Attempt) -> None:
        self._place, self._attempt = place, attempt
        self._likely = Likely(place.took)
        self._passes: dict[tuple[str, ...], bool] = {}
        self._asleep = Asleep()
        self._looked = time.monotonic()

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Of each task, as they come in.

        A test that fails by itself without any change, too, says nothing: it is asked no more.
        """
        waiting = list(tasks)[::-1]
        running: dict[int, tuple[Task, Path]] = {}
        while waiting or running:
            while waiting and len(running) < self._place.workers:
                task = waiting.pop()
                if task.tests:
                    folder = self._folder(task.number)
                    running[self._start(task, folder)] = task, folder
                else:
                    yield Outcome(task, Verdict(()), child.PASSED)
            for pid in self._ended(list(running)):
                task, folder = running.pop(pid)
                outcome = self._outcome(task, pid, folder)
                by = outcome.verdict.by if outcome.verdict else ()
                if by and not self._sound(task, by):
                    if "::" in by[0]:
                        waiting.append(without(task, by[0]))
                        continue
                    outcome = replace(outcome, verdict=None)
                if len(by) == 1:
                    self._likely.noticed(task.file, task.mutant.body if task.mutant else None, by[0])
                yield outcome

    def order(self, task: Task) -> list[str]:
        """Who noticed this change before; then whoever is most likely to, for the time that it takes."""
        may = {*task.tests, *task.reaching}
        before = [name for name in task.first if name in may]
        more = [name for name in self._likely.known(task.file) if name in may]
        where = task.file, task.mutant.body if task.mutant else None
        tests = self._likely.order(*where, {*more, *task.tests}, task.reaching)
        asked = dict.fromkeys([*before, *tests])
        return [name for name in asked if self._passes.get((name,), True)]

    def unsound(self) -> list[str]:
        """The tests that fail by themselves without any change."""
        return sorted(name for by, passes in self._passes.items() for name in by if not passes)

    def _folder(self, number: int) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self._place.folder))

    def _start(self, task: Task, folder: Path) -> int:
        order = self.order(task)
        return child.fork(self._place.root, folder, lambda: self._attempt(task, order, folder))

    def _ended(self, pids: list[int]) -> list[int]:
        """Those that have, once any has; ends what sleeps."""
        poll = select.poll()
        opened = {os.pidfd_open(pid): pid for pid in pids}
        try:
            for number in opened:
                poll.register(number, select.POLLIN)
            ready = poll.poll(LOOK_S * 1000)
        finally:
            for number in opened:
                os.close(number)
        self._wake(pids)
        return [opened[number] for number, _ in ready]

    def _wake(self, pids: list[int]) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return
        self._looked = now
        for pid in pids:
            if self._asleep.for_long(pid):
                child.kill(pid)

    def _outcome(self, task: Task, pid: int, folder: Path) -> Outcome:
        code = child.ended(pid)
        self._asleep.forget(pid)
        failed, last = child.heard(folder)
        shutil.rmtree(folder, ignore_errors=True)
        return Outcome(task, judged(task, code, failed, last), code)

    def _sound(self, task: Task, by: tuple[str, ...]) -> bool:
        """Whether the test that noticed passes by itself where nothing is changed; of files, all that were asked."""
        if by not in self._passes:
            tests = list(by) if "::" in by[0] else task.tests
            same = replace(task, mutant=None, tests=tests, reaching=frozenset(tests), first=())
            folder = self._folder(same.number)
            pid = self._start(same, folder)
            while not self._ended([pid]):
                pass
            verdict = self._outcome(same, pid, folder).verdict
            self._passes[by] = verdict is not None and not verdict.noticed
        return self._passes[by]


def judged(task: Task, code: int, failed: str | None, last: str | None) -> Verdict | None:
    """What a child's end says; None: nothing of the code."""
    if code == child.FAILED and failed:
        return Verdict((failed,))
    if code < 0:  # by the limit of its time, or asleep: by the test that ran
        return Verdict((last,) if last else task.files)
    if code in (child.FAILED, child.NOT_COLLECTED, child.NOT_STARTED):  # a conftest.py cannot be imported
        return Verdict(task.files)
    return Verdict(()) if code in (child.PASSED, child.NONE) else None


def without(task: Task, test: str) -> Task:
    """The same change, and ``test`` is not asked."""
    return replace(task, tests=[name for name in task.tests if name != test], reaching=task.reaching - {test})
