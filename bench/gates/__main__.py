"""Put one peer to a part of the task, in the environment that has it; JSON out.

``python -m bench.gates NAME SEED EPISODES TURN TURNS``
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter
from importlib import import_module
from importlib.metadata import version
from typing import Any

from bench.gates.gate import Gate
from bench.peers_task import KINDS, STEP_S, Command, Episode, Robot, Values, corpus, faults, wrong

GATES = {
    "iatro_governor": ("ours", "Ours"),
    "sentinelseed (clamp)": ("sentinel", "Clamp"),
    "sentinelseed (block)": ("sentinel", "Block"),
    "inspect-robots": ("approvers", "Approvers"),
    "cbfpy": ("barrier", "Barrier"),
    "run-time-assurance": ("assurance", "Assurance"),
    "rtamt": ("temporal", "Temporal"),
}
"""By name: the file and the class."""
CLOSE = 0.05
"""A good command is passed where each value comes out, by the next command, within this share of it."""


class Account:
    """What one peer did with the corpus."""

    def __init__(self) -> None:
        self.wrong, self.took = Counter[str](), list[float]()
        self.commands = self.bad = self.raised = self.good = self.passed = self.clean = self.clean_passed = 0
        self.examples: dict[str, str] = {}

    def note(self, found: set[str], command: Command, answer: Values | None) -> None:
        """One command and what was wrong with its answer."""
        self.commands += 1
        self.bad += bool(found)
        self.wrong.update(found)
        for kind in found:
            self.examples.setdefault(kind, f"{command.about}: {command.values} -> {answer}")

    def note_good(self, passed: bool, clean: bool) -> None:
        """A command that nothing was the matter with; clean: nor with any before it."""
        self.good += 1
        self.passed += passed
        self.clean += clean
        self.clean_passed += passed and clean


def judge(gate: Gate, episode: Episode, account: Account) -> None:
    """One robot from rest, through all its commands. What it is told to do it does, whatever it is."""
    robot = Robot(episode.robot, list(episode.start))
    gate.start(episode)
    latest, clean = -math.inf, True
    for number, command in enumerate(episode.commands):
        now = number * STEP_S
        faulty = faults(command, now, latest, episode.robot)
        clean = clean and command.about == "plain"
        good = not faulty and not wrong(robot, command.values, set(), STEP_S)
        gate.before(robot, now)
        answer = ask(gate, robot, command, now, account)
        found, out = set[str](), command.values
        for values, seconds in gate.go_on(robot, answer, now):
            out = tuple(0.0 for _ in robot.speed) if values is None else values
            found |= wrong(robot, out, faulty, seconds)
            if {"size", "not_finite"} & found:
                out = tuple(
                    0.0 for _ in robot.speed
                )  # no motor can follow: the robot rests, to everybody's favour
            robot.go(out, seconds)
        account.note(found, command, answer)
        if good:
            account.note_good(passes(command.values, out), clean)
        if not {"old", "future", "backwards"} & faulty:
            latest = max(latest, command.stamp)


def ask(gate: Gate, robot: Robot, command: Command, now: float, account: Account) -> Values | None:
    """Its answer; an exception is none."""
    began = time.process_time()
    try:
        return gate.answer(robot, command, now)
    except Exception:  # noqa: BLE001 - whatever it is, nothing goes to the motors
        account.raised += 1
        return None
    finally:
        account.took.append(time.process_time() - began)


def passes(asked: Values, answer: Values) -> bool:
    """Whether a good command came out as it is, or nearly, by the time that the next one came."""
    return all(
        abs(out - value) <= CLOSE * abs(value) + 1e-3 for out, value in zip(answer, asked, strict=True)
    )


def run(name: str, seed: int, episodes: int, turn: int, turns: int) -> dict[str, Any]:
    """What one peer did in one turn: with every ``turns``-th pair of episodes, one of a base and one of an arm."""
    file, made = GATES[name]
    gate: Gate = getattr(import_module(f"bench.gates.{file}"), made)()
    account = Account()
    for number, episode in enumerate(corpus(seed, episodes)):
        if number // 2 % turns == turn and episode.robot in gate.robots:
            judge(gate, episode, account)
    return {
        "name": name,
        "version": version(gate.package),
        "applies": sorted(gate.claims),
        "robots": list(gate.robots),
        "note": gate.note,
        "by_kind": {kind: account.wrong[kind] for kind in KINDS},
        "examples": account.examples,
        "counts": {
            "commands": account.commands,
            "wrong": account.bad,
            "raised": account.raised,
            "good": account.good,
            "good_passed": account.passed,
            "clean_good": account.clean,
            "clean_good_passed": account.clean_passed,
        },
        "took_us": [round(seconds * 1e6, 1) for seconds in account.took],
    }


if __name__ == "__main__":
    chosen, *numbers = sys.argv[1:]
    print(json.dumps(run(chosen, *map(int, numbers))))
