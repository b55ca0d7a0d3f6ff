"""Governor, recorder, witness and watch, driven for many minutes in real time, with short turns of a bare relay."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from scipy.stats import hypergeom

from bench.hop import configured
from bench.hop_driver import Driver, driver, is_open
from bench.hop_figures import in_time
from bench.least import Least
from iatro_governor.ledger.accounts import reconcile
from iatro_governor.ledger.check import verify
from iatro_governor.ledger.keys import find_key
from test.conftest import Process
from test.domains import fresh_domain

HZ, STRETCH_S = 100.0, 10.0
"""Commands a second, and s of driving between two looks at the answers."""
STRETCHES = {"governed": 3, "relay": 1}
"""In a turn of each."""
LEAST_TURNS = 4
"""A line through the relay's memory needs so many samples."""
HELD_UP_S = 0.12
"""A driver that itself says nothing for so long, s, lets a sensor look stale, and is stopped as it should be: what is
late then is no answer of a governor's. Such a stretch is counted apart."""
OPEN_S = 30.0
"""Until a governor obeys, s: it tests itself first."""
READY = {"recorder": "ready", "witness": "ready", "watch": "watching", "governor": "governing"}
RELAY = ("bench.hop_nodes", "relay", "single")


def nodes(folder: Path, seconds: float) -> dict[str, Any]:
    """Drive ours for ``seconds`` in all; ``late``: shares of answers, and ``memory`` of each process, by s driven."""
    ledger, config = folder / "soak.yaml", configured(folder)
    ledger.write_text("path: soak.db\ncontext: simulation\n", encoding="utf-8")
    own = ["--ros-args", "-p", f"config:={config}", "-p", f"ledger:={ledger}"]
    ours = {name: [f"iatro_governor.nodes.{name}", *own] for name in READY}
    with ExitStack() as stack:
        runs = {}
        for name, commands, receipts in (("governed", ours, False), ("relay", {"relay": list(RELAY)}, True)):
            one, processes = stack.enter_context(standing(commands, receipts))
            pids = {each: process.pid for each, process in processes.items()}
            runs[name] = Run(one, stack.enter_context(Least(pids)))
        for turn in range(max(round(seconds / (STRETCHES["governed"] * STRETCH_S)), LEAST_TURNS)):
            for name, run in runs.items():
                run.go_on(STRETCHES[name])
            worst = max(runs["governed"].late[-STRETCHES["governed"] :], default=0.0)
            print(f"turn {turn + 1}: {worst:.4f} late at most", file=sys.stderr, flush=True)
    return {
        "seconds": seconds,
        "hz": HZ,
        **accounts(folder / "soak.db"),
        "driven_s": {name: run.driven_s for name, run in runs.items()},
        "late": lateness({name: run.late for name, run in runs.items()}),
        "held_up": {name: run.held_up for name, run in runs.items()},
        "memory": {name: each for run in runs.values() for name, each in run.memory.items()},
    }


class Run:
    """One of the two: ``driven_s``, its share of ``late`` answers in each stretch, and ``memory`` of its processes.

    ``held_up``: stretches that are not among those, because the driver itself was held up, or before them.
    """

    def __init__(self, one: Driver, least: Least) -> None:
        self._driver, self._least = one, least
        self.driven_s = 0.0
        self.late: list[float] = []
        self.held_up = 0
        self.memory: dict[str, tuple[list[float], list[float]]] = {}

    def go_on(self, stretches: int) -> None:
        """Drive for so many stretches; what of the memory stands is its least in all of them."""
        opened = False
        for _ in range(stretches):
            if not opened:
                self._driver.until_open(OPEN_S)
            passage = self._driver.drive(HZ, round(HZ * STRETCH_S))
            opened = is_open(passage)
            if self._driver.take_held_up_s() > HELD_UP_S:
                self.held_up += 1
            else:
                self.late.append(1.0 - in_time(passage))
            self.driven_s += STRETCH_S
        for name, megabytes in self._least.take().items():
            seconds, sizes = self.memory.setdefault(name, ([], []))
            seconds.append(self.driven_s)
            sizes.append(megabytes)


def lateness(shares: dict[str, list[float]]) -> dict[str, float]:
    """Mean shares of late answers by stretch, by how much the relay's own stretches differ, and ``chance``.

    chance: the probability that so many of all late answers, or more, are the governor's, if they fall on answers of
    both alike (Fisher's exact test, one-sided). They come in bursts, and so it is rather larger.
    """
    means = {name: sum(each) / len(each) for name, each in shares.items()}
    spread = max(shares["relay"]) - min(shares["relay"])
    asked = {name: round(len(each) * HZ * STRETCH_S) for name, each in shares.items()}
    late = {name: round(means[name] * asked[name]) for name in shares}
    both = (sum(asked.values()), sum(late.values()), asked["governed"])
    chance = float(hypergeom.sf(late["governed"] - 1, *both))
    return {name: round(one, 5) for name, one in (means | {"spread": spread, "chance": chance}).items()}


def accounts(path: Path) -> dict[str, Any]:
    """What the ledger says of itself, when all have ended."""
    checked, facts = verify(path, find_key(path, None, None)), reconcile(path)
    problems = [] if checked.sound else [f"the chain: {checked.problem}"]
    problems += [] if facts["sound"] else [f"the accounts: {facts['problems']}"]
    kept = {name: facts[name] for name in ("records", "decisions", "commands", "verdict_records", "lost")}
    return {**kept, "chain_sound": checked.sound, "accounts_sound": facts["sound"], "problems": problems}


@contextmanager
def standing(commands: dict[str, list[str]], receipts: bool) -> Iterator[tuple[Driver, dict[str, Process]]]:
    """Processes in a domain of their own, and a driver around them; the last to start is the first to end."""
    domain = fresh_domain()
    env = {**os.environ, "ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1"}
    with ExitStack() as stack:
        processes = {}
        for name, words in commands.items():
            processes[name] = Process([sys.executable, "-m", *words], env)
            stack.callback(processes[name].end)
            if name in READY:
                processes[name].wait_for(READY[name], OPEN_S)
        yield stack.enter_context(driver(domain, receipts)), processes
