"""The figures of the model card: each on texts that the model of that figure has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from iatro_governor.testimony.labels import NAMES, PRESENT_AT
from iatro_governor.training import keywords
from iatro_governor.training.calibrate import expected_error, reliability
from iatro_governor.training.chats import READERS, between, chats
from iatro_governor.training.corpus import Corpus, Labelled, corpus
from iatro_governor.training.examples import own
from iatro_governor.training.robots import hand_labelled, refusals
from iatro_governor.training.scores import Score, agreement, score

REFUSAL = NAMES.index("refusal")
WHOLES = {"gpt-4o-mini": 0, "gpt-4o": 0, "claude-sonnet-4": 1}
OTHERS = 2
"""Which models' replies are held out together; all others are the third group."""


class Scorer(Protocol):
    """A trained model, as far as it is evaluated."""

    def scores(self, texts: Corpus) -> np.ndarray:
        """Calibrated scores (T, L)."""
        ...


Train = Callable[[Sequence[Labelled]], Scorer]


@dataclass(slots=True)
class Figures:
    """Scores by set, by labeller, by label; how well the scores are calibrated; and of what training."""

    seed: int
    counts: dict[str, int]
    """How many texts of each kind were trained on, or held out."""
    sets: dict[str, dict[str, dict[str, Score]]] = field(default_factory=dict)
    reliability: dict[str, list[tuple[float, float, int]]] = field(default_factory=dict)
    expected_error: dict[str, float] = field(default_factory=dict)
    agreement: dict[str, float] = field(default_factory=dict)
    between: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By set and its own label: how many replies that are neither, and how many were called refusals."""


def evaluate(model: Scorer, again: Train, data: Path, figures: Figures, say: Callable[[str], None]) -> None:
    """Fills in all figures of ``model``; ``again`` trains one like it on fewer texts, for what it has seen itself."""
    seed = figures.seed
    say("written examples held out")
    held = own("held_out")
    english = [text for text in held if text.source == "own"]
    figures.sets["written, held out"] = _labels(model, english, seed)
    figures.sets["written in five other languages, held out"] = _labels(
        model, [text for text in held if text.source != "own"], seed
    )
    figures.sets["written by another author, held out"] = _labels(model, own("held_out_others"), seed)
    _calibration(figures, model, held)
    say("replies labelled by hand")
    figures.sets["robot replies labelled by hand"] = _labels(model, hand_labelled(data), seed)
    passes = [corpus(hand_labelled(data, passed)).truth > 0 for passed in (0, 1)]
    figures.agreement = {name: agreement(passes[0][:, at], passes[1][:, at]) for at, name in enumerate(NAMES)}
    say("refusals on replies of robot planners, held out by model and by instruction")
    figures.sets["robot replies, held out by model and instruction"] = _robots(again, data, seed)
    for name in READERS:
        say(f"refusals on {name}")
        figures.sets[name] = _labels(model, chats(data, name), seed, ("refusal",))
        for label, texts in between(data, name).items():
            found = model.scores(corpus(texts))[:, REFUSAL] >= PRESENT_AT
            figures.between[f"{name}: {label}"] = (len(texts), int(found.sum()))


def _labels(
    model: Scorer, texts: Sequence[Labelled], seed: int, names: Sequence[str] = NAMES
) -> dict[str, dict[str, Score]]:
    seen = corpus(texts)
    truth = seen.truth > 0
    rivals: Mapping[str, np.ndarray] = {
        "model": model.scores(seen) >= PRESENT_AT,
        "rules": seen.rules >= PRESENT_AT,
        "keywords": keywords.present([text.text for text in texts]),
    }
    return {
        rival: {
            name: score(truth[:, at], found[:, at], seed) for at, name in enumerate(NAMES) if name in names
        }
        for rival, found in rivals.items()
    }


def half_and_group(texts: Sequence[Labelled], seed: int) -> Iterator[tuple[list[Labelled], list[Labelled]]]:
    """Each group of models in turn, each half of the instructions in turn: what shares neither, and what is tested."""
    instructions = sorted({text.group for text in texts})
    chance = np.random.default_rng(seed)
    half = dict(zip(instructions, chance.integers(0, 2, len(instructions)), strict=True))
    for group in sorted({*WHOLES.values(), OTHERS}):
        for side in (0, 1):
            tested = [t for t in texts if WHOLES.get(t.source, OTHERS) == group and half[t.group] == side]
            rest = [t for t in texts if WHOLES.get(t.source, OTHERS) != group and half[t.group] != side]
            yield rest, tested


def _robots(again: Train, data: Path, seed: int) -> dict[str, dict[str, Score]]:
    written = own("train")
    held: list[Labelled] = []
    found: list[np.ndarray] = []
    for rest, tested in half_and_group(refusals(data), seed):
        found.append(again([*written, *rest]).scores(corpus(tested)))
        held += tested
    return _labels(_Known(np.concatenate(found)), held, seed, ("refusal",))


@dataclass(frozen=True, slots=True)
class _Known:
    known: np.ndarray

    def scores(self, texts: Corpus) -> np.ndarray:
        assert len(texts) == len(self.known)
        return self.known


def _calibration(figures: Figures, model: Scorer, texts: Sequence[Labelled]) -> None:
    seen = corpus(texts)
    scores = model.scores(seen)
    for at, name in enumerate(NAMES):
        figures.reliability[name] = reliability(scores[:, at], seen.truth[:, at])
        figures.expected_error[name] = expected_error(scores[:, at], seen.truth[:, at])
