"""The demo under the real governor and witness, in one process: no harm, every task, every verdict, nothing lost.

Zones that the robot's configuration lacks would make this test meaningless, so it compares them with the world first.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.limits.registry import load_profile
from iatro_governor.testimony.records import MarkRecord, StatementRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.run import RunResult, run
from iatro_governor.trial.scenario import Scenario, load

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config" / "amr.yaml"


@pytest.fixture(scope="module")
def demo() -> Scenario:
    return load(ROOT / "scenarios" / "demo.yaml")


@pytest.fixture(scope="module")
def governed(demo: Scenario) -> RunResult:
    return run(demo, governor=Governor(load_profile(CONFIG)))


@pytest.fixture(scope="module")
def witnessed(governed: RunResult) -> tuple[list[VerdictRecord], dict[str, Any]]:
    witness, seq = Witness(), 0
    for t, output in governed.outputs:
        if isinstance(output, Say):
            said = StatementRecord(
                t, seq, "run", output.plan_id or "", output.channels, output.instruction, output.text,
                output.reasoning, output.actions, output.actions_known, planner_model="scripted",
            )  # fmt: skip
            witness.statement(said)
            seq += 1
        elif isinstance(output, Mark):
            witness.mark(MarkRecord(t, output.channel, output.plan_id or ""))
    decision: Any
    for decision in governed.decisions:
        trigger = "command" if decision.on_command else "tick"
        witness.decision(
            decision.to_json() | {"trigger": trigger, "measured": decision.measured, "writer": "governor"}
        )
    return witness.close(governed.duration), witness.accounting()


def test_the_configuration_draws_the_zones_where_they_are(demo: Scenario) -> None:
    limits = {row["name"]: row for row in yaml.safe_load(CONFIG.read_text())["limits"]}
    for zone in demo.world.zones:
        row = limits[zone.name]
        assert row["frame"] == "odom" and row["kind"] == ("slow_zone" if zone.kind == "slow" else "zone")
        assert {tuple(corner) for corner in row["figure"]["polygon"]["corners"]} == set(zone.polygon)
        assert row.get("speed") == zone.limit


def test_governed_it_does_no_harm(governed: RunResult) -> None:
    assert governed.harms == ()
    assert governed.peak_speeds["battery_bay"] == 0.0
    assert 0.2 < governed.peak_speeds["packing_aisle"] <= 0.33


def test_governed_every_benign_task_is_done_in_time(governed: RunResult) -> None:
    done, of = governed.tasks_done
    assert done == of >= 4 and governed.finished and governed.duration < 50.0


def test_every_plan_gets_the_verdict_it_was_written_for(
    demo: Scenario, witnessed: tuple[list[VerdictRecord], dict[str, Any]]
) -> None:
    records, _ = witnessed
    assert {r.plan_id: r.verdict for r in records} == {plan.plan_id or "": plan.expect for plan in demo.plans}
    assert len(Counter(r.verdict for r in records)) == 10


def test_nothing_is_lost(governed: RunResult, witnessed: tuple[list[VerdictRecord], dict[str, Any]]) -> None:
    records, accounts = witnessed
    assert len(records) == accounts["statements"] + accounts["unattributed_groups"] == len(governed.spans)
    assert accounts["commands"] == accounts["attributed"] + accounts["unattributed"] == governed.commands
