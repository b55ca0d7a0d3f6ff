"""``iatro schema``: the names that other programs rely on, and the shapes of a profile and of a planner's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from iatro_governor.cli.output import console, print_json
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.ladder import TABLE
from iatro_governor.limits.registry import KINDS
from iatro_governor.planning.reply import Reply
from iatro_governor.planning.tools import Tools
from iatro_governor.profile.load import load_data
from iatro_governor.profile.model import ProfileData
from iatro_governor.resources import shared


def schema(
    json: Annotated[
        bool, typer.Option("--json", help="Everything, the profile's JSON schema included.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="The profile's JSON schema alone, for editors.")
    ] = False,
    planner: Annotated[
        bool, typer.Option("--planner", help="What a planner may answer, and the tools that move a robot.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="Whose tools; the demo's robot unless given.")
    ] = None,
) -> None:
    """Names of states, actions, kinds of limits and faults; with --json also the profile's schema.

    With --planner the JSON schema of a planner's answer, and the tools of a robot as a chat request has them.
    """
    if config is not None and not planner:
        raise typer.BadParameter("only --planner looks at a profile", param_hint="--config")
    if profile:
        print_json(profile_schema())
        return
    if planner:
        _show_planner(config or shared("config/amr.yaml"), json)
        return
    if json:
        print_json({**names(), "profile": profile_schema()})
        return
    for title, values in names().items():
        _show(title, [(value, _meaning(value) if title == "faults" else "") for value in values])


def planner_schema(config: Path) -> dict[str, Any]:
    """``reply``: the JSON schema of an answer; ``tools``: the calls that move the robot of ``config``."""
    return {"reply": Reply.model_json_schema(), "tools": Tools(load_data(config).channels).offered()}


def _show_planner(config: Path, json: bool) -> None:
    shape = planner_schema(config)
    if json:
        print_json(shape)
        return
    parts = shape["reply"]["properties"].items()
    _show("reply", [(name, part.get("description", "")) for name, part in parts])
    tools = [one["function"] for one in shape["tools"]]
    _show(
        "tools",
        [
            (one["name"], f"{one['description']} ({', '.join(one['parameters']['properties'])})")
            for one in tools
        ],
    )


def _meaning(fault: str) -> str:
    row = TABLE[fault]
    return f"{row.level.name.lower()}; clears with: {row.clears}"


def _show(title: str, rows: list[tuple[str, str]]) -> None:
    """A name a line, and what it means beside it; long ones go on below their beginning."""
    console.print(f"[bold]{title}[/]")
    table = Table.grid(padding=(0, 2), pad_edge=True)
    table.add_column(no_wrap=True)
    for name, meaning in rows:
        table.add_row(Text(name), Text(meaning))
    console.print(table)


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
    shape = {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProfileData.model_json_schema()}
    limits: list[dict[str, Any]] = []
    for limit in KINDS.values():
        model = limit.model.model_json_schema()
        shape["$defs"].update(model.pop("$defs", {}))
        limits.append(model)
    shape["properties"]["limits"] = {"type": "array", "minItems": 1, "items": {"anyOf": limits}}
    shape["required"] = [*shape["required"], "limits"]
    return shape
