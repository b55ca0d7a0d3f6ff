"""Two ways to try a change. In place: in a copy of a process that has loaded the code and collected the tests. Anew: in
one that has loaded neither, for changes to what runs before the tests begin.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from . import child
from .baseline import CHOSEN
from .inplace import Live, module
from .kept import Verdict
from .tries import Outcome, Place, Pool, Task

COLLECTING_S = 40.0
"""So long may it take to import what is changed and collect a file, s of a core."""


class Picked:
    """A pytest plugin: of what is collected, some tests, in this order; where one is not there, all of its file."""

    def __init__(self, order: Sequence[str]) -> None:
        self._order = order

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose among ``items``."""
        there = {item.nodeid: item for item in items}
        gone = {name.partition("::")[0] for name in self._order if name not in there}
        more = [item for item in items if item.nodeid.partition("::")[0] in gone]
        chosen = [there[name] for name in self._order if name in there]
        items[:] = dict.fromkeys([*chosen, *more])


def anew(place: Place) -> Pool:
    """Children that import the changed file, and collect tests, by themselves: a file when its tests are asked."""

    def attempt(task: Task, order: list[str], folder: Path) -> int:
        if task.mutant is not None:
            file = place.root / task.file
            sys.meta_path.insert(0, child.Finder(module(task.file), file, task.mutant.code(str(file))))
        said = child.Said(folder, place.took)
        for tests in dict.fromkeys(name.partition("::")[0] for name in order):
            child.limit(COLLECTING_S)
            picked = Picked([name for name in order if name.partition("::")[0] == tests])
            code = int(pytest.main([*child.QUIET, *CHOSEN, tests], plugins=[said, picked]))
            if code not in (child.PASSED, child.NONE):
                return code
        return child.PASSED

    return Pool(place, attempt)


class InPlace:
    """A pytest plugin: collects, then tries ``tasks`` instead of running the tests; says each outcome to ``out``."""

    def __init__(self, place: Place, tasks: Sequence[Task], out: BinaryIO) -> None:
        self._place, self._tasks, self._out = place, tasks, out

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """After the tests are collected."""
        if session.testsfailed:
            return True
        items = {item.nodeid: item for item in session.items}
        live = Live(self._place.root, sorted({task.file for task in self._tasks}))
        gc.collect()
        gc.freeze()  # else each child copies whatever it looks through

        def attempt(task: Task, order: list[str], folder: Path) -> int:
            session.config.pluginmanager.register(child.Said(folder, self._place.took))
            if task.mutant is not None and not live.change(task.file, task.mutant):
                return child.NOT_IN_PLACE
            return run([items[name] for name in order if name in items])

        pool = Pool(self._place, attempt)
        for outcome in pool.outcomes(self._tasks):
            self._say(
                number=outcome.task.number, by=outcome.verdict and outcome.verdict.by, code=outcome.code
            )
        self._say(unsound=pool.unsound())
        return True

    def _say(self, **words: object) -> None:
        self._out.write(json.dumps(words).encode() + b"\n")
        self._out.flush()


def run(items: Sequence[pytest.Item]) -> int:
    """One test after another; the plugin Said ends the process with the first that fails."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
    return child.PASSED


def in_place(
    place: Place, tasks: Sequence[Task], unsound: Callable[[Iterable[str]], None]
) -> Iterator[Outcome]:
    """The outcomes of ``tasks``, from a child that collects their tests; tells ``unsound`` which tests say nothing."""
    reader, writer = os.pipe()
    files = sorted({name.partition("::")[0] for task in tasks for name in task.reaching})

    def work() -> int:
        os.close(reader)
        with os.fdopen(writer, "wb") as out:
            plugin = InPlace(place, tasks, out)
            return int(pytest.main([*child.QUIET, *CHOSEN, *files], plugins=[plugin]))

    pid = child.fork(place.root, place.folder, work)
    os.close(writer)
    by_number = {task.number: task for task in tasks}
    try:
        with os.fdopen(reader, "rb") as lines:
            for line in lines:
                said = json.loads(line)
                if "unsound" in said:
                    unsound(said["unsound"])
                    continue
                verdict = None if said["by"] is None else Verdict(tuple(said["by"]))
                yield Outcome(by_number[said["number"]], verdict, said["code"])
    except BaseException:  # nobody waits for it any more
        child.kill(pid)
        raise
    finally:
        child.ended(pid)
