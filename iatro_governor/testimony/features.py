"""What a label model sees of a text: every passage as numbers of hashed words, word pairs and letter runs."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from zlib import crc32

import numpy as np

from iatro_governor.testimony.normalise import Normalised
from iatro_governor.testimony.passages import spoken

DIMENSIONS = 1 << 18
"""Rows of a model's table; a feature's row is its CRC-32 modulo this, a power of two."""
LONGEST = 400
"""Characters of the longest text that a model reads: it is trained on what robots say, and that is no longer."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s]")
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
_ROWS = "i"
"""Rows are kept as C ints, packed: a text's are joined thousands at a time."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One passage as a model sees it; ``text`` begins at ``start`` of the plain text."""

    text: str
    start: int
    packed: bytes
    """Rows of the table: those of each token in turn, then of each pair, then of each triple of neighbours."""
    place: int
    """Row of the table of places."""

    @property
    def rows(self) -> np.ndarray:
        """Rows of the table (N,)."""
        return np.frombuffer(self.packed, dtype=np.intc)

    def tokens(self) -> tuple[list[tuple[int, int]], np.ndarray]:
        """Every token's offsets into the plain text, and which token each of the rows belongs to (N,)."""
        matches = [*_TOKEN.finditer(self.text)]
        counts = [len(_of_token(match.group())[0]) // array(_ROWS).itemsize for match in matches]
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
    seen = [
        _instance(piece.text, piece.start, _place(_step(at + 1), piece.question))
        for at, piece in enumerate(pieces)
    ]
    if len(pieces) > 1:
        seen.append(_instance(text[:_HEAD], 0, _place(_WHOLE, False)))
    return [instance for instance in seen if instance.packed]


def extent(length: int) -> float:
    """How long a text of ``length`` characters is: 0 up to 60, 1 at 600; a model weighs the rules by it."""
    return max(math.log10(max(length, 1) / _SHORT), 0.0)


def _step(count: int) -> int:
    """A count in coarse steps: a fifth passage tells no more than a fourth."""
    return sum(count >= step for step in _STEPS)


def _place(position: int, question: bool) -> int:
    return position * 2 + question


def _instance(text: str, start: int, place: int) -> Instance:
    tokens = [_of_token(token) for token in _TOKEN.findall(text)]
    if not tokens:
        return Instance(text, start, b"", place)
    own, words, blanks, after = zip(*tokens, strict=True)
    before = (_CRC_OF_START, *after[:-1])
    pairs = map(crc32, words, before)
    # A checksum goes on where another ended: from that of "the one before, this one and a blank" to the next one's.
    triples = map(crc32, words[1:], map(crc32, blanks, before))
    neighbours = array(_ROWS, [crc & _MASK for crc in chain(pairs, triples)])
    return Instance(text, start, b"".join([*own, neighbours.tobytes()]), place)


@lru_cache(maxsize=1 << 15)
def _of_token(token: str) -> tuple[bytes, bytes, bytes, int]:
    """Packed rows of a token: the word and its runs of letters; then the word, it with a blank, and the CRC of that.

    Runs are of fewer signs where the script has no blanks between words. A number is one whatever its value.
    """
    if token[0].isdigit():
        token = "0"
    if token[0] >= _FIRST_SIGN:
        rows = _runs(token, _SIGN_RUNS)
    else:
        rows = [row(token), *_runs(f"<{token[:_LONGEST_TOKEN]}>", _LETTER_RUNS)]
    blank = f"{token} ".encode()
    return array(_ROWS, rows).tobytes(), token.encode(), blank, crc32(blank)


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
