"""The governed robots of the demo as ROS 2 nodes: one recorder and one witness for all, a namespace for each.

One robot after the other: together they ask more of two cores than real time leaves.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iatro_governor.cli._demo_progress import Show, progress
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


def govern(out: Path, robots: Sequence[DemoRobot]) -> None:
    """Run the robots, governed, on a ROS domain of their own; what is left are the files in ``out``.

    Raises RunFailed where a process failed.
    """
    settings = out / "ledger.yaml"
    settings.write_text("path: ledger.db\ncontext: simulation\n", encoding="utf-8")
    with Processes(_environment(), out / "log", ENDING) as processes, progress(robots) as show:
        hearing = [processes.node(name, ledger=settings) for name in ("recorder", "witness")]
        run = _Run(out, processes, hearing, show)
        for robot in robots:
            run.play(robot)
        processes.end()


class _Run:
    """One robot at a time, and who hears them all."""

    def __init__(self, out: Path, processes: Processes, hearing: Sequence[Running], show: Show) -> None:
        self._out, self._processes, self._hearing, self._show = out, processes, hearing, show
        self._played: list[DemoRobot] = []

    def play(self, robot: DemoRobot) -> None:
        """All plans of ``robot``, governed."""
        processes = self._processes
        self._show(robot, 0)
        planner = self._come_up(robot)
        processes.wait(
            lambda: planner.heard("begins plan 1 "), READY_S, f"the planner of the {robot.name} begins"
        )

        def over() -> bool:
            self._show(robot, len(planner.heard("begins plan ")))
            return planner.code is not None

        longest = SLOWER * robot.twin.duration + COAST
        processes.wait(over, longest, f"every plan of the {robot.name} has ended")
        self._played.append(robot)

    def _come_up(self, robot: DemoRobot) -> Running:
        """The robot's nodes, and its planner, which is free to begin.

        While they start, the nodes of the robot before end, and the twin of this one is simulated: not later, when
        it would ask for cores that real time needs.
        """
        out, processes = self._out, self._processes
        plant = self._node(robot, robot.plant, scenario=robot.file, truth=out / f"{robot.name}.truth.json")
        governor = self._node(
            robot, "governor", config=robot.config, ledger=out / f"ledger.{robot.name}.yaml"
        )
        cue, report = out / f"{robot.name}.cue", out / f"{robot.name}.planner.json"
        planner = self._node(
            robot, "planner_replay", ends_itself=True, scenario=robot.file, report=report, cue=cue
        )
        for before in self._played[-1:]:
            processes.end(before.name)
        _ = robot.twin
        started = {**dict.fromkeys(self._hearing, "ready"), plant: "ready", governor: "governing"}
        processes.wait(
            lambda: all(one.heard(said) for one, said in started.items()),
            READY_S,
            f"the nodes of the {robot.name} are up",
        )
        count = len(self._played) + 1
        processes.wait(
            lambda: all(len(one.heard("hears decisions")) >= count for one in self._hearing),
            READY_S,
            f"the governor of the {robot.name} is heard",
        )
        cue.touch()
        return planner

    def _node(
        self, robot: DemoRobot, module: str, *, ends_itself: bool = False, **parameters: Any
    ) -> Running:
        remaps = {"__ns": f"/{robot.name}", **{topic: f"/{topic}" for topic in SHARED}}
        return self._processes.node(
            module, of=robot.name, remaps=remaps, ends_itself=ends_itself, **parameters
        )


def _environment() -> Mapping[str, str]:
    return {
        "ROS_DOMAIN_ID": str(_domain()),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        # No shared memory where Fast DDS heeds it, which it does not with LOCALHOST: what a killed process leaves in
        # /dev/shm can deafen a later one on the same domain.
        "FASTDDS_BUILTIN_TRANSPORTS": "UDPv4",
        "ROS_STATIC_PEERS": "",
    }


def _domain() -> int:
    """A domain that is not the user's own: a real robot may be on it, and listen to the same topics."""
    theirs = os.environ.get("ROS_DOMAIN_ID", "0")
    return random.SystemRandom().choice([domain for domain in range(1, 101) if str(domain) != theirs.strip()])
