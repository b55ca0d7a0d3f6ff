"""What a planner answers as JSON: what cannot be read commands nothing, and says why."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.errors import PlannerError
from iatro_governor.planning.answer import apart, read
from iatro_governor.planning.reply import LONGEST, read_raw
from iatro_governor.planning.steps import Move
from iatro_governor.planning.tools import Call, Tools
from iatro_governor.planning.words import sendable
from test.planning.server import call

DRIVE = {"name": "move_base", "args": {"vx": 0.3, "wz": -0.1, "duration_s": 2.0}}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON"),
        ("I drive.", "no JSON"),
        ("[1]", "an object is needed, this is list"),
        ("[" * 100_000, "no JSON"),
        ('{"say": 3}', "say: "),
        ('{"say": "x", "doo": []}', "doo: Extra inputs"),
        ('{"do": [{"name": "move_base", "args": [1]}]}', "args: "),
        ('{"do": [{"args": {}}]}', "name: Field required"),
        ('{"planner": {"digest": "md5:1"}}', "planner.digest: "),
        ('{"planner": {"verified": true}}', "planner.verified: Extra"),
        ('{"choices": []}', "choices: "),
        ('{"say": "' + "x" * LONGEST + '"}', f"at most {LONGEST}"),
        ('{"do": [{"name": "wait", "args": {"duration_s": ' + "1" * 5000 + "}}]}", "no JSON"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(PlannerError, match=why.replace("[", r"\[")):
        read_raw(text)


def test_a_reply_is_words_and_steps(base: Tools) -> None:
    answer = read_raw(json.dumps({"say": "I go.", "think": "Free.", "do": [DRIVE, "open the door"]}))
    found = read(answer, base)
    assert (answer.text, answer.reasoning) == ("I go.", "Free.")
    assert found.steps == (Move("base", (0.3, 0.0, 0.0, 0.0, 0.0, -0.1), 2.0),)
    assert found.actions == ("move(0.3, 0, 0, 0, 0, -0.1)", "open the door") and not found.undone


def test_absent_actions_are_unknown_and_empty_ones_are_none(base: Tools) -> None:
    assert read(read_raw('{"say": "hm"}'), base).actions is None
    assert read(read_raw('{"say": "hm", "do": []}'), base).actions == ()


@pytest.mark.parametrize("whole", [True, False])
def test_a_completion_is_read_and_a_cut_one_commands_nothing(base: Tools, whole: bool) -> None:
    tool = call("move_base", DRIVE["args"])
    message = {"role": "assistant", "content": "<think>hm</think>\nGo.", "tool_calls": [tool]}
    choice = {"message": message, "finish_reason": "tool_calls" if whole else "length"}
    answer = read_raw(json.dumps({"model": "m", "choices": [choice]}))
    found = read(answer, base)
    assert (answer.text, answer.reasoning, answer.identity) == ("Go.", "hm", {"model_id": "m"})
    assert (len(found.steps), found.actions is not None) == ((1, True) if whole else (0, False))
    assert bool(found.undone) is not whole


def test_an_assistants_message_alone_is_an_answer(base: Tools) -> None:
    message = {"role": "assistant", "content": None, "refusal": "I will not."}
    answer = read_raw(json.dumps(message))
    assert answer.text == "I will not." and read(answer, base).actions == ()


def test_one_wrong_call_leaves_the_others_undone(base: Tools) -> None:
    wrong = {"name": "move_base", "args": {"vx": "fast", "wz": 0, "duration_s": 1}}
    found = read(read_raw(json.dumps({"do": [DRIVE, wrong]})), base)
    assert found.steps == () and list(found.wrong) == [1] and "vx" in found.undone
    assert found.actions is not None and len(found.actions) == 2, "what was asked for is still on record"


def test_unknown_calls_are_declared_and_command_nothing(base: Tools) -> None:
    found = read(read_raw('{"do": [{"name": "grasp", "args": {"object": "cup", "force": 5}}]}'), base)
    assert found.actions == ('grasp(object="cup", force=5)',) and found.steps == () and not found.undone


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Go.", ("Go.", "")),
        ("<think>a\nb</think>\n\nGo.", ("Go.", "a\nb")),
        ("<think>never ends", ("", "never ends")),
        ("I <think>not</think> so.", ("I <think>not</think> so.", "")),
    ],
)
def test_reasoning_at_the_head_is_taken_apart(text: str, parts: tuple[str, str]) -> None:
    assert apart(text) == parts


@given(st.text(st.characters(), max_size=40))
def test_what_is_sendable_is_and_stays_as_it_was(text: str) -> None:
    made = sendable(text)
    made.encode()
    assert "\0" not in made and sendable(made) == made
    if "\0" not in text and not any(0xD800 <= ord(one) < 0xE000 for one in text):
        assert made == text


def test_two_halves_are_one_character() -> None:
    assert sendable("\ud83d" + "\ude00") == "\U0001f600" and sendable("a\ud83db") == "a\ufffdb"


@given(st.text(), st.text(), st.text())
def test_no_word_changes_a_step(base: Tools, say: str, think: str, instruction: str) -> None:
    """What is commanded is the same whatever is said, thought or asked for beside it."""
    silent = read(read_raw(json.dumps({"do": [DRIVE]})), base)
    words = {"say": say, "think": think, "instruction": instruction, "do": [DRIVE]}
    assert read(read_raw(json.dumps(words)), base).steps == silent.steps


KEYS = st.sampled_from(
    ["say", "do", "name", "args", "choices", "message", "role", "tool_calls", "function", "finish_reason"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_no_json_breaks_the_reader(base: Tools, data: object) -> None:
    try:
        answer = read_raw(json.dumps(data))
    except PlannerError:
        return
    found = read(answer, base)
    assert all(isinstance(call, Call | str) for call in answer.calls or ())
    assert not (found.undone and found.steps)
