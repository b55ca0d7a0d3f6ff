"""Forms that the page takes: its own ones, and short."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.exceptions import HTTPException

from .guard import Guard

LONGEST_FORM = 64_000
"""Bytes of a form; longer ones are refused before they are read."""


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
