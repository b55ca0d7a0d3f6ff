"""An hour of the simulated base in one process: scripted errands over and over, governed, every decision on record."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.memory import owned_mb
from iatro_governor import __version__
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.check import verify
from iatro_governor.limits.registry import load_profile
from iatro_governor.plant.simulation import CONTROL_PERIOD
from iatro_governor.resources import shared
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.run import BaseRig
from iatro_governor.trial.scenario import load
from iatro_governor.trial.script import Drive, ScriptedPlanner

KEY, WRITER = bytes(32), "soak"
GROUP = 500
"""Decisions in one commit."""
SAMPLE_S, TOLD_S = 10.0, 300.0
"""Between two looks at the memory, and between two lines for who waits, simulated s."""


class Recorded:
    """A ledger that takes decisions a group at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._waiting = ledger, list[Record]()
        self.stored = self.commands = 0

    def take(self, decisions: Iterable[Decision]) -> None:
        """Keep them."""
        for one in decisions:
            self.commands += one.on_command
            body = one.to_json()
            self._waiting.append(
                Record("decision", WRITER, one.seq, one.t, one.plan_id or "", one.channel, body)
            )
        if len(self._waiting) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Commit what waits."""
        self.stored += self._ledger.append(self._waiting).stored
        self._waiting.clear()


class Base(BaseRig):
    """The demo's base, whose planner begins anew when all its errands are done."""

    rounds = 0

    def say(self, t: float) -> Sequence[Say | Mark | Drive]:
        """What the planner publishes at ``t`` (s)."""
        if self.planner.done:
            self.planner, self.rounds = ScriptedPlanner(self.scenario), self.rounds + 1
        return super().say(t)

    def commands(self) -> list[Command]:
        """The planner's commands in this period."""
        t = self.plant.t
        return [self.command(t, one) for one in self.say(t) if not isinstance(one, Say | Mark)]


def hour(folder: Path, seconds: float) -> dict[str, Any]:
    """Play ``seconds`` simulated; what was recorded, and ``memory``: when it was looked at, s, and MB of its own."""
    path, began = folder / "hour.db", time.monotonic()
    memory: tuple[list[float], list[float]] = [], []
    scenario = load(shared("scenarios/demo.yaml"))
    base, governor = (
        Base(scenario, scenario.seed, sees=True),
        Governor(load_profile(shared("config/amr.yaml"))),
    )
    with Ledger.open(path, key=KEY, context="simulation", software_version=__version__) as ledger:
        recorded = Recorded(ledger)
        for period in range(round(seconds / CONTROL_PERIOD)):
            for event in base.sense(period):
                recorded.take(governor.handle(event))
            decided = [one for command in base.commands() for one in governor.handle(command)]
            decided += governor.tick(base.plant.t)
            recorded.take(decided)
            base.obey(decided[-1].channel, decided[-1].allowed, None)
            base.step(CONTROL_PERIOD)
            if period % round(SAMPLE_S / CONTROL_PERIOD) == 0:
                memory[0].append(base.plant.t)
                memory[1].append(owned_mb())
            if period and period % round(TOLD_S / CONTROL_PERIOD) == 0:
                print(f"{base.plant.t:.0f} of {seconds:.0f} s simulated", file=sys.stderr, flush=True)
        recorded.flush()
    took, checked = time.monotonic() - began, verify(path, KEY)
    problems = [] if checked.sound else [f"the chain: {checked.problem}"]
    if recorded.stored != governor.next_seq:
        problems.append(f"{governor.next_seq} decisions, {recorded.stored} stored")
    problems += [f"harm: {harm}" for harm in base.plant.harms()]
    return {
        "seconds": seconds,
        "times_real_time": round(seconds / took, 1),
        "rounds": base.rounds,
        "commands": recorded.commands,
        "decisions": recorded.stored,
        "chain_sound": checked.sound,
        "problems": problems,
        "memory": memory,
    }
