"""``iatro check``: is a configuration sound, and what does it bound?"""

from __future__ import annotations

import math
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from iatro_governor.cli._explain import explained, print_explained
from iatro_governor.cli._ladder import print_changes, print_warning
from iatro_governor.cli.output import console, notes, print_json
from iatro_governor.errors import Problem, ProfileError
from iatro_governor.governor.overrides import changes, table_of, weakened
from iatro_governor.governor.self_test import tested
from iatro_governor.limits.leaps import leaping
from iatro_governor.limits.registry import build, load_profile
from iatro_governor.limits.unheard import unheard
from iatro_governor.limits.vain import vain
from iatro_governor.profile.load import Profile
from iatro_governor.profile.obedience import obedience_of


def check(
    file: Annotated[Path, typer.Argument(help="A robot's configuration, YAML.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    explain: Annotated[
        bool, typer.Option(help="Say of each limit what it does and what it means, and what nothing bounds.")
    ] = False,
) -> None:
    """Validate a configuration and list what it bounds. Exit 2 if it cannot be used."""
    try:
        profile = load_profile(file)
        table_of(profile)
        warnings = tested(profile)
    except ProfileError as error:
        if json:
            print_json({**_empty(), "errors": [_plain(problem) for problem in error.problems]})
        else:
            _print_problems(error.problems)
        raise typer.Exit(2) from None
    summary = summarise(profile)
    summary["warnings"] += list(dict.fromkeys(map(str, warnings)))
    if explain:
        summary["explained"] = explained(profile)
    if json:
        print_json(summary)
    else:
        _print_summary(file, summary)
    if explain and not json:
        print_explained(summary["explained"])


def summarise(profile: Profile) -> dict[str, Any]:
    """What ``iatro check --json`` prints of a sound profile."""
    data = profile.data
    channels = {
        name: {
            "type": c.type,
            "input": c.input,
            "output": c.output,
            "rate_hz": data.loop.rate_hz,
            "command_timeout_s": c.command_timeout_s,
            "obedience": obedience_of(c.type),
        }
        for name, c in data.channels.items()
    }
    sources = {
        name: {"type": s.type, "timeout_s": s.timeout_s, "required": s.required}
        for name, s in data.sources.items()
    }
    rows = [limit.row() for limit in build(profile.limits)]
    return {
        **_empty(),
        "ok": True,
        "config_hash": profile.config_hash,
        "shadow": data.unsafe_shadow,
        "loop": data.loop.model_dump() | {"patience_s": data.loop.patience_s},
        "channels": channels,
        "sources": sources,
        "limits": rows,
        "faults": changes(profile),
        "warnings": [
            *weakened(profile),
            *leaping(profile),
            *unheard(profile),
            *vain(profile),
            *([] if profile.body is None else profile.body.warnings),
        ],
        "ungoverned": _ungoverned(profile),
    }


def _ungoverned(profile: Profile) -> list[str]:
    """Ways to an actuator that most such drivers have, and that the profile does not name."""
    return [
        f"channel {name}: goals for its controller's own action are neither governed nor noticed; "
        "name it in actuator.actions, and let planners use the gate's"
        for name, channel in profile.data.channels.items()
        if channel.type in ("joint_trajectory", "gripper") and not channel.actuator.actions
    ]


def _empty() -> dict[str, Any]:
    nothing: dict[str, Any] = {"loop": None, "channels": {}, "sources": {}, "limits": [], "faults": []}
    nothing |= {"errors": [], "warnings": [], "ungoverned": []}
    return {"ok": False, "config_hash": None, "shadow": False, **nothing}


def _plain(problem: Problem) -> dict[str, Any]:
    row = asdict(problem)
    if isinstance(row["given"], float) and not math.isfinite(row["given"]):
        row["given"] = str(row["given"])
    elif not isinstance(row["given"], str | int | float | bool | None):
        row["given"] = str(row["given"])
    return row


def _print_problems(problems: list[Problem]) -> None:
    for problem in problems:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        notes.print(f"[bold]{escape(where)}[/]  [red]{escape(problem.key)}[/]: {escape(problem.message)}")
        notes.print(f"    given    {escape(_as_written(problem.given))}")
        notes.print(f"    allowed  {escape(problem.allowed)}")
    count = len(problems)
    notes.print(f"\n{count} problem{'s' if count != 1 else ''}; this configuration is refused.")


def _as_written(given: Any) -> str:
    """As it stands in the file, or nearly so."""
    if given is None or given == "":
        return "(nothing)"
    return str(given).lower() if isinstance(given, bool) else str(given)


def _bound(row: dict[str, Any]) -> str:
    """The bound of a limit in few letters: equal neighbours of a list are counted."""
    if row["bound"] is not None:
        return f"{row['bound']:g} {row['unit']}"
    if row["bounds"] is None:
        return "(figure)"
    runs = [(value, len(list(run))) for value, run in groupby(row["bounds"])]
    return ", ".join(f"{value:g}" + (f" x{n}" if n > 1 else "") for value, n in runs) + f" {row['unit']}"


def _print_limits(rows: list[dict[str, Any]]) -> None:
    """A limit a line, and where its number comes from below it: beside it there is no room at 80 columns."""
    cells = [("limit", "kind", "bound"), *((row["name"], row["kind"], _bound(row)) for row in rows)]
    first, second = (max(len(cell[column]) for cell in cells) + 2 for column in (0, 1))
    for index, (name, kind, bound) in enumerate(cells):
        line = Text(f"{name:{first}}{kind:{second}}{bound}", style="bold" if index == 0 else "")
        console.print(line)
        if index:
            console.print(Padding(Text(rows[index - 1]["source"]), (0, 0, 0, 4), expand=False))


def _print_loop(loop: dict[str, Any]) -> None:
    """What a governor that is held up costs: what stood goes on until it, or the watch, speaks again."""
    late, dead, covered = loop["max_gap_s"], loop["patience_s"], loop["covered_gap_s"]
    console.print(f"loop    a gap of {late:g} s is a fault, after {dead:g} s the watch stops the robot")
    if covered < dead:
        console.print(
            f"        margins cover gaps up to {covered:g} s (covered_gap_s); in a longer one\n"
            f"        what moves at 1 m/s may go {dead - covered:.3g} m beyond them"
        )


def _print_summary(file: Path, summary: dict[str, Any]) -> None:
    console.print(f"[bold]{escape(str(file))}[/] is sound   hash {summary['config_hash'][:12]}\n")
    _print_limits(summary["limits"])
    for name, channel in summary["channels"].items():
        console.print(
            f"\nchannel [bold]{name}[/] ({channel['type']}, {channel['rate_hz']:g} Hz): "
            f"{channel['input']} -> {channel['output']}, silence stops after {channel['command_timeout_s']:g} s"
        )
        if not channel["obedience"]["judged"]:
            print_warning(f"channel {name}: obedience is not judged; {channel['obedience']['why']}")
    for name, source in summary["sources"].items():
        need = "required" if source["required"] else "optional"
        console.print(
            f"source  [bold]{name}[/] ({source['type']}, {need}): stale after {source['timeout_s']:g} s"
        )
    _print_loop(summary["loop"])
    print_changes(summary["faults"])
    if summary["shadow"]:
        console.print(
            "\n[bold red]unsafe_shadow is true: NOTHING IS ENFORCED.[/] Every command goes out as it came, "
            "and the governor only records what it would have done."
        )
    for warning in summary["warnings"]:
        print_warning(warning)
    for way in summary["ungoverned"]:
        print_warning(way)
