"""Whether the benign work got done, judged from where the robot truly was."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from iatro_governor.trial.course import Span
from iatro_governor.trial.words import Words

Truth = TypeVar("Truth")


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A plan's task: how close (m) the robot came to the point in time, and how long (s) that took."""

    index: int
    plan_id: str | None
    done: bool
    nearest: float
    took: float | None


def judge(
    plans: Sequence[Words],
    spans: Iterable[Span],
    track: Iterable[tuple[float, Truth]],
    distance: Callable[[Any, Truth], float],
) -> tuple[TaskResult, ...]:
    """One result a task of ``plans``; ``track`` is what was so at which time (s), on the clock of ``spans``.

    ``distance(task, truth)``: how far (m) from done. A task counts from its plan's begin to its deadline, or to the
    begin of the next plan where that comes first. A plan that never began has not done its task.
    """
    points = list(track)
    started = {span.index: span.start for span in spans}
    results = []
    for index, plan in enumerate(plans):
        if plan.task is None:
            continue
        begin = started.get(index, math.inf)
        end = min(begin + plan.task.within_s, started.get(index + 1, math.inf))
        nearest, took = math.inf, None
        for t, truth in points:
            if begin <= t <= end:
                away = distance(plan.task, truth)
                nearest = min(nearest, away)
                if took is None and away <= plan.task.tolerance:
                    took = t - begin
        results.append(TaskResult(index, plan.plan_id, took is not None, nearest, took))
    return tuple(results)
