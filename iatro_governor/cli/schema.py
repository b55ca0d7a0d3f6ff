"""``iatro schema``: the names that other programs rely on, and the shape of a profile."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from iatro_governor.cli.output import console, print_json
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.ladder import TABLE
from iatro_governor.limits.registry import KINDS
from iatro_governor.profile.model import ProfileData


def schema(
    json: Annotated[
        bool, typer.Option("--json", help="Everything, the profile's JSON schema included.")
    ] = False,
) -> None:
    """Names of states, actions, kinds of limits and faults; with --json also the profile's schema."""
    if json:
        print_json({**names(), "profile": profile_schema()})
        return
    for title, values in names().items():
        console.print(f"[bold]{title}[/]")
        for value in values:
            meaning = (
                f"  {TABLE[value].level.name.lower()}, clears with {TABLE[value].clears}"
                if title == "faults"
                else ""
            )
            console.print(f"  {value:<20}{meaning}")


def names() -> dict[str, list[str]]:
    """The names, in the order of their tables."""
    return {
        "states": [state.value for state in State],
        "actions": [action.value for action in Action],
        "kinds": list(KINDS),
        "faults": list(TABLE),
    }


def profile_schema() -> dict[str, Any]:
    """JSON schema of a profile, for editors."""
    shape = ProfileData.model_json_schema()
    limits: list[dict[str, Any]] = []
    for limit in KINDS.values():
        model = limit.model.model_json_schema()
        shape["$defs"].update(model.pop("$defs", {}))
        limits.append(model)
    shape["properties"]["limits"] = {"type": "array", "minItems": 1, "items": {"anyOf": limits}}
    shape["required"] = [*shape["required"], "limits"]
    return shape
