"""Whether anything grows while the governor goes on and on; writes out/bench/soak.json. Exit code 1: something does.

An hour of the simulated base, its scripted errands over and over, with every decision into a ledger: in one process,
as fast as that goes. Then real nodes in real time, governor, recorder, witness and watch beside a bare relay, each
driven for half a minute in turns: resident memory of each, and commands that were not answered before the next but
one was due.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import linregress

from bench.machine import stamp
from bench.soak_hour import hour
from bench.soak_nodes import nodes

FLAT_MB = 3.0
"""What grows by less in a whole run, beyond all doubt, is flat: an allocator's pages come and go by as much, MB."""
SETTLED = 0.25
"""Share of a run after which everything has its size: what is remembered for a while is full by then."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, write, print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--simulated", type=float, default=3600.0, help="seconds in one process")
    parser.add_argument("--real", type=float, default=900.0, help="seconds with real nodes")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.out) as folder:
        result = stamp() | judged(hour(Path(folder), chosen.simulated), nodes(Path(folder), chosen.real))
    path = chosen.out / "soak.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
    print(f"written: {path}")
    for line in result["wrong"]:
        print(f"wrong: {line}", file=sys.stderr)
    return 1 if result["wrong"] else 0


def judged(simulated: dict[str, Any], real: dict[str, Any]) -> dict[str, Any]:
    """Both runs with what became of the memory of each process, and ``wrong``: all that should not be."""
    memory = {"one process": grown(*simulated.pop("memory"))}
    memory |= {name: grown(*samples) for name, samples in real.pop("memory").items()}
    wrong = [f"{name} grows by {row['grown_mb']} MB" for name, row in memory.items() if not row["flat"]]
    if real["late"]["governed"] > real["late"]["relay"] + real["late"]["spread"]:
        wrong.append(f"late answers: {real['late']}")
    for name, run in (("simulated", simulated), ("real", real)):
        wrong += [f"{name}: {line}" for line in run["problems"]]
    return {"memory": memory, "simulated": simulated, "real": real, "wrong": wrong}


def grown(seconds: list[float], megabytes: list[float]) -> dict[str, Any]:
    """How much memory grew over the settled part of a run, MB, by a line of least squares, with its 95 % interval."""
    kept = [pair for pair in zip(seconds, megabytes, strict=True) if pair[0] >= SETTLED * seconds[-1]]
    t, size = np.array(kept).T
    line, lasted = linregress(t, size), t[-1] - t[0]
    low, high = (float((line.slope + side * 1.96 * line.stderr) * lasted) for side in (-1, 1))
    return {
        "at_last_mb": round(megabytes[-1], 1),
        "grown_mb": round(float(line.slope * lasted), 3),
        "interval_mb": [round(low, 3), round(high, 3)],
        "flat": bool(low < FLAT_MB),
        "samples": len(kept),
    }


if __name__ == "__main__":
    sys.exit(main())
