"""One governed hop against a bare relay: command in, command out, over real DDS. Writes out/bench/hop.json.

Both hear the same scan of 360 points at 20 Hz, in turns A B A B, each turn a process of its own. The governor is that
of config/amr.yaml with two zones more, so four, and somebody reads its decisions. A wait begins before the command is
published and ends when Fast DDS has the answer; each figure is the median of the turns', with the lowest and highest.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.cores import ALONGSIDE, profile
from bench.hop_driver import Driver, Passage, driver
from bench.machine import stamp
from bench.memory import resident_mb
from test.conftest import Process
from test.domains import fresh_domain

OPEN_S = 30.0
"""Until a governor obeys, s: it tests itself first."""
WARM = 40
"""Messages at each rate that do not count."""
OLD, NEW = "single", "events"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Size:
    """How many turns, and how many messages of each rate (Hz) in a turn."""

    turns: int
    messages: dict[int, int]
    executors: tuple[str, ...]


SHORT = Size(5, {50: 40, 100: 200, 500: 500, 1000: 1000}, (OLD,))
FULL = Size(7, {50: 2000, 100: 2000, 500: 2000, 1000: 2000}, (OLD, NEW))
MOST_HZ = 3000.0
"""Commands a second that the profile allows: the bench asks for more than a robot would."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument(
        "--full", action="store_true", help="2,000 messages of each rate a turn, every executor"
    )
    parser.add_argument("--turns", type=int)
    parser.add_argument("--rates", type=int, nargs="*")
    parser.add_argument("--executors", nargs="*", choices=(OLD, NEW))
    chosen = parser.parse_args(arguments)
    size = FULL if chosen.full else SHORT
    rates = {hz: size.messages[hz] for hz in chosen.rates or size.messages}
    size = Size(chosen.turns or size.turns, rates, tuple(chosen.executors or size.executors))
    with tempfile.TemporaryDirectory() as folder:
        result = stamp() | summary(measure(Path(folder), size), size)
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "hop.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    report(result)
    print(f"written: {path}")


@dataclass(frozen=True, slots=True)
class Turn:
    """One process at one rate: how it answered, its share of a core, and its resident memory, MB."""

    passage: Passage
    cpu: float
    memory_mb: float


Turns = dict[tuple[str, str, int], list[Turn]]
"""By (what, executor, Hz)."""


def measure(folder: Path, size: Size) -> Turns:
    """Every turn of everything."""
    config, turns = configured(folder), Turns()
    for number in range(size.turns):
        for executor in size.executors:
            for what in ("relay", "governor"):
                given = (
                    {"config": config, "ledger": folder / f"{number}_{executor}.yaml"}
                    if what == "governor"
                    else {}
                )
                with standing(what, executor, given) as (process, one):
                    for hz, count in size.messages.items():
                        turns.setdefault((what, executor, hz), []).append(turn(process, one, hz, count))
        print(f"turn {number + 1} of {size.turns}", file=sys.stderr, flush=True)
    return turns


def configured(folder: Path) -> Path:
    """The profile of the governor that stands in the hop."""
    config = profile(folder, "amr.yaml", limits=ALONGSIDE)
    data = yaml.safe_load(config.read_text(encoding="utf-8"))
    data["channels"]["base"]["max_command_hz"] = MOST_HZ
    config.write_text(yaml.safe_dump(data), encoding="utf-8")
    return config


@contextmanager
def standing(what: str, executor: str, parameters: dict[str, Any]) -> Iterator[tuple[Process, Driver]]:
    """A relay or a governor that answers, and a driver around it."""
    domain = fresh_domain()
    options = [word for name, value in parameters.items() for word in ("-p", f"{name}:={value}")]
    command = [sys.executable, "-m", "bench.hop_nodes", what, executor, "--ros-args", *options]
    process = Process(command, {**os.environ, "ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1"})
    try:
        with driver(domain) as one:
            try:
                one.until_open(OPEN_S)
            except TimeoutError as late:
                raise SystemExit(f"{what}: {late}; it says:\n{process.output}") from late
            yield process, one
    finally:
        process.end()


