"""Numbers in words and digits, one by one, and where they end."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.numbers import Number, next_number

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
VALUES = {
    **{word: float(n) for n, word in enumerate(ONES)},
    **{word: 20.0 + 10.0 * n for n, word in enumerate(TENS)},
    "nought": 0.0,
    "a dozen": 12.0,
    "one hundred": 100.0,
    "one thousand": 1000.0,
    "half": 0.5,
    "quarter": 0.25,
    "third": 1 / 3,
    "tenth": 0.1,
    "three quarters": 0.75,
    "two thirds": 2 / 3,
    "seven tenths": 0.7,
}


def read(text: str) -> tuple[float, str] | None:
    """The first number of a text, and what it is read from."""
    found = next_number(text, 0)
    return None if found is None else (found.value, text[found.start : found.end])


@pytest.mark.parametrize("word", VALUES)
def test_a_number_word_has_its_value(word: str) -> None:
    assert read(f"by {word} metres") == (pytest.approx(VALUES[word]), word)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("twenty-five boxes", 25.0, "twenty-five"),
        ("twenty five", 25.0, "twenty five"),
        ("twenty ten", 20.0, "twenty"),
        ("twenty eleven", 20.0, "twenty"),
        ("five six", 5.0, "five"),
        ("one hundred ten", 110.0, "one hundred ten"),
        ("one hundred twenty five", 125.0, "one hundred twenty five"),
        ("two hundred thousand and one", 200_001.0, "two hundred thousand and one"),
        ("a hundred", 100.0, "a hundred"),
        ("one and", 1.0, "one"),
        ("two of them", 2.0, "two"),
        ("half of a cup", 0.5, "half of a"),
        ("half an hour", 0.5, "half an"),
        ("two a day", 2.0, "two"),
        ("two and a half", 2.5, "two and a half"),
        ("one point", 1.0, "one"),
        ("one point five", 1.5, "one point five"),
        ("point two five", 0.25, "point two five"),
        ("twelve point one zero", 12.1, "twelve point one zero"),
        ("one point hundred", 1.0, "one"),
        ("a quarter", 0.25, "a quarter"),
        ("a cup", 1.0, "a"),
        ("an inch", 1.0, "an"),
        ("one one one", 1.0, "one"),
        ("three quarters an hour", 0.75, "three quarters an"),
        ("half point five", 0.5, "half"),
        ("one point five hundred", 1.5, "one point five"),
        ("one hundred five and a half", 105.5, "one hundred five and a half"),
        ("a point five", 1.0, "a"),
    ],
)
def test_words_that_belong_together_are_one_number(text: str, value: float, words: str) -> None:
    assert read(text) == (pytest.approx(value), words)


def test_nine_words_are_read_together() -> None:
    eight = "one hundred and one thousand one hundred and"
    assert read(f"{eight} one") == (101_101.0, f"{eight} one")
    assert read(f"{eight} twenty one") == (101_120.0, f"{eight} twenty")


@pytest.mark.parametrize(
    ("text", "value", "digits"),
    [
        ("3/4", 0.75, "3/4"),
        ("3/4/5", 3.0, "3"),
        ("1,500", 1500.0, "1,500"),
        ("0,500", 0.5, "0,500"),
        ("-0,500", -0.5, "-0,500"),
        ("1,5", 1.5, "1,5"),
        ("1,234,567", 1234567.0, "1,234,567"),
        ("1,234.5", 1234.5, "1,234.5"),
        ("1,500e1", 15000.0, "1,500e1"),
        ("+2.5", 2.5, "+2.5"),
        ("2e3", 2000.0, "2e3"),
    ],
)
def test_digits_are_read_as_they_are_written(text: str, value: float, digits: str) -> None:
    assert read(text) == (pytest.approx(value), digits)


def test_a_number_without_end_is_passed_over() -> None:
    assert read(f"{'9' * 400} and 7") == (7.0, "7")


def test_only_a_number_that_begins_in_time_is_the_next() -> None:
    text = "go 5 m, then 7 m"
    assert next_number(text, 0) == next_number(text, 3) == Number(5.0, 3, 4)
    assert next_number(text, 4) == Number(7.0, 13, 14)
    assert next_number(text, 0, until=3) == Number(5.0, 3, 4) and next_number(text, 0, until=2) is None


def test_only_a_word_that_stands_alone_is_an_article() -> None:
    articles = {text: bool(number and number.article) for text in ("a cup", "an inch", "one cup", "a dozen", "1 cup")
                for number in [next_number(text, 0)]}  # fmt: skip
    assert articles == {"a cup": True, "an inch": True, "one cup": False, "a dozen": False, "1 cup": False}
