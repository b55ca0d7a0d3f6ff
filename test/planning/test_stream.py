"""A streamed answer is the same however its bytes are cut, and one that is not whole is never taken for whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.planning.answer import Answer
from iatro_governor.planning.stream import LONGEST_EVENT, Assembly, Broken, events
from iatro_governor.planning.tools import Call
from test.planning.server import call, chunk


def put_together(*chunks: bytes, broken: str = "") -> Answer:
    assembly = Assembly()
    for data in events(chunks):
        assembly.take(data)
    return assembly.answer(broken)


@given(st.lists(st.text(min_size=1, max_size=8), max_size=6), st.data())
def test_bytes_may_be_cut_anywhere(texts: list[str], data: Any) -> None:
    whole = b"".join(
        f"data: {json.dumps({'t': text}, ensure_ascii=False)}\r\n\r\n".encode("utf-8", "replace")
        for text in texts
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    expected = [text.encode("utf-8", "replace").decode() for text in texts]
    assert [json.loads(event)["t"] for event in events(pieces)] == expected


def test_comments_and_other_fields_say_nothing() -> None:
    assert list(events([b": still here\n\nevent: x\nid: 3\ndata: a\ndata:b\n\n\n\n"])) == ["a\nb"]


def test_a_last_event_without_its_blank_line_counts() -> None:
    assert list(events([b"data: a\n\ndata: b\n"])) == ["a", "b"]


def test_an_endless_line_is_not_waited_for() -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        yield b"data: "
        while taken < 10 * LONGEST_EVENT:
            taken += 100_000
            yield b"x" * 100_000

    with pytest.raises(Broken, match="characters"):
        list(events(endless()))
    assert taken <= LONGEST_EVENT + 200_000


def test_pieces_of_texts_and_calls_are_put_together() -> None:
    answer = put_together(
        chunk(role="assistant", content=None),
        chunk(reasoning_content="Is it "),
        chunk(reasoning_content="free?"),
        chunk(content="I "),
        chunk(content="go."),
        chunk(tool_calls=[call("move_base", '{"vx":')]),
        chunk(tool_calls=[{"index": 1, "id": "c2", "function": {"name": "stop", "arguments": ""}}]),
        chunk(tool_calls=[{"index": 0, "function": {"arguments": " 0.3}"}}]),
        chunk(finish="tool_calls"),
    )
    assert (answer.text, answer.reasoning, answer.broken) == ("I go.", "Is it free?", "")
    assert answer.calls == (Call("move_base", '{"vx": 0.3}', "c1"), Call("stop", "", "c2"))
    assert answer.identity == {"model_id": "served-1"}


@pytest.mark.parametrize("finish", ["length", "content_filter", None])
def test_what_did_not_end_by_itself_is_broken(finish: str | None) -> None:
    parts = [chunk(content="I go."), chunk(tool_calls=[call("stop", "{}")])]
    answer = put_together(*parts, *([chunk(finish=finish)] if finish else []))
    assert answer.broken and answer.text == "I go."


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[1]",
        "null",
        "[" * 100_000,
        '{"choices": 3}',
        '{"choices": [{"delta": {"content": 3}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"index": -1}]}}]}',
        '{"choices": [{"delta": {"tool_calls": [{"index": 100}]}}]}',
        '{"error": {"message": "out of memory"}}',
    ],
)
def test_what_is_no_event_is_refused(data: str) -> None:
    with pytest.raises(Broken):
        Assembly().take(data)


def test_only_the_first_choice_is_heard() -> None:
    assembly = Assembly()
    assembly.take(json.dumps({"choices": [{"index": 1, "delta": {"content": "other"}}]}))
    assert not assembly.begun
