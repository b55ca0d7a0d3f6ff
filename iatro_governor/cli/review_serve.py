"""``iatro review serve``: incidents in a browser."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import IatroError, LedgerError
from .review import DEFAULT_LEDGER, Json, KeyFile, key_of, refuse

if TYPE_CHECKING:
    from ..review.page.shelf import Shelf

PORT = 8765


def serve(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE",
            help="Ledgers, or folders of them; out/demo/ledger.db unless given.",
        ),
    ] = None,
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
    """Show incidents as pages in a browser, until Ctrl-C; needs no network.

    Of several ledgers, or a folder, the first page has a line for each. A ledger that comes later is not taken up.
    One that cannot be read is shown as such; exit 2 where none can be.
    """
    try:
        _serve(sources or [str(DEFAULT_LEDGER)], host, port, token, name or [], config or [], key, as_json)
    except IatroError as error:
        refuse(str(error), as_json)


def _serve(
    sources: list[str], host: str, port: int, token: str | None, names: list[str], configs: list[Path],
    key: Path | None, as_json: bool,
) -> None:  # fmt: skip
    from ..review.page.app import make_app
    from ..review.page.guard import SHORTEST_TOKEN, Guard, is_loopback
    from ..review.page.serve import address, listen, serve

    if token is not None and len(token) < SHORTEST_TOKEN:
        raise LedgerError(f"--token: {len(token)} characters (allowed: at least {SHORTEST_TOKEN})")
    if token is None and not is_loopback(host):
        raise LedgerError(
            f"--host {host}: others can reach this address, so a token is needed: give --token, or set"
            " IATRO_REVIEW_TOKEN; without one only 127.0.0.1, ::1 and localhost are allowed"
        )
    shelf = _shelf(sources, key, configs)
    app = make_app(shelf, Guard.of(host, token, names))
    with listen(host, port) as found:
        where = address(host, found)

        def ready() -> None:
            if as_json:
                document = {"address": where, **_told(shelf, where), "pid": os.getpid()}
                print(json.dumps({**document, "token": token is not None}), flush=True)
                return
            count = len(shelf.desks)
            print(f"{f'{count} ledgers' if count > 1 else ' '.join(sources)}: {where}", flush=True)
            for problem in [*shelf.looked_through()[1].values(), *shelf.problems]:
                print(f"cannot be shown: {problem}", file=sys.stderr)
            print("Ctrl-C ends it", file=sys.stderr)

        serve(app, found, ready)


def _shelf(sources: list[str], key: Path | None, configs: list[Path]) -> Shelf:
    from ..review.fleet import is_one_ledger
    from ..review.page.desk import Desk
    from ..review.page.shelf import Shelf

    if is_one_ledger(sources):
        db = Path(sources[0])
        return Shelf.of_one(Desk.lay(db, key_of(db, key), configs))
    return Shelf.lay(sources, lambda db: key_of(db, key), configs)


def _told(shelf: Shelf, where: str) -> dict[str, object]:
    """What is shown, for a program: the one ledger, or each with its address, and what cannot be shown."""
    if not shelf.home.is_shelf:
        return {"ledger": str(shelf.desks["1"].db)}
    damage = shelf.looked_through()[1]
    ledgers = [
        {"ledger": str(desk.db), "address": f"{where}{desk.place.root[1:]}/", "problem": damage.get(number)}
        for number, desk in shelf.desks.items()
    ]
    return {"ledgers": ledgers, "problems": list(shelf.problems)}
