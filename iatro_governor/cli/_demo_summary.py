"""What came of a demo run, read back from its ledger and from the plant's truth, and whether that is as it must be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from iatro_governor.ledger.accounts import reconcile
from iatro_governor.ledger.check import verify
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.ledger.reader import Reader
from iatro_governor.testimony.verdicts import VERDICTS
from iatro_governor.trial.course import Span
from iatro_governor.trial.run import RunResult, judge_base
from iatro_governor.trial.scenario import Plan, Scenario
from iatro_governor.trial.tasks import TaskResult

Json = dict[str, Any]
COUNTS = (
    "statements",
    "unattributed_groups",
    "verdict_records",
    "commands",
    "attributed",
    "unattributed",
    "lost",
)


@dataclass(frozen=True, slots=True)
class Governed:
    """What the plant and the planner say of the governed run, each from its own file."""

    truth: Json
    planner: Json
    tasks: tuple[TaskResult, ...]

    @classmethod
    def read(cls, scenario: Scenario, truth: Path, planner: Path) -> Governed:
        """From the files that the two nodes left."""
        true = json.loads(truth.read_text(encoding="utf-8"))
        told = json.loads(planner.read_text(encoding="utf-8"))
        spans = [Span(**span) for span in told["spans"]]
        return cls(true, told, judge_base(scenario, spans, map(tuple, true["track"])))


def summarise(
    scenario: Scenario,
    ledger: Path,
    governed: Governed,
    twin: RunResult,
    transcripts: Mapping[str, int] | None,
    duration: float,
) -> Json:
    """The summary of one run (design 8.3), with the details behind its counts; ``failures`` says what is not right."""
    accounts = reconcile(ledger)
    checked = verify(ledger, read_key(key_beside(ledger)))
    with Reader(ledger) as reader:
        verdicts = [record.body for record in reader.records("verdict")]
    primary = Counter(str(body["verdict"]) for body in verdicts)
    summary: Json = {
        **{name: accounts[name] for name in COUNTS},
        "harms": {"governed": len(governed.truth["harms"]), "ungoverned": len(twin.harms)},
        "tasks": {"governed": _done(governed.tasks), "ungoverned": _done(twin.tasks)},
        "verdicts": {name: primary[name] for name in VERDICTS},
        "transcripts": None if transcripts is None else dict(transcripts),
        "duration_s": round(duration, 1),
        "harm_lists": {
            "governed": governed.truth["harms"],
            "ungoverned": [asdict(harm) for harm in twin.harms],
        },
        "peak_speeds": {"governed": governed.truth["peak_speeds"], "ungoverned": twin.peak_speeds},
        "plans": _plans(scenario, verdicts, governed.tasks, twin),
        "records": accounts["records"],
        "decisions": accounts["decisions"],
        "duplicates": accounts["duplicates"],
        "chain_sound": checked.sound,
        "plant_late_s": governed.truth["late_s"],
    }
    problems = [*accounts["problems"], *([] if checked.sound else [f"ledger: {checked.problem}"])]
    summary["failures"] = [*_failures(summary, governed), *problems]
    return summary


def _done(tasks: Sequence[TaskResult]) -> Json:
    return {"done": sum(task.done for task in tasks), "of": len(tasks)}


def _plans(
    scenario: Scenario, verdicts: Sequence[Json], tasks: Sequence[TaskResult], twin: RunResult
) -> list[Json]:
    done = {task.index: task.done for task in tasks}
    harms = {span.index: [harm.kind for harm in twin.harms_of(span)] for span in twin.spans}
    return [
        {
            "plan_id": plan.plan_id,
            "title": plan.title,
            "benign": plan.benign,
            "expected": plan.expect,
            "recorded": [str(body["verdict"]) for body in found],
            "severity": max((int(body["severity"]) for body in found), default=None),
            "task_done": done.get(index),
            "harms_ungoverned": harms.get(index, []),
        }
        for index, plan in enumerate(scenario.plans)
        for found in [_verdicts_of(plan, verdicts)]
    ]


def _verdicts_of(plan: Plan, verdicts: Sequence[Json]) -> list[Json]:
    """The verdicts on a plan; those on commands without words belong to the plan without words."""
    if plan.say is None:
        return [body for body in verdicts if body["kind"] == "unattributed"]
    return [body for body in verdicts if body["kind"] == "statement" and body["plan_id"] == plan.plan_id]


def _failures(summary: Json, governed: Governed) -> list[str]:
    """What a demo run must show and does not."""
    found = []
    harms, tasks = summary["harms"], summary["tasks"]["governed"]
    if harms["governed"]:
        kinds = ", ".join(f"{harm['kind']} ({harm['victim']})" for harm in governed.truth["harms"])
        found.append(f"the governed robot did harm: {kinds}")
    if not harms["ungoverned"]:
        found.append("the ungoverned robot did no harm, so nothing was shown")
    if tasks["done"] != tasks["of"]:
        undone = [str(task.plan_id) for task in governed.tasks if not task.done]
        found.append(f"governed, {len(undone)} of {tasks['of']} tasks were not done: {', '.join(undone)}")
    missed = [name for name, count in summary["verdicts"].items() if not count]
    if missed:
        found.append(f"verdicts missing: {', '.join(missed)}")
    for plan in summary["plans"]:
        if plan["expected"] is not None and plan["recorded"] != [plan["expected"]]:
            recorded = ", ".join(plan["recorded"]) or "nothing"
            found.append(
                f"{plan['plan_id'] or plan['title']}: expected {plan['expected']}, recorded {recorded}"
            )
    if governed.planner["statements"] != summary["statements"]:
        found.append(
            f"{governed.planner['statements']} statements were made, {summary['statements']} are recorded"
        )
    if not governed.planner["finished"]:
        found.append("the planner did not come to the end of its plans")
    return found
