"""How much faster than real time the simulated robots run, on one core; writes out/bench/plant.json.

Robots and sensors as their nodes step and read them (joints at 100 Hz, odometry at 50 Hz, lidar and tracker at
20 Hz), a command every 40 ms; no ROS and no governor. Turns of a few simulated seconds, base and arm in turn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import mujoco

from bench.machine import stamp
from bench.timing import Took, both, clocked
from bench.written import write
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.simulation import CONTROL_PERIOD, Plant
from iatro_governor.trial import arm_scenario, scenario

ROOT = Path(__file__).resolve().parent.parent
ODOM_EVERY, SCAN_EVERY, COMMAND_EVERY = 2, 5, 4
"""Periods."""
BUDGET = {"base": 20.0, "arm": 5.0}
"""Times real time that design.md asks for."""
Period = Callable[[int], None]


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=5.0, help="simulated, a turn")
    chosen = parser.parse_args(arguments)
    result = {**stamp(), "mujoco": mujoco.__version__, **measure(chosen.turns, chosen.seconds)}
    write(chosen.out / "plant.json", result)
    print(json.dumps(result, indent=1))


def measure(turns: int, seconds: float) -> dict[str, Any]:
    """Simulated seconds in a second of the thread's time, by robot: median of the turns, lowest and highest.

    ``period``: what each period takes, us.
    """
    periods = round(seconds / CONTROL_PERIOD)
    steps: dict[str, Period] = {"base": base(), "arm": arm()}
    taken: dict[str, list[list[Took]]] = {name: [] for name in steps}
    for turn in range(turns):
        for name, step in steps.items():
            numbers = range(turn * periods, (turn + 1) * periods)
            taken[name].append([clocked(partial(step, number)) for number in numbers])
    return {name: row(name, each, seconds) for name, each in taken.items()}


def row(name: str, turns: Sequence[Sequence[Took]], seconds: float) -> dict[str, Any]:
    """One robot; ``seconds`` simulated in a turn."""
    rates = [seconds / sum(took.cpu for took in turn) for turn in turns]
    return {
        "times_real_time": round(median(rates), 1),
        "lowest": round(min(rates), 1),
        "highest": round(max(rates), 1),
        "budget": BUDGET[name],
        "simulated_s": len(turns) * seconds,
        "period": both([took for turn in turns for took in turn]),
    }


def base() -> Period:
    """One period of the demo's base, among its people and zones."""
    given = scenario.load(ROOT / "scenarios/demo.yaml")
    plant = Plant(given.world.built(), given.seed, given.built_start())

    def period(number: int) -> None:
        if number % COMMAND_EVERY == 0:
            plant.command([0.3, 0.0, 0.0, 0.0, 0.0, 0.4])
        plant.step(CONTROL_PERIOD)
        if number % ODOM_EVERY == 0:
            plant.odom()
        if number % SCAN_EVERY == 0:
            plant.scan()

    return period


def arm() -> Period:
    """One period of the demo's arm, beside its person."""
    given = arm_scenario.load(ROOT / "scenarios/arm_press.yaml")
    plant = ArmPlant(given.world.built(), given.seed, given.posture)

    def period(number: int) -> None:
        if number % COMMAND_EVERY == 0:
            way = 0.3 if number // 100 % 2 else -0.3
            plant.command("joint_velocity", [way, 0.0, way, 0.0, way, 0.0, way])
        plant.step(CONTROL_PERIOD)
        plant.joints(), plant.fingers(), plant.wrench(), plant.truth()
        if number % SCAN_EVERY == 0:
            plant.bodies()

    return period


if __name__ == "__main__":
    main()
