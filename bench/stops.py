"""From a fault to the first stop command on the wire, for every row of the ladder. Writes out/bench/stops.json.

Real processes over real DDS: a fault is injected while the robot drives at a steady speed, and the first output that is
slower ends the measure. Where the profile itself waits (a time-out, a lease), the wait is within and is named.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from iatro_governor import __version__
from iatro_governor.governor.ladder import TABLE, Level
from test.conftest import fresh_domain
from test.faults.wire_rows import ROWS, OnWire, strike, wired

REPEATS = 6
"""For each row; the slower half of them would not fit into the time of all benches."""
WIDTH = 80


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument(
        "--rows", nargs="*", default=list(ROWS), help="names of faults; default: all that stop"
    )
    chosen = parser.parse_args(arguments)
    os.environ["FASTDDS_BUILTIN_TRANSPORTS"] = "UDPv4"  # a killed run leaves no shared memory behind
    result = measure(chosen.rows, chosen.repeats)
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "stops.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(table(result["rows"]))
    print(f"written: {path}")


def measure(names: list[str], repeats: int) -> dict[str, Any]:
    """One governor, all rows, in turns: a busy minute hits all alike."""
    taken: dict[str, list[float]] = {name: [] for name in names if isinstance(ROWS[name], OnWire)}
    with tempfile.TemporaryDirectory() as folder, wired(fresh_domain(), Path(folder)) as one:
        for _ in range(repeats):
            for name, times in taken.items():
                row = ROWS[name]
                assert isinstance(row, OnWire)
                times.append(strike(one, name, row).first_s)
    return {
        "version": __version__,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "repeats": repeats,
        "rows": [summary(name, taken.get(name, [])) for name in names],
    }


def summary(name: str, times: list[float]) -> dict[str, Any]:
    """A row of the report: ms, or why there are none."""
    row, rung = ROWS[name], TABLE[name]
    level = "protective" if rung.level == Level.PROTECTIVE_STOP else "controlled"
    out: dict[str, Any] = {"fault": name, "stop": level, "samples": len(times)}
    if isinstance(row, str):
        return out | {"not_injected": row}
    if not times:
        return out | {"not_injected": "not asked for"}
    p50, p99 = np.percentile(times, [50, 99]) * 1e3
    return out | {
        "waits_ms": row.waits_s * 1e3,
        "p50_ms": round(float(p50), 1),
        "p99_ms": round(float(p99), 1),
        "worst_ms": round(max(times) * 1e3, 1),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The report, 80 columns wide."""
    lines = [f"{'fault':<22}{'stop':<12}{'waits':>8}{'p50':>9}{'p99':>9}{'worst':>9}  (ms)"]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        head = f"{row['fault']:<22}{row['stop']:<12}"
        if "not_injected" in row:
            reasons.setdefault(row["not_injected"], []).append(row["fault"])
            continue
        figures = (row["p50_ms"], row["p99_ms"], row["worst_ms"])
        lines.append(f"{head}{row['waits_ms']:>8.0f}{''.join(f'{one:>9.1f}' for one in figures)}")
    for reason, faults in reasons.items():
        lines += textwrap.wrap(f"not injected: {', '.join(faults)}: {reason}", WIDTH, subsequent_indent="  ")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
