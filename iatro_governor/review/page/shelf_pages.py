"""The addresses of the pages about all ledgers: the shelf, and the incidents of all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ...errors import LedgerError
from ..fleet import Fleet
from ..times import date
from .comparing import compared
from .fleet import counted
from .ledger_pages import READ
from .render import page
from .shelf import Shelf
from .shelved import LONGEST, shadow_among, shelved

router = APIRouter()


async def shelf_of(request: Request) -> Shelf:
    """What is shown."""
    shelf: Shelf = request.app.state.shelf
    return shelf


Shown = Annotated[Shelf, Depends(shelf_of)]


@router.api_route("/", methods=READ)
def show_shelf(shelf: Shown, q: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """A row for each ledger."""
    return page("shelf.html.j2", place=shelf.home, **shelved(shelf, q))


@router.api_route("/fleet", methods=READ)
def show_fleet(shelf: Shown) -> Response:
    """All incidents of all ledgers at a glance."""
    with _together(shelf) as (fleet, left_out, shadow):
        values = counted(fleet.rows, shadow, None)
    return page("fleet.html.j2", place=shelf.home, left_out=left_out, **values)


@router.api_route("/compare", methods=READ)
def show_comparisons(shelf: Shown, by: str | None = None) -> Response:
    """Groups of all incidents of all ledgers side by side."""
    with _together(shelf) as (fleet, left_out, shadow):
        values = compared(fleet.rows, by, shadow, lambda t: date(t) or f"{t:.1f} s", fleet.gone)
    return page("compare.html.j2", place=shelf.home, left_out=left_out, **values)


@contextmanager
def _together(shelf: Shelf) -> Iterator[tuple[Fleet, list[str], str]]:
    """The incidents of all ledgers that can be read, why the others are left out, and what must be known first."""
    shadows, damage = shelf.looked_through()
    if not shadows:
        raise LedgerError("; ".join(damage.values()))
    with Fleet([shelf.desks[number].db for number in shadows]) as fleet:
        yield fleet, [*damage.values(), *fleet.problems], shadow_among(shadows.values())
