"""``iatro reset``: an operator releases what is latched."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from iatro_governor import operator_key
from iatro_governor.cli.output import console, notes, print_json
from iatro_governor.governor.resetting import token_of


def reset(
    key: Annotated[Path, typer.Option(metavar="FILE", help="The operator's key.")] = Path("operator.key"),
    namespace: Annotated[str, typer.Option(metavar="NS", help="The robot's namespace.")] = "/",
    timeout: Annotated[float, typer.Option(metavar="S", min=0.1, help="Wait for the governor, s.")] = 10.0,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the token for --id and --nonce; no robot is asked.")
    ] = False,
    latch_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Of the latch.")] = None,
    nonce: Annotated[str | None, typer.Option(metavar="NONCE", help="Of the latch.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Release the latch of a robot, once you know why it stopped and have ended the cause.

    Exit 0: released, or nothing was latched. Exit 1: refused. Exit 2: no governor, or no usable key.
    """
    if only_print:
        _print_token(operator_key.read(key), latch_id, nonce, json)
    if latch_id is not None or nonce is not None:
        _misuse("--id and --nonce belong to --print; the governor tells its own")
    signing = operator_key.read(key)
    from iatro_governor.nodes.releasing import release

    answer = release(namespace, signing, timeout)
    fine = answer.accepted or not answer.latch_id
    row: dict[str, Any] = {
        "accepted": answer.accepted,
        "latch_id": answer.latch_id or None,
        "cause": answer.cause or None,
        "faults": answer.faults,
        "message": answer.message,
    }
    if json:
        print_json(row)
    else:
        for name, detail in answer.faults.items():
            console.print(f"  {name}: {detail}", markup=False)
        (console if fine else notes).print(answer.message, markup=False)
        if answer.accepted:
            console.print("It moves again once its faults have cleared and its commands begin anew.")
    raise typer.Exit(0 if fine else 1)


def _print_token(key: bytes, latch_id: str | None, nonce: str | None, json: bool) -> NoReturn:
    if latch_id is None or nonce is None:
        _misuse("--print needs --id and --nonce: a decision's latch has both")
    token = token_of(key, latch_id, nonce)
    if json:
        print_json({"token": token})
    else:
        print(token)
    raise typer.Exit(0)


def _misuse(message: str) -> NoReturn:
    notes.print(f"iatro reset: {message}", markup=False)
    raise typer.Exit(2)
