"""A real server process on the loopback, and a client that can send it anything."""

from __future__ import annotations

import http.client
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Answer:
    """What came back. headers: by their names in lower case, the last of each."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Page:
    """A served page: its process, where it is, and what the process printed of it."""

    process: subprocess.Popen[str]
    address: str
    said: Path
    told: dict[str, Any] = field(default_factory=dict)
    host: str = field(init=False)
    port: int = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        self.host, self.port = parts.hostname or "", parts.port or 0

    def ask(
        self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str | None
    ) -> Answer:
        """One request. headers: host="x" and accept="y", with _ for -; None leaves a header out."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        sent = {"host": f"{self.host}:{self.port}", **headers}
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            return Answer(
                found.status, {name.lower(): value for name, value in found.getheaders()}, found.read()
            )
        finally:
            connection.close()

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; the exit code, and what was said on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code, self.said.read_text(encoding="utf-8")


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "iatro_governor.cli.main", "review", "serve", *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IATRO_")}
    return {**kept, "PYTHONPATH": path, **more}


Serve = Callable[..., Page]


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts ``iatro review serve`` and waits until it answers; all are ended at the end."""
    folder = tmp_path_factory.mktemp("served")
    started: list[Page] = []

    def start(db: Path, *words: str | Path, port: int = 0, **more: str) -> Page:
        said = folder / f"{len(started)}.txt"
        with said.open("w") as errors:
            process = subprocess.Popen(
                command(db, "--port", str(port), "--json", *words),
                env=environment(**more),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 60)[0], "no word from the server"
        line = process.stdout.readline()
        assert line, said.read_text(encoding="utf-8")
        told = json.loads(line)
        page = Page(process, told["address"], said, told)
        started.append(page)
        return page

    yield start
    for page in started:
        page.end()


@pytest.fixture(scope="session")
def page(serve: Serve, sample: Path) -> Page:
    """The made-up run, served."""
    return serve(sample)
