"""A labeller by a trained model beside the written rules: hashed features in, calibrated scores out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from iatro_governor.testimony.features import Instance, extent, instances
from iatro_governor.testimony.labels import NAMES, PRESENT_AT, Labels, Span
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.normalise import Normalised, normalise

INPUTS = ("rows", "owners", "scales", "places", "rules", "extent")
"""Table row of every feature (int32) and the instance that owns it (int64); 1/sqrt(features) and place of every
instance; the rules' scores in the order of ``NAMES``, and how long the text is (float32)."""
OUTPUTS = ("scores", "passages", "evidence")
"""Calibrated scores (5,); logits of every instance (P, 5); what each feature adds to its instance (N, 5)."""


class Session(Protocol):
    """What is used of an ``onnxruntime.InferenceSession``."""

    def run(self, output_names: Sequence[str], input_feed: Mapping[str, Any]) -> Sequence[Any]:
        """The named outputs for the named inputs."""
        ...


CLAIMED = 0.95
"""The rules' score of a limit with a number that the robot binds itself to: no model argues that away."""


@dataclass(frozen=True, slots=True)
class TrainedLabeller:
    """Labels by a model whose ``session`` is passed in; pure and deterministic.

    A text longer than ``features.LONGEST`` is left to the rules: the model is trained on short ones.
    """

    session: Session
    name: str
    rules: LexicalLabeller = field(default_factory=LexicalLabeller)

    def label(self, text: str) -> Labels:
        """Labels of one text; an empty one has none."""
        plain = normalise(text)
        rules = self.rules.label_plain(plain)
        seen = instances(plain)
        if not seen:
            return rules
        feeds = inputs(seen, rules, extent(len(plain.text)))
        scores, logits, evidence = self.session.run(OUTPUTS, feeds)
        found = dict(zip(NAMES, map(float, scores), strict=True))
        if rules.scores["limit"] >= CLAIMED:
            found["limit"] = max(found["limit"], rules.scores["limit"])
        spans: dict[str, tuple[Span, ...]] = {}
        for at, name in enumerate(NAMES):
            if found[name] < PRESENT_AT:
                continue
            if rules.has(name):
                spans[name] = rules.spans[name]
            else:
                best = int(np.argmax(logits[:, at]))
                own = evidence[feeds["owners"] == best, at]
                spans[name] = (_window(plain, seen[best], own),)
        return Labels(found, spans)


def inputs(seen: Sequence[Instance], rules: Labels, extent: float) -> dict[str, np.ndarray]:
    """The model's inputs for the instances of one text, what the rules say of it, and its ``features.extent``."""
    rows = np.frombuffer(b"".join([instance.packed for instance in seen]), dtype=np.intc)
    counts = [len(instance.packed) // rows.itemsize for instance in seen]
    return {
        "rows": rows,
        "owners": np.arange(len(seen)).repeat(counts),
        "scales": np.array([1.0 / math.sqrt(count) for count in counts], dtype=np.float32),
        "places": np.array([instance.place for instance in seen]),
        "rules": np.array([rules.scores[name] for name in NAMES], dtype=np.float32),
        "extent": np.array([extent], dtype=np.float32),
    }


def _window(plain: Normalised, instance: Instance, evidence: np.ndarray) -> Span:
    """The stretch of tokens whose evidence, over the passage's mean, adds up to most; as offsets into the original."""
    offsets, owners = instance.tokens()
    of_tokens = np.bincount(owners, evidence, len(offsets))
    above = of_tokens - of_tokens.mean()
    best = total = float("-inf")
    begin = first = last = 0
    for at, gain in enumerate(above):
        if total <= 0:
            total, begin = float(gain), at
        else:
            total += float(gain)
        if total > best:
            best, first, last = total, begin, at
    return plain.span(offsets[first][0], offsets[last][1])
