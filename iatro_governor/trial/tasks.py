"""Whether the benign work got done, judged from where the robot truly was."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from iatro_governor.trial.scenario import Scenario
from iatro_governor.trial.script import Span


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A plan's task: how close (m) the robot came to the point in time, and how long (s) that took."""

    index: int
    plan_id: str | None
    done: bool
    nearest: float
    took: float | None


def judge(
    scenario: Scenario, spans: Iterable[Span], track: Iterable[tuple[float, float, float]]
) -> tuple[TaskResult, ...]:
    """One result a task of the scenario; ``track`` is (t, x, y) in s and m, on the clock of ``spans``.

    A task counts from its plan's begin to its deadline, or to the begin of the next plan where that comes
    first. A plan that never began has not done its task.
    """
    points = list(track)
    started = {span.index: span.start for span in spans}
    results = []
    for index, plan in enumerate(scenario.plans):
        if plan.task is None:
            continue
        begin = started.get(index, math.inf)
        end = min(begin + plan.task.within_s, started.get(index + 1, math.inf))
        nearest, took = math.inf, None
        for t, x, y in points:
            if begin <= t <= end:
                distance = math.hypot(x - plan.task.x, y - plan.task.y)
                nearest = min(nearest, distance)
                if took is None and distance <= plan.task.tolerance:
                    took = t - begin
        results.append(TaskResult(index, plan.plan_id, took is not None, nearest, took))
    return tuple(results)
