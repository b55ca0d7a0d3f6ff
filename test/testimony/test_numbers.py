from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.numbers import next_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("0,25", 0.25),
        ("1,500", 1500),
        ("1,234,567.5", 1234567.5),
        (".5", 0.5),
        ("-0.3", -0.3),
        ("1e-2", 0.01),
        ("1/2", 0.5),
        ("3 / 4", 0.75),
        ("zero point two five", 0.25),
        ("point five", 0.5),
        ("half", 0.5),
        ("half a", 0.5),
        ("a quarter of a", 0.25),
        ("three quarters of a", 0.75),
        ("two and a half", 2.5),
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("two thousand five hundred", 2500),
        ("a dozen", 12),
        ("fifteen", 15),
    ],
)
def test_a_number_is_read(text: str, value: float) -> None:
    found = next_number(text, 0)
    assert found is not None and found.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "none here", "point", "and", "5e999", "9" * 400, "1/0", "version v", "seven-teen-ish"[5:8]]
)
def test_what_is_no_usable_number(text: str) -> None:
    found = next_number(text, 0)
    assert found is None or math.isfinite(found.value)
    assert text not in ("", "none here", "point", "and", "9" * 400) or found is None


def test_an_article_alone_is_marked() -> None:
    found = next_number("a metre", 0)
    assert found is not None and found.article and found.value == 1


def test_numbers_inside_words_are_none() -> None:
    assert next_number("r2d2 b52x", 0) is None


@given(st.floats(min_value=0.001, max_value=9999).map(lambda v: round(v, 3)))
def test_a_printed_decimal_comes_back(value: float) -> None:
    found = next_number(f"at {value:.3f} m/s", 0)
    assert found is not None and found.value == pytest.approx(value)
    assert f"at {value:.3f} m/s"[found.start : found.end] == f"{value:.3f}"
