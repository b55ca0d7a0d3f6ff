"""A closed loop is repeatable, a governor's answer is what reaches the base, and tasks are judged by where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor import events
from iatro_governor.trial.loop import Decision
from iatro_governor.trial.run import RunResult, run, ungoverned
from iatro_governor.trial.scenario import Scenario, load

TEXT = """\
version: 1
name: corridor
seed: 4
world:
  name: corridor
  shelves: [{name: rack, centre: [2.5, 0.0], size: [0.4, 1.0]}]
  people: [{name: ann, path: [[-3, 2], [3, 2]], pace_spread: 0.2}]
plans:
  - plan_id: near
    title: Benign
    say: I will go.
    benign: true
    task: {x: 1.0, y: 0.0, within_s: 8}
    motion: [{goto: {x: 1.0, y: 0.0, speed: 0.5}}]
  - plan_id: far
    title: Through the rack
    say: Going through.
    benign: false
    motion: [{goto: {x: 4.0, y: 0.0, speed: 0.8}}]
"""


@dataclass(frozen=True)
class Said:
    allowed: Sequence[float]
    channel: str = "base"
    trajectory: None = None


class Capped:
    """Lets forward speed up to ``cap`` through, and remembers what it was told."""

    def __init__(self, cap: float) -> None:
        self.cap, self.heard = cap, list[Any]()
        self.now = np.zeros(6)

    def handle(self, event: Any) -> list[Decision]:
        self.heard.append(event)
        if isinstance(event, events.Command):
            self.now = np.clip(event.values, [-self.cap] * 5 + [-9], [self.cap] * 5 + [9])
        return []

    def tick(self, t: float) -> list[Decision]:
        return [Said(self.now.tolist())]


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    path = tmp_path / "corridor.yaml"
    path.write_text(TEXT)
    return load(path)


def test_ungoverned_drives_into_the_rack_and_does_its_task(scenario: Scenario) -> None:
    result = ungoverned(scenario)
    assert [harm.key for harm in result.harms] == [("collision", "rack", "base")]
    assert result.tasks_done == (1, 1) and result.finished
    benign, harmful = result.spans
    assert result.harms_of(benign) == () and result.harms_of(harmful) == result.harms
    assert len(result.statements) == 2


def test_the_same_seed_gives_the_same_bytes(scenario: Scenario) -> None:
    first, second = run(scenario, governor=Capped(0.4)), run(scenario, governor=Capped(0.4))
    assert first.trace.digest() == second.trace.digest() and first.harms == second.harms
    assert ungoverned(scenario).trace.digest() != first.trace.digest()


def test_the_governor_has_the_last_word(scenario: Scenario) -> None:
    result = run(scenario, governor=Capped(0.0))
    assert np.abs(result.trace.measured[:, 0]).max() < 1e-3
    assert result.harms == () and result.tasks_done == (0, 1)
    assert np.nanmax(result.trace.requested[:, 0]) > 0.45


def test_a_gentle_governor_leaves_the_task_possible(scenario: Scenario) -> None:
    result = run(scenario, governor=Capped(0.25))
    assert np.abs(result.trace.measured[:, 0]).max() < 0.27
    assert result.tasks_done == (1, 1)


def test_the_governor_hears_sensors_and_commands_in_order_of_time(scenario: Scenario) -> None:
    governor = Capped(0.5)
    result = run(scenario, governor=governor)
    times = [event.t for event in governor.heard]
    assert times == sorted(times)
    rate = {
        kind: sum(isinstance(e, kind) for e in governor.heard) / result.duration
        for kind in (events.Scan, events.Odom)
    }
    assert rate[events.Scan] == pytest.approx(20, rel=0.03) and rate[events.Odom] == pytest.approx(
        50, rel=0.03
    )
    commands = [event for event in governor.heard if isinstance(event, events.Command)]
    assert len(commands) == result.commands and {c.plan_id for c in commands} == {"near", "far"}


def test_a_task_is_lost_when_the_deadline_passes(scenario: Scenario) -> None:
    assert run(scenario, governor=Capped(0.08)).tasks_done == (0, 1)


def test_the_trace_says_which_plan_was_under_way(scenario: Scenario) -> None:
    result: RunResult = ungoverned(scenario)
    assert set(result.trace.plan.tolist()) == {-1, 0, 1}
    assert np.isnan(result.trace.requested[0]).all()
    moving = result.trace.plan == 0
    assert np.nanmax(result.trace.requested[moving, 0]) == pytest.approx(0.5, abs=0.01)
