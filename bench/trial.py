"""Campaigns: how long one takes, and what a second worker gains beside a loop that spins. Writes out/bench/trial.json.

Each round plays the same runs with one worker and with two, and spins, in turns. ``--full`` plays whole campaigns,
600 runs of the base and 150 of the arm, where else their time is worked out from the rate of a few.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import mujoco

from bench.machine import stamp
from bench.written import write
from iatro_governor.cli._trial_plan import Planned, plan, wanted_of
from iatro_governor.trial.campaign import Campaign, carry_out
from iatro_governor.trial.grid import Grid
from iatro_governor.trial.outcomes import Outcome

DOSES, FEW_DOSES = "0,0.5,1,2", "0,1"
SIZES = {"base": 600, "arm": 150}
"""Runs of a campaign that design.md gives ten minutes on two cores."""
SPINS = 3_000_000
WORKERS = 2


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--families", type=int, default=4, help="of the base, two seeds each, in a round")
    parser.add_argument("--full", action="store_true", help="whole campaigns")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.out) as folder:
        result = measure(Path(folder), chosen.rounds, chosen.families, chosen.full)
    write(chosen.out / "trial.json", result)
    print(json.dumps(result, indent=1))


def measure(folder: Path, rounds: int, families: int, full: bool) -> dict[str, Any]:
    """Every figure; times in s, rates in runs a second."""
    short = some(planned("base", folder / "short", 2), families)
    each = [gain(folder / str(number), short) for number in range(rounds)]
    best = max(each, key=lambda one: one["share"])
    return {
        **stamp(),
        "mujoco": mujoco.__version__,
        "rounds": each,
        "share_of_spin_speed_up": best["share"],
        "campaigns": {robot: whole(folder / robot, robot, full) for robot in SIZES},
    }


def gain(folder: Path, campaign: Campaign) -> dict[str, float]:
    """The same runs by one worker and by two, and the same spinning, in turns."""
    spin_one, one = spin(1), rate(folder / "one", campaign, 1)
    spin_two, two = spin(WORKERS), rate(folder / "two", campaign, WORKERS)
    spins, runs = spin_two / spin_one, two / one
    return {"runs_1": one, "runs_2": two, "speed_up": runs, "spin_speed_up": spins, "share": runs / spins}


def rate(folder: Path, campaign: Campaign, workers: int) -> float:
    """Runs a second between the first and the last that came in: how long workers take to start is left out."""
    times: list[float] = []

    def show(_done: int, _of: int, _outcome: Outcome) -> None:
        times.append(time.perf_counter())

    carry_out(folder, campaign, workers, show=show)
    first = workers - 1
    return (len(times) - 1 - first) / (times[-1] - times[first])


def spin(processes: int) -> float:
    """Loops a second of so many processes that only count."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        pool.map(_count, [1000] * processes)
        began = time.perf_counter()
        pool.map(_count, [SPINS] * processes, chunksize=1)
        return processes / (time.perf_counter() - began)


def _count(times: int) -> int:
    total = 0
    for number in range(times):
        total += number & 3
    return total


def planned(robot: str, folder: Path, seeds: int, doses: str = DOSES) -> Planned:
    """The campaign that ``iatro trial run`` makes of the shipped profile."""
    [one] = plan(wanted_of(doses, 0, seeds, "none", ""), None, robot, folder, "python -m bench.trial")
    return one


def some(whole: Planned, families: int) -> Campaign:
    """The first so many families of a campaign."""
    grid, campaign = whole.campaign.grid, whole.campaign
    less = Grid(grid.families[:families], grid.doses, grid.first, grid.seeds)
    manifest = campaign.manifest.model_copy(update={"runs": len(less.cases())})
    return Campaign(campaign.setting, less, manifest)


def whole(folder: Path, robot: str, full: bool) -> dict[str, Any]:
    """A campaign of the size that has ten minutes, or one seed of it and its time worked out from that."""
    size = SIZES[robot]
    one = planned(robot, folder / "one", 1)
    seeds = -(-size // one.campaign.manifest.runs) if full else 1
    chosen = planned(robot, folder / "all", seeds, DOSES if full else FEW_DOSES)
    began, before = time.perf_counter(), processor_time()
    carry_out(folder / "all", chosen.campaign, WORKERS)
    took, runs = time.perf_counter() - began, chosen.campaign.manifest.runs
    work = processor_time() - before
    figures = {
        "took_s": took,
        "work_s": work,
        "worked_out_s": took / runs * size,
        "work_of_size_s": work / runs * size,
    }
    return {"runs": runs, "size": size, "whole": full, **figures}


def processor_time() -> float:
    """Seconds of processor that this process and those that it has ended took: the same on a machine that is busy."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


if __name__ == "__main__":
    main()
