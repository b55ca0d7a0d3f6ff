"""The calls that a planner may make: one a channel, ``wait`` and ``stop``; offered as tools of the chat protocol.

Channel calls are called ``move_CHANNEL``. Any other call is an action that the planner declares: it is recorded, and
commands nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from iatro_governor.errors import PlannerError
from iatro_governor.planning.arguments import Kind, Stop, Wait, kind_of
from iatro_governor.planning.steps import Follow, Move, Rest, Step
from iatro_governor.profile.every_channel import AnyChannel

LONGEST_NAME = 64
"""Characters that the chat protocol allows in the name of a tool."""
_PREFIX = "move_"
_TOLD = 300
"""Characters of a refusal that a planner is told."""
_DECLARED = 2_000
"""Characters of one declared action."""


class WrongCall(PlannerError):
    """A call whose arguments cannot be used; the message is for the planner."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a planner makes it. id: of the chat protocol, empty elsewhere. arguments: JSON, as text."""

    name: str
    arguments: str
    id: str = ""


class Tools:
    """The calls of one robot's profile."""

    def __init__(self, channels: Mapping[str, AnyChannel]) -> None:
        """Raises PlannerError where two channels' names cannot be told apart in 64 characters."""
        self._kinds: dict[str, Kind] = {}
        for name, channel in channels.items():
            tool = f"{_PREFIX}{name}"[:LONGEST_NAME]
            if tool in self._kinds:
                raise PlannerError(f"channel {name}: a tool {tool} is there already; give it a shorter name")
            self._kinds[tool] = kind_of(name, channel)
        self._kinds["wait"] = Kind(Wait, "Rest for a while.", lambda given: Rest(given.duration_s))
        self._kinds["stop"] = Kind(Stop, "Bring everything that was commanded to rest.", lambda _: Rest(0.0))

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def offered(self) -> list[dict[str, Any]]:
        """The ``tools`` of a chat request."""
        return [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": kind.about,
                    "parameters": kind.arguments.model_json_schema(),
                },
            }
            for name, kind in self._kinds.items()
        ]

    def step(self, call: Call) -> Step | None:
        """What ``call`` asks for; None where it is no call of ours. Raises WrongCall."""
        kind = self._kinds.get(call.name)
        if kind is None:
            return None
        try:
            # Some servers send nothing where there are no arguments.
            return kind.step(kind.arguments.model_validate_json(call.arguments or "{}"))
        except (ValidationError, OverflowError) as error:
            raise WrongCall(f"{call.name}: {_reason(error)}") from error


def declared(call: Call, step: Step | None) -> str:
    """``call`` as a statement lists it.

    Of a step it is the numbers alone: the names of a tool and of its arguments are ours, and no words of the planner.
    """
    if isinstance(step, Move):
        return f"move({', '.join(f'{value:g}' for value in step.values)})"
    if isinstance(step, Follow):
        return f"move({', '.join(f'{value:g}' for value in step.points[-1].positions)})"
    if isinstance(step, Rest):
        return f"wait({step.duration_s:g})" if step.duration_s else "stop()"
    return f"{call.name}({_arguments(call.arguments)})"[:_DECLARED]


def _arguments(text: str) -> str:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return " ".join(text.split())
    if not isinstance(given, dict):
        return json.dumps(given, ensure_ascii=False)
    return ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in given.items())


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    ]
    return "; ".join(faults)[:_TOLD]
