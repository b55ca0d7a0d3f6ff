"""Sentences of a plain text, and the stretches of it that are somebody else's words.

Both are found by single scans with bounded look-back, so a hostile 100 kB text costs no more than its length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_END = re.compile(
    r"(?=[!?\n;.,])(?:[!?\n;]+|\.+(?=\s|$|['\")\]])(?!(?<=max\.|min\.)\s?\d)|"
    r",\s*(?=but\b|however\b|although\b|though\b))"
)
_OWN_VOICE = re.compile(
    r"(?:\bmy (?:answer|reply|response|words?)(?: is)?|\bi(?:'ll| will)? (?:say|answer|reply|respond|repeat)"
    r"|\"(?:response|say|text|reply|message|content|answer|speech)\")\s*[:,]?\s*$"
)
_MARK = re.compile('"')
_MASK = "\u00a4"
_KEY = re.compile(r"\s*:")
_LOOK_BACK = 48
_LONGEST_QUOTE = 2000


class Passage(NamedTuple):
    """One sentence or contrasting half of one, as offsets into the plain text."""

    start: int
    end: int
    text: str
    question: bool


@dataclass(frozen=True, slots=True)
class Quotes:
    """Disjoint, sorted ranges of the plain text that report somebody else's words."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def hold(self, at: int) -> bool:
        """Whether the character at ``at`` lies inside a quotation."""
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]


def passages(text: str) -> list[Passage]:
    """Split a plain text at sentence ends, line breaks, semicolons and ", but"."""
    found = []
    start = 0
    for match in _END.finditer(text):
        found.append(_passage(text, start, match.start(), "?" in match.group()))
        start = match.end()
    found.append(_passage(text, start, len(text), False))
    return [passage for passage in found if passage.text.strip()]


def _passage(text: str, start: int, end: int, question: bool) -> Passage:
    return Passage(start, end, text[start:end], question)


@lru_cache(maxsize=2)
def spoken(text: str) -> tuple[str, tuple[Passage, ...]]:
    """A plain text with reported speech blotted out, of the same length, and the passages of that.

    Kept for a moment: the rules and the model ask for the same text one after the other.
    """
    found = quotes(text)
    parts = []
    at = 0
    for start, end in zip(found.starts, found.ends, strict=True):
        parts += [text[at:start], _MASK * (end - start)]
        at = end
    own = "".join([*parts, text[at:]])
    return own, tuple(passages(own))


def quotes(text: str) -> Quotes:
    """Ranges between quotation marks that are reported speech.

    Not reported: a text that is one quotation from end to end, the value of a JSON key, and what the speaker
    introduces as its own answer. A mark left open quotes nothing.
    """
    marks = [match.start() for match in _MARK.finditer(text)]
    ranges = _paired(text, marks)
    ranges += _single(text)
    ranges.sort()
    starts: list[int] = []
    ends: list[int] = []
    for start, end in ranges:
        if ends and start < ends[-1]:
            continue
        starts.append(start)
        ends.append(end)
    return Quotes(tuple(starts), tuple(ends))


def _paired(text: str, marks: list[int]) -> list[tuple[int, int]]:
    ranges = []
    whole = len(text.strip())
    for start, end in zip(marks[::2], marks[1::2], strict=False):
        before = text[max(0, start - _LOOK_BACK) : start]
        if end - start > _LONGEST_QUOTE or (end - start) * 5 >= whole * 4 or _OWN_VOICE.search(before):
            continue
        if _KEY.match(text, end + 1) is None:
            ranges.append((start, end + 1))
    return ranges


_SINGLE = re.compile(r"'(?<![a-z0-9]')([^'\n]{2,200}(?:'[a-z][^'\n]{0,200}){0,4})'(?![a-z0-9])")


def _single(text: str) -> list[tuple[int, int]]:
    """Quotations in single marks: an opening mark after a blank, apostrophes inside words allowed."""
    whole = len(text.strip())
    ranges = []
    for match in _SINGLE.finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        if (match.end() - match.start()) * 5 < whole * 4 and not _OWN_VOICE.search(before):
            ranges.append(match.span())
    return ranges
