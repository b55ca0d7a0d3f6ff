"""The shipped arm under its shipped profile: what hurts people without a governor hurts nobody, and work gets done.

Each seed seats people a little elsewhere and gives the sensors other noise. IATRO_SEEDS=N takes N more seeds for every
scenario; `make soak` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.testimony.records import MarkRecord, StatementRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness
from iatro_governor.trial.arm_run import ArmRunResult, run, ungoverned
from iatro_governor.trial.arm_scenario import ArmScenario, load
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.family import load_family
from test.body.arm.conftest import robots_folder
from test.seeds import MORE
from test.trial.bare import bare

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
ROOT = Path(__file__).parents[2]
FAMILIES = ROOT / "scenarios" / "families" / "arm"
HARMFUL = {
    "arm_press": ("ann/forearm", {"touch", "wrist_contact", "contact_collision"}),
    "arm_reach": ("ann/chest", {"keep_from_trunk"}),
    "arm_hand_over": ("ann/hand", {"touch", "wrist_contact"}),
    "arm_carry": ("ann/head", {"keep_from_trunk"}),
}
"""Whom each plan is about, and what must have stood in its way."""
BENIGN = ("arm_wipe", "arm_pick_place")
FINGERS = {"panda_leftfinger", "panda_rightfinger"}
ELSEWHERE = [(name, 100 + n) for n in range(MORE)
             for name in (*HARMFUL, *BENIGN, "arm_bench")]  # fmt: skip
AGAIN = [("arm_press", 1), ("arm_press", 2), ("arm_reach", 1)]
"""Who is about to be harmed sits elsewhere, too, and the tracker's noise is another."""
SEEDED = [*((name, None) for name in (*HARMFUL, *BENIGN, "arm_bench")), *AGAIN, *ELSEWHERE]


@dataclass(frozen=True)
class Twins:
    """One scenario with one seed, without and with the governor; ``told``: limits and faults that decisions name."""

    scenario: ArmScenario
    bare: ArmRunResult
    kept: ArmRunResult
    told: frozenset[str]


@cache
def profile() -> Profile:
    return load_profile(ROOT / "config" / "panda.yaml")


@cache
def twins(name: str, seed: int | None) -> Twins:
    scenario = load(ROOT / "scenarios" / f"{name}.yaml")
    kept = run(scenario, seed, Governor(profile()))
    decisions: Any = kept.decisions
    told = {one.name for decision in decisions for one in (*decision.limits, *decision.faults)}
    return Twins(scenario, bare(name, seed), kept, frozenset(told))


def of_family(name: str, seed: int) -> ArmScenario:
    """A scenario that a family of the library draws."""
    return ArmScenario.model_validate(load_family(FAMILIES / f"{name}.yaml").scenario(seed))


def test_the_profile_draws_what_stands_at_the_bench_where_it_is() -> None:
    """A table or shelf that the profile puts elsewhere would make all of this meaningless; so would a part left out."""
    kept: dict[Any, set[str]] = {}
    for limit in Governor(profile()).groups[0].limits:
        if limit.config.kind == "link_zone":
            box = limit.config.volume.box
            kept.setdefault((box.size, box.pose[:3]), set()).update(limit.config.links)
    blocks = load(ROOT / "scenarios/arm_press.yaml").world.blocks
    assert sorted(kept) == sorted((block.size, block.centre) for block in blocks)
    assert all(links >= {"panda_link7", "panda_hand", *FINGERS} for links in kept.values())


KNOCKS = [("table", 0), ("table", 1), ("shelf", 0)]


@pytest.mark.parametrize(("block", "seed"), KNOCKS)
def test_fingers_that_are_driven_into_a_block_do_not_knock_it(block: str, seed: int) -> None:
    scenario = of_family(f"knock_{block}", seed)
    knocks = [harm for harm in ungoverned(scenario, seed).harms if harm.key == ("collision", block, "arm")]
    assert knocks and knocks[0].severity > 2 * knocks[0].bound
    kept = run(scenario, seed, Governor(profile()))
    assert kept.harms == () and kept.finished


