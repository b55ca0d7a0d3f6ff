"""Mutation testing of rooms: ``make mutate [ROOM=limits] [FILES="speed.py rate.py"] [SHARD=1/4]``; every room, or one.

Each small wrong change to the code is tried against the tests that run the changed line, two at a time. A change that
no test notices is a survivor. Exit 0: none but the accepted ones (tools/mutation/accepted.yaml, each with its reason);
1: others, or an accepted one that a test notices by now; 2: the run itself went wrong, and says nothing of the code.
Of several rooms each is tried, whatever became of the one before, and the worst of their codes is the run's.

Neither mutmut nor cosmic-ray fits this tree. One runs the tests in a copy of it, where the messages that are built
into the package are not found; the other writes each change into the file that people work with, and starts Python
and its libraries anew for each. Here a child is forked that has them, and the change exists in its memory alone.

What was found is kept in out/mutation/ROOM.json for as long as the file and the room's tests are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from . import child
from .baseline import Baseline, measure, read
from .mutants import Mutant, mutants
from .rooms import ROOMS, Room
from .summary import Found, keep, row

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_name("accepted.yaml")
FINE, SURVIVED, BROKEN = 0, 1, 2
PATIENCE, LEAST_S = 20.0, 30.0
"""A child may take so many times as long as its tests took without a change, and at least so long, s of a core."""
BASELINE_S = 3600.0


class RunBroken(Exception):
    """The run went wrong, and says nothing of the code."""


@dataclass(frozen=True, slots=True)
class Task:
    """A change to be tried, and by which tests."""

    file: str
    mutant: Mutant
    tests: list[str]
    cpu_s: float


class Runner:
    """One tree, one room."""

    def __init__(self, root: Path, room: Room, budget_s: float, workers: int) -> None:
        self.root, self.room, self.budget_s, self.workers = root, room, budget_s, workers

    def baseline(self, files: Sequence[str], tests: Sequence[str]) -> Baseline:
        """Which tests run which lines. Raises RunBroken where they do not pass as it is."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "lines.json"
            work = partial(measure, self.root, files, tests, out)
            code = child.ended(child.fork(self.root, work, BASELINE_S))
            if code != child.PASSED:
                raise RunBroken(f"the tests do not pass without any change (pytest says {code})")
            return read(out)

    def tasks(self, known: Baseline, files: Sequence[str]) -> Iterator[Task]:
        """Every change to ``files``."""
        for file in files:
            for mutant in mutants((self.root / file).read_text(encoding="utf-8")):
                chosen = known.of(file, mutant.line, self.budget_s)
                usual = sum(known.took.get(name, 0.0) for name in chosen)
                yield Task(file, mutant, chosen, max(LEAST_S, PATIENCE * usual))

    def outcomes(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, bool]]:
        """Each task, and whether a test noticed."""
        waiting = list(reversed(tasks))
        running: dict[int, Task] = {}
        while waiting or running:
            while waiting and len(running) < self.workers:
                task = waiting.pop()
                if not task.tests:
                    yield task, False
                    continue
                running[child.fork(self.root, partial(self._try, task), task.cpu_s)] = task
            if not running:
                return
            pid = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT).si_pid  # type: ignore[union-attr]
            code = child.ended(pid)
            task = running.pop(pid)
            if code not in (child.PASSED, child.FAILED, child.NOT_COLLECTED):
                raise RunBroken(f"{task.file}: {task.mutant.name}: pytest says {code}")
            yield task, code != child.PASSED

    def _try(self, task: Task) -> int:
        name = task.file.removesuffix(".py").replace("/", ".")
        file = self.root / task.file
        finder = child.Finder(name, file, task.mutant.code(str(file)))
        code = child.tested(task.tests, finder)
        if code != child.NOT_FOUND:
            return code
        # The change is in what tests are named by.
        return child.tested(sorted({test.partition("::")[0] for test in task.tests}), None)


