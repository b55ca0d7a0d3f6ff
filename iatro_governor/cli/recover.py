"""``iatro recover``: an operator moves a robot that is TRAPPED, for as long as a key is held."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from iatro_governor import operator_key
from iatro_governor.cli._held import held_key
from iatro_governor.cli.output import console, notes, print_json


def recover(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="What is to move.")],
    move: Annotated[
        str,
        typer.Option(metavar="V,V,...", help="vx,vy,vz,wx,wy,wz in m/s and rad/s, or joint speeds."),
    ],
    key: Annotated[Path, typer.Option(metavar="FILE", help="The operator's key.")] = Path("operator.key"),
    namespace: Annotated[str, typer.Option(metavar="NS", help="The robot's namespace.")] = "/",
    timeout: Annotated[float, typer.Option(metavar="S", min=0.1, help="Wait for the governor, s.")] = 10.0,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Move a robot that is TRAPPED while you hold a key (the space bar, say), and stand where you see all of it.

    It goes no faster than the profile's creep speed, and past no limit but those that its `recover` names. Let go, and
    it stops. Exit 0: it moved until you let go. Exit 1: refused. Exit 2: no governor, no usable key, no motion.
    """
    values = _values(move)
    signing = operator_key.read(key)
    from iatro_governor.nodes.recovering import recover as hold

    notes.print("Hold a key to move; let go to stop.")
    with held_key() as held:
        came = hold(namespace, signing, channel, values, held, timeout)
    if json:
        print_json(
            {
                "trap_id": came.trap_id or None,
                "limits": list(came.limits),
                "messages": came.messages,
                "message": came.message,
            }
        )
    elif came.message:
        notes.print(f"iatro recover: {came.message}", markup=False)
    else:
        console.print(
            f"let go of after {came.messages} messages; it moves by commands again once they begin anew"
        )
    raise typer.Exit(1 if came.message else 0)


def _values(move: str) -> list[float]:
    try:
        values = [float(part) for part in move.split(",")]
    except ValueError:
        values = []
    if not values or not all(map(math.isfinite, values)):
        notes.print(
            f"iatro recover: --move {move!r}; finite numbers with commas between are needed", markup=False
        )
        raise typer.Exit(2)
    return values
