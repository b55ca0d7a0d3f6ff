"""``iatro label``: what each stop and each limit does, what it does besides, and where it must not be used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from iatro_governor.cli.output import console, print_json
from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.sheets import Sheet, sheets
from iatro_governor.profile.labels import Contraindication
from iatro_governor.profile.obedience import NOT_JUDGED, obedience_of


def label(
    file: Annotated[Path, typer.Argument(help="A robot's configuration, YAML.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Print the label sheets of a configuration's stops and limits. Exit 2 if it cannot be used."""
    profile = load_profile(file)
    found = sheets(profile)
    if json:
        robot = profile.data.robot.name
        rows = [sheet.to_json() for sheet in found]
        obeys = {name: obedience_of(channel.type) for name, channel in profile.data.channels.items()}
        print_json({"robot": robot, "config_hash": profile.config_hash, "labels": rows, "obedience": obeys})
        return
    console.print(Text(f"{profile.data.robot.name}   configuration {profile.config_hash[:12]}"))
    for sheet in found:
        _print(sheet)
    for name, channel in profile.data.channels.items():
        if channel.type in NOT_JUDGED:
            console.print(Text(f"\nObedience of channel {name} ({channel.type}) is not judged", style="bold"))
            _part("Why", [NOT_JUDGED[channel.type]])


def _print(sheet: Sheet) -> None:
    what = "stop mode" if sheet.of == "stop" else "limit"
    console.print()
    console.print(Text(f"{sheet.name}   {what} of channel {sheet.channel} ({sheet.kind})", style="bold"))
    _part("Mechanism of action", [sheet.mechanism])
    _part("Side effects", sheet.side_effects)
    against = [_told(row) for row in sheet.contraindications]
    _part("Contraindications", [*([sheet.remark] if sheet.remark else []), *against])
    _part("Therapeutic window", [sheet.window])
    _part("Source", [sheet.source])


def _told(row: Contraindication) -> str:
    told = f"told by {row.told_by or row.zone}, and counts as so while that is unknown"
    return f"{row.when}: use {row.use} instead. {row.why} ({told}; source: {row.source})"


def _part(heading: str, lines: Iterable[str]) -> None:
    console.print(Padding(Text(heading, style="underline"), (0, 0, 0, 2), expand=False))
    for line in lines:
        text = Text(" ".join(line.replace("``", "").split()))
        console.print(Padding(text, (0, 0, 0, 4), expand=False))
