"""The figures of the model card: each on texts that the model of that figure has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from iatro_governor.training.scores import MEASURES, Score, agreement, margin, score

REFUSAL = NAMES.index("refusal")
ROBOTS = "robot replies, held out by model and instruction"
UNCORRECTED = f"{ROBOTS}, labels as the structure gives them"
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
    digest: str = ""
    """SHA-256 of the stored model."""
    made_with: dict[str, str] = field(default_factory=dict)
    """Versions of what could move the last bit of a weight."""
    lines: dict[str, float] = field(default_factory=dict)
    """F1 of refusal on the written examples that are trained on, by the line under which one is faint."""
    sets: dict[str, dict[str, dict[str, Score]]] = field(default_factory=dict)
    margins: dict[str, dict[str, dict[str, tuple[float, float, float]]]] = field(default_factory=dict)
    """By set, label and measure: by how much the model is better than keywords, and the bounds of that."""
    planners: dict[str, dict[str, Score]] = field(default_factory=dict)
    """Refusal on robot replies held out, by the planner's model and by labeller."""
    reliability: dict[str, list[tuple[float, float, int]]] = field(default_factory=dict)
    expected_error: dict[str, float] = field(default_factory=dict)
    unlifted: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Expected error and F1 of each label if what holds counted no more than what does not."""
    agreement: dict[str, float] = field(default_factory=dict)
    between: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By set and its own label: how many replies that are neither, and how many were called refusals."""


def evaluate(
    model: Scorer, unlifted: Scorer, again: Train, data: Path, figures: Figures, say: Callable[[str], None]
) -> None:
    """Fills in all figures of ``model``; ``again`` trains one like it on fewer texts, for what it has seen itself.

    ``unlifted``: the same model with scores that are probabilities; only its expected errors and F1 are told.
    """
    say("written examples held out")
    held = own("held_out")
    english = [text for text in held if text.source == "own"]
    _tell(figures, "written, held out", model, english)
    others = [text for text in held if text.source != "own"]
    _tell(figures, "written in five other languages, held out", model, others)
    _tell(figures, "written by another author, held out", model, own("held_out_others"))
    _calibration(figures, model, unlifted, held)
    say("replies labelled by hand")
    _tell(figures, "robot replies labelled by hand", model, hand_labelled(data))
    passes = [corpus(hand_labelled(data, passed)).truth > 0 for passed in (0, 1)]
    figures.agreement = {name: agreement(passes[0][:, at], passes[1][:, at]) for at, name in enumerate(NAMES)}
    say("refusals on replies of robot planners, held out by model and by instruction")
    _robots(figures, again, data)
    for name in READERS:
        say(f"refusals on {name}")
        _tell(figures, name, model, chats(data, name), ("refusal",))
        for label, texts in between(data, name).items():
            found = model.scores(corpus(texts))[:, REFUSAL] >= PRESENT_AT
            figures.between[f"{name}: {label}"] = (len(texts), int(found.sum()))


def _tell(
    figures: Figures, held: str, model: Scorer, texts: Sequence[Labelled], names: Sequence[str] = NAMES
) -> None:
    """Scores of all labellers on a set, and by how much the model is better than keywords."""
    seen = corpus(texts)
    truth, seed = seen.truth > 0, figures.seed
    found = _found(model, seen, texts)
    at_of = {name: NAMES.index(name) for name in names}
    figures.sets[held] = {
        rival: {name: score(truth[:, at], said[:, at], seed) for name, at in at_of.items()}
        for rival, said in found.items()
    }
    figures.margins[held] = {
        name: {
            measure: margin(truth[:, at], found["model"][:, at], found["keywords"][:, at], measure, seed)
            for measure in MEASURES
        }
        for name, at in at_of.items()
    }


def _found(model: Scorer, seen: Corpus, texts: Sequence[Labelled]) -> Mapping[str, np.ndarray]:
    """By labeller: booleans (T, L)."""
    return {
        "model": model.scores(seen) >= PRESENT_AT,
        "rules": seen.rules >= PRESENT_AT,
        "keywords": keywords.present([text.text for text in texts]),
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


def _robots(figures: Figures, again: Train, data: Path) -> None:
    written = own("train")
    held: list[Labelled] = []
    found: list[np.ndarray] = []
    for rest, tested in half_and_group(refusals(data), figures.seed):
        found.append(again([*written, *rest]).scores(corpus(tested)))
        held += tested
    known = _Known(np.concatenate(found))
    _tell(figures, ROBOTS, known, held, ("refusal",))
    by_structure = {(text.text, text.source): text.truth for text in refusals(data, corrected=False)}
    plain = [replace(text, truth=by_structure[text.text, text.source]) for text in held]
    _tell(figures, UNCORRECTED, known, plain, ("refusal",))
    figures.counts["corrected"] = sum(a.truth != b.truth for a, b in zip(held, plain, strict=True))
    figures.planners = _by_planner(known, held, figures.seed)


def _by_planner(known: Scorer, held: Sequence[Labelled], seed: int) -> dict[str, dict[str, Score]]:
    seen = corpus(held)
    truth, sources = seen.truth[:, REFUSAL] > 0, np.array([text.source for text in held])
    found = _found(known, seen, held)
    return {
        planner: {
            rival: score(truth[sources == planner], said[sources == planner, REFUSAL], seed)
            for rival, said in found.items()
        }
        for planner in sorted({*sources.tolist()})
    }


@dataclass(frozen=True, slots=True)
class _Known:
    known: np.ndarray

    def scores(self, texts: Corpus) -> np.ndarray:
        assert len(texts) == len(self.known)
        return self.known


def _calibration(figures: Figures, model: Scorer, unlifted: Scorer, texts: Sequence[Labelled]) -> None:
    seen = corpus(texts)
    scores, plain = model.scores(seen), unlifted.scores(seen)
    for at, name in enumerate(NAMES):
        truth = seen.truth[:, at]
        figures.reliability[name] = reliability(scores[:, at], truth)
        figures.expected_error[name] = expected_error(scores[:, at], truth)
        f1 = score(truth > 0, plain[:, at] >= PRESENT_AT, figures.seed).f1
        figures.unlifted[name] = (expected_error(plain[:, at], truth), f1)
