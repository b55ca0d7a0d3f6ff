"""What a demo's summary makes of its robots: every one of them must hurt nobody, do its work and be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from iatro_governor.cli._demo_robot import Peak, Run
from iatro_governor.cli._demo_summary import summarise
from iatro_governor.cli.demo import _table
from iatro_governor.ledger import Ledger
from iatro_governor.ledger.keys import create_key, key_beside
from iatro_governor.plant.arm_harm import ArmHarm
from iatro_governor.trial.course import Span
from iatro_governor.trial.tasks import TaskResult
from iatro_governor.trial.words import Words

HARM = ArmHarm("contact_force", "ann/hand", "arm", "panda_hand", 1.0, 1.2, 0.3, 238.0, "N", 120.0)
TASK = TaskResult(0, "hand-over-01", True, 0.01, 3.0)


@dataclass
class Twin:
    """A run that nobody governs, as much of it as a summary looks at."""

    harms: tuple[ArmHarm, ...] = (HARM,)
    tasks: tuple[TaskResult, ...] = (TASK,)
    spans: tuple[Span, ...] = (Span(0, "hand-over-01", 0.0, 4.0),)

    def harms_of(self, span: Span) -> tuple[ArmHarm, ...]:
        return self.harms


@dataclass
class Robot:
    """One robot of a demo."""

    name: str
    channels: tuple[str, ...]
    twin: Any = field(default_factory=Twin)
    plans: tuple[Words, ...] = (
        Words(plan_id="hand-over-01", title="Lays the box into the hand", say="Here.", do=(), benign=True,
              motion=(1,), expect="AGREES"),
    )  # fmt: skip

    def peaks(self, truth: dict[str, Any]) -> list[Peak]:
        return [Peak("force on ann/hand", "N", 238.0, 56.0, 120.0)]


def run_of(
    name: str,
    *,
    late: float = 0.0,
    finished: bool = True,
    done: bool = True,
    twin: Twin | None = None,
    **truth: Any,
) -> Run:
    told = {"harms": [], "late_s": late} | truth
    planner = {"planner_run": f"run of {name}", "statements": 0, "finished": finished}
    task = TaskResult(0, "hand-over-01", done, 0.01, 3.0 if done else None)
    robot: Any = Robot(name, ("arm", "gripper") if name == "arm" else (name,), twin or Twin())
    return Run(robot, told, planner, (), (task,))


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    Ledger.open(path, key=create_key(key_beside(path)), context="simulation", software_version="0").close()
    return path


def failures(ledger: Path, *runs: Run) -> list[str]:
    return list(summarise(runs, ledger, None, 60.0)["failures"])


def test_counts_are_over_all_robots_and_each_stands_alone_beside_them(ledger: Path) -> None:
    summary = summarise([run_of("base"), run_of("arm", done=False)], ledger, None, 60.0)
    assert summary["harms"] == {"governed": 0, "ungoverned": 2}
    assert summary["tasks"] == {"governed": {"done": 1, "of": 2}, "ungoverned": {"done": 2, "of": 2}}
    assert summary["robots"]["arm"]["tasks"]["governed"] == {"done": 0, "of": 1}
    assert summary["robots"]["arm"]["channels"] == ["arm", "gripper"]
    assert [plan["robot"] for plan in summary["plans"]] == ["base", "arm"]
    assert summary["plans"][1]["harms_ungoverned"] == ["contact_force"]


@pytest.mark.parametrize("name", ["base", "arm"])
def test_harm_under_the_governor_fails_whichever_robot_did_it(ledger: Path, name: str) -> None:
    harmful = run_of(name, harms=[{"kind": "contact_force", "victim": "ann/hand"}])
    runs = [harmful if other == name else run_of(other) for other in ("base", "arm")]
    assert f"the governed {name} did harm: contact_force (ann/hand)" in failures(ledger, *runs)


def test_a_verdict_that_is_missing_or_wrong_fails_by_name(ledger: Path) -> None:
    found = failures(ledger, run_of("base"), run_of("arm"))
    assert any(failure.startswith("verdicts missing: ") for failure in found)
    assert found.count("hand-over-01: expected AGREES, recorded nothing") == 2


def test_a_task_undone_a_plan_unplayed_and_a_harmless_twin_fail(ledger: Path) -> None:
    harmless = run_of("arm", done=False, finished=False, twin=Twin(harms=()))
    found = failures(ledger, run_of("base"), harmless)
    assert "the governed arm did not do 1 of 1 tasks: hand-over-01" in found
    assert "the planner of the arm did not come to the end of its plans" in found
    assert "the ungoverned arm did no harm, so nothing was shown" in found


def test_a_plant_that_could_not_keep_the_time_is_named_and_is_no_failure_by_itself(ledger: Path) -> None:
    summary = summarise([run_of("base", late=0.3), run_of("arm", late=3.9)], ledger, None, 60.0)
    (note,) = summary["notes"]
    assert "simulated arm fell 3.9 s behind the clock" in note
    assert summary["failures"] == failures(ledger, run_of("base"), run_of("arm"))


def test_the_table_names_both_robots_within_eighty_columns(ledger: Path) -> None:
    summary = summarise([run_of("base"), run_of("arm", done=False)], ledger, None, 60.0)
    console = Console(width=80, color_system=None)
    with console.capture() as shown:
        console.print(_table(summary, Path("out/demo")))
    lines = shown.get().splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert sum("Lays the box into the hand " in line for line in lines) == 2
    (undone,) = [line for line in lines if "FAILED" in line]
    assert "contact force" in undone
    (peak,) = {" ".join(line.split()) for line in lines if "ann/hand" in line}
    assert peak == "peak force on ann/hand 238 N 56 N 120 N"
    assert "harms of the base" in shown.get() and "harms of the arm" in shown.get()
