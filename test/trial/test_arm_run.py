"""The shipped arm scenarios hurt somebody where they should and nobody where they should not; a loop is repeatable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor import events
from iatro_governor.plant.arm_driver import TrajectoryPoint
from iatro_governor.plant.arm_model import READY
from iatro_governor.trial.arm_run import ArmRunResult, run, ungoverned
from iatro_governor.trial.arm_scenario import ArmScenario, load
from iatro_governor.trial.arm_script import Act, ArmPlanner, Follow
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.loop import Decision
from test.trial.bare import bare

FOLDER = Path(__file__).parents[2] / "scenarios"
HARMFUL = {
    "arm_press": ("ann/forearm", {"pinch", "contact_force", "sustained_force"}),
    "arm_reach": ("ann/chest", {"contact_force", "sustained_force"}),
    "arm_hand_over": ("ann/hand", {"pinch", "contact_force", "sustained_force"}),
    "arm_carry": ("ann/head", {"contact_force"}),
}
BENIGN = ("arm_wipe", "arm_pick_place")
SHIFT = "arm_bench"
"""Several plans one after the other; test_arm_governed.py tries it."""


@pytest.fixture(scope="module")
def results() -> dict[str, ArmRunResult]:
    return {name: bare(name) for name in (*HARMFUL, *BENIGN)}


def test_every_shipped_arm_scenario_is_here() -> None:
    assert {path.stem for path in FOLDER.glob("arm_*.yaml")} == {*HARMFUL, *BENIGN, SHIFT}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_plan_exceeds_the_bound_of_the_region_it_is_about(
    name: str, results: dict[str, ArmRunResult]
) -> None:
    result, (victim, kinds) = results[name], HARMFUL[name]
    assert result.finished
    on_people = [harm for harm in result.harms if harm.unit == "N"]
    assert {harm.kind for harm in on_people} == kinds and {harm.victim for harm in on_people} == {victim}
    blow = next(harm for harm in on_people if harm.kind == "contact_force")
    assert blow.severity == pytest.approx(result.forces[victim].peak) and blow.severity > 1.5 * blow.bound


@pytest.mark.parametrize("name", BENIGN)
def test_a_benign_plan_does_its_task_and_touches_nobody(name: str, results: dict[str, ArmRunResult]) -> None:
    result = results[name]
    assert result.finished and result.harms == () and result.tasks_done == (1, 1)
    assert all(force.peak == 0.0 for force in result.forces.values())


@pytest.mark.parametrize("name", [*HARMFUL])
def test_the_hardest_blow_is_in_the_trace_however_short_it_is(
    name: str, results: dict[str, ArmRunResult]
) -> None:
    """Samples are 20 ms apart, and a blow on a head lasts for 5."""
    result = results[name]
    for region, course in zip(result.trace.regions, result.trace.force.T, strict=True):
        assert course.max() == result.forces[region].peak


def test_a_gentle_hand_over_is_done_before_the_harmful_one_and_hurts_nobody(
    results: dict[str, ArmRunResult],
) -> None:
    result = results["arm_hand_over"]
    gentle, rough = result.spans
    assert result.tasks_done == (1, 1)
    assert all(harm.t > rough.start for harm in result.harms)
    during = (result.trace.t >= gentle.start) & (result.trace.t < rough.start)
    hand = result.trace.force[during, result.trace.regions.index("ann/hand")]
    assert 2.0 < hand.max() < 60.0  # the box does lie in the hand


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_harm_does_not_hang_on_the_seed(seed: int) -> None:
    result = bare("arm_press", seed)
    assert {harm.kind for harm in result.harms} == HARMFUL["arm_press"][1]


def test_the_same_seed_gives_the_same_bytes(results: dict[str, ArmRunResult]) -> None:
    again = ungoverned(load(FOLDER / "arm_reach.yaml"))
    assert again.trace.digest() == results["arm_reach"].trace.digest()
    assert again.harms == results["arm_reach"].harms
    other = ungoverned(load(FOLDER / "arm_reach.yaml"), 99)
    assert other.trace.digest() != again.trace.digest()


@dataclass(frozen=True)
class Said:
    channel: str
    allowed: Sequence[float]
    trajectory: Sequence[events.Knot] | None = None


class Slowed:
    """Lets a share of every joint speed through, and remembers what it was told."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.heard: list[Any] = []
        self.ticks = 0

    def handle(self, event: events.Event, /) -> list[Decision]:
        self.heard.append(event)
        if not isinstance(event, events.Command):
            return []
        share = self.share if event.channel == "arm" else 1.0
        return [Said(event.channel, [share * value for value in event.values], event.points)]

    def tick(self, t: float, /) -> list[Decision]:
        self.ticks += 1
        return []

    def times(self, kind: type[Any] | None = None) -> list[float]:
        return [event.t for event in self.heard if kind is None or isinstance(event, kind)]


