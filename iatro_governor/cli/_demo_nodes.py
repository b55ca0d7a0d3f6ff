"""The governed robots of the demo as ROS 2 nodes: one recorder and one witness for all, a namespace for each."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iatro_governor.cli._demo_progress import progress
from iatro_governor.cli._demo_robot import DemoRobot
from iatro_governor.cli._processes import Processes, Running
from iatro_governor.trial.loop import COAST

READY_S = 40.0
SLOWER = 2.5
"""A governed run may take this many times as long as the bare one before it counts as stuck."""
ENDING = ("planner_replay", "witness", "governor", "plant", "arm_plant", "recorder")
"""The order in which the nodes are ended: each before those that it reports to."""
SHARED = ("governor/decision", "planner/statement", "planner/mark", "recorder/ack")
"""Topics of the record, which all robots have in common."""


def govern(out: Path, robots: Sequence[DemoRobot], longest: float) -> None:
    """Run all robots at once, governed, on a ROS domain of their own; what is left are the files in ``out``.

    ``longest``: how long their twins ran, s. Raises RunFailed where a process failed.
    """
    settings = out / "ledger.yaml"
    settings.write_text("path: ledger.db\ncontext: simulation\n", encoding="utf-8")
    with Processes(_environment(), out / "log", ENDING) as processes, progress(robots) as show:
        hearing = [processes.node(name, ledger=settings) for name in ("recorder", "witness")]
        started = dict.fromkeys(hearing, "ready")
        for robot in robots:
            truth, ring = out / f"{robot.name}.truth.json", out / f"ledger.{robot.name}.yaml"
            plant = _node(processes, robot, robot.plant, scenario=robot.file, truth=truth)
            governor = _node(processes, robot, "governor", config=robot.config, ledger=ring)
            started |= {plant: "ready", governor: "governing"}
        processes.wait(
            lambda: all(one.heard(said) for one, said in started.items()), READY_S, "the nodes are up"
        )
        processes.wait(
            lambda: all(len(one.heard("hears decisions")) == len(robots) for one in hearing),
            READY_S,
            "the governors are heard",
        )
        planners = {robot.name: _planner(processes, robot, out) for robot in robots}
        processes.wait(
            lambda: all(one.heard("begins plan 1 ") for one in planners.values()),
            READY_S,
            "the planners begin",
        )

        def over() -> bool:
            show({name: len(one.heard("begins plan ")) for name, one in planners.items()})
            return all(one.code is not None for one in planners.values())

        processes.wait(over, SLOWER * longest + COAST, "every plan has ended")
        processes.end_all()


def _planner(processes: Processes, robot: DemoRobot, out: Path) -> Running:
    report = out / f"{robot.name}.planner.json"
    return _node(processes, robot, "planner_replay", ends_itself=True, scenario=robot.file, report=report)


def _node(
    processes: Processes, robot: DemoRobot, module: str, *, ends_itself: bool = False, **parameters: Any
) -> Running:
    remaps = {"__ns": f"/{robot.name}", **{topic: f"/{topic}" for topic in SHARED}}
    return processes.node(module, of=robot.name, remaps=remaps, ends_itself=ends_itself, **parameters)


def _environment() -> Mapping[str, str]:
    return {
        "ROS_DOMAIN_ID": str(_domain()),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        # No shared memory: what a killed process leaves in /dev/shm can deafen a later one on the same domain.
        "FASTDDS_BUILTIN_TRANSPORTS": "UDPv4",
        "ROS_STATIC_PEERS": "",
    }


def _domain() -> int:
    """A domain that is not the user's own: a real robot may be on it, and listen to the same topics."""
    theirs = os.environ.get("ROS_DOMAIN_ID", "0")
    return random.SystemRandom().choice([domain for domain in range(1, 101) if str(domain) != theirs.strip()])