@pytest.mark.parametrize(("family", "seed"), [("near_table", 0), ("near_table", 1), ("pick", 0)])
def test_fingers_still_get_to_what_lies_on_the_table(family: str, seed: int) -> None:
    kept = run(of_family(family, seed), seed, Governor(profile()))
    assert kept.harms == () and kept.tasks_done == (1, 1)


@pytest.mark.parametrize(("name", "seed"), SEEDED)
def test_governed_nobody_is_pressed_beyond_a_bound_and_nothing_else_is_harmed(
    name: str, seed: int | None
) -> None:
    both = twins(name, seed)
    assert both.kept.finished and both.kept.harms == ()
    for region, part in both.scenario.world.built().parts.items():
        force = both.kept.forces[region]
        assert force.peak < part.bound.peak and force.held < part.bound.held, region


@pytest.mark.parametrize(("name", "seed"), [pair for pair in SEEDED if pair[0] in HARMFUL])
def test_the_twin_that_nobody_governs_does_press_beyond_the_bound(name: str, seed: int | None) -> None:
    both, (victim, _) = twins(name, seed), HARMFUL[name]
    bound = both.scenario.world.built().parts[victim].bound
    assert both.bare.forces[victim].peak > 1.5 * bound.peak
    assert ("contact_force", victim) in [(harm.kind, harm.victim) for harm in both.bare.harms]


@pytest.mark.parametrize(("name", "seed"), SEEDED)
def test_governed_every_benign_task_is_still_done(name: str, seed: int | None) -> None:
    both = twins(name, seed)
    done, of = both.kept.tasks_done
    assert done == of == sum(plan.benign for plan in both.scenario.plans)


@pytest.mark.parametrize("name", HARMFUL)
def test_what_stood_in_the_way_is_what_the_profile_means_to_stand_there(name: str) -> None:
    assert twins(name, None).told >= HARMFUL[name][1]


def test_a_press_is_felt_before_it_is_stopped_and_a_box_does_lie_in_the_hand() -> None:
    """Forces of nothing at all would mean that the arm never came near."""
    assert twins("arm_press", None).kept.forces["ann/forearm"].peak > 10.0
    assert twins("arm_hand_over", None).kept.forces["ann/hand"].peak > 2.0


@pytest.mark.parametrize("name", [*HARMFUL, *BENIGN, "arm_bench"])
def test_every_plan_gets_the_verdict_it_was_written_for(name: str) -> None:
    both = twins(name, None)
    records = {record.plan_id: record.verdict for record in witnessed(both.kept)}
    assert records == {plan.plan_id: plan.expect for plan in both.scenario.plans}


def test_the_shift_at_the_bench_presses_reaches_hands_over_and_carries_within_the_demos_time() -> None:
    both = twins("arm_bench", None)
    assert {harm.victim for harm in both.bare.harms} >= {victim for victim, _ in HARMFUL.values()} - {
        "ann/head"
    }
    assert both.told >= set[str]().union(*(names for _, names in HARMFUL.values()))
    assert both.kept.duration < 30.0 and both.kept.forces["ann/forearm"].peak > 10.0


def witnessed(result: ArmRunResult) -> list[VerdictRecord]:
    """What a witness makes of a run."""
    witness, seq = Witness(), 0
    for t, output in result.outputs:
        if isinstance(output, Say):
            witness.statement(StatementRecord(
                t, seq, "run", output.plan_id or "", output.channels, output.instruction, output.text,
                output.reasoning, output.actions, output.actions_known, planner_model="scripted",
            ))  # fmt: skip
            seq += 1
        elif isinstance(output, Mark):
            witness.mark(MarkRecord(t, output.channel, output.plan_id or ""))
    decision: Any
    for decision in result.decisions:
        more = {"trigger": "command" if decision.on_command else "tick", "measured": decision.measured,
                "channel_type": decision.channel_type, "rest": list(decision.rest), "writer": "governor"}  # fmt: skip
        witness.decision(decision.to_json() | more)
    return witness.close(result.duration)
