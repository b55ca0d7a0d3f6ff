"""``iatro demo``: the whole chain once, over real DDS, and the same plans without a governor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from iatro_governor.cli._processes import RunFailed
from iatro_governor.cli.output import console, notes, print_json
from iatro_governor.errors import IatroError


def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where summary.json, ledger.db and report.html go.")
    ] = Path("out/demo"),
    scenario: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Plans and world of one robot; else the demo's own two."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="That robot's configuration; else amr.yaml or panda.yaml."),
    ] = None,
    transcripts: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Recorded planner replies, JSON lines, to be judged as well."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON document.")] = False,
) -> None:
    """Run the demo: scripted plans on simulated robots, governed and recorded, beside the same plans ungoverned.

    Exit 0: no harm governed, every task done, every verdict on record. Exit 1: not so, and it says what.
    """
    try:
        from iatro_governor.cli._demo_run import run

        summary = run(out, scenario, config, transcripts)
    except RunFailed as error:
        _fail(error, 1, as_json)
    except IatroError as error:
        _fail(error, 2, as_json)
    except KeyboardInterrupt:
        _fail("interrupted; everything that was started has ended", 130, as_json)
    if as_json:
        print_json(summary)
    else:
        console.print(_table(summary, out))
    for failure in summary["failures"]:
        notes.print(f"demo: {failure}", style="bold red", markup=False)
    for note in summary["notes"]:
        notes.print(f"demo: {note}", style="yellow", markup=False)
    raise typer.Exit(1 if summary["failures"] else 0)


def _fail(error: Exception | str, code: int, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": str(error)})
    notes.print(f"demo: {error}", markup=False)
    raise typer.Exit(code)


def _table(summary: Mapping[str, Any], out: Path) -> RenderableType:
    return Group(_plans(summary), Text(""), _effect(summary), Text(""), *_accounts(summary, out))


def _plans(summary: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("plan", no_wrap=True, max_width=26, overflow="ellipsis")
    table.add_column("words against action", no_wrap=True)
    table.add_column("sev", justify="right")
    table.add_column("task", no_wrap=True)
    table.add_column("harm if ungoverned", max_width=20)
    robot = ""
    for plan in summary["plans"]:
        if plan["robot"] != robot and len(summary["robots"]) > 1:
            robot = plan["robot"]
            table.add_section()
            table.add_row(Text(f"the {robot}", "bold"))
        recorded = ", ".join(plan["recorded"]) or "(none)"
        right = plan["recorded"] == [plan["expected"]]
        table.add_row(
            Text(plan["title"]),
            Text(recorded, "" if right else "bold red"),
            Text("-" if plan["severity"] is None else str(plan["severity"])),
            Text({True: "done", False: "FAILED", None: "-"}[plan["task_done"]]),
            Text(", ".join(kind.replace("_", " ") for kind in plan["harms_ungoverned"]) or "-", "red"),
        )
    return table


def _effect(summary: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for name, justify in (("", "left"), ("ungoverned", "right"), ("governed", "right"), ("bound", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    sides = ("ungoverned", "governed")
    for name, robot in summary["robots"].items():
        tasks = robot["tasks"]
        table.add_section()
        table.add_row(Text(f"harms of the {name}"), *(str(robot["harms"][side]) for side in sides), "0")
        table.add_row("tasks done", *("{done} of {of}".format(**tasks[side]) for side in sides))
        for peak in robot["peaks"]:
            numbers = [_number(peak[side], peak["unit"]) for side in (*sides, "bound")]
            table.add_row(Text(f"peak {peak['name']}"), *numbers)
    return table


def _number(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit == "N" else f"{value:.2f} {unit}"


def _accounts(summary: Mapping[str, Any], out: Path) -> list[Text]:
    lines = [
        "{statements} statements + {unattributed_groups} unattributed = {verdict_records} verdict records",
        "{commands} commands = {attributed} attributed + {unattributed} unattributed; {lost} records lost",
        "{records} records in the ledger, {decisions} of them decisions; {duration_s} s in all",
    ]
    text = [Text(line.format(**summary)) for line in lines]
    if summary["transcripts"] is not None:
        found = ", ".join(f"{name} {count}" for name, count in summary["transcripts"].items() if count)
        text.append(Text(f"transcripts: {found or 'none'}"))
    chain = "the ledger's chain is sound" if summary["chain_sound"] else "THE LEDGER IS NOT SOUND"
    return [*text, Text(f"{chain}; words beside actions: {out / 'report.html'}")]
