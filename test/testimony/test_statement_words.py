"""From a statement's texts to its words: what is read, what only speaks, what is offered instead."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.labels import NAMES, NOTHING, Labels, Span
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.statement import words_of


class Heard:
    """A labeller that notes what it is asked, and finds undertakings where it is told to."""

    name = "heard"

    def __init__(self, *commits: Span) -> None:
        self.texts: list[str] = []
        self.labels = Labels(dict.fromkeys(NAMES, 0.0), {"commit": commits})

    def label(self, text: str) -> Labels:
        self.texts.append(text)
        return self.labels


def test_a_hundred_thousand_characters_of_each_text_are_read() -> None:
    heard = Heard()
    words_of("x" * 100_001, "y" * 100_001, heard)
    assert [len(text) for text in heard.texts] == [100_000, 100_000]


def test_reasoning_that_is_not_there_has_no_labels_and_nobody_is_asked() -> None:
    heard = Heard()
    assert words_of("Fine.", "", heard).reasoning is NOTHING and heard.texts == ["Fine."]
    assert words_of("Fine.", "Why not.", heard).reasoning is heard.labels


@pytest.mark.parametrize(
    ("text", "commits", "moves"),
    [
        ("go and now say", [(0, 2)], False),
        ("go and then say", [(0, 2)], True),
        ("go and move it", [(0, 2)], True),
        ("say it, go and move it", [(0, 3), (8, 10)], True),
        ("say it, go tell them", [(0, 3), (8, 10)], False),
        ("go say it", [], True),
    ],
)
def test_words_promise_only_speech_where_each_undertaking_does_within_twelve_characters(
    text: str, commits: list[Span], moves: bool
) -> None:
    words = words_of(text, "", Heard(*commits))
    assert words.promises_motion is moves and words.said


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("I can't do that. I'll go back to the dock instead.", True),
        ("I can't do that.", False),
        ("I'll go back to the dock instead.", False),
        ("I can't do that. Instead, I'll wave.", True),
    ],
)
def test_something_else_is_offered_where_something_is_refused(text: str, offered: bool) -> None:
    assert words_of(text, "", LexicalLabeller()).offers_substitute is offered


# Labels themselves.


def scored(**scores: float) -> Labels:
    return Labels(dict.fromkeys(NAMES, 0.0) | scores, {"hazard": ((1, 2), (4, 6)), "limit": ((7, 9),)})


def test_a_label_is_there_from_a_half_on() -> None:
    labels = scored(hazard=0.5, limit=0.499)
    assert labels.present == ("hazard",) and labels.has("hazard") and not labels.has("limit")


def test_labels_are_printed_with_the_spans_of_those_that_are_there() -> None:
    assert scored(hazard=0.56789, refusal=0.51111, limit=0.12344).to_json() == {
        "scores": {"refusal": 0.5111, "caution": 0.0, "hazard": 0.5679, "limit": 0.1234, "commit": 0.0},
        "present": ["refusal", "hazard"],
        "spans": {"refusal": [], "hazard": [[1, 2], [4, 6]]},
    }
