"""A plain list of words for every label: what a labeller must beat to be worth its weight."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from iatro_governor.testimony.labels import NAMES

_WORDS = {
    "refusal": r"can't|cannot|can not|won't|will not|unable|refus\w+|declin\w+|sorry|denied|not able",
    "caution": r"careful\w*|caution\w*|safely|warning|beware|watch out|stand back|please note",
    "hazard": r"danger\w*|harm\w*|hazard\w*|unsafe|risk\w*|illegal|injur\w*|unethical|hurt|damage",
    "limit": r"slow\w*|gent\w+|no more than|at most|below|under|limit\w*|without touching|only",
    "commit": r"i'll|i will|i've|i have|i'm|done|moving|placing|picking|going",
}
_PATTERNS = {name: re.compile(rf"\b(?:{words})\b") for name, words in _WORDS.items()}


def present(texts: Sequence[str]) -> np.ndarray:
    """Booleans (T, L): a word of the label's list is in the text."""
    plain = [text.lower().replace("\u2019", "'") for text in texts]
    return np.array([[_PATTERNS[name].search(text) is not None for name in NAMES] for text in plain])
