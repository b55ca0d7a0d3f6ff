"""Numbers as planners write them: digits, European and thousands separators, fractions, English words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = re.compile(
    r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?:e[-+]?\d{1,2})?(?:\s?/\s?\d{1,3}(?![\d/]))?"
)
_WORDS = {
    "zero": 0,
    "nought": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12}
_FRACTIONS = {
    "half": 0.5,
    "quarter": 0.25,
    "third": 1 / 3,
    "quarters": 0.25,
    "thirds": 1 / 3,
    "tenth": 0.1,
    "tenths": 0.1,
}
_KNOWN = frozenset({*_WORDS, *_SCALES, *_FRACTIONS, "a", "an", "and", "point", "of"})
_WORD = re.compile(r"[a-z]+")
_GAP = re.compile(r"(?:\s+|-)")
_OPENING = ("a", "an", "point", *_WORDS, *_FRACTIONS)
_START = re.compile(
    rf"(?<![\w.,])(?=[-+.\d{''.join({word[0] for word in _OPENING})}])"
    rf"(?:[-+]?\.?\d|(?:{'|'.join(_OPENING)})\b)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number found at ``[start, end)``; ``article`` where the only word for it was "a" or "an"."""

    value: float
    start: int
    end: int
    article: bool = False


@dataclass(frozen=True, slots=True)
class Numerals:
    """A language's numbers: where one can ``start``, and how one in words is ``read`` from there."""

    start: re.Pattern[str]
    read: Callable[[str, int], Number | None]


def next_number(
    text: str, at: int, numerals: Numerals | None = None, *, until: float = math.inf
) -> Number | None:
    """The first number in plain ``text`` that starts at or after ``at``; its words are English unless told.

    None that starts after ``until``.
    """
    start, read = (numerals.start, numerals.read) if numerals else (_START, _worded)
    while (match := start.search(text, at)) is not None and match.start() <= until:
        found = _digits(text, match.start()) or read(text, match.start())
        if found is not None and math.isfinite(found.value):
            return found
        at = match.start() + 1
    return None


def _digits(text: str, at: int) -> Number | None:
    match = _DIGITS.match(text, at)
    if match is None:
        return None
    body, _, under = match.group().partition("/")
    over = _decimal(body.strip())
    if not under.strip():
        return Number(over, at, match.end())
    divisor = float(under.strip())
    return Number(over / divisor, at, match.end()) if divisor else None


def _decimal(body: str) -> float:
    """A comma followed by exactly three digits groups thousands ("1,500"), any other is a decimal mark ("0,25")."""
    head, comma, tail = body.partition(",")
    grouped = comma and len(tail.partition(".")[0].partition("e")[0]) % 4 == 3 and head.lstrip("+-") != "0"
    return float(body.replace(",", "" if grouped else "."))


def _worded(text: str, at: int) -> Number | None:
    words, spans = _run_of_words(text, at)
    for length in range(len(words), 0, -1):
        value = _value(words[:length])
        if value is not None:
            return Number(value, at, spans[length - 1], words[:length] in (["a"], ["an"]))
    return None


def _run_of_words(text: str, at: int) -> tuple[list[str], list[int]]:
    words: list[str] = []
    ends: list[int] = []
    while len(words) < 9 and (match := _WORD.match(text, at)) is not None and match.group() in _KNOWN:
        words.append(match.group())
        ends.append(match.end())
        gap = _GAP.match(text, match.end())
        if gap is None:
            break
        at = gap.end()
    return words, ends


def _value(words: list[str]) -> float | None:
    """Value of number words such as "zero point two five", "two and a half", "three quarters of a"."""
    if words and words[-1] in ("a", "an") and len(words) > 1:
        words = words[: -2 if words[-2] == "of" else -1]
        return _value(words) if words and words[-1] in _FRACTIONS else None
    if not words or words[-1] in ("and", "point", "of"):
        return None
    if words in (["a"], ["an"]):
        return 1.0
    if "point" in words:
        return _decimals(words)
    if words[-1] in _FRACTIONS:
        return _fraction(words)
    return _integer(words)


def _decimals(words: list[str]) -> float | None:
    cut = words.index("point")
    whole = _integer(words[:cut]) if cut else 0.0
    digits = [_WORDS.get(word) for word in words[cut + 1 :]]
    if whole is None or any(digit is None for digit in digits):
        return None
    return float(f"{whole:.0f}." + "".join(str(digit) for digit in digits))


def _fraction(words: list[str]) -> float | None:
    part = _FRACTIONS[words[-1]]
    lead = words[:-1]
    if lead in ([], ["a"]):
        return part
    if lead[-2:] == ["and", "a"]:
        whole = _integer(lead[:-2])
        return None if whole is None else whole + part
    count = _integer(lead)
    return None if count is None else count * part


def _integer(words: list[str]) -> float | None:
    total, current = 0, 0
    for word in words:
        if word in _WORDS:
            if current % 10 or (current % 100 and _WORDS[word] >= 10):
                return None
            current += _WORDS[word]
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        elif word in ("a", "and"):
            continue
        else:
            return None
    return (
        float(total + current) if words and any(word in _WORDS or word in _SCALES for word in words) else None
    )
