"""One labelled text, and a corpus of them as the matrices that fitting needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix, vstack

from iatro_governor.testimony.features import DIMENSIONS, PLACES, instances
from iatro_governor.testimony.labels import NAMES
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
    doubtful: frozenset[str] = frozenset()
    """Labels that the written rules gave, not a person."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts as matrices. P instances of T texts, D rows of the table, L labels in the order of ``NAMES``."""

    features: csr_matrix
    """(P, D + places): each row scaled by 1/sqrt(its features), then 1 where its place is."""
    firsts: np.ndarray
    """(T,), where each text's instances begin."""
    rules: np.ndarray
    """(T, L), the rules' scores."""
    truth: np.ndarray
    """(T, L) of 0 and 1."""
    weights: np.ndarray
    """(T, L); 0 where a label is not known."""

    def __len__(self) -> int:
        return len(self.firsts)

    def part(self, keep: np.ndarray) -> Corpus:
        """The texts at the indices ``keep``, in that order."""
        ends = np.append(self.firsts[1:], self.features.shape[0])
        counts = (ends - self.firsts)[keep]
        rows = np.concatenate([np.arange(self.firsts[at], ends[at]) for at in keep])
        firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return Corpus(self.features[rows], firsts, self.rules[keep], self.truth[keep], self.weights[keep])


def joined(*parts: Corpus) -> Corpus:
    """Several corpora as one."""
    begins = np.cumsum([0, *(part.features.shape[0] for part in parts)])
    firsts = [part.firsts + begin for part, begin in zip(parts, begins, strict=False)]
    return Corpus(
        vstack([part.features for part in parts], format="csr"),
        np.concatenate(firsts),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("rules", "truth", "weights")),
    )


def corpus(texts: Sequence[Labelled]) -> Corpus:
    """Features and truth of every text; one without any word has a single empty instance."""
    columns: list[int] = []
    values: list[float] = []
    bounds, firsts, scores = [0], [], []
    for labelled in texts:
        said, seen = _read(labelled.text)
        firsts.append(len(bounds) - 1)
        scores.append(said)
        for features, place in seen or (((), 0),):
            columns += (*features, DIMENSIONS + place)
            values += [1 / max(len(features), 1) ** 0.5] * len(features) + [1.0]
            bounds.append(len(columns))
    size = (len(bounds) - 1, DIMENSIONS + PLACES)
    matrix = csr_matrix((np.array(values, dtype=np.float32), columns, bounds), shape=size)
    matrix.sum_duplicates()
    truth = np.array([[float(text.truth.get(name, False)) for name in NAMES] for text in texts])
    weights = np.array([[float(name in text.truth) for name in NAMES] for text in texts])
    return Corpus(matrix, np.array(firsts), np.array(scores), truth, weights)


@cache
def _read(text: str) -> tuple[tuple[float, ...], tuple[tuple[tuple[int, ...], int], ...]]:
    """The rules' scores of a text, and features and place of each of its instances."""
    plain = normalise(text)
    said = LexicalLabeller().label_plain(plain)
    seen = tuple((instance.features, instance.place) for instance in instances(plain))
    return tuple(said.scores[name] for name in NAMES), seen
