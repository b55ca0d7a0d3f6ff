from __future__ import annotations

import pytest

from iatro_governor.testimony.passages import passages, quotes


def reported(text: str) -> list[str]:
    found = quotes(text)
    return [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def test_sentences_end_at_marks_but_not_inside_numbers() -> None:
    found = [p.text.strip() for p in passages("going at 0.2 m/s. then stopping! really? yes, but slowly")]
    assert found == ["going at 0.2 m/s", "then stopping", "really", "yes", "but slowly"]


def test_only_the_asked_sentence_is_a_question() -> None:
    assert [p.question for p in passages("shall i go? i go.")] == [True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('the sign on the gate says "do not enter" and i go in', ['"do not enter"']),
        ("the note says 'keep out' but i go in anyway", ["'keep out'"]),
        ('"i will not do that."', []),
        ('{"response": "i will not do that", "function": []}', []),
        ('my answer: "i will not", and that is that for today', []),
        ('an open quote " stays open', []),
        ("it's the cat's dish, isn't it", []),
    ],
)
def test_reported_speech(text: str, expected: list[str]) -> None:
    assert reported(text) == expected


def test_holds_knows_the_edges_of_a_quotation() -> None:
    text = 'he read "halt" and i drove on regardless of it'
    found = quotes(text)
    assert found.hold(text.index('"')) and found.hold(text.index("halt"))
    assert not found.hold(text.index(" and")) and not found.hold(0)
