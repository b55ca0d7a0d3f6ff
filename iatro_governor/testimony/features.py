"""What a label model sees of a text: every passage as numbers of hashed words, word pairs and letter runs."""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, repeat
from typing import NamedTuple
from zlib import crc32

import numpy as np

from iatro_governor.testimony.normalise import Normalised
from iatro_governor.testimony.passages import spoken

DIMENSIONS = 1 << 18
"""Rows of a model's table; a feature's row is its CRC-32 modulo this, a power of two."""
LONGEST = 400
"""Characters of the longest text that a model reads: it is trained on what robots say, and that is no longer."""
_TOKEN = re.compile(r"[^\W\d_]++(?:'[^\W\d_]++)*+|\d++(?:[.,]\d++)*+|[^\w\s]")
_LETTER_RUNS = (3, 4, 5)
_SIGN_RUNS = (1, 2, 3)
_FIRST_SIGN = "\u2e80"
_LONGEST_TOKEN = 24
_HEAD = 240
_SHORT = 60
_STEPS = (1, 2, 3, 6, 12)
_WHOLE = len(_STEPS) + 1
PLACES = 2 * (_WHOLE + 1)
"""Rows of a model's second table: where in a text a passage stands, and whether it asks."""


_MASK = DIMENSIONS - 1
_CRC_OF_START, _CRC_OF_RUN = crc32(b"^ "), crc32(b"~")
_C_INT = "i"
"""Rows are kept as C ints, packed: a text's are joined thousands at a time."""


class Instance(NamedTuple):
    """One passage as a model sees it; ``text`` begins at ``start`` of the plain text."""

    text: str
    start: int
    place: int
    """Row of the table of places."""
    packed: bytes
    """Rows of the table: those of each token in turn, then of each pair, then of each triple of neighbours."""

    @property
    def rows(self) -> np.ndarray:
        """Rows of the table (N,)."""
        return np.frombuffer(self.packed, dtype=np.intc)

    def tokens(self) -> tuple[list[tuple[int, int]], np.ndarray]:
        """Every token's offsets into the plain text, and which token each of the rows belongs to (N,)."""
        matches = [*_TOKEN.finditer(self.text)]
        counts = [len(_of_token(match.group())[0]) // array(_C_INT).itemsize for match in matches]
        every = np.arange(len(matches))
        owners = np.concatenate([np.repeat(every, counts), every, every[1:]])
        return [(self.start + match.start(), self.start + match.end()) for match in matches], owners


def instances(plain: Normalised) -> list[Instance]:
    """Every passage of the text, and its beginning as a whole where there are several; quoted speech is blotted out.

    None at all where the text is longer than ``LONGEST``.
    """
    if len(plain.text) > LONGEST:
        return []
    text, pieces = spoken(plain.text)
    parts = [
        (piece.text, piece.start, _place(_step(at + 1), piece.question)) for at, piece in enumerate(pieces)
    ]
    if len(pieces) > 1:
        parts.append((text[:_HEAD], 0, _place(_WHOLE, False)))
    return _hashed(parts)


def extent(length: int) -> float:
    """How long a text of ``length`` characters is: 0 up to 60, 1 at 600; a model weighs the rules by it."""
    return max(math.log10(max(length, 1) / _SHORT), 0.0)


def _step(count: int) -> int:
    """A count in coarse steps: a fifth passage tells no more than a fourth."""
    return bisect_right(_STEPS, count)


def _place(position: int, question: bool) -> int:
    return position * 2 + question


def _hashed(parts: Sequence[tuple[str, int, int]]) -> list[Instance]:
    """Instances of texts with their starts and places, without those that have no token.

    All tokens go through each step together: a text of ten sentences takes a fifth less time than one by one.
    """
    tokens: list[str] = []
    bounds = [0]
    for text, _, _ in parts:
        tokens += _TOKEN.findall(text)
        bounds.append(len(tokens))
    if not tokens:
        return []
    own, words, after = zip(*map(_of_token, tokens), strict=True)
    before = [_CRC_OF_START, *after]
    for bound in bounds:
        before[bound] = _CRC_OF_START
    # A checksum goes on where another ended: a triple's is that of its first two, and then of a blank and the third.
    of_pairs = [*map(crc32, words, before)]
    pairs = _rows(of_pairs)
    triples = _rows(map(crc32, words[1:], map(crc32, repeat(b" "), of_pairs)))
    return [
        Instance(
            *part, b"".join([*own[first:end], pairs[first:end].tobytes(), triples[first : end - 1].tobytes()])
        )
        for part, (first, end) in zip(parts, pairwise(bounds), strict=True)
        if first < end
    ]


def _rows(crcs: Iterable[int]) -> array[int]:
    return array(_C_INT, [crc & _MASK for crc in crcs])


@lru_cache(maxsize=1 << 15)
def _of_token(token: str) -> tuple[bytes, bytes, int]:
    """Packed rows of a token: the word itself and its runs of letters; then the word, and the CRC of it and a blank.

    Runs are of fewer signs where the script has no blanks between words. A number is one whatever its value.
    """
    if token[0].isdigit():
        token = "0"
    if token[0] >= _FIRST_SIGN:
        rows = _runs(token, _SIGN_RUNS)
    else:
        rows = [row(token), *_runs(f"<{token[:_LONGEST_TOKEN]}>", _LETTER_RUNS)]
    word = token.encode()
    return array(_C_INT, rows).tobytes(), word, crc32(word + b" ")


def _runs(token: str, lengths: Sequence[int]) -> list[int]:
    """Rows of "~" and each run of signs."""
    return [
        crc32(token[at : at + length].encode(), _CRC_OF_RUN) & _MASK
        for length in lengths
        for at in range(len(token) - length + 1)
    ]


def row(feature: str) -> int:
    """The row of the table that a feature is hashed to."""
    return crc32(feature.encode()) & _MASK
