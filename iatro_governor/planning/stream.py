"""A streamed answer of the chat protocol: server-sent events, put together piece by piece."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import Answer
from iatro_governor.planning.reply import WHOLE, Message, of_message, reasons

LONGEST_EVENT = 1_000_000
"""Characters of one event; its line is not waited for any longer."""
DONE = "[DONE]"
_MOST_CALLS = 100


class Broken(PlannerError):
    """The stream holds what is no part of an answer."""


class _FunctionPart(BaseModel):
    name: str | None = None
    arguments: str | None = None


class _CallPart(BaseModel):
    index: Annotated[int, Field(ge=0, lt=_MOST_CALLS)] = 0
    id: str | None = None
    function: _FunctionPart = _FunctionPart()


class _Delta(BaseModel):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_CallPart] | None = None


class _Part(BaseModel):
    index: int = 0
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Chunk(BaseModel):
    model: str = ""
    choices: list[_Part] = []
    error: object = None


def events(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each event in a stream of bytes, however they are cut. Raises Broken for an endless line."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    line = ""
    data: list[str] = []
    for piece in pieces:
        line += decoder.decode(piece)
        *whole, line = line.replace("\r\n", "\n").split("\n")
        for one in whole:
            name, _, value = one.rstrip("\r").partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif not one.strip() and data:
                yield "\n".join(data)
                data = []
        if len(line) + sum(map(len, data)) > LONGEST_EVENT:
            raise Broken(f"an event of over {LONGEST_EVENT} characters")
    if data:
        yield "\n".join(data)


class Assembly:
    """Puts the events of one answer together."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {"content": [], "reasoning_content": [], "refusal": []}
        self._calls: dict[int, dict[str, str]] = {}
        self._model = ""
        self._finish: str | None = None
        self.size = 0
        """Characters so far."""

    @property
    def begun(self) -> bool:
        """Whether anything of the answer is there."""
        return self.size > 0

    @property
    def ended(self) -> bool:
        """Whether the model has said that it ended."""
        return self._finish is not None

    def take(self, data: str) -> None:
        """Take one event in. Raises Broken for one that is no part of an answer."""
        try:
            chunk = _Chunk.model_validate(json.loads(data))
        except ValidationError as error:
            raise Broken(f"an event that cannot be read: {reasons(error)}") from error
        except (ValueError, RecursionError) as error:
            raise Broken(f"an event that is no JSON: {error}") from error
        if chunk.error is not None:
            raise Broken(f"the endpoint reports an error: {str(chunk.error)[:200]}")
        self._model = self._model or chunk.model
        for part in chunk.choices:
            if part.index == 0:
                self._add(part)

    def _add(self, part: _Part) -> None:
        delta = part.delta
        self._text("content", delta.content)
        self._text("reasoning_content", delta.reasoning_content or delta.reasoning)
        self._text("refusal", delta.refusal)
        for call in delta.tool_calls or ():
            known = self._calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
            known["id"] = known["id"] or call.id or ""
            for name in ("name", "arguments"):
                more = getattr(call.function, name) or ""
                known[name] += more
                self.size += len(more)
        self._finish = part.finish_reason or self._finish

    def _text(self, name: str, more: str | None) -> None:
        if more:
            self._texts[name].append(more)
            self.size += len(more)

    def answer(self, broken: str = "") -> Answer:
        """The answer so far; ``broken``: why there is no more of it."""
        if not broken and self._finish not in WHOLE:
            broken = f"the model ended for {self._finish!r}"
        texts = {name: "".join(parts) or None for name, parts in self._texts.items()}
        calls = [
            {"id": one["id"], "function": {"name": one["name"][:200], "arguments": one["arguments"]}}
            for _, one in sorted(self._calls.items())
        ]
        message = Message.model_validate({**texts, "tool_calls": calls})
        return of_message(message, self._model, broken)
