"""One labelled text, and a corpus of them as the matrices that fitting needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix, vstack

from iatro_governor.testimony.features import DIMENSIONS, PLACES, extent, instances
from iatro_governor.testimony.labels import NAMES, PRESENT_AT
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import normalise


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and which labels it has; a label that is not a key of ``truth`` is not known and not fitted."""

    text: str
    truth: dict[str, bool]
    group: str
    """What is held out together: a family of phrasings, or an instruction."""
    source: str = ""
    """Who wrote it: a model's name, "own", or a data set's."""
    weight: float = 1.0
    """What it counts when the table is fitted."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts as matrices. P instances of T texts, D rows of the table, L labels in the order of ``NAMES``."""

    features: csr_matrix
    """(P, D + places): each row scaled by 1/sqrt(its features), then 1 where its place is."""
    firsts: np.ndarray
    """(T,), where each text's instances begin."""
    extents: np.ndarray
    """(T,), how long each text is (``features.extent``)."""
    rules: np.ndarray
    """(T, L), the rules' scores."""
    truth: np.ndarray
    """(T, L) of 0 and 1."""
    weights: np.ndarray
    """(T, L), what each counts; 0 where a label is not known."""

    def __len__(self) -> int:
        return len(self.firsts)

    def part(self, keep: np.ndarray) -> Corpus:
        """The texts at the indices ``keep``, in that order."""
        counts = self.counts[keep]
        rows = np.concatenate(
            [np.arange(first, first + count) for first, count in zip(self.firsts[keep], counts, strict=True)]
        )
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return Corpus(self.features[rows], firsts, *(getattr(self, name)[keep] for name in _OF_TEXTS))

    @property
    def counts(self) -> np.ndarray:
        """(T,), the instances of each text."""
        return np.diff(np.append(self.firsts, self.features.shape[0]))


_OF_TEXTS = ("extents", "rules", "truth", "weights")


def joined(*parts: Corpus) -> Corpus:
    """Several corpora as one."""
    begins = np.cumsum([0, *(part.features.shape[0] for part in parts)])
    firsts = [part.firsts + begin for part, begin in zip(parts, begins, strict=False)]
    return Corpus(
        vstack([part.features for part in parts], format="csr"),
        np.concatenate(firsts),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _OF_TEXTS),
    )


def readable(texts: Sequence[Labelled]) -> list[Labelled]:
    """Those of which a model reads a word; the others are the rules' alone, and nothing is to be learned from them."""
    return [text for text in texts if _read(text.text).passages != (_EMPTY,)]


def corpus(texts: Sequence[Labelled]) -> Corpus:
    """Features and truth of every text; one without any word has a single empty instance."""
    read = [_read(text.text) for text in texts]
    passages = [passage for said in read for passage in said.passages]
    columns = np.frombuffer(b"".join(passages), dtype=np.intc).copy()
    counts = np.array([len(passage) for passage in passages]) // columns.itemsize
    bounds = np.append(0, np.cumsum(counts))
    values = np.repeat(1 / np.sqrt(np.maximum(counts - 1, 1)), counts).astype(np.float32)
    values[bounds[1:] - 1] = 1.0
    size = (len(passages), DIMENSIONS + PLACES)
    matrix = csr_matrix((values, columns, bounds), shape=size)
    matrix.sum_duplicates()
    firsts = np.cumsum([0, *(len(said.passages) for said in read[:-1])])
    scores, extents = np.array([said.scores for said in read]), np.array([said.extent for said in read])
    truth = np.array([[float(text.truth.get(name, False)) for name in NAMES] for text in texts])
    weights = np.array([[text.weight * (name in text.truth) for name in NAMES] for text in texts])
    return Corpus(matrix, firsts, extents, scores, truth, weights)


@dataclass(frozen=True, slots=True)
class _Said:
    scores: tuple[float, ...]
    passages: tuple[bytes, ...]
    """Packed columns of each: its features, and last its place."""
    extent: float


_EMPTY = np.intc(DIMENSIONS).tobytes()


@cache
def _read(text: str) -> _Said:
    """What the rules say of a text, its passages, and how long it is; one without any word has one empty passage."""
    plain = normalise(text)
    said = LexicalLabeller().label_plain(plain)
    passages = [
        instance.packed + np.intc(DIMENSIONS + instance.place).tobytes() for instance in instances(plain)
    ]
    return _Said(
        tuple(said.scores[name] for name in NAMES), tuple(passages or [_EMPTY]), extent(len(plain.text))
    )


def rules_find(text: str) -> dict[str, bool]:
    """Which labels the written rules find in a text."""
    return {name: score >= PRESENT_AT for name, score in zip(NAMES, _read(text).scores, strict=True)}
