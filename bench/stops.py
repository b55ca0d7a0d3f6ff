"""From a fault to the first stop command on the wire, for every row of the ladder. Writes out/bench/stops.json.

Real processes over real DDS: a fault is injected while the robot drives at a steady speed, and the first output that is
slower ends the measure. Where the profile itself waits (a time-out, a lease), the wait is within and is named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from bench.machine import stamp
from bench.timing import summary as distribution
from bench.written import write
from iatro_governor.governor.ladder import TABLE, Level
from iatro_governor.profile.model import HEARTBEAT_S
from test.domains import fresh_domain
from test.faults.arm_wire import ROWS as ARM_ROWS
from test.faults.arm_wire import arm_wired
from test.faults.wire_rows import ROWS, OnWire, strike, wired

REPEATS, SLOW_REPEATS = 12, 4
"""Of each row, and of those for which the profile waits ``SLOW_S`` or longer: all fit into the time of `make bench`."""
SLOW_S = 0.6
ARM_BOUND_S = HEARTBEAT_S + 0.02
"""Where the profile waits for nothing: a look at the graph, and two periods of the loop."""
WIDTH = 80


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--slow-repeats", type=int, default=SLOW_REPEATS)
    parser.add_argument(
        "--rows", nargs="*", default=list(ROWS), help="names of faults; default: all that stop"
    )
    parser.add_argument("--only-measure", action="store_true", help="print the times as JSON, write nothing")
    chosen = parser.parse_args(arguments)
    os.environ["FASTDDS_BUILTIN_TRANSPORTS"] = "UDPv4"  # a killed run leaves no shared memory behind
    if chosen.only_measure:
        print(json.dumps(measure(chosen.rows, chosen.repeats, chosen.slow_repeats)))
        return
    taken = together(chosen.rows, chosen.repeats, chosen.slow_repeats)
    result = {
        **stamp(),
        "repeats": chosen.repeats,
        "rows": [summary(name, taken.get(name, [])) for name in chosen.rows],
    }
    write(chosen.out / "stops.json", result)
    print(table(result["rows"]))


def together(names: list[str], repeats: int, slow_repeats: int) -> dict[str, list[float]]:
    """Seconds for each row: two robots at once, each with a process of its own and every other row.

    Most of the time a robot waits to be armed anew, and so both fit into the time of all benches, on two cores.
    """
    wanted = [name for name in names if isinstance(ROWS[name], OnWire) or name in ARM_ROWS]
    shares = [share for first in range(2) if (share := wanted[first::2])]
    times = ["--repeats", str(repeats), "--slow-repeats", str(slow_repeats)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.stops", "--only-measure", *times, "--rows", *share],
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in shares
    ]
    taken: dict[str, list[float]] = {}
    for process in running:
        told, _ = process.communicate()
        if process.returncode:
            raise SystemExit(process.returncode)
        taken |= json.loads(told.splitlines()[-1])
    return taken


def measure(names: list[str], repeats: int, slow_repeats: int) -> dict[str, list[float]]:
    """Seconds for each row: a base's in turns, so that a busy minute hits all alike; then an arm's."""
    taken: dict[str, list[float]] = {name: [] for name in names}
    base = {name: row for name in names if isinstance(row := ROWS[name], OnWire)}
    with tempfile.TemporaryDirectory() as folder, wired(fresh_domain(), Path(folder)) as one:
        for turn in range(max(repeats, slow_repeats)):
            for name, row in base.items():
                if turn < (slow_repeats if row.waits_s >= SLOW_S else repeats):
                    taken[name].append(strike(one, name, row).first_s)
    if arms := [name for name in names if name in ARM_ROWS]:
        with tempfile.TemporaryDirectory() as folder, arm_wired(fresh_domain(), Path(folder)) as arm:
            for name in arms:
                taken[name] = [ARM_ROWS[name](arm) for _ in range(repeats)]
    return taken


def summary(name: str, times: list[float]) -> dict[str, Any]:
    """A row of the report: ms, or why there are none. bound_ms: by when it is to be out on a machine that is free."""
    row, rung = ROWS[name], TABLE[name]
    level = "protective" if rung.level == Level.PROTECTIVE_STOP else "controlled"
    out: dict[str, Any] = {"fault": name, "stop": level, "samples": len(times)}
    if isinstance(row, str) and name not in ARM_ROWS:
        return out | {"not_injected": row}
    if not times:
        return out | {"not_injected": "not asked for"}
    waits, bound = (row.waits_s, row.bound_s) if isinstance(row, OnWire) else (0.0, ARM_BOUND_S)
    return out | {
        "waits_ms": waits * 1e3,
        "bound_ms": round(bound * 1e3, 1),
        **distribution([seconds * 1e3 for seconds in times], "ms"),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The report, 80 columns wide."""
    lines = [f"{'fault':<22}{'stop':<12}{'waits':>7}{'bound':>7}{'p50':>9}{'p99':>9}{'worst':>9} (ms)"]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        head = f"{row['fault']:<22}{row['stop']:<12}"
        if "not_injected" in row:
            reasons.setdefault(row["not_injected"], []).append(row["fault"])
            continue
        figures = (row["p50_ms"], row["p99_ms"], row["max_ms"])
        known = f"{row['waits_ms']:>7.0f}{row['bound_ms']:>7.0f}"
        lines.append(f"{head}{known}{''.join(f'{one:>9.1f}' for one in figures)}")
    for reason, faults in reasons.items():
        lines += textwrap.wrap(f"not injected: {', '.join(faults)}: {reason}", WIDTH, subsequent_indent="  ")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
