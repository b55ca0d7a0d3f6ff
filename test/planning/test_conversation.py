"""A model is told what became of its calls, and is not asked for ever."""

from __future__ import annotations

import json

from iatro_governor.planning.answer import Answer, read
from iatro_governor.planning.conversation import Conversation
from iatro_governor.planning.tools import Call, Tools

GOOD = '{"vx": 0.3, "wz": 0, "duration_s": 1}'


def conversation(turns: int = 3) -> Conversation:
    return Conversation("Be careful.", "Drive.", turns)


def test_it_begins_with_prompt_and_instruction() -> None:
    assert [(one["role"], one["content"]) for one in conversation().messages] == [
        ("system", "Be careful."),
        ("user", "Drive."),
    ]


def test_an_answer_without_calls_ends_it(base: Tools) -> None:
    for answer in (
        Answer("Done."),
        Answer("Cut", calls=(Call("move_base", GOOD),), broken="cut"),
        Answer(calls=None),
    ):
        assert not conversation().took(answer, read(answer, base))


def test_every_call_is_answered_by_its_id(base: Tools) -> None:
    talk = conversation()
    answer = Answer(
        "Go.", calls=(Call("move_base", GOOD, "a"), Call("move_base", "{", "b"), Call("grasp", "{}"))
    )
    assert talk.took(answer, read(answer, base))
    said, *told = talk.messages[2:]
    assert [one["id"] for one in said["tool_calls"]] == ["a", "b", "call_2"]
    assert [one["tool_call_id"] for one in told] == ["a", "b", "call_2"]
    assert "another call" in told[0]["content"] and "Not carried out. move_base" in told[1]["content"]
    for one in said["tool_calls"]:
        assert isinstance(json.loads(one["function"]["arguments"]), dict)


def test_what_was_sent_is_called_sent(base: Tools) -> None:
    talk = conversation()
    answer = Answer("Go.", calls=(Call("move_base", GOOD, "a"),))
    assert talk.took(answer, read(answer, base)) and talk.messages[-1]["content"] == "Sent to the robot."


def test_it_ends_after_its_turns(base: Tools) -> None:
    talk, answer = conversation(turns=2), Answer("Go.", calls=(Call("move_base", GOOD, "a"),))
    assert [talk.took(answer, read(answer, base)) for _ in range(2)] == [True, False]
