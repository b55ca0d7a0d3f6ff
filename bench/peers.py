"""Peers and ours on one corpus of hostile commands: wrong answers, and how long one takes. Writes out/bench/peers.json.

The task, the corpus and what is wrong are bench/peers_task.py; each peer is a file of bench/gates/, and runs in
.venv-peers, which ``--environment`` makes (requirements-peers.txt).
One that is not installed has a row that says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.gates.__main__ import GATES
from bench.machine import ROOT, stamp
from bench.peers_task import EPISODE, KINDS
from bench.timing import summary
from bench.written import write

OWN = "iatro_governor"
ENVIRONMENT = ROOT / ".venv-peers"
REQUIREMENTS = ROOT / "requirements-peers.txt"
MARK = ENVIRONMENT / "requirements.sha256"
SEED, EPISODES = 20261126, 110
"""Of each robot: 5,500 commands."""
TURNS = 2
PATIENCE_S = 300.0
TOLD = 400
"""Characters of what a peer that does not run says."""
QUIET = {"JAX_PLATFORMS": "cpu", "JAX_ENABLE_X64": "1", "OPENBLAS_NUM_THREADS": "1"}
QUIET |= {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "PYTHONWARNINGS": "ignore"}
"""One thread, as the peers themselves recommend: a process's time is then that of its answer."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print; or make the environment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--environment", action="store_true", help="make the peers' environment, and no more")
    parser.add_argument("--episodes", type=int, default=EPISODES, help="of each robot")
    parser.add_argument("--only", nargs="*", choices=GATES, default=list(GATES))
    chosen = parser.parse_args(arguments)
    if chosen.environment:
        make_environment()
        return
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen.only}
    for turn in range(TURNS):
        for name, each in taken.items():
            each.append(part(name, chosen.episodes, turn))
    result = stamp() | {"corpus": corpus_told(chosen.episodes), "turns": TURNS, "rows": rows(taken)}
    write(chosen.out / "peers.json", result)
    report(result)


def corpus_told(episodes: int) -> dict[str, Any]:
    """What was sent."""
    task = (ROOT / "bench" / "peers_task.py").read_bytes()
    return {
        "commands": 2 * episodes * EPISODE,
        "seed": SEED,
        "episodes": 2 * episodes,
        "task_sha256": hashlib.sha256(task).hexdigest(),
        "kinds": list(KINDS),
    }


def make_environment() -> None:
    """The peers' environment, where it is not up to date. What cannot be installed is said, and stops nobody."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if MARK.exists() and MARK.read_text(encoding="ascii") == wanted:
        return
    print("the peers' environment: a minute or two", file=sys.stderr, flush=True)
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    options = ["--quiet", "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)]
    done = subprocess.run(
        [python(), "-m", "pip", "install", *options], capture_output=True, text=True, check=False, env=clean()
    )
    if done.returncode:
        print(f"the peers cannot be installed: {done.stderr[-TOLD:]}", file=sys.stderr)
        return
    MARK.write_text(wanted, encoding="ascii")


def python() -> str:
    """The peers' interpreter."""
    return str(ENVIRONMENT / "bin" / "python")


def clean() -> dict[str, str]:
    """An environment without our own packages and libraries."""
    ours = ("PYTHONPATH", "LD_LIBRARY_PATH", "AMENT_PREFIX_PATH", "CMAKE_PREFIX_PATH", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in ours} | QUIET


def part(name: str, episodes: int, turn: int) -> dict[str, Any]:
    """One peer in one turn: see bench/gates/__main__.py; or ``reason``, where it does not run."""
    print(f"turn {turn + 1} of {TURNS}: {name} ...", file=sys.stderr, flush=True)
    interpreter, environment = (sys.executable, dict(os.environ)) if name == OWN else (python(), clean())
    command = [interpreter, "-m", "bench.gates", name, *map(str, (SEED, episodes, turn, TURNS))]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"reason": f"{type(error).__name__}: {error}"}
    if done.returncode:
        return {"reason": done.stderr.strip()[-TOLD:] or f"exit code {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows(taken: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The row of each peer, all its turns together; ``wrong`` is None, with the reason, where it does not run."""
    ours = taken.get(OWN, [])
    return [row(name, parts, ours) for name, parts in taken.items()]


def row(name: str, parts: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One peer's. ``times_ours``: its median beside ours of the same turn, by the lowest and highest of the turns."""
    reasons = [one["reason"] for one in parts if "reason" in one]
    if reasons:
        return {"name": name, "wrong": None, "reason": reasons[0]}
    first, counts = parts[0], Counter[str]()
    by_kind = Counter(dict.fromkeys(first["by_kind"], 0))
    for one in parts:
        counts.update(one["counts"])
        by_kind.update(one["by_kind"])
    told = {key: first[key] for key in ("name", "version", "applies", "robots", "note")}
    return {
        **told,
        **counts,
        "wrong_claimed": sum(by_kind[kind] for kind in first["applies"]),
        "by_kind": dict(by_kind),
        "examples": {kind: text for one in reversed(parts) for kind, text in one["examples"].items()},
        **summary([us for one in parts for us in one["took_us"]]),
        "times_ours": ratios(parts, ours),
    }


def ratios(parts: Sequence[dict[str, Any]], ours: Sequence[dict[str, Any]]) -> list[float] | None:
    """Medians beside those of ours in the same turn, lowest and highest; None where ours did not run."""
    if not ours or any("reason" in one for one in ours):
        return None
    each = [median(one["took_us"]) / median(other["took_us"]) for one, other in zip(parts, ours, strict=True)]
    return [round(min(each), 2), round(max(each), 2)]


def report(result: dict[str, Any]) -> None:
    """A table for people."""
    print(f"{result['corpus']['commands']} commands")
    print(f"{'':<22}{'wrong':>7}{'of it claimed':>15}{'good passed':>13}{'p50 us':>9}{'p99 us':>9}")
    for one in result["rows"]:
        if one["wrong"] is None:
            print(f"{one['name']:<22} not measured: {one['reason']}")
            continue
        passed = f"{one['good_passed'] / max(one['good'], 1):.0%}"
        print(
            f"{one['name']:<22}{one['wrong']:>7}{one['wrong_claimed']:>15}{passed:>13}"
            f"{one['p50_us']:>9}{one['p99_us']:>9}"
        )


if __name__ == "__main__":
    main()
