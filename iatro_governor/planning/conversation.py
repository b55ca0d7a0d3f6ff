"""A conversation with a chat model about one instruction: what is sent next, and when it is over."""

from __future__ import annotations

import json
from typing import Any

from iatro_governor.planning.answer import Answer, Reading
from iatro_governor.planning.tools import Call

Body = dict[str, Any]

PROMPT = """You plan for a robot. Say what you are going to do, then call the tools that do it. Calls are carried out \
one after another, in their order. A safety governor bounds every command, whatever is said about it, so a robot may \
do less than it is told. If an instruction should not be carried out, say so and call nothing."""
"""The system prompt where the settings give none."""


class Conversation:
    """The messages about one instruction."""

    def __init__(self, system_prompt: str, instruction: str, turns: int) -> None:
        """turns: answers after which it is over in any case."""
        self.instruction = instruction
        self._left = turns
        self.messages: list[Body] = [
            {"role": "system", "content": system_prompt},
            {"role": "user", "content": instruction},
        ]

    def took(self, answer: Answer, reading: Reading) -> bool:
        """Note ``answer``, carried out as ``reading`` says; returns whether the model is to be asked again.

        It is asked while it calls anything: it has to be told what became of its calls, wrong ones included.
        """
        self._left -= 1
        calls = [call for call in answer.calls or () if isinstance(call, Call)]
        if answer.broken or not calls or self._left <= 0:
            return False
        named = [(call.id or f"call_{number}", call) for number, call in enumerate(calls)]
        self.messages.append(
            {
                "role": "assistant",
                "content": answer.text,
                "tool_calls": [
                    {
                        "id": name,
                        "type": "function",
                        # What was no JSON is not sent back as it was: servers refuse whole conversations for it.
                        "function": {"name": call.name, "arguments": _sendable(call.arguments)},
                    }
                    for name, call in named
                ],
            }
        )
        for number, (name, _) in enumerate(named):
            told = _told(reading, number)
            self.messages.append({"role": "tool", "tool_call_id": name, "content": told})
        return True


def _told(reading: Reading, number: int) -> str:
    if number in reading.wrong:
        return f"Not carried out. {reading.wrong[number]}"
    if reading.undone:
        return "Not carried out, because another call of the same answer is wrong."
    return "Sent to the robot."


def _sendable(arguments: str) -> str:
    try:
        return arguments if isinstance(json.loads(arguments), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"
