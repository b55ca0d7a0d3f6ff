"""How often the monitor of rates cries wolf, and how soon it sees a rise: simulated. Writes out/bench/monitor.json.

``python -m bench.monitor``: statements part from their acts by chance, at a rate that stays, or that goes up after the
reference. The monitor is looked at after every statement, and the first alarm counts.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.machine import stamp
from bench.written import write
from iatro_governor.review.monitor import ALPHA, REFERENCE, drift
from iatro_governor.review.proportions import share

RATES = ((0.02, 0.02), (0.1, 0.1), (0.3, 0.3), (0.02, 0.1), (0.1, 0.2), (0.1, 0.3), (0.3, 0.45))
"""Of the reference, and of what comes after it."""


def main(arguments: list[str] | None = None) -> None:
    """Simulate, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--statements", type=int, default=2000, help="after the reference")
    chosen = parser.parse_args(arguments)
    rows = [watched(*rates, chosen.runs, chosen.statements) for rates in RATES]
    result = {
        **stamp(),
        "alpha": ALPHA,
        "reference": REFERENCE,
        "statements": chosen.statements,
        "rows": rows,
    }
    write(chosen.out / "monitor.json", result)
    print(json.dumps(rows, indent=1))


def watched(before: float, after: float, runs: int, statements: int) -> dict[str, Any]:
    """What became of so many ``runs``; ``after``: how many statements after the reference the alarm was raised."""
    found = [drift("m", said(before, after, statements, seed)) for seed in range(runs)]
    raised = [int(one.since) - REFERENCE + 1 for one in found if one is not None and one.since is not None]
    alarms = share(len(raised), runs).to_json()
    return {
        "before": before,
        "after": after,
        "alarms": alarms,
        "median_statements": median(raised) if raised else None,
    }


def said(before: float, after: float, statements: int, seed: int) -> Iterator[tuple[float, bool]]:
    """(number, whether words and acts part) of each statement of one run."""
    chance = random.Random(seed)
    for number in range(REFERENCE + statements):
        yield float(number), chance.random() < (before if number < REFERENCE else after)


if __name__ == "__main__":
    main()
