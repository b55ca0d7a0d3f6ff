"""The whole page: what is behind the door, and the door."""

from __future__ import annotations

from importlib import resources

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp

from . import ledger_pages, shelf_pages
from .door import Door
from .forms import own_form
from .guard import COOKIE, Guard
from .refusals import add_refusals
from .render import page, refusal
from .shelf import Shelf

KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


def make_app(shelf: Shelf, guard: Guard) -> ASGIApp:
    """The page about the ledgers on ``shelf``, all of it behind ``guard``."""
    app = FastAPI(title="iatro review", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.shelf, app.state.guard = shelf, guard
    if shelf.home.is_shelf:
        app.include_router(shelf_pages.router)
        app.include_router(ledger_pages.router, prefix="/ledgers/{ledger}")
    else:
        app.include_router(ledger_pages.router)
    _add_assets(app)
    _add_door(app, guard)
    add_refusals(app, shelf)
    return Door(app, guard, shelf.home)


def _add_assets(app: FastAPI) -> None:
    @app.api_route("/assets/{name}", methods=ledger_pages.READ)
    def asset(name: str) -> Response:
        kind = KINDS.get(name.rpartition(".")[2])
        file = resources.files(__package__).joinpath("assets", name)
        if kind is None or "/" in name or "\\" in name or not file.is_file():
            return refusal(404, "Nothing is kept under this name.")
        return Response(file.read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})


def _add_door(app: FastAPI, guard: Guard) -> None:
    @app.api_route("/token", methods=ledger_pages.READ)
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
