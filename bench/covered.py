"""What tests take of each deciding room: ``python -m bench.covered COVERAGE_JSON``; writes out/bench/coverage.json.

Reads what ``coverage json`` wrote. Lines and branches by room, and each branch that no test takes, by its file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from bench.machine import ROOT, stamp
from bench.written import write

Data = dict[str, Any]
PACKAGE = "iatro_governor"


def main(arguments: list[str] | None = None) -> None:
    """Count, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measured", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench")
    chosen = parser.parse_args(arguments)
    rooms = by_room(json.loads(chosen.measured.read_text(encoding="utf-8"))["files"])
    write(chosen.out / "coverage.json", {**stamp(), "rooms": rooms})
    for name, row in rooms.items():
        print(f"{name}: {row['percent']} % of branches, {row['branches_taken']} of {row['branches']}")


def by_room(files: Data) -> dict[str, Data]:
    """The counts of each folder of the package, and ``left``: lines and branches that no test takes, by file."""
    rooms: dict[str, list[tuple[str, Data]]] = {}
    for name, found in sorted(files.items()):
        rooms.setdefault(PurePosixPath(name).relative_to(PACKAGE).parts[0], []).append((name, found))
    return {room: counts(each) for room, each in rooms.items()}


def counts(files: Iterable[tuple[str, Data]]) -> Data:
    """Of some files, together."""
    files = list(files)
    totals = {key: sum(found["summary"][key] for _, found in files) for key in SUMMED}
    lines, taken, branches, branches_taken = (totals[key] for key in SUMMED)
    return {
        "files": len(files),
        "lines": lines,
        "lines_taken": taken,
        "branches": branches,
        "branches_taken": branches_taken,
        "percent": floored(branches_taken, branches),
        "left": {name: left for name, found in files if (left := not_taken(found))},
    }


SUMMED = ("num_statements", "covered_lines", "num_branches", "covered_branches")


def floored(part: int, whole: int) -> float:
    """Percent, rounded down: 100 is what lacks nothing."""
    return 100.0 if not whole else (1000 * part // whole) / 10


def not_taken(found: Data) -> list[str]:
    """``12`` for a line, ``12->14`` for a branch of a line that is run, ``12->out`` where it leaves the function."""
    lines = [str(number) for number in found["missing_lines"]]
    missing = set(found["missing_lines"])
    branches = [
        f"{start}->{'out' if end < 0 else end}"
        for start, end in found["missing_branches"]
        if start not in missing
    ]
    return lines + branches


if __name__ == "__main__":
    main()
