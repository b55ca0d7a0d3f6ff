"""The plain form of a text, sign by sign, and the way back from it."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.normalise import normalise


@pytest.mark.parametrize(
    ("original", "plain"),
    [
        ("a\u0300", "\u00e0"),
        ("\u0301a", "\u0301a"),
        ("q\u0301", "q"),
        ("q\u0301x", "qx"),
        ("\u0250", "\u0250"),
        ("\u024f\u024e", "\u024f\u024f"),
        ("\U0001f3fb\U0001f3ff", "  "),
        ("\U0001f44d\U0001f3fb", "  "),
        ("a\x07b\u200eb", "abb"),
        ("a\nb", "a\nb"),
        ("é\nb", "é\nb"),
        ("ﬁt", "fit"),
        ("Ｎ", "n"),
        ("*", ""),
        ("x|y", "x y"),
    ],
)
def test_the_plain_form_of_a_sign(original: str, plain: str) -> None:
    assert normalise(original).text == plain


@pytest.mark.parametrize(
    ("original", "starts", "ends"),
    [
        ("abc", [0, 1, 2], [1, 2, 3]),
        ("a*b", [0, 2], [1, 3]),
        ("e\u0301x", [0, 2], [2, 3]),
        ("½x", [0, 0, 0, 1], [1, 1, 1, 2]),
    ],
)
def test_every_character_leads_back_to_where_it_came_from(
    original: str, starts: list[int], ends: list[int]
) -> None:
    plain = normalise(original)
    assert (list(plain.starts), list(plain.ends), plain.original) == (starts, ends, original)


def test_a_stretch_leads_back_to_all_that_it_came_from() -> None:
    plain = normalise("a**b**e\u0301")
    assert (plain.span(0, 2), plain.span(1, 3), plain.span(2, 3)) == ((0, 4), (3, 8), (6, 8))
