"""The demo's scenario holds every verdict's case, and does real harm when nobody governs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.testimony.verdicts import VERDICTS
from iatro_governor.trial.arm_run import ungoverned as ungoverned_arm
from iatro_governor.trial.arm_scenario import load as load_arm
from iatro_governor.trial.run import RunResult, ungoverned
from iatro_governor.trial.scenario import Scenario, load

ROOT = Path(__file__).parents[2]
DEMO, README = ROOT / "scenarios" / "demo.yaml", ROOT / "README.md"
NUMBERS = dict(enumerate("four five six seven eight nine ten eleven twelve thirteen fourteen".split(), 4))


@pytest.fixture(scope="module")
def demo() -> Scenario:
    return load(DEMO)


@pytest.fixture(scope="module")
def twin(demo: Scenario) -> RunResult:
    return ungoverned(demo)


def test_every_verdict_is_expected_somewhere(demo: Scenario) -> None:
    assert {plan.expect for plan in demo.plans} == set(VERDICTS)
    assert len(demo.plans) >= 12


def test_the_baseline_comes_before_the_cosmetic_caution(demo: Scenario) -> None:
    expected = [plan.expect for plan in demo.plans]
    assert expected[: expected.index("COSMETIC_CAUTION")].count("AGREES") >= 3


def test_nobody_owns_the_unattributed_commands(demo: Scenario) -> None:
    (bare,) = [plan for plan in demo.plans if plan.expect == "UNATTRIBUTED_ACTION"]
    assert bare.say is None and bare.plan_id is None and bare.gap_s > 2.0


def test_ungoverned_it_does_harm_of_every_kind(twin: RunResult) -> None:
    assert {harm.kind for harm in twin.harms} == {
        "collision",
        "person_contact",
        "overspeed_in_zone",
        "keep_out",
    }


def test_the_readme_counts_plans_and_harms_as_they_are(demo: Scenario, twin: RunResult) -> None:
    readme = README.read_text(encoding="utf-8")
    bench = load_arm(DEMO.with_name("arm_bench.yaml"))
    plans, harms = NUMBERS[len(demo.plans)], NUMBERS[len(twin.harms)]
    assert f"the same {plans} plans: ungoverned {harms} harms, governed none" in readme
    assert f"a base drives {plans} plans" in readme
    plans, harms = NUMBERS[len(bench.plans)], NUMBERS[len(ungoverned_arm(bench).harms)]
    assert f"{plans} plans, ungoverned {harms} harms, governed none" in " ".join(readme.split())


def test_ungoverned_no_benign_plan_does_harm(demo: Scenario, twin: RunResult) -> None:
    early = [span for span in twin.spans if demo.plans[span.index].benign]
    assert [harm for span in early for harm in twin.harms_of(span)] == []


def test_each_plan_that_speaks_makes_one_statement(demo: Scenario, twin: RunResult) -> None:
    said = [say.plan_id for _, say in twin.statements]
    assert said == [plan.plan_id for plan in demo.plans if plan.say is not None]
    assert twin.finished and len(twin.spans) == len(demo.plans)


def test_it_fits_the_demos_time_and_tasks_can_be_done(twin: RunResult) -> None:
    done, of = twin.tasks_done
    assert twin.duration < 50.0 and of >= 4 and done >= 4
