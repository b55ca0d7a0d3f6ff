"""An endpoint that speaks the chat completions protocol: one question, one answer, whatever goes wrong between."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from pydantic import ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential,
)
from tenacity.nap import sleep_using_event

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import Answer
from iatro_governor.planning.reply import LONGEST, Completion, of_completion, reasons
from iatro_governor.planning.settings import ChatSettings, text_of
from iatro_governor.planning.stream import DONE, Assembly, Broken, events

BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""Answers of a server after which asking again may help."""
_TOLD = 300
"""Characters of a server's own message."""
_LONGEST_WAIT_S = 60.0
LOOK_S = 5.0
"""Longest wait for what an endpoint says of its models, s."""
Body = dict[str, Any]


class NoAnswer(PlannerError):
    """The endpoint gave no answer, after all attempts."""


class _Again(PlannerError):
    """One attempt failed before anything was said. after_s: how long the endpoint wants to be left alone."""

    def __init__(self, message: str, after_s: float | None = None) -> None:
        self.after_s = after_s
        super().__init__(message)


class Endpoint:
    """Asks, from a thread of its own: every call blocks until there is an answer, an error, or a time-out."""

    def __init__(self, settings: ChatSettings) -> None:
        """Raises PlannerError where the key's file cannot be read."""
        self._settings = settings
        self._listed: dict[str, str] | None = None
        headers = {"Accept": "text/event-stream, application/json"}
        if settings.api_key_file is not None:
            headers["Authorization"] = f"Bearer {_key(settings.api_key_file)}"
        # Redirects would take the key elsewhere, and the environment's proxies would see every word.
        try:
            self._client = httpx.Client(
                headers=headers, proxy=settings.proxy, trust_env=False, follow_redirects=False
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise PlannerError(f"proxy: {settings.proxy!r} cannot be used: {error}") from error

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def ask(self, messages: Sequence[Body], tools: Sequence[Body], stopped: Event) -> Answer:
        """The answer to a conversation; ``broken`` where it began and did not end.

        What broke off is not asked for again: what was said until then has been said. ``stopped``: set from outside to
        give up, between two pieces of an answer. Raises NoAnswer.
        """
        ends = time.monotonic() + self._settings.answer_s
        trying = Retrying(
            stop=stop_after_attempt(1 + self._settings.retries) | stop_when_event_set(stopped),
            wait=self._wait,
            retry=retry_if_exception_type(_Again),
            sleep=sleep_using_event(stopped),
            reraise=True,
        )
        try:
            answer: Answer = trying(self._attempt, self._body(messages, tools), stopped, ends)
        except _Again as error:
            raise NoAnswer(f"{self._settings.base_url}: {error}") from error
        return dataclasses.replace(answer, identity=self._identity_of(answer))

    def _identity_of(self, answer: Answer) -> dict[str, str]:
        """What the endpoint says of the model that answered: with the answer, and in its list of models."""
        if self._listed is None:
            self._listed = self._look()
        served = answer.identity.get("model_id", self._settings.model)
        # The list was asked about the model that was asked for; where another one answered, it says nothing.
        listed = self._listed if served == self._settings.model else {}
        return {"model_id": served, **listed}

    def _look(self) -> dict[str, str]:
        try:
            response = self._client.get(f"{self._settings.base_url}/models", timeout=self._limits(LOOK_S))
            response.raise_for_status()
            rows = response.json()["data"]
            return next((_declared(row) for row in rows if row["id"] == self._settings.model), {})
        except (httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.after_s if isinstance(error, _Again) else None
        if asked is not None:
            return min(asked, _LONGEST_WAIT_S)
        return wait_exponential(self._settings.backoff_s, max=_LONGEST_WAIT_S)(state)

    def _body(self, messages: Sequence[Body], tools: Sequence[Body]) -> Body:
        own = self._settings
        body: Body = {"model": own.model, "messages": list(messages), "stream": own.stream}
        if tools:
            body["tools"] = list(tools)
        for name in ("temperature", "max_tokens"):
            if (value := getattr(own, name)) is not None:
                body[name] = value
        return body

    def _limits(self, left: float) -> httpx.Timeout:
        return httpx.Timeout(min(self._settings.read_s, left), connect=min(self._settings.connect_s, left))

    def _attempt(self, body: Body, stopped: Event, ends: float) -> Answer:
        if (left := ends - time.monotonic()) <= 0:
            raise NoAnswer(f"{self._settings.base_url}: no answer within {self._settings.answer_s:g} s")
        url = f"{self._settings.base_url}/chat/completions"
        try:
            with self._client.stream("POST", url, json=body, timeout=self._limits(left)) as response:
                if response.status_code != 200:
                    raise self._refused(response)
                kind = response.headers.get("content-type", "")
                pieces = _until(response.iter_bytes(), stopped, ends)
                return _streamed(pieces) if "event-stream" in kind else _whole(pieces)
        except httpx.HTTPError as error:
            raise _Again(f"{type(error).__name__}: {error}") from error

    def _refused(self, response: httpx.Response) -> PlannerError:
        said = ""
        for piece in response.iter_bytes(_TOLD):
            said = piece.decode("utf-8", "replace")
            break
        told = f"status {response.status_code}: {' '.join(said.split())}"
        if response.status_code in BUSY:
            return _Again(told, _seconds(response.headers.get("retry-after")))
        return NoAnswer(f"{self._settings.base_url}: {told}")


class _Cut(PlannerError):
    """The answer is not waited for any longer."""


def _until(pieces: Iterator[bytes], stopped: Event, ends: float) -> Iterator[bytes]:
    """``pieces``, as long as nobody wants to stop, and until ``ends``, s of the monotonic clock."""
    for piece in pieces:
        if stopped.is_set():
            raise _Cut("something else was asked meanwhile")
        if time.monotonic() > ends:
            raise _Cut("the answer took too long")
        yield piece


def _streamed(pieces: Iterator[bytes]) -> Answer:
    assembly = Assembly()
    try:
        for data in events(pieces):
            if data.strip() == DONE:
                break
            assembly.take(data)
            if assembly.size > LONGEST:
                raise Broken(f"the answer has over {LONGEST} characters")
    except (Broken, _Cut, httpx.HTTPError) as error:
        if not assembly.begun and isinstance(error, httpx.HTTPError | Broken):
            raise _Again(f"{type(error).__name__}: {error}") from error
        return assembly.answer(broken=str(error) or type(error).__name__)
    if not assembly.ended:
        if not assembly.begun:
            raise _Again("the stream ended before it said anything")
        return assembly.answer(broken="the stream broke off")
    return assembly.answer()


def _whole(pieces: Iterator[bytes]) -> Answer:
    """An answer in one piece, from a server that does not stream; read as far as it may be long."""
    body = bytearray()
    try:
        for piece in pieces:
            body += piece
            if len(body) > 4 * LONGEST:
                return Answer(calls=None, broken=f"the answer has over {4 * LONGEST} bytes")
        return of_completion(Completion.model_validate_json(bytes(body)))
    except _Cut as error:
        return Answer(calls=None, broken=str(error))
    except ValidationError as error:
        raise _Again(f"an answer that cannot be read: {reasons(error)}") from error


def _key(file: Path) -> str:
    key = text_of(file)
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise PlannerError(
            f"{file}: a key is one word of ASCII characters, and nothing else belongs in its file"
        )
    return key


def _seconds(given: str | None) -> float | None:
    """A Retry-After in seconds; one with a date is not read."""
    try:
        return None if given is None else max(float(given), 0.0)
    except ValueError:
        return None


def _declared(row: Body) -> dict[str, str]:
    """The identity in a row of ``/models``: id and parent, as vLLM has them, and a digest, where a server has one."""
    found = {"model_id": row.get("root") or row.get("id")}
    for ours, theirs in (("digest", "digest"), ("parent_digest", "parent_digest"), ("adapter", "adapter")):
        found[ours] = row.get(theirs)
    return {name: value[:200] for name, value in found.items() if isinstance(value, str) and value}
