"""The server: who is let in, what it says to what it cannot do, and how it begins and ends."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from test.review.page.conftest import Page, Serve

TOKEN = "correct-horse-battery"
FORM = "application/x-www-form-urlencoded"


def test_every_answer_keeps_the_browser_in(page: Page) -> None:
    for path in ("/", "/incidents/1", "/nowhere", "/assets/page.js", "/?severity=9"):
        headers = page.ask(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert page.ask("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404), ("GET", "/incidents/0", 404), ("GET", "/incidents/1", 404),
        ("GET", "/incidents/x", 404),
        ("GET", "/incidents/-1", 404), ("GET", f"/incidents/{10**30}", 404), ("GET", "/assets/..%2fapp.py", 404),
        ("GET", "/assets/none.css", 404), ("GET", "/assets/app.py", 404), ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404), ("POST", "/", 405), ("PUT", "/", 405), ("DELETE", "/incidents/1", 405),
        ("POST", "/assets/page.css", 405), ("TRACE", "/", 405), ("GET", "/%00", 404), ("GET", "/%ff%fe", 404),
        ("GET", "/?q=%ff%00%ed%a0%80", 200), ("HEAD", "/", 200), ("HEAD", "/nowhere", 404),
        ("HEAD", "/incidents/1", 404),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_without_a_trace(
    method: str, path: str, status: int, page: Page
) -> None:
    answer = page.ask(path, method)
    assert answer.status == status
    assert b"Traceback" not in answer.body
    assert (answer.body == b"") is (method == "HEAD")
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8765", "10.0.0.1", "", None, "localhost.evil"]
)  # fmt: skip
def test_another_name_is_not_answered(host: str | None, page: Page) -> None:
    answer = page.ask(host=host)
    assert answer.status == 400
    assert "Incidents" not in answer.text.split("<main", 1)[-1]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8765"])
def test_its_own_names_are(host: str, page: Page) -> None:
    assert page.ask(host=host).status == 200


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--host", "0.0.0.0"), "a token is needed"),
        (("--host", "::"), "a token is needed"),
        (("--host", "localhost.evil.example"), "a token is needed"),
        (("--token", "short"), "at least 16"),
        (("--host", "192.0.2.1", "--token", TOKEN), "no such address"),
        (("--config", "nothing.yaml"), "nothing.yaml"),
        (("--key", "nothing.key"), "no such key file"),
        (("--port", "70000"), "65535"),
    ],
)
def test_a_start_that_cannot_be_says_why(words: tuple[str, ...], says: str, sample: Path) -> None:
    done = CliRunner().invoke(app, ["review", "serve", str(sample), *words])
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())
    assert done.stdout == ""


@pytest.mark.parametrize("content", [None, b"", b"hello", b"SQLite format 3\0" + bytes(200)], ids=range(4))
def test_what_is_no_ledger_is_not_served(content: bytes | None, tmp_path: Path) -> None:
    db = tmp_path / "ledger.db"
    if content is not None:
        db.write_bytes(content)
    done = CliRunner().invoke(app, ["review", "serve", str(db), "--json"])
    assert done.exit_code == 2
    assert "ledger.db" in json.loads(done.stdout)["error"]


def test_a_port_in_use_is_named(page: Page, sample: Path) -> None:
    done = CliRunner().invoke(app, ["review", "serve", str(sample), "--port", str(page.port)])
    assert done.exit_code == 2
    assert f"{page.port}: another program listens there" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(how: signal.Signals, serve: Serve, sample: Path) -> None:
    page = serve(sample)
    with socket.create_connection((page.host, page.port)) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")  # never finished
        assert page.end(how) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        page.ask()


class TestToken:
    @pytest.fixture(scope="class")
    def locked(self, serve: Serve, sample: Path) -> Page:
        return serve(sample, IATRO_REVIEW_TOKEN=TOKEN)

    def test_nothing_is_shown_without_it(self, locked: Page) -> None:
        for path in ("/", "/incidents/1", "/incidents/1.json", "/nowhere", f"/?token={TOKEN}"):
            assert locked.ask(path).status == 401
            answer = locked.ask(path, accept="text/html")
            assert (answer.status, answer.headers["location"]) == (303, "/token")
        assert locked.ask("/", "POST").status == 401

    @pytest.mark.parametrize(
        "given", [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", f"Basic {TOKEN}", "Bearer \xe9" * 2]
    )
    def test_another_one_does_not_do(self, given: str, locked: Page) -> None:
        assert locked.ask(authorization=given).status == 401
        assert locked.ask(cookie=f"iatro_review={TOKEN}").status == 401

    def test_it_does_as_a_header(self, locked: Page) -> None:
        assert locked.ask(authorization=f"Bearer {TOKEN}").status == 200

    def test_it_does_in_the_form_and_is_then_a_cookie(self, locked: Page) -> None:
        mark = locked.ask("/token").text.split('name="mark" value="')[1].split('"')[0]
        form = f"mark={mark}&token={TOKEN}".encode()
        answer = locked.ask("/token", "POST", form, content_type=FORM)
        assert (answer.status, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert locked.ask(cookie=cookie.split(";")[0]).status == 200

    def test_the_form_takes_nothing_else(self, locked: Page) -> None:
        mark = locked.ask("/token").text.split('name="mark" value="')[1].split('"')[0]
        wrong = f"mark={mark}&token=wrong".encode()
        right = f"mark={mark}&token={TOKEN}".encode()
        foreign = f"mark=0&token={TOKEN}".encode()
        assert locked.ask("/token", "POST", wrong, content_type=FORM).status == 403
        assert locked.ask("/token", "POST", foreign, content_type=FORM).status == 403
        assert (
            locked.ask("/token", "POST", right, content_type=FORM, origin="http://evil.example").status == 403
        )
        assert locked.ask("/token", "POST", right, content_type="text/plain").status == 400
        assert locked.ask("/token", "POST", b"x" * 70_000, content_type=FORM).status == 413
        assert locked.ask("/token", "POST", b"\xff\xfe=%ff", content_type=FORM).status == 403
