"""``iatro review serve``: incidents in a browser."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import IatroError, LedgerError
from .review import DEFAULT_LEDGER, Json, KeyFile, key_of, refuse

PORT = 8765


def serve(
    db: Annotated[Path, typer.Argument(metavar="[DB]", help="The ledger.")] = DEFAULT_LEDGER,
    host: Annotated[str, typer.Option(help="Listen on this address of the machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = PORT,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="IATRO_REVIEW_TOKEN", help="Ask for this token; needed where others can reach the page."
        ),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="Another name that browsers may know this machine by.")
    ] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option(help="A robot's configuration, for its label sheets and zones; may be repeated."),
    ] = None,
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Show incidents as pages in a browser, until Ctrl-C; needs no network."""
    try:
        _serve(db, host, port, token, name or [], config or [], key, as_json)
    except IatroError as error:
        refuse(str(error), as_json)


def _serve(
    db: Path, host: str, port: int, token: str | None, names: list[str], configs: list[Path],
    key: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from ..review.fleet import expanded, is_export
    from ..review.page.app import make_app
    from ..review.page.desk import Desk
    from ..review.page.guard import SHORTEST_TOKEN, Guard, is_loopback
    from ..review.page.serve import address, listen, serve

    if token is not None and len(token) < SHORTEST_TOKEN:
        raise LedgerError(f"--token: {len(token)} characters (allowed: at least {SHORTEST_TOKEN})")
    if token is None and not is_loopback(host):
        raise LedgerError(
            f"--host {host}: others can reach this address, so a token is needed: give --token, or set"
            " IATRO_REVIEW_TOKEN; without one only 127.0.0.1, ::1 and localhost are allowed"
        )
    if db.is_dir():
        inside = ", ".join(one for one in expanded([db])[0] if not is_export(one)) or "none in it"
        raise LedgerError(f"{db}: a folder; the page shows one ledger at a time: give one of {inside}")
    desk = Desk.lay(db, key_of(db, key), configs)
    app = make_app(desk, Guard.of(host, token, names))
    with listen(host, port) as found:
        where = address(host, found)

        def ready() -> None:
            document = {"address": where, "ledger": str(db), "pid": os.getpid(), "token": token is not None}
            print(json.dumps(document) if as_json else f"{db}: {where}", flush=True)
            if not as_json:
                print("Ctrl-C ends it", file=sys.stderr)

        serve(app, found, ready)
