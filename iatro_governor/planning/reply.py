"""Answers as JSON: the reply that a planner of any kind can send, and the chat protocol's own completions.

The reply is ``{"say": ..., "think": ..., "do": [...]}``. ``iatro schema --planner --json`` prints its schema.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import Answer, apart
from iatro_governor.planning.tools import Call

LONGEST = 1_000_000
"""Characters of one answer; nobody's plan takes more, and what is longer is a planner that does not end."""
KEPT = 100_000
"""Characters of an answer that cannot be read which are kept as its words."""
_NAME = Annotated[str, Field(min_length=1, max_length=200)]
_WORD = Annotated[str, Field(max_length=200)]
_DIGEST = Annotated[str, Field(pattern=r"^(?:sha256:[0-9a-f]{64})?$")]


class Declared(BaseModel):
    """What a planner says of its own model. It is recorded as declared, and never as verified."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model_id: _WORD = Field(default="", description="name and version of the model")
    digest: _DIGEST = Field(default="", description="of the weights, sha256:<64 hexadecimal digits>")
    parent_digest: _DIGEST = Field(default="", description="of the model that this one was derived from")
    adapter: _WORD = Field(default="", description="fine-tuning adapter: name or digest")
    quantization: _WORD = Field(default="", description="number format of the weights")
    prompt_digest: _DIGEST = Field(default="", description="of the system prompt")


class Action(BaseModel):
    """A call. ``iatro schema --planner --json`` lists those that move a channel; any other is only recorded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _NAME
    args: dict[str, Any] = Field(default_factory=dict)


class Reply(BaseModel):
    """A planner's answer: what it says, what it thought, and what is to be done, in this order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str = Field(default="", description="what is said to people")
    think: str = Field(default="", description="the reasoning behind it, where it is shown")
    do: Annotated[list[Action | _NAME], Field(max_length=1000)] | None = Field(
        default=None, description="calls, and actions in words; absent: not known, empty: nothing"
    )
    instruction: str = Field(default="", description="what the planner was asked to do")
    plan_id: _WORD = Field(default="", description="of its own; empty: one is made")
    final: bool = Field(default=False, description="the plan ends here")
    planner: Declared = Declared()


class _Function(BaseModel):
    name: str = Field("", max_length=200)
    arguments: str | dict[str, Any] | None = ""


class _ToolCall(BaseModel):
    id: str = ""
    function: _Function


class Message(BaseModel):
    """An assistant's message in the chat protocol; servers add fields of their own."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    message: Message
    finish_reason: str | None = None


class Completion(BaseModel):
    """A chat completion."""

    model: str = ""
    choices: Annotated[list[_Choice], Field(min_length=1)]


WHOLE = frozenset({"stop", "tool_calls", "function_call"})
"""Reasons for which a model ends by itself; after any other its answer may be cut."""


def read_raw(text: str) -> Answer:
    """An answer from JSON: a reply, a chat completion, or an assistant's message alone.

    Raises PlannerError, which says why, for anything else.
    """
    if len(text) > LONGEST:
        raise PlannerError(f"an answer of {len(text)} characters; at most {LONGEST} are allowed")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlannerError(f"no JSON: {error}") from error
    if not isinstance(data, dict):
        raise PlannerError(f"an object is needed, this is {type(data).__name__}")
    try:
        if "choices" in data:
            return of_completion(Completion.model_validate(data))
        if data.get("role") == "assistant":
            return of_message(Message.model_validate(data))
        return _of_reply(Reply.model_validate(data))
    except ValidationError as error:
        raise PlannerError(reasons(error)) from error


def reasons(error: ValidationError) -> str:
    """What is wrong, in one line."""
    faults = error.errors(include_url=False, include_input=False)[:5]
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}" for fault in faults)


def of_completion(completion: Completion) -> Answer:
    """The first choice of a completion."""
    choice = completion.choices[0]
    broken = "" if choice.finish_reason in WHOLE else f"the model ended for {choice.finish_reason!r}"
    return of_message(choice.message, completion.model, broken)


def of_message(message: Message, model: str = "", broken: str = "") -> Answer:
    """An assistant's message; ``model``: as its endpoint names it."""
    text, inside = apart(message.content or message.refusal or "")
    thought = message.reasoning_content or message.reasoning or ""
    return Answer(
        text,
        "\n".join(part for part in (thought, inside) if part),
        tuple(_call(one) for one in message.tool_calls or ()),
        identity={"model_id": model} if model else {},
        broken=broken,
    )


def _call(call: _ToolCall) -> Call:
    given = call.function.arguments
    return Call(call.function.name, given if isinstance(given, str) else json.dumps(given or {}), call.id)


def _of_reply(reply: Reply) -> Answer:
    calls = None
    if reply.do is not None:
        calls = tuple(
            one if isinstance(one, str) else Call(one.name, json.dumps(one.args)) for one in reply.do
        )
    said = {name: value for name, value in reply.planner.model_dump().items() if value}
    return Answer(reply.say, reply.think, calls, reply.instruction, reply.plan_id, reply.final, identity=said)