def main(arguments: list[str] | None = None) -> int:
    """Run, and say what survived."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("room", nargs="?", choices=ROOMS, help="default: every room, one after another")
    parser.add_argument("--files", nargs="*", default=[], help="names of files in the room; default: all")
    parser.add_argument("--tests", nargs="*", help="instead of the room's")
    parser.add_argument("--shard", default="1/1", help="i/n: every n-th change, from the i-th on")
    parser.add_argument("--budget", type=float, default=10.0, help="s of tests a change, the quickest first")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 8))
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "mutation")
    parser.add_argument("--summary", type=Path, default=ROOT / "out" / "bench" / "mutation.json")
    chosen = parser.parse_args(arguments)
    rooms = {name: ROOMS[name].files(ROOT, tuple(chosen.files)) for name in _rooms(chosen.room)}
    wanted = {name: files for name, files in rooms.items() if files}
    if not wanted:
        print(f"no file of {', '.join(rooms)} is called {' or '.join(chosen.files)}", file=sys.stderr)
        return BROKEN
    child.warm()
    return max(tried(name, files, chosen) for name, files in wanted.items())


def _rooms(named: str | None) -> list[str]:
    return [named] if named else list(ROOMS)


def tried(name: str, files: Sequence[str], chosen: argparse.Namespace) -> int:
    """Try one room, keep its counts and print what survived; its exit code."""
    print(f"{name}:", flush=True)
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) or {}
    runner = Runner(ROOT, ROOMS[name], chosen.budget, chosen.workers)
    try:
        found = run(runner, files, chosen.tests, chosen.shard, chosen.out)
    except RunBroken as broken:
        print(f"{name}: the run went wrong: {broken}", file=sys.stderr)
        return BROKEN
    keep(chosen.summary, name, row(found, accepted, chosen.shard))
    return verdict(found, accepted)


def run(runner: Runner, files: Sequence[str], tests: Sequence[str] | None, shard: str, out: Path) -> Found:
    """Try every change that was not tried before on files and tests as they are now."""
    tests = list(tests or runner.room.tests)
    keep = out / f"{Path(runner.room.code).name}.json"
    keys = {file: key(runner.root, file, tests, runner.budget_s) for file in files}
    kept: dict[str, Any] = json.loads(keep.read_text(encoding="utf-8")) if keep.exists() else {}
    known: Found = {file: kept.get(file, {}).get(keys[file], {}) for file in files}
    first, every = (int(part) for part in shard.split("/"))
    names = [
        (file, one.name)
        for file in files
        for one in mutants((runner.root / file).read_text(encoding="utf-8"))
    ]
    wanted = set(names[first - 1 :: every])
    missing = {(file, name) for file, name in wanted if name not in known[file]}
    if missing:
        base = runner.baseline(sorted({file for file, _ in missing}), tests)
        tasks = [one for one in runner.tasks(base, files) if (one.file, one.mutant.name) in missing]
        for number, (task, noticed) in enumerate(runner.outcomes(tasks), 1):
            known[task.file][task.mutant.name] = noticed
            mark = "." if noticed else f"\n{task.file}:{task.mutant.line}: {task.mutant.name}\n"
            print(mark, end="" if number % 80 else "\n", file=sys.stderr, flush=True)
            keep.parent.mkdir(parents=True, exist_ok=True)
            keep.write_text(json.dumps(kept | {f: {keys[f]: known[f]} for f in files}), encoding="utf-8")
    return {file: {name: known[file][name] for owner, name in wanted if owner == file} for file in files}


def key(root: Path, file: str, tests: Sequence[str], budget_s: float) -> str:
    """Of the file, of every test that may be asked, and of how changes are made and tried."""
    total = hashlib.sha256(f"{budget_s} {tests}".encode())
    folders = [root / name for name in tests] + [Path(__file__).parent]
    for path in [root / file, *sorted(one for folder in folders for one in sources(folder))]:
        total.update(path.read_bytes())
    return total.hexdigest()


def sources(path: Path) -> list[Path]:
    """The files of a folder, or the one file that a name of tests begins with."""
    return list(path.rglob("*.py")) if path.is_dir() else [Path(str(path).partition("::")[0])]


def verdict(found: Found, accepted: dict[str, dict[str, str]]) -> int:
    """Print the counts; the exit code."""
    code = FINE
    for file, changes in found.items():
        allowed = accepted.get(file, {})
        left = sorted(name for name, noticed in changes.items() if not noticed)
        strange = [name for name in left if name not in allowed]
        noticed = sorted(name for name in allowed if changes.get(name))
        print(
            f"{file}: {len(changes)} changes, {len(changes) - len(left)} noticed, {len(left) - len(strange)} accepted"
        )
        for name in strange:
            print(f"  survived: {name}")
        for name in noticed:
            print(f"  accepted, and noticed by now; take it off the list: {name}")
        code = SURVIVED if strange or noticed else code
    total = sum(len(changes) for changes in found.values())
    print(
        f"{total} changes, {sum(not one for changes in found.values() for one in changes.values())} not noticed"
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
