"""What a label model sees of a text: every passage as numbers of hashed words, word pairs and letter runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from iatro_governor.testimony.normalise import Normalised
from iatro_governor.testimony.passages import Passage, spoken

DIMENSIONS = 1 << 18
"""Rows of a model's table; a feature's row is its CRC-32 modulo this."""
LONGEST = 16
"""Passages of the longest text that a model reads: it is trained on what robots say, and that is short."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]")
_LETTER_RUNS = (3, 4, 5)
_SIGN_RUNS = (1, 2, 3)
_FIRST_SIGN = "\u2e80"
_LONGEST_TOKEN = 24
_LONGEST_PIECE = 400
_HEAD = 240
_STEPS = (1, 2, 3, 6, 12)
_WHOLE = len(_STEPS) + 1
PLACES = 2 * (_WHOLE + 1)
"""Rows of a model's second table: where in a text a passage stands, and whether it asks."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One passage as a model sees it: tokens as plain offsets, and the features of each.

    ``features`` are rows of the table; token ``i`` owns those from ``firsts[i]`` up to the next token's first.
    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    features: tuple[int, ...]
    firsts: tuple[int, ...]
    place: int
    """Row of the table of places."""


def instances(plain: Normalised) -> list[Instance]:
    """Every passage of the text, and its beginning as a whole where there are several; quoted speech is blotted out.

    None at all where the text has more than ``LONGEST`` passages.
    """
    text, found = spoken(plain.text)
    if len(found) > LONGEST:
        return []
    pieces = [piece for passage in found for piece in _cut(passage)]
    if len(pieces) > LONGEST:
        return []
    seen = [
        _instance(piece.text, piece.start, _place(_step(at + 1), piece.question))
        for at, piece in enumerate(pieces)
    ]
    if len(pieces) > 1:
        seen.append(_instance(text[:_HEAD], 0, _place(_WHOLE, False)))
    return [instance for instance in seen if instance.starts]


def _cut(passage: Passage) -> Sequence[Passage]:
    if len(passage.text) <= _LONGEST_PIECE:
        return (passage,)
    return [
        Passage(
            passage.start + at,
            passage.start + at + _LONGEST_PIECE,
            passage.text[at : at + _LONGEST_PIECE],
            passage.question,
        )
        for at in range(0, len(passage.text), _LONGEST_PIECE)
    ]


def _step(count: int) -> int:
    """A count in coarse steps: a fifth passage tells no more than a fourth."""
    return sum(count >= step for step in _STEPS)


def _place(position: int, question: bool) -> int:
    return position * 2 + question


def _instance(text: str, start: int, place: int) -> Instance:
    starts: list[int] = []
    ends: list[int] = []
    features: list[int] = []
    firsts: list[int] = []
    last, last_but_one = "^", ""
    for match in _TOKEN.finditer(text):
        token = match.group()[:_LONGEST_PIECE]
        if token[0].isdigit():
            token = "0"
        firsts.append(len(features))
        starts.append(start + match.start())
        ends.append(start + match.end())
        features += _of_token(token)
        features.append(row(f"{last} {token}"))
        if last_but_one:
            features.append(row(f"{last_but_one} {last} {token}"))
        last_but_one, last = last, token
    return Instance(tuple(starts), tuple(ends), tuple(features), tuple(firsts), place)


@lru_cache(maxsize=1 << 15)
def _of_token(token: str) -> tuple[int, ...]:
    """The word itself and its runs of letters; runs of signs where the script has no blanks between words."""
    if token[0] >= _FIRST_SIGN:
        return _runs(token, _SIGN_RUNS)
    return (row(token), *_runs(f"<{token[:_LONGEST_TOKEN]}>", _LETTER_RUNS))


def _runs(token: str, lengths: Sequence[int]) -> tuple[int, ...]:
    return tuple(
        row(f"~{token[at : at + length]}") for length in lengths for at in range(len(token) - length + 1)
    )


def row(feature: str) -> int:
    """The row of the table that a feature is hashed to."""
    return crc32(feature.encode()) % DIMENSIONS
