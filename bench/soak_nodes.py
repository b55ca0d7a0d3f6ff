"""Governor, recorder, witness and watch for many minutes in real time, beside a bare relay, driven in turns."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.hop import configured
from bench.hop_driver import Driver, driver
from bench.hop_figures import in_time
from bench.memory import resident_mb
from iatro_governor.ledger.accounts import reconcile
from iatro_governor.ledger.check import verify
from iatro_governor.ledger.keys import find_key
from test.conftest import Process
from test.domains import fresh_domain

HZ, TURN_S = 100.0, 30.0
OPEN_S = 30.0
"""Until a governor obeys, s: it tests itself first."""
READY = {"recorder": "ready", "witness": "ready", "watch": "watching", "governor": "governing"}
RELAY = ("bench.hop_nodes", "relay", "single")


def nodes(folder: Path, seconds: float) -> dict[str, Any]:
    """Drive both for ``seconds`` in all; ``late``: shares of answers, and ``memory`` of each process."""
    ledger, config = folder / "soak.yaml", configured(folder)
    ledger.write_text("path: soak.db\ncontext: simulation\n", encoding="utf-8")
    own = ["--ros-args", "-p", f"config:={config}", "-p", f"ledger:={ledger}"]
    ours = {name: [f"iatro_governor.nodes.{name}", *own] for name in READY}
    shares: dict[str, list[float]] = {"governed": [], "relay": []}
    memory: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in (*READY, "relay")}
    with standing(ours, receipts=False) as governed, standing({"relay": list(RELAY)}, True) as relay:
        for turn in range(max(round(seconds / (2 * TURN_S)), 2)):
            for name, (one, processes) in (("governed", governed), ("relay", relay)):
                one.until_open(OPEN_S)
                shares[name].append(1.0 - in_time(one.drive(HZ, round(HZ * TURN_S))))
                for process, running in processes.items():
                    memory[process][0].append(2 * TURN_S * turn)
                    memory[process][1].append(resident_mb(running.pid))
            print(f"turn {turn + 1}: {shares['governed'][-1]:.4f} late", file=sys.stderr, flush=True)
    return {
        "seconds": seconds,
        "hz": HZ,
        **accounts(folder / "soak.db"),
        "late": lateness(shares),
        "memory": memory,
    }


def lateness(shares: dict[str, list[float]]) -> dict[str, float]:
    """Mean shares of late answers, and by how much the relay's own turns differ."""
    means = {name: sum(each) / len(each) for name, each in shares.items()}
    spread = max(shares["relay"]) - min(shares["relay"])
    return {**{name: round(mean, 5) for name, mean in means.items()}, "spread": round(spread, 5)}


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
