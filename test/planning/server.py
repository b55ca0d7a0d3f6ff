"""A server that speaks the chat completions protocol on the loopback, well and badly, as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request: noted, then answered by the next act; the last act answers all further ones."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.whole({"data": self.server.models} if self.server.models is not None else {})

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        self.server.headers.append(dict(self.headers))
        acts = self.server.acts
        act = acts.pop(0) if len(acts) > 1 else acts[0]
        act(self)

    def whole(self, body: Any, status: int = 200, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: tests look at what came."""


class Server(ThreadingHTTPServer):
    """acts: how requests are answered, in turn. asked: their bodies. release: ends every act that waits."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, acts: list[Act]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.acts = acts
        self.asked: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.models: list[dict[str, Any]] | None = None
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(*acts: Act) -> Iterator[Server]:
    server = Server(list(acts))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()


def chunk(finish: str | None = None, model: str = "served-1", **delta: Any) -> bytes:
    """One event of a streamed answer."""
    part = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps({'model': model, 'choices': [part]})}\n\n".encode()


def call(name: str, arguments: Any, at: int = 0, name_id: str = "c1") -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"index": at, "id": name_id, "type": "function", "function": {"name": name, "arguments": text}}


def stream(*pieces: bytes, done: bool = True, end: bool = True) -> Act:
    """The pieces, one after another; without ``end`` the connection breaks off."""

    def act(handler: Handler) -> None:
        handler.begin_stream()
        for piece in pieces:
            handler.piece(piece)
        if done:
            handler.piece(b"data: [DONE]\n\n")
        if end:
            handler.end_stream()
        else:
            handler.close_connection = True

    return act


def says(text: str) -> Act:
    """A whole streamed answer of words alone."""
    return stream(chunk(content=text), chunk(finish="stop"))


def calls(text: str, *tools: dict[str, Any]) -> Act:
    """A whole streamed answer that says ``text`` and makes calls."""
    return stream(chunk(content=text), chunk(tool_calls=list(tools)), chunk(finish="tool_calls"))


def status(code: int, message: str = "no", **headers: str) -> Act:
    return lambda handler: handler.whole({"error": {"message": message}}, code, **headers)


def silent(*before: bytes) -> Act:
    """Says ``before``, and then nothing until the server is released."""

    def act(handler: Handler) -> None:
        if before:
            handler.begin_stream()
        for piece in before:
            handler.piece(piece)
        handler.server.release.wait()
        handler.close_connection = True

    return act
