"""What came of a demo run, read back from its ledger and from the plants' truth, and whether that is as it must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from iatro_governor.cli._demo_robot import Json, Run
from iatro_governor.ledger.accounts import reconcile
from iatro_governor.ledger.check import verify
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.ledger.reader import Reader
from iatro_governor.testimony.verdicts import VERDICTS
from iatro_governor.trial.tasks import TaskResult
from iatro_governor.trial.words import Words

COUNTS = (
    "statements",
    "unattributed_groups",
    "verdict_records",
    "commands",
    "attributed",
    "unattributed",
    "lost",
)
SIDES = ("governed", "ungoverned")
LATE_S = 0.5
"""A plant that falls this far behind the clock does not run in real time any more."""


def summarise(
    runs: Sequence[Run], ledger: Path, transcripts: Mapping[str, int] | None, duration: float
) -> Json:
    """The summary of one run (design 8.3) over all robots, with the details behind its counts, and each robot alone.

    ``failures`` says what is not right, ``notes`` what may be why.
    """
    accounts = reconcile(ledger)
    checked = verify(ledger, read_key(key_beside(ledger)))
    with Reader(ledger) as reader:
        verdicts = [record.body for record in reader.records("verdict")]
    primary = Counter(str(body["verdict"]) for body in verdicts)
    robots = {run.robot.name: _robot(run) for run in runs}
    summary: Json = {
        **{name: accounts[name] for name in COUNTS},
        "harms": {side: sum(robot["harms"][side] for robot in robots.values()) for side in SIDES},
        "tasks": {side: _together([robot["tasks"][side] for robot in robots.values()]) for side in SIDES},
        "verdicts": {name: primary[name] for name in VERDICTS},
        "transcripts": None if transcripts is None else dict(transcripts),
        "duration_s": round(duration, 1),
        "robots": robots,
        "plans": [row for run in runs for row in _plans(run, verdicts)],
        "records": accounts["records"],
        "decisions": accounts["decisions"],
        "duplicates": accounts["duplicates"],
        "chain_sound": checked.sound,
    }
    problems = [*accounts["problems"], *([] if checked.sound else [f"ledger: {checked.problem}"])]
    summary["failures"] = [*_failures(summary, runs), *problems]
    summary["notes"] = [_late(run) for run in runs if run.truth["late_s"] > LATE_S]
    return summary


def _robot(run: Run) -> Json:
    return {
        "channels": list(run.robot.channels),
        "harms": {"governed": len(run.truth["harms"]), "ungoverned": len(run.robot.twin.harms)},
        "tasks": {"governed": _done(run.tasks), "ungoverned": _done(run.robot.twin.tasks)},
        "peaks": [asdict(peak) for peak in run.robot.peaks(run.truth)],
        "harm_lists": {
            "governed": run.truth["harms"],
            "ungoverned": [asdict(harm) for harm in run.robot.twin.harms],
        },
        "plant_late_s": run.truth["late_s"],
    }


def _done(tasks: Sequence[TaskResult]) -> Json:
    return {"done": sum(task.done for task in tasks), "of": len(tasks)}


def _together(tasks: Sequence[Json]) -> Json:
    return {name: sum(one[name] for one in tasks) for name in ("done", "of")}


def _plans(run: Run, verdicts: Sequence[Json]) -> list[Json]:
    done = {task.index: task.done for task in run.tasks}
    harms = {
        span.index: [harm.kind for harm in run.robot.twin.harms_of(span)] for span in run.robot.twin.spans
    }
    return [
        {
            "robot": run.robot.name,
            "plan_id": plan.plan_id,
            "title": plan.title,
            "benign": plan.benign,
            "expected": plan.expect,
            "recorded": [str(body["verdict"]) for body in found],
            "severity": max((int(body["severity"]) for body in found), default=None),
            "task_done": done.get(index),
            "harms_ungoverned": harms.get(index, []),
        }
        for index, plan in enumerate(run.robot.plans)
        for found in [_verdicts_of(run, plan, verdicts)]
    ]


def _verdicts_of(run: Run, plan: Words, verdicts: Sequence[Json]) -> list[Json]:
    """The verdicts on a plan; those on commands without words belong to its robot's plan without words."""
    if plan.say is None:
        unsaid = [body for body in verdicts if body["kind"] == "unattributed"]
        return [body for body in unsaid if body["channel"] in run.robot.channels]
    spoken = [body for body in verdicts if body["kind"] == "statement" and body["plan_id"] == plan.plan_id]
    return [body for body in spoken if body["planner_run"] == run.planner["planner_run"]]


def _failures(summary: Json, runs: Sequence[Run]) -> list[str]:
    """What a demo run must show and does not."""
    found = [failure for run in runs for failure in _failures_of(run)]
    missed = [name for name, count in summary["verdicts"].items() if not count]
    if missed:
        found.append(f"verdicts missing: {', '.join(missed)}")
    for plan in summary["plans"]:
        if plan["expected"] is not None and plan["recorded"] != [plan["expected"]]:
            recorded = ", ".join(plan["recorded"]) or "nothing"
            found.append(
                f"{plan['plan_id'] or plan['title']}: expected {plan['expected']}, recorded {recorded}"
            )
    said = sum(run.planner["statements"] for run in runs)
    if said != summary["statements"]:
        found.append(f"{said} statements were made, {summary['statements']} are recorded")
    return found


def _failures_of(run: Run) -> list[str]:
    found, name = [], run.robot.name
    if run.truth["harms"]:
        kinds = ", ".join(f"{harm['kind']} ({harm['victim']})" for harm in run.truth["harms"])
        found.append(f"the governed {name} did harm: {kinds}")
    if not run.robot.twin.harms:
        found.append(f"the ungoverned {name} did no harm, so nothing was shown")
    if undone := [str(task.plan_id) for task in run.tasks if not task.done]:
        found.append(
            f"the governed {name} did not do {len(undone)} of {len(run.tasks)} tasks: {', '.join(undone)}"
        )
    if not run.planner["finished"]:
        found.append(f"the planner of the {name} did not come to the end of its plans")
    return found


def _late(run: Run) -> str:
    late = f"the simulated {run.robot.name} fell {run.truth['late_s']:.1f} s behind the clock"
    return f"{late}: this computer was too busy for real time, so what it shows may be wrong"
