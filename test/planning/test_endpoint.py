"""An endpoint that fails in every way: an answer is whole, or broken and said so, or there is none and a reason why."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import Answer
from iatro_governor.planning.endpoint import Endpoint, NoAnswer
from iatro_governor.planning.reply import LONGEST
from iatro_governor.planning.settings import ChatSettings
from iatro_governor.planning.tools import Call
from test.planning.server import Act, Server, call, calls, chunk, says, serving, silent, status, stream

MESSAGES = [{"role": "user", "content": "Drive."}]
SOON = {"backoff_s": 0.001}


@contextmanager
def asked(*acts: Act, **settings: Any) -> Iterator[tuple[Server, Endpoint]]:
    with serving(*acts) as server:
        given = {"base_url": server.url, "model": "asked-1", **SOON, **settings}
        endpoint = Endpoint(ChatSettings.model_validate(given))
        try:
            yield server, endpoint
        finally:
            endpoint.close()


def ask(endpoint: Endpoint, stopped: threading.Event | None = None) -> Answer:
    return endpoint.ask(MESSAGES, [], stopped or threading.Event())


def test_a_streamed_answer_is_put_together() -> None:
    with asked(calls("I go.", call("stop", "{}")), temperature=0.0, max_tokens=50) as (server, endpoint):
        answer = endpoint.ask(MESSAGES, [{"type": "function"}], threading.Event())
    assert (answer.text, answer.calls, answer.broken) == ("I go.", (Call("stop", "{}", "c1"),), "")
    assert server.asked == [
        {
            "model": "asked-1",
            "messages": MESSAGES,
            "stream": True,
            "tools": [{"type": "function"}],
            "temperature": 0.0,
            "max_tokens": 50,
        }
    ]


def test_an_answer_in_one_piece_is_read_too() -> None:
    body = {"model": "m", "choices": [{"message": {"content": "Hm."}, "finish_reason": "stop"}]}
    with asked(lambda handler: handler.whole(body), stream=False) as (server, endpoint):
        answer = ask(endpoint)
    assert (answer.text, answer.broken, server.asked[0]["stream"]) == ("Hm.", "", False)


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503])
def test_a_busy_endpoint_is_asked_again(code: int) -> None:
    with asked(status(code), status(code), says("Here.")) as (server, endpoint):
        assert ask(endpoint).text == "Here."
    assert len(server.asked) == 3


def test_and_not_for_ever() -> None:
    with (
        asked(status(503, "overloaded"), retries=2) as (server, endpoint),
        pytest.raises(NoAnswer, match=r"503.*overloaded"),
    ):
        ask(endpoint)
    assert len(server.asked) == 3


def test_the_endpoint_says_how_long_to_wait() -> None:
    """A backoff of an hour would end this test; the endpoint's own word comes before it."""
    with asked(status(429, Retry_After="0"), says("Here."), backoff_s=3600) as (_, endpoint):
        assert ask(endpoint).text == "Here."


@pytest.mark.parametrize("code", [400, 401, 403, 404, 302])
def test_a_refusal_is_final(code: int) -> None:
    with (
        asked(status(code, "bad key"), says("Here.")) as (server, endpoint),
        pytest.raises(NoAnswer, match=str(code)),
    ):
        ask(endpoint)
    assert len(server.asked) == 1


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        endpoint = Endpoint(
            ChatSettings.model_validate({"base_url": url, "model": "m", "retries": 1, **SOON})
        )
        with pytest.raises(NoAnswer, match="ConnectError"):
            ask(endpoint)


def test_silence_before_an_answer_is_asked_again() -> None:
    with asked(silent(), says("Here."), read_s=1.0) as (server, endpoint):
        assert ask(endpoint).text == "Here."
    assert len(server.asked) == 2


def test_silence_within_an_answer_breaks_it_off_and_it_is_not_asked_for_again() -> None:
    """What was said has been said: asked again, the same instruction could be carried out twice."""
    begun = (chunk(content="I go."), chunk(tool_calls=[call("stop", "{}")]))
    with asked(silent(*begun), says("Again."), read_s=1.0) as (server, endpoint):
        answer = ask(endpoint)
    assert answer.text == "I go." and "timed out" in answer.broken
    assert len(server.asked) == 1


@pytest.mark.parametrize("end", [True, False])
def test_a_cut_stream_is_broken(end: bool) -> None:
    with asked(stream(chunk(content="I go"), done=False, end=end), says("Again.")) as (server, endpoint):
        answer = ask(endpoint)
    assert answer.text == "I go" and answer.broken and len(server.asked) == 1


def test_a_stream_that_is_cut_before_it_says_anything_is_asked_again() -> None:
    with asked(stream(done=False), stream(done=False, end=False), says("Here.")) as (server, endpoint):
        assert ask(endpoint).text == "Here."
    assert len(server.asked) == 3


