"""``iatro replay``: one incident decided again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import IatroError
from .output import console, notes, print_json


def replay(
    db: Annotated[Path, typer.Argument(metavar="DB", help="The ledger.")],
    incident: Annotated[str, typer.Option(help="A record's number, or a plan id.", show_default=False)],
    config: Annotated[
        Path | None, typer.Option(help="Another policy: what would it have done?", show_default=False)
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="Journals of inputs; else those beside DB.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Tell the core again what it was told, and compare its decisions with the recorded ones, byte for byte.

    Exit 0 when they are the same, 1 with a difference, 2 when it cannot be replayed. With --config the recorded inputs
    meet another policy, and what it would have decided otherwise is shown: where they stood at the time, the robot and
    its readings do not follow.
    """
    from ..ledger.reader import Reader
    from ..limits.registry import load_profile
    from ..review.incidents import start_time
    from ..review.replay import folders_beside
    from ..review.replay import replay as again

    try:
        profile = None if config is None else load_profile(config)
        with Reader(db) as reader:
            found = again(reader, incident, inputs or folders_beside(db), profile).to_json()
            start = start_time(reader)
    except IatroError as error:
        if as_json:
            print_json({"error": str(error)})
        notes.print(f"iatro replay: {error}", markup=False)
        raise typer.Exit(2) from None
    if as_json:
        print_json(found)
    else:
        _tell(found, start)
    raise typer.Exit(0 if found["identical"] else 1)


def _tell(found: dict[str, Any], start: float) -> None:
    exact = found["policy"] == found["recorded_policy"]
    console.print(
        f"incident {found['incident']}: decisions {found['first']} to {found['last']}, {found['compared']} compared, "
        f"{found['differing']} differ, {found['missing']} not on record",
        markup=False,
    )
    for one in found["differences"]:
        at = f"{one['t'] - start:.3f} s after the first record"
        console.print(f"  decision {one['seq']} on {one['channel']}, {at}", markup=False)
        for name, sides in one["differs"].items():
            recorded, replayed = (_value(sides[side], exact) for side in ("recorded", "replayed"))
            console.print(f"    {name}: recorded {recorded}, replayed {replayed}", markup=False)
    if (more := found["differing"] - len(found["differences"])) > 0:
        console.print(f"  and {more} more that differ", markup=False)
    for note in found["notes"]:
        notes.print(note, markup=False)
    if found["identical"]:
        console.print("byte-identical", markup=False)


def _value(value: Any, exact: bool) -> Any:
    """Where bytes are compared every digit counts; under another policy four of them tell enough."""
    if exact or not isinstance(value, list) or not all(isinstance(one, float) for one in value):
        return value
    return f"[{', '.join(f'{one:.4g}' for one in value)}]"
