"""One governed hop against a bare relay: command in, command out, over real DDS. Writes out/bench/hop.json.

``--full`` has more turns and messages, and writes hop_full.json.

Both hear the same scan of 360 points at 20 Hz, in turns A B A B, each turn a process of its own. The governor is that
of config/amr.yaml with two zones more, so four, and somebody reads its decisions. A wait begins before the command is
published and ends when Fast DDS has the answer; each figure is the median of the turns', with the lowest and highest.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from bench.cores import ALONGSIDE, profile
from bench.hop_driver import LINGER_S, Driver, driver
from bench.hop_figures import Size, Turn, Turns, summary
from bench.hop_profile import BEGIN, END, KEPT, explained
from bench.machine import stamp
from bench.memory import resident_mb
from bench.written import write
from test.conftest import Process
from test.domains import fresh_domain

OPEN_S = 30.0
"""Until a governor obeys, s: it tests itself first."""
WARM = 40
"""Messages at each rate that do not count."""
OLD, NEW = "single", "events"
"""The executor that the nodes have (nodes/run.py), and the other that fits one thread."""
TICKS = os.sysconf("SC_CLK_TCK")


SHORT = Size(4, {50: 60, 100: 200, 500: 500, 1000: 1000}, (OLD, NEW))
FULL = Size(7, {50: 2000, 100: 2000, 500: 2000, 1000: 2000}, (OLD, NEW))
PROFILED_HZ, PROFILED = 100, 500
"""The rate for which the design has a budget, and commands that the profiler sees."""
MOST_HZ = 3000.0
"""Commands a second that the profile allows: the bench asks for more than a robot would."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--full", action="store_true", help="more turns, of 2,000 messages of each rate")
    parser.add_argument("--turns", type=int)
    parser.add_argument("--rates", type=int, nargs="*")
    parser.add_argument("--executors", nargs="*", choices=(OLD, NEW))
    chosen = parser.parse_args(arguments)
    size = FULL if chosen.full else SHORT
    rates = {hz: size.messages[hz] for hz in chosen.rates or size.messages}
    size = Size(chosen.turns or size.turns, rates, tuple(chosen.executors or size.executors))
    with tempfile.TemporaryDirectory() as folder:
        result = stamp() | summary(measure(Path(folder), size), size)
        result["profile"] = profiles(Path(folder))
    write(chosen.out / ("hop_full.json" if chosen.full else "hop.json"), result)
    report(result)


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
def standing(
    what: str, executor: str, parameters: dict[str, Any], *words: str
) -> Iterator[tuple[Process, Driver]]:
    """A relay or a governor that answers, and a driver around it; ``words``: more for bench/hop_nodes.py."""
    domain = fresh_domain()
    options = [word for name, value in parameters.items() for word in ("-p", f"{name}:={value}")]
    command = [sys.executable, "-m", "bench.hop_nodes", what, executor, *words, "--ros-args", *options]
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


def profiles(folder: Path) -> dict[str, Any]:
    """Where the time of either goes at the budget's rate, in a run of its own: a profiler makes all calls dearer."""
    config = configured(folder)
    sent = PROFILED + round(LINGER_S * PROFILED_HZ)
    found: dict[str, Any] = {"hz": PROFILED_HZ, "commands": sent}
    for what in ("relay", "governor"):
        given = {"config": config, "ledger": folder / "profiled.yaml"} if what == "governor" else {}
        kept = folder / f"{what}.profile"
        with standing(what, OLD, given, str(kept)) as (process, one):
            one.drive(PROFILED_HZ, WARM)
            process.send(BEGIN)
            one.drive(PROFILED_HZ, PROFILED)
            process.send(END)
            process.wait_for(KEPT, OPEN_S)
        found[what] = explained(kept, sent)
    return found


def cpu_s(pid: int) -> float:
    """Seconds of all cores that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


COLUMNS = {
    "executor": "executor", "Hz": "hz", "relay p50": "relay_p50_us", "ours ": "governed_p50_us", "ratio": "p50_ratio",
    "over us": "over_us", "relay p99": "relay_p99_us", "ours": "governed_p99_us", "ratio ": "p99_ratio",
    "in time": "relay_in_time", "ours  ": "governed_in_time", "CPU": "relay_cpu", "ours   ": "governed_cpu",
}  # fmt: skip


def report(result: dict[str, Any]) -> None:
    """A table for people; us, shares of commands, and of a core."""
    print("".join(f"{name.strip():>10}" for name in COLUMNS))
    for one in result["executors"]:
        print("".join(f"{one[key]!s:>10}" for key in COLUMNS.values()))
    for what in ("relay", "governor"):
        found = result["profile"][what]
        print(
            f"{what}: {found['us_a_command']} us of its thread a command as a profiler sees it; {found['files']}"
        )


if __name__ == "__main__":
    main()