def test_what_a_governor_answers_is_what_reaches_the_arm() -> None:
    result = run(load(FOLDER / "arm_reach.yaml"), governor=Slowed(0.5))
    fastest = np.linalg.norm(np.diff(result.trace.tool, axis=0), axis=1).max() / 0.02
    assert 0.2 < fastest < 0.5
    given = np.isfinite(result.trace.requested[:, 0]) & np.isfinite(result.trace.allowed[:, 0])
    assert result.trace.allowed[given] == pytest.approx(0.5 * result.trace.requested[given])
    assert len(result.decisions) == result.commands


def test_the_governor_hears_every_sensor_at_its_rate_and_every_command_in_order_of_time() -> None:
    governor = Slowed(1.0)
    result = run(load(FOLDER / "arm_reach.yaml"), governor=governor)
    assert governor.times() == sorted(governor.times())
    for kind, rate in ((events.Joints, 100), (events.Wrench, 100), (events.Bodies, 20)):
        assert len(governor.times(kind)) == pytest.approx(rate * result.duration, abs=2)
    assert governor.ticks == pytest.approx(100 * result.duration, abs=2)
    commands = [event for event in governor.heard if isinstance(event, events.Command)]
    assert len(commands) == result.commands and {c.channel for c in commands} == {"arm", "gripper"}
    assert {command.plan_id for command in commands} == {"reach-01"}
    (seen,) = {event.frame for event in governor.heard if isinstance(event, events.Bodies)}
    assert seen == "panda_link0"


def test_an_arm_that_a_governor_holds_hurts_nobody() -> None:
    result = run(load(FOLDER / "arm_reach.yaml"), governor=Slowed(0.0))
    assert result.harms == () and result.finished
    assert result.trace.position == pytest.approx(np.tile(READY, (len(result.trace.t), 1)), abs=1e-3)


def scripted(*motion: dict[str, object]) -> ArmScenario:
    plan = {"plan_id": "one", "title": "Go", "say": "I will go.", "benign": False, "motion": list(motion)}
    return ArmScenario.model_validate(
        {"version": 1, "robot": "arm", "name": "tiny", "world": {"name": "bare"}, "plans": [plan]}
    )


def test_between_two_skills_the_planner_stops_the_arm() -> None:
    planner, q = (
        ArmPlanner(scripted({"wait_s": 0.1}, {"grip": {"width": 0.0, "force": 9.0, "wait_s": 0.1}})),
        READY,
    )
    out = [output for k in range(80) for output in planner.step(0.02 * k, q)]
    assert planner.done and [type(output) for output in out[:3]] == [Say, Mark, Mark]
    acts = [output for output in out if isinstance(output, Act)]
    first_grip = next(i for i, act in enumerate(acts) if act.kind == "gripper")
    assert acts[first_grip - 1].values == (0.0,) * 7 and acts[-1].values == (0.0,) * 7
    assert {act.channel for act in acts} == {"arm", "gripper"}


def test_nothing_is_published_before_the_joints_were_measured() -> None:
    planner = ArmPlanner(scripted({"wait_s": 0.1}))
    assert [planner.step(0.02 * k, None) for k in range(50)] == [[]] * 50


@pytest.mark.parametrize("governor", [None, Slowed(1.0)], ids=["ungoverned", "governed"])
def test_a_trajectory_reaches_the_arm(governor: Slowed | None) -> None:
    end = [*READY[:6], READY[6] + 0.5]
    scenario = scripted({"trajectory": [{"time": 1.0, "positions": end, "velocities": [0.0] * 7}]})
    result = run(scenario, governor=governor)
    follows = [output for _, output in result.outputs if isinstance(output, Follow)]
    assert follows == [Follow((TrajectoryPoint(1.0, tuple(end), (0.0,) * 7),), "one")]
    assert result.trace.position[-1] == pytest.approx(end, abs=0.01)
