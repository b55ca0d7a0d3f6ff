"""One answer of a planner, taken apart: words for the record, and steps of numbers for the channels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from iatro_governor.planning.steps import Step
from iatro_governor.planning.tools import Call, Tools, WrongCall, declared

_THOUGHT = re.compile(r"\s*<think(?:ing)?>(.*?)(?:</think(?:ing)?>|\Z)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a planner answered.

    calls: None where it is not known whether it makes any. identity: what it or its endpoint says of its model, as the
    fields of PlannerIdentity. broken: why the answer is not whole, empty: it is.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call | str, ...] | None = ()
    instruction: str = ""
    plan_id: str = ""
    final: bool = False
    identity: dict[str, str] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer read. actions: as declared, None: not known. steps: none of them where ``wrong`` says why."""

    actions: tuple[str, ...] | None
    steps: tuple[Step, ...]
    wrong: dict[int, str]
    """By the number of a call, what is wrong with it."""
    undone: str
    """Why nothing is commanded, empty where there is no reason."""


def read(answer: Answer, tools: Tools) -> Reading:
    """Take ``answer`` apart. It is carried out whole or not at all: one wrong call leaves the others undone."""
    steps: list[Step] = []
    actions: list[str] = []
    wrong: dict[int, str] = {}
    for number, call in enumerate(answer.calls or ()):
        step = None
        if isinstance(call, Call):
            try:
                step = tools.step(call)
            except WrongCall as error:
                wrong[number] = str(error)
        actions.append(call if isinstance(call, str) else declared(call, step))
        if step is not None:
            steps.append(step)
    undone = answer.broken or "; ".join(wrong.values())
    # Of an answer that broke off it is not known what else it would have asked for.
    known = answer.calls is not None and not answer.broken
    return Reading(tuple(actions) if known else None, () if undone else tuple(steps), wrong, undone)


def apart(text: str) -> tuple[str, str]:
    """A text without the reasoning at its head, and that: some servers leave it in, between ``<think>`` tags."""
    found = _THOUGHT.match(text)
    return (text[found.end() :], found[1].strip()) if found else (text, "")


def moved(steps: Sequence[Step]) -> tuple[str, ...]:
    """The channels that ``steps`` move, each once, in their order."""
    return tuple(dict.fromkeys(step.channel for step in steps if hasattr(step, "channel")))
