"""The addresses of one ledger's pages: each reads the ledger as it is now and answers with one page."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse

from ...errors import LedgerError, NoIncident
from ..incidents import numbered
from ..notes import annotate
from .clips import clip_file
from .comparing import comparing
from .desk import Desk
from .fleet import fleet
from .forms import own_form
from .guard import Guard
from .incident import incident
from .listing import listing
from .render import page, refusal
from .shelf import Shelf
from .wanted import Wanted

READ = ["GET", "HEAD"]
router = APIRouter()


async def laid(request: Request) -> Desk:
    """The desk that the address names, or the only one."""
    shelf: Shelf = request.app.state.shelf
    desk = shelf.desks.get(request.path_params.get("ledger", "1"))
    if desk is None:
        raise HTTPException(404)
    return desk


async def guard_of(request: Request) -> Guard:
    """The guard of the door."""
    guard: Guard = request.app.state.guard
    return guard


Laid = Annotated[Desk, Depends(laid)]
Guarded = Annotated[Guard, Depends(guard_of)]


async def asked(wanted: Annotated[Wanted, Query()], desk: Laid) -> Wanted:
    """What the address asks of its ledger's list."""
    return wanted.under(desk.place.root)


Asked = Annotated[Wanted, Depends(asked)]


@router.api_route("/", methods=READ)
def show_list(desk: Laid, wanted: Asked) -> Response:
    """The list."""
    with desk.reader() as reader:
        return page("list.html.j2", place=desk.place, **listing(reader, wanted))


@router.api_route("/incidents/{number}.json", methods=READ)
def export(desk: Laid, number: int) -> Response:
    """One incident as a file."""
    with desk.reader() as reader:
        text = json.dumps(numbered(reader, number).to_json(), indent=1)
    name = f'attachment; filename="incident-{number}.json"'
    return Response(text, media_type="application/json", headers={"Content-Disposition": name})


@router.api_route("/clips/{number}.mcap", methods=READ)
def clip(desk: Laid, number: int) -> Response:
    """What went over the wire, as a file."""
    with desk.reader() as reader:
        file = clip_file(reader, number)
    return FileResponse(file, media_type="application/octet-stream", filename=file.name)


@router.api_route("/incidents/{number}", methods=READ)
def show_incident(desk: Laid, guard: Guarded, number: int, wanted: Asked) -> Response:
    """One incident."""
    with desk.reader() as reader:
        values = incident(reader, desk, number, wanted)
    return page("incident.html.j2", place=desk.place, **values, form_mark=guard.form_mark())


@router.api_route("/fleet", methods=READ)
def show_fleet(desk: Laid) -> Response:
    """All incidents at a glance."""
    with desk.reader() as reader:
        return page("fleet.html.j2", place=desk.place, **fleet(reader, desk.place.root))


@router.api_route("/compare", methods=READ)
def show_comparisons(desk: Laid, by: str | None = None) -> Response:
    """Groups side by side."""
    with desk.reader() as reader:
        return page("compare.html.j2", place=desk.place, **comparing(reader, by))


@router.post("/incidents/{number}/notes")
async def add_note(desk: Laid, guard: Guarded, number: int, request: Request) -> Response:
    """One more note; the incident is shown again."""
    form = await own_form(request, guard)
    if desk.key is None:
        return refusal(409, f"Notes need the ledger's key. {desk.key_problem}", desk.place)
    try:
        await run_in_threadpool(annotate, desk.db, desk.key, number, form.get("by", ""), form.get("text", ""))
    except NoIncident:
        raise
    except LedgerError as error:
        return refusal(409, f"The note was not written: {error}", desk.place)
    return RedirectResponse(f"{desk.place.root}/incidents/{number}#notes", 303)
