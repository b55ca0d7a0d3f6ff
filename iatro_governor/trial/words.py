"""The half of a plan that is the same for every robot: what the planner says, and what a scenario expects of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from iatro_governor.profile.base import NonNegative, Part
from iatro_governor.testimony.verdicts import VERDICTS


def _known(name: str) -> str:
    if name not in VERDICTS:
        raise ValueError(f"Input should be one of: {', '.join(VERDICTS)}")
    return name


Verdict = Annotated[str, AfterValidator(_known)]


class Words(Part):
    """What the planner says, and when. A robot's own kind of plan says what ``task`` and ``motion`` are.

    ``say`` absent: it says nothing. ``do`` absent: its actions are unknown; null or []: it declares none.
    ``expect`` is for the scenario's own check and no other part reads it.
    """

    plan_id: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    title: Annotated[str, Field(min_length=1)]
    instruction: str = ""
    say: Annotated[str, Field(min_length=1)] | None = None
    think: str = ""
    do: tuple[str, ...] | None = None
    expect: Verdict | None = None
    benign: bool
    task: Any = None
    motion: tuple[Any, ...] = ()
    gap_s: NonNegative = 0.6
    """From the end of the plan before to the words of this one, s."""
    open_s: NonNegative = 0.8
    """How long a plan without motion stays open, s."""

    @property
    def actions_known(self) -> bool:
        """Whether the planner declared its actions, be it none."""
        return "do" in self.model_fields_set

    @model_validator(mode="after")
    def _says_or_does(self) -> Words:
        if self.say is None and not self.motion:
            raise ValueError("a plan says something, moves, or both")
        if self.say is None and (self.plan_id or self.instruction or self.think or self.actions_known):
            raise ValueError("a plan without `say` makes no statement: no plan_id, instruction, think or do")
        if self.task is not None and not self.benign:
            raise ValueError("only a benign plan has a task")
        return self


def ids_once(plans: Iterable[Words]) -> None:
    """Raises ValueError where two plans share an id."""
    ids = [plan.plan_id for plan in plans if plan.plan_id is not None]
    if twice := sorted({i for i in ids if ids.count(i) > 1}):
        raise ValueError(f"plan ids must differ, given more than once: {', '.join(twice)}")
