"""Number words of other languages: those of Latin scripts by a table, those of Chinese characters by their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from iatro_governor.testimony.numbers import Number, Numerals

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_GAP = re.compile(r"\s+|-")
_MOST_WORDS = 7


def latin(words: Mapping[str, float], *, point: str, joiner: str, articles: Sequence[str]) -> Numerals:
    """Words with their values; ``point`` (a pattern) reads as the decimal mark, ``joiner`` joins a half or the ones.

    ``articles`` are words for one that are also articles: alone they count only before a length.
    """
    mark = re.compile(point)
    starts = "|".join(sorted(map(re.escape, words), key=len, reverse=True))

    def read(text: str, at: int) -> Number | None:
        run = _run(text, at, lambda word: word in words or word == joiner or mark.fullmatch(word) is not None)
        for length in range(len(run), 0, -1):
            value = _value([word for word, _ in run[:length]], words, mark, joiner)
            if value is not None:
                alone = length == 1 and run[0][0] in articles
                return Number(value, at, run[length - 1][1], alone)
        return None

    return Numerals(re.compile(rf"(?<![\w.,])(?:[-+]?\.?\d|(?:{starts})\b)"), read)


def _run(text: str, at: int, known: Callable[[str], bool]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    while len(found) < _MOST_WORDS and (match := _WORD.match(text, at)) is not None:
        word, end = match.group(), match.end()
        if not known(word):
            word = word.partition("-")[0]
            end = match.start() + len(word)
        if not known(word):
            break
        found.append((word, end))
        gap = _GAP.match(text, end)
        if gap is None:
            break
        at = gap.end()
    return found


def _value(run: list[str], words: Mapping[str, float], mark: re.Pattern[str], joiner: str) -> float | None:
    """Value of a run such as "dos coma cinco", "tres y medio", "un demi", "treinta y cinco"; ``None`` if it is none."""
    for at, word in enumerate(run):
        if mark.fullmatch(word):
            whole, digits = _sum(run[:at], words, joiner), [words.get(digit) for digit in run[at + 1 :]]
            if whole is None or not digits or any(d is None or d > 9 or d != int(d) for d in digits):
                return None
            return float(f"{whole:.0f}." + "".join(f"{digit:.0f}" for digit in digits))
    return _sum(run, words, joiner)


def _sum(run: list[str], words: Mapping[str, float], joiner: str) -> float | None:
    if not run or run[0] == joiner or run[-1] == joiner:
        return None
    values = [words[word] for word in run if word != joiner]
    if len(values) == 2 and values == [1, 0.5] and joiner not in run:
        return 0.5
    falls = all(one > other for one, other in pairwise(values))
    return float(sum(values)) if falls and (len(values) == 1 or values[0] >= 20 or joiner in run) else None


_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_CHARACTERS = re.compile(r"[零〇一二两兩三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?半?|半")


def _characters(text: str, at: int) -> Number | None:
    match = _CHARACTERS.match(text, at)
    if match is None:
        return None
    body = match.group()
    half = 0.5 if body.endswith("半") else 0.0
    whole, _, decimals = body.removesuffix("半").partition("点")
    value = _placed(whole) + half
    if decimals:
        value += float("0." + "".join(str(_DIGITS[mark]) for mark in decimals))
    return Number(value, at, match.end())


def _placed(marks: str) -> float:
    """Places multiply the digit before them: "三十五" is 3 x 10 + 5, "十" alone is 10."""
    total, digit = 0, 0
    for mark in marks:
        if mark in _PLACES:
            total, digit = total + max(digit, 1) * _PLACES[mark], 0
        else:
            digit = _DIGITS[mark]
    return float(total + digit)


CHARACTERS = Numerals(
    re.compile(r"(?<![a-z0-9.,])[-+]?\.?\d|[零〇一二两兩三四五六七八九十百千半]"), _characters
)
"""Numbers of Chinese and Japanese: digits, or characters."""
