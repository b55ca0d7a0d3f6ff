from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.normalise import normalise


@pytest.mark.parametrize(
    ("original", "plain"),
    [
        ("I can’t", "i can't"),
        ("“Stop”", '"stop"'),
        ("**bold** and _thin_", "bold and  thin "),
        ("0.2 m/s²", "0.2 m/s2"),
        ("０．５ ｍ", "0.5 m"),
        ("½ m", "0.5 m"),
        ("ca\u200bn't", "can't"),
        ("go 🙂 on", "go   on"),
        ("cafe\u0301", "café"),
        ("a\r\nb", "a\n\nb"),
        ("−0.2", "-0.2"),
        ("", ""),
    ],
)
def test_plain_form(original: str, plain: str) -> None:
    assert normalise(original).text == plain


def test_a_span_leads_back_through_everything_that_was_dropped() -> None:
    original = "🙂 **I can\u200b’t** go"
    plain = normalise(original)
    start = plain.text.index("can't")
    first, last = plain.span(start, start + len("can't"))
    assert original[first:last] == "can\u200b’t"


def test_a_span_of_a_folded_character_covers_the_whole_of_it() -> None:
    plain = normalise("½ m")
    assert plain.span(0, 3) == (0, 1)


@given(st.text(max_size=300))
def test_any_text_maps_into_itself_in_order(original: str) -> None:
    plain = normalise(original)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert all(0 <= start < end <= len(original) for start, end in zip(plain.starts, plain.ends, strict=True))
    assert list(plain.starts) == sorted(plain.starts)
    assert plain.text == plain.text.lower() or any(len(c.lower()) > 1 or c.lower() != c for c in plain.text)
