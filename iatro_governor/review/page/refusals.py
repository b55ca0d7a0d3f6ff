"""What is answered where there is no page: why, in words, and never with a trace."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ...errors import IatroError, NoIncident
from .render import refusal
from .shelf import Shelf


def add_refusals(app: FastAPI, shelf: Shelf) -> None:
    """Answers whatever goes wrong in ``app``, with a way back to the ledger that was asked for."""

    def refused(request: Request, status: int, message: str) -> Response:
        return refusal(status, message, shelf.place_of(request.path_params.get("ledger")))

    @app.exception_handler(HTTPException)
    def refuse(request: Request, error: HTTPException) -> Response:
        messages = {404: "Nothing is kept under this address.", 405: "This address can only be read."}
        answer = refused(request, error.status_code, messages.get(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, error: RequestValidationError) -> Response:
        if "number" in request.path_params:
            return refused(request, 404, "An incident goes by a number.")
        first = error.errors()[0]
        return refused(request, 400, f"{first['loc'][-1]}: {first['msg'].removeprefix('Value error, ')}")

    @app.exception_handler(IatroError)
    def unreadable(request: Request, error: IatroError) -> Response:
        return refused(request, 404 if isinstance(error, NoIncident) else 503, str(error))

    @app.exception_handler(OSError)
    def out_of_reach(request: Request, error: OSError) -> Response:
        return refused(request, 503, str(error))

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        return refused(request, 500, f"The page failed ({type(error).__name__}); the console says where.")
