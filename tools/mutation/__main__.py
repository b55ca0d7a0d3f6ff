"""Mutation testing of rooms: ``make mutate [ROOM=limits] [FILES="speed.py rate.py"] [SHARD=1/4]``; every room, or one.

Each small wrong change to the code is tried against the tests that run the changed line, two at a time. A change that
no test notices is a survivor. Exit 0: none but the accepted ones (tools/mutation/accepted.yaml, each with its reason);
1: others, or an accepted one that a test notices by now; 2: the run itself went wrong, and says nothing of the code.
Of several rooms each is tried, whatever became of the one before, and the worst of their codes is the run's.

Neither mutmut nor cosmic-ray fits this tree. One runs the tests in a copy of it, where the messages that are built
into the package are not found; the other writes each change into the file that people work with, and starts Python
and its libraries anew for each. Here a child is forked that has loaded the code and collected the tests, and the change
exists in its memory alone.

What was found is kept in out/mutation/ (kept.py says for how long), so a room can be gone through a part at a time.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from .rooms import ROOMS
from .run import Run, RunBroken, Wish
from .summary import Accepted, Found, keep, row

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = Path(__file__).with_name("accepted.yaml")
FINE, SURVIVED, BROKEN = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run, and say what survived."""
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("room", nargs="?", choices=ROOMS, help="default: every room, one after another")
    parser.add_argument("--files", nargs="*", default=[], help="names of files in the room; default: all")
    parser.add_argument("--tests", nargs="*", help="folders or files, instead of the room's")
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(BROKEN))  # what was found is written first
    return max(tried(name, files, chosen) for name, files in wanted.items())


def _rooms(named: str | None) -> list[str]:
    return [named] if named else list(ROOMS)


def tried(name: str, files: Sequence[str], chosen: argparse.Namespace) -> int:
    """Try one room, keep its counts and print what survived; its exit code."""
    print(f"{name}:", flush=True)
    accepted: Accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8")) or {}
    wish = Wish(files, chosen.tests, chosen.shard, chosen.budget, chosen.workers, accepted)
    run = Run(ROOT, ROOMS[name], wish, chosen.out)
    try:
        run.go()
    except RunBroken as broken:
        print(f"{name}: the run went wrong: {broken}", file=sys.stderr)
        return BROKEN
    keep(chosen.summary, name, row(run.found(), accepted))
    for line in run.strange:
        print(f"{name}: {line}", file=sys.stderr)
    known, wanted = run.found(files), run.wanted()
    code = verdict({file: {one: known[file][one] for one in wanted[file]} for file in files}, accepted)
    return BROKEN if run.strange else code


def verdict(found: Found, accepted: Accepted) -> int:
    """Print the counts; the exit code."""
    code = FINE
    for file, changes in found.items():
        allowed = accepted.get(file, {})
        left = sorted(name for name, noticed in changes.items() if noticed is False)
        strange = [name for name in left if name not in allowed]
        noticed = sorted(name for name in allowed if changes.get(name))
        count = sum(one is True for one in changes.values())
        print(f"{file}: {len(changes)} changes, {count} noticed, {len(left) - len(strange)} accepted")
        for name in strange:
            print(f"  survived: {name}")
        for name in noticed:
            print(f"  accepted, and noticed by now; take it off the list: {name}")
        code = SURVIVED if strange or noticed else code
    total = sum(len(changes) for changes in found.values())
    print(
        f"{total} changes, {sum(one is not True for changes in found.values() for one in changes.values())} not noticed"
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
