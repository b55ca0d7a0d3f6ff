"""One run: a seed decides what happens to whom, in which order and at the same time as what."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Reader
from iatro_governor.ledger.record import LOST
from test.chaos.account import Strike, at_rest, decisions, problems
from test.chaos.kinds import KINDS, Kind
from test.chaos.robots import BASE, Robot
from test.chaos.stage import Stage

RISES_S, FALLS_S, DRIVES_S = 8.0, 12.0, 12.0
"""How long a fault may take to rise and to fall, and a robot to drive again, before the run goes on without, s."""
STORED_S = 120.0
"""How long what was said may take to be stored: what a recorder missed comes again a burst at a time, s."""


@dataclass
class Run:
    """What was done, and what was seen of it while it went on."""

    strikes: list[Strike] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    """After what the robot did not drive again in time."""


def order(
    chance: random.Random, sim: bool, never: Callable[[str], bool] = lambda _: False
) -> Iterator[tuple[Kind, ...]]:
    """Every kind once in each round, often two at a time; endless. What only /clock can do comes first."""
    kinds = [kind for kind in KINDS if (sim or not kind.sim) and not never(kind.name)]
    if sim:  # without a clock nobody else does anything
        kinds = [replace(kind, alone=kind.alone or kind.whom in ("plant", "sensors")) for kind in kinds]
    while True:
        waiting = sorted(chance.sample(kinds, len(kinds)), key=lambda kind: kind.sim)
        while waiting:
            first = waiting.pop()
            others = [
                kind for kind in waiting if not (kind.alone or first.alone) and kind.stream != first.stream
            ]
            if others and chance.random() < 0.8:
                waiting.remove(others[0])
                yield first, others[0]
            else:
                yield (first,)


def play(stage: Stage, seconds: float, kinds: Iterator[tuple[Kind, ...]]) -> Run:
    """Strike and cure until ``seconds`` are over."""
    run, ends = Run(), time.monotonic() + seconds
    while time.monotonic() < ends:
        together = next(kinds)
        what = " and ".join(kind.name for kind in together)
        if not stage.until(lambda: _ready(stage), DRIVES_S):
            run.stuck.append(f"before {what}: {sorted(stage.faults)}")
        first = stage.seq
        for kind in sorted(together, key=lambda kind: not kind.moving):
            begun = time.monotonic()
            kind.strike(stage)
            if kind.whom != "governor":
                stage.until(lambda: _risen(stage, kind, first), RISES_S)  # noqa: B023 - asked at once
            time.sleep(max(begun + kind.hold_s - time.monotonic(), 0.0))
        last = stage.seq
        for kind in reversed(together):
            kind.cure(stage)
        if "governor" in (kind.whom for kind in together):
            last = max(stage.seq, last) + 100 * stage.robot.channels  # it had to come back to tell
        cured = stage.seq
        run.strikes += [
            Strike(kind.name, kind.faults, first, last, max(last, cured), kind.moving) for kind in together
        ]
        wanted = {name for kind in together for name in kind.faults}
        stage.until(lambda: _fallen(stage, wanted), FALLS_S)  # noqa: B023 - asked at once
    return run


def _ready(stage: Stage) -> bool:
    """Whether the robot drives; the operator sees to what is latched."""
    stage.reset()
    return stage.drives


def _risen(stage: Stage, kind: Kind, first: int) -> bool:
    return not kind.faults or bool(stage.told_since(first) & set(kind.faults))


def _fallen(stage: Stage, wanted: set[str]) -> bool:
    stage.reset()
    return not wanted & stage.faults


def verdict(stage: Stage, run: Run) -> dict[str, Any]:
    """After the run, with everybody ended: what the judge saw, and what the ledger lacks."""
    writer = stage.heard[-1]["writer"]
    bodies, lost = decisions(stage.folder / "ledger.db", writer)
    seen: dict[str, Any] = json.loads((stage.folder / "judge.json").read_text())
    silences = [strike for strike in run.strikes if strike.silence]
    own = [body for body in bodies if body["channel"] == stage.robot.channel]
    return {
        "seed": stage.seed,
        "silences": len(silences),
        "at_rest": sum(at_rest(own, strike) for strike in silences),
        "strikes": [strike.kind for strike in run.strikes],
        "missing": problems(bodies, run.strikes, lost, stage.robot.channel, stage.robot.channels),
        "stuck": run.stuck,
        "resets": stage.resets,
        "died": stage.died,
        "left": stage.left,
        "records": len(bodies),
        "lost": lost,
        "judge": seen,
    }


def chaos(
    node: Any,
    domain: int,
    folder: Path,
    seed: int,
    seconds: float,
    sim: bool = False,
    robot: Robot = BASE,
) -> dict[str, Any]:
    """The whole: set up, play, end, judge."""
    with Stage(node, domain, folder, seed, sim, robot) as stage:
        assert stage.until(lambda: stage.drives, 40.0), f"never drove: {stage.faults}"
        run = play(stage, seconds, order(random.Random(seed), sim, robot.never))
        upto = stage.seq
        stage.until(lambda: _stored(stage, upto), STORED_S)
    return verdict(stage, run)


def _stored(stage: Stage, seq: int) -> bool:
    """Whether the ledger has every decision up to ``seq``, or tells that it is lost."""
    with suppress(LedgerError), Reader(stage.folder / "ledger.db") as reader:
        count = "SELECT count(*) FROM record WHERE kind = 'decision' AND number <= ?"
        stored = int(reader.scalar(count, (seq,)))
        told = [record.body for record in reader.records(LOST) if record.writer.startswith("decision/")]
        lost = sum(max(min(one["last"], seq) - one["first"] + 1, 0) for one in told)
        return bool(stored + lost > seq)
    return False
