"""Serving the page: one socket, and an end when it is told to end."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from ...errors import IatroError

LINGER = 2
"""How long (s) an answer that is under way may take once the server is told to end."""


class Server(uvicorn.Server):
    """A server that says when it answers, and ends quietly at SIGINT and SIGTERM instead of handing them on."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Between its entry and its exit both signals mean: end."""
        names = (signal.SIGINT, signal.SIGTERM)
        before = [(name, signal.signal(name, self.handle_exit)) for name in names]
        try:
            yield
        finally:
            for name, handler in before:
                signal.signal(name, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; ``port`` 0 takes any free one. Raises IatroError, and says what to do."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, socket.SOCK_STREAM)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen(128)
        except BaseException:
            found.close()
            raise
    except OSError as error:
        raise IatroError(f"{host} port {port}: {_explained(error)}") from error
    except (UnicodeError, OverflowError) as error:
        raise IatroError(f"{host[:80]} port {port}: this is no address: {error}") from error
    return found


def _explained(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            "another program listens there; end it, or choose another one with --port (0 takes any free one)"
        )
    if error.errno == errno.EACCES:
        return "this user may not listen there; choose a port from 1024 on with --port"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return "this machine has no such address; give one of its own with --host"
    return str(error)


def address(host: str, found: socket.socket) -> str:
    """Where a browser finds the page that listens on ``found``."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{found.getsockname()[1]}/"


def serve(app: ASGIApp, found: socket.socket, ready: Callable[[], None]) -> None:
    """Serves ``app`` on ``found`` until a signal ends it; ``ready`` is called once it answers."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=LINGER,
        h11_max_incomplete_event_size=64_000,
    )
    Server(config, ready).run(sockets=[found])
