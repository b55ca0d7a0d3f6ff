"""The door of the page: every request passes the guard before anything of it is read, and every answer is marked."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .guard import HEADERS, Guard
from .place import ONLY, Place
from .render import refusal

OPEN = ("/token", "/assets/")
"""What is answered without a token: the page that asks for one, and its looks."""


class Door:
    """Lets a request pass to ``app`` when ``guard`` knows it."""

    def __init__(self, app: ASGIApp, guard: Guard, home: Place = ONLY) -> None:
        self._app, self._guard, self._home = app, guard, home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no request of HTTP (the start and the end of the server) passes as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._answer(scope)(scope, receive, marked)

    def _answer(self, scope: Scope) -> ASGIApp:
        headers = Headers(scope=scope)
        if not self._guard.answers_to(headers.get("host")):
            return refusal(
                400,
                "This page does not go by that name. Open it by the address that iatro printed.",
                self._home,
            )
        path = str(scope["path"])
        if self._guard.knows(headers.get("authorization"), headers.get("cookie")) or path.startswith(OPEN):
            return self._app
        if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/token", 303)
        return refusal(401, "A token is needed: send it as `Authorization: Bearer TOKEN`.", self._home)