def test_malformed_events_are_asked_again_or_break_the_answer_off() -> None:
    bad = b"data: {nonsense\n\n"
    with asked(stream(bad), says("Here.")) as (_, endpoint):
        assert ask(endpoint).text == "Here."
    with asked(stream(chunk(content="I go"), bad)) as (_, endpoint):
        answer = ask(endpoint)
        assert answer.text == "I go" and "no JSON" in answer.broken


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"choices": []}', b"[" * 100_000])
def test_a_whole_answer_that_cannot_be_read_is_asked_again(body: bytes) -> None:
    with asked(lambda handler: handler.whole(body), says("Here.")) as (_, endpoint):
        assert ask(endpoint).text == "Here."
    with (
        asked(lambda handler: handler.whole(body), retries=0) as (_, endpoint),
        pytest.raises(NoAnswer, match="cannot be read"),
    ):
        ask(endpoint)


def test_a_huge_text_is_cut_and_broken() -> None:
    piece = chunk(content="x" * 200_000)
    with asked(stream(*[piece] * 20)) as (_, endpoint):
        answer = ask(endpoint)
    assert LONGEST < len(answer.text) <= LONGEST + 200_000 and "characters" in answer.broken


def test_an_endless_line_is_no_answer() -> None:
    with (
        asked(stream(b"data: ", *[b"x" * 100_000] * 30), retries=0) as (_, endpoint),
        pytest.raises(NoAnswer, match="characters"),
    ):
        ask(endpoint)


def test_a_huge_answer_in_one_piece_is_not_read_to_its_end() -> None:
    with asked(lambda handler: handler.whole(b" " * (5 * LONGEST))) as (_, endpoint):
        assert "bytes" in ask(endpoint).broken


def test_dribbling_ends_with_the_time_for_an_answer() -> None:
    def dribble(handler: Any) -> None:
        handler.begin_stream()
        handler.piece(chunk(content="I "))
        while not handler.server.release.wait(0.01):
            handler.piece(b": still here\n\n")

    with asked(dribble, answer_s=1.5) as (_, endpoint):
        answer = ask(endpoint)
    assert (answer.text, answer.broken) == ("I ", "the answer took too long")


def test_who_stops_asking_gets_what_was_said() -> None:
    stopped = threading.Event()

    def act(handler: Any) -> None:
        handler.begin_stream()
        handler.piece(chunk(content="I "))
        stopped.set()
        while not handler.server.release.wait(0.01):
            handler.piece(b": still here\n\n")

    with asked(act) as (_, endpoint):
        answer = ask(endpoint, stopped)
    assert "meanwhile" in answer.broken


def test_who_stops_asking_does_not_ask_again() -> None:
    stopped = threading.Event()

    def act(handler: Any) -> None:
        stopped.set()
        status(503)(handler)

    with asked(act, backoff_s=3600) as (server, endpoint), pytest.raises(NoAnswer):
        ask(endpoint, stopped)
    assert len(server.asked) == 1


def test_the_key_is_sent_and_goes_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("top-secret\n")
    with asked(status(302, Location="http://127.0.0.1:1/v1"), api_key_file=file) as (server, endpoint):
        with pytest.raises(NoAnswer) as refused:
            ask(endpoint)
        assert server.headers[0]["Authorization"] == "Bearer top-secret"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("key", ["", "two words", "schlüssel", "a\nb"])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    file = tmp_path / "k"
    file.write_text(key)
    given = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "api_key_file": file}
    with pytest.raises(PlannerError, match="one word") as refused:
        Endpoint(ChatSettings.model_validate(given))
    assert not key or key not in str(refused.value)


def test_the_environments_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with asked(says("Here."), retries=0) as (_, endpoint):
        assert ask(endpoint).text == "Here."


def test_the_identity_is_what_the_endpoint_says() -> None:
    row = {"id": "asked-1", "root": "org/model-7b", "parent": None, "digest": "sha256:1", "object": "model"}
    with asked(stream(chunk(content="x", model="asked-1"), chunk(finish="stop", model="asked-1"))) as (
        server,
        endpoint,
    ):
        server.models = [{"id": "other"}, row]
        assert ask(endpoint).identity == {"model_id": "org/model-7b", "digest": "sha256:1"}


def test_another_model_than_the_one_asked_for_is_named() -> None:
    with asked(says("x")) as (server, endpoint):
        server.models = [{"id": "asked-1", "root": "org/model-7b"}]
        assert ask(endpoint).identity == {"model_id": "served-1"}


@pytest.mark.parametrize("models", [None, [], [{"name": "x"}], [3], "text"])
def test_an_endpoint_without_a_list_of_models_is_none_the_worse(models: Any) -> None:
    with asked(says("x")) as (server, endpoint):
        server.models = models
        assert ask(endpoint).identity == {"model_id": "served-1"}
