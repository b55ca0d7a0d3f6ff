"""The page's addresses: each reads the ledger as it is now and answers with one page."""

from __future__ import annotations

import json
from importlib import resources
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse
from starlette.types import ASGIApp

from ...errors import IatroError, LedgerError, NoIncident
from ..incidents import numbered
from ..notes import annotate
from .clips import clip_file
from .comparing import comparing
from .desk import Desk
from .door import Door
from .fleet import fleet
from .guard import COOKIE, Guard
from .incident import incident
from .listing import listing
from .render import page, refusal
from .wanted import Wanted

READ = ["GET", "HEAD"]
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
LONGEST_FORM = 64_000
"""Bytes of a form; longer ones are refused before they are read."""
Asked = Annotated[Wanted, Query()]


def make_app(desk: Desk, guard: Guard) -> ASGIApp:
    """The page about ``desk``, behind ``guard``."""
    app = FastAPI(title="iatro review", openapi_url=None, docs_url=None, redoc_url=None)
    _add_pages(app, desk, guard)
    _add_notes(app, desk, guard)
    _add_door(app, guard)
    _add_refusals(app)
    return Door(app, guard)


def _add_pages(app: FastAPI, desk: Desk, guard: Guard) -> None:
    @app.api_route("/", methods=READ)
    def show_list(wanted: Asked) -> Response:
        with desk.reader() as reader:
            return page("list.html.j2", **listing(reader, wanted))

    @app.api_route("/incidents/{number}.json", methods=READ)
    def export(number: int) -> Response:
        with desk.reader() as reader:
            text = json.dumps(numbered(reader, number).to_json(), indent=1)
        name = f'attachment; filename="incident-{number}.json"'
        return Response(text, media_type="application/json", headers={"Content-Disposition": name})

    @app.api_route("/clips/{number}.mcap", methods=READ)
    def clip(number: int) -> Response:
        with desk.reader() as reader:
            file = clip_file(reader, number)
        return FileResponse(file, media_type="application/octet-stream", filename=file.name)

    @app.api_route("/incidents/{number}", methods=READ)
    def show_incident(number: int, wanted: Asked) -> Response:
        with desk.reader() as reader:
            values = incident(reader, desk, number, wanted)
        return page("incident.html.j2", **values, form_mark=guard.form_mark())

    @app.api_route("/fleet", methods=READ)
    def show_fleet() -> Response:
        with desk.reader() as reader:
            return page("fleet.html.j2", **fleet(reader))

    @app.api_route("/compare", methods=READ)
    def show_comparisons(by: str | None = None) -> Response:
        with desk.reader() as reader:
            return page("compare.html.j2", **comparing(reader, by))

    @app.api_route("/assets/{name}", methods=READ)
    def asset(name: str) -> Response:
        kind = KINDS.get(name.rpartition(".")[2])
        file = resources.files(__package__).joinpath("assets", name)
        if kind is None or "/" in name or "\\" in name or not file.is_file():
            return refusal(404, "Nothing is kept under this name.")
        return Response(file.read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})


def _add_notes(app: FastAPI, desk: Desk, guard: Guard) -> None:
    @app.post("/incidents/{number}/notes")
    async def add_note(number: int, request: Request) -> Response:
        form = await own_form(request, guard)
        if desk.key is None:
            return refusal(409, f"Notes need the ledger's key. {desk.key_problem}")
        try:
            await run_in_threadpool(
                annotate, desk.db, desk.key, number, form.get("by", ""), form.get("text", "")
            )
        except NoIncident:
            raise
        except LedgerError as error:
            return refusal(409, f"The note was not written: {error}")
        return RedirectResponse(f"/incidents/{number}#notes", 303)


def _add_door(app: FastAPI, guard: Guard) -> None:
    @app.api_route("/token", methods=READ)
    def ask_for_token() -> Response:
        return page("token.html.j2", wrong=False, form_mark=guard.form_mark())

    @app.post("/token")
    async def take_token(request: Request) -> Response:
        form = await own_form(request, guard)
        if not guard.is_token(form.get("token", "")):
            return page("token.html.j2", 403, wrong=True, form_mark=guard.form_mark())
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, guard.cookie(), httponly=True, samesite="strict")
        return answer


async def own_form(request: Request, guard: Guard) -> dict[str, str]:
    """The fields of a form that this page made; raises HTTPException for any other."""
    form = await read_form(request)
    headers = request.headers
    if not guard.is_own_form(form.get("mark", ""), headers.get("origin"), headers.get("host")):
        raise HTTPException(403, "This form was not made by this page, or before it was started anew.")
    return form


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; raises HTTPException for what is none, or too long a one."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise HTTPException(400, "This is not the form that this page has.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, f"At most {LONGEST_FORM:,} bytes are taken.")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:
        raise HTTPException(400, "This is not the form that this page has.") from error


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    def refuse(_: Request, error: HTTPException) -> Response:
        messages = {404: "Nothing is kept under this address.", 405: "This address can only be read."}
        answer = refusal(error.status_code, messages.get(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, error: RequestValidationError) -> Response:
        if "number" in request.path_params:
            return refusal(404, "An incident goes by a number.")
        first = error.errors()[0]
        return refusal(400, f"{first['loc'][-1]}: {first['msg'].removeprefix('Value error, ')}")

    @app.exception_handler(IatroError)
    def unreadable(_: Request, error: IatroError) -> Response:
        return refusal(404 if isinstance(error, NoIncident) else 503, str(error))

    @app.exception_handler(Exception)
    def broken(_: Request, error: Exception) -> Response:
        return refusal(500, f"The page failed ({type(error).__name__}); the console says where.")
