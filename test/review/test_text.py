"""Hostile words: nothing that acts on a terminal or misleads a reader gets through."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.review.text import one_line, quantity, segments, visible

ANY_TEXT = st.text(alphabet=st.characters(categories=None))


@given(text=ANY_TEXT)
def test_nothing_that_acts_is_left(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not {char for char in shown if unicodedata.category(char) in ("Cc", "Cs")} - {"\n", "\t"}
    assert not any(
        unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "LRI", "RLI") for char in shown
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\nb\rc", "a\nb\\x0dc"),
        ("\u202egnirts", "\\u202egnirts"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("é ü 漢字 👩\u200d🔧\ttab", "é ü 漢字 👩\u200d🔧\ttab"),
    ],
)
def test_what_is_spelled_out_and_what_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(text=ANY_TEXT, width=st.integers(1, 30))
def test_one_line_fits(text: str, width: int) -> None:
    line = one_line(text, width)
    assert len(line) <= width
    assert "\n" not in line


@given(
    text=ANY_TEXT,
    spans=st.dictionaries(
        st.sampled_from(["caution", "hazard", "limit"]),
        st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=4),
    ),
)
def test_segments_hold_the_whole_text_in_order(text: str, spans: dict[str, list[tuple[int, int]]]) -> None:
    pieces = segments(text, spans)
    assert "".join(piece.text for piece in pieces) == "".join(map(visible, _cut(text, spans)))
    assert {name for piece in pieces for name in piece.labels} <= set(spans)


def _cut(text: str, spans: dict[str, list[tuple[int, int]]]) -> list[str]:
    """The text cut where spans begin or end, so that a line end in two characters may be cut too."""
    places = {0, len(text)}
    for first, end in (span for found in spans.values() for span in found):
        first = min(max(first, 0), len(text))
        places |= {first, min(max(end, first), len(text))}
    ordered = sorted(places)
    return [text[a:b] for a, b in pairwise(ordered)]


def test_overlapping_labels_and_claims_are_all_named() -> None:
    pieces = segments(
        "go slowly now", {"limit": [(3, 9)], "caution": [(3, 13)]}, [("speed <= 0.2 m/s", (3, 9))]
    )
    assert [(piece.text, set(piece.labels), piece.claims) for piece in pieces] == [
        ("go ", set(), ()),
        ("slowly", {"limit", "caution"}, ("speed <= 0.2 m/s",)),
        (" now", {"caution"}, ()),
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.8, "0.8 m/s"),
        (5.5e-13, "0 m/s"),
        (-4e-9, "0 m/s"),
        (0.00123, "0.00123 m/s"),
        (None, "–"),
        ("NaN", "NaN m/s"),
    ],
)
def test_a_quantity_reads_as_a_person_would_write_it(value: object, shown: str) -> None:
    assert quantity(value, "m/s") == shown