def turn(process: Process, one: Driver, hz: int, count: int) -> Turn:
    """``count`` commands, after some that do not count."""
    one.drive(hz, WARM)
    before, began = cpu_s(process.pid), os.times().elapsed
    passage = one.drive(hz, count)
    took = os.times().elapsed - began
    return Turn(passage, (cpu_s(process.pid) - before) / took, resident_mb(process.pid))


def cpu_s(pid: int) -> float:
    """Seconds of all cores that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def summary(turns: Turns, size: Size) -> dict[str, Any]:
    """What the figures are: see the keys."""
    first = size.executors[0]
    return {
        "turns": size.turns,
        "zones": 4,
        "rates": [row(turns, first, hz) for hz in size.messages],
        "executors": [
            {"executor": name, **row(turns, name, hz)} for name in size.executors for hz in size.messages
        ],
    }


def row(turns: Turns, executor: str, hz: int) -> dict[str, Any]:
    """One rate. Ratios are taken turn by turn; ``relay_runs_p99_ratio`` is what a relay differs by from the next."""
    relays, ours = turns["relay", executor, hz], turns["governor", executor, hz]
    out: dict[str, Any] = {"hz": hz, "messages": len(relays[0].passage.waits), "turns": len(relays)}
    tails = {}
    for name, found in (("relay", relays), ("governed", ours)):
        for quantile in (50, 99):
            values = [tail(one.passage, quantile) for one in found]
            tails[name, quantile] = values
            out |= spread(f"{name}_p{quantile}_us", values)
        out[f"{name}_in_time"] = round(float(np.mean([in_time(one.passage) for one in found])), 5)
        out[f"{name}_cpu"] = round(float(np.median([one.cpu for one in found])), 3)
        out[f"{name}_memory_mb"] = round(float(np.median([one.memory_mb for one in found])), 1)
    for quantile in (50, 99):
        pairs = zip(tails["governed", quantile], tails["relay", quantile], strict=True)
        out |= spread(f"p{quantile}_ratio", [one / other for one, other in pairs], digits=3)
    again = [max(a, b) / min(a, b) for a, b in zip(tails["relay", 99], tails["relay", 99][1:], strict=False)]
    return out | spread("relay_runs_p99_ratio", again, digits=3)


def tail(passage: Passage, quantile: float) -> float:
    """us, of those that were answered at all."""
    answered = passage.waits[np.isfinite(passage.waits)]
    return float(np.percentile(answered, quantile)) * 1e6 if len(answered) else float("nan")


def in_time(passage: Passage) -> float:
    """Share of commands that were answered before the next but one was due."""
    return float(np.mean(passage.waits <= 2.0 / passage.hz))


def spread(name: str, values: list[float], digits: int = 1) -> dict[str, Any]:
    """The median under ``name``, and the lowest and highest beside it; None where there are no numbers."""
    values = [value for value in values if math.isfinite(value)]
    if not values:
        return {name: None, f"{name}_range": None}
    low, high = round(min(values), digits), round(max(values), digits)
    return {name: round(float(np.median(values)), digits), f"{name}_range": [low, high]}


COLUMNS = {
    "executor": "executor", "Hz": "hz", "relay p50": "relay_p50_us", "ours ": "governed_p50_us", "ratio": "p50_ratio",
    "relay p99": "relay_p99_us", "ours": "governed_p99_us", "ratio ": "p99_ratio", "in time": "relay_in_time",
    "ours  ": "governed_in_time", "CPU": "relay_cpu", "ours   ": "governed_cpu",
}  # fmt: skip


def report(result: dict[str, Any]) -> None:
    """A table for people; us, shares of commands, and of a core."""
    print("".join(f"{name.strip():>10}" for name in COLUMNS))
    for one in result["executors"]:
        print("".join(f"{one[key]!s:>10}" for key in COLUMNS.values()))


if __name__ == "__main__":
    main()
