"""Whether anything grows while the governor goes on and on; writes out/bench/soak.json. Exit code 1: something does.

An hour of the simulated base, its scripted errands over and over, with every decision into a ledger: in one process,
as fast as that goes. Then real nodes in real time, governor, recorder, witness and watch, driven for all of that time
but for short turns of a bare relay: memory of each, pages of files apart, and commands that were not answered before
the next but one was due.

Memory is flat where the upper end of its slope's interval is below a bound: what noise hides is not shown, and that is
no pass.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import t as student

from bench.machine import stamp
from bench.soak_hour import hour
from bench.soak_nodes import nodes
from bench.timing import line
from bench.written import write

FLAT_MB_H = 4.0
"""What surely grows by less than this, MB an hour, is flat: a governor of 105 MB stays within its 150 for ten hours."""
SURE = 0.975
"""Of a distribution, below the upper end of its 95 % interval."""
MOST_ALIKE = 0.95
"""Of what is left of one sample in the next: pages are taken many at a time, and samples between say nothing new."""
RELAY = "relay"
SETTLED = 0.25
"""Share of a run after which everything has its size: what is remembered for a while is full by then."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, write, print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--simulated", type=float, default=3600.0, help="seconds in one process")
    parser.add_argument("--real", type=float, default=900.0, help="seconds that real nodes are driven")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.out) as folder:
        result = stamp() | judged(hour(Path(folder), chosen.simulated), nodes(Path(folder), chosen.real))
    write(chosen.out / "soak.json", result)
    print(json.dumps(result, indent=1))
    for what in result["wrong"]:
        print(f"wrong: {what}", file=sys.stderr)
    return 1 if result["wrong"] else 0


def judged(simulated: dict[str, Any], real: dict[str, Any]) -> dict[str, Any]:
    """Both runs with what became of the memory of each process, and ``wrong``: all that should not be.

    The relay is measured for comparison alone: it is not ours to keep flat.
    """
    memory = {"one process": grown(*simulated.pop("memory"))}
    memory |= {name: grown(*samples) for name, samples in real.pop("memory").items()}
    ours = {name: row for name, row in memory.items() if name != RELAY}
    wrong = [told(name, row) for name, row in ours.items() if row["verdict"] != "flat"]
    late = real["late"]
    if late["governed"] > late["relay"] + late["spread"] and late["chance"] < 1.0 - SURE:
        wrong.append(f"late answers: {late}")
    for name, run in (("simulated", simulated), ("real", real)):
        wrong += [f"{name}: {line}" for line in run["problems"]]
    return {"bound_mb_h": FLAT_MB_H, "memory": memory, "simulated": simulated, "real": real, "wrong": wrong}


def told(name: str, row: dict[str, Any]) -> str:
    """What is the matter with the memory of one process."""
    low, high = row["interval_mb_h"]
    what = "grows" if row["verdict"] == "grows" else "is not shown to be flat"
    return f"{name} {what}: {low} to {high} MB an hour, of which {FLAT_MB_H:g} are allowed"


def grown(seconds: list[float], megabytes: list[float]) -> dict[str, Any]:
    """How fast memory grew over the settled part of a run, MB an hour, by least squares, with its 95 % interval.

    ``verdict``: flat where all of the interval is below FLAT_MB_H, grows where none of it is, else not shown.
    """
    kept = [pair for pair in zip(seconds, megabytes, strict=True) if pair[0] >= SETTLED * seconds[-1]]
    hours, size = np.array(kept).T / np.array([[3600.0], [1.0]])
    found = line(hours, size)
    most = float(student.ppf(SURE, max(len(kept) - 2, 1))) * found.error * np.sqrt(repeated(found.left))
    low, high = found.each - most, found.each + most
    verdict = "flat" if high < FLAT_MB_H else "grows" if low >= FLAT_MB_H else "not shown"
    return {
        "at_last_mb": round(megabytes[-1], 1),
        "mb_h": round(found.each, 3),
        "interval_mb_h": [round(float(low), 3), round(float(high), 3)],
        "verdict": verdict,
        "samples": len(kept),
    }


def repeated(left: np.ndarray) -> float:
    """By how much a line's variance is larger than if each sample were news, from how alike neighbours are."""
    total = float(np.sum(left**2))
    alike = float(np.sum(left[1:] * left[:-1])) / total if total > 0.0 else 0.0
    alike = min(max(alike, 0.0), MOST_ALIKE)
    return (1.0 + alike) / (1.0 - alike)


if __name__ == "__main__":
    sys.exit(main())
