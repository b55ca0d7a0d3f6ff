"""The whole training: corpora, folds, fit, calibration, evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from iatro_governor.training.calibrate import Calibration, calibration
from iatro_governor.training.corpus import Corpus, Labelled, corpus
from iatro_governor.training.evaluate import Figures, evaluate
from iatro_governor.training.examples import own
from iatro_governor.training.fit import Weights, fit
from iatro_governor.training.robots import hand_labelled, refusals

STRENGTH = 3e-5
"""How strongly weights are held to nought. Chosen by cross-validation on the written examples that are trained on."""
FOLDS = 4
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Model:
    """What is exported."""

    weights: Weights
    calibration: Calibration

    def scores(self, texts: Corpus) -> np.ndarray:
        """Calibrated scores (T, L)."""
        return self.calibration.scores(self.weights.logits(texts), texts.rules)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trained model and its figures (``None`` where only the model was asked for)."""

    model: Model
    figures: Figures | None
    seed: int
    counts: dict[str, int]
    rivals: dict[str, dict[str, float]]


def train(data: Path, seed: int, say: Say) -> Outcome:
    """Train on the written examples and on the robots' replies that nobody labelled by hand; no figures yet.

    Raises ``MissingPart`` where the data are not there.
    """
    hand = hand_labelled(data)
    examples = own("train")
    robots = refusals(data, without={labelled.text for labelled in hand})
    say(f"training on {len(examples)} written examples and {len(robots)} replies of robot planners")
    model = trained([*examples, *robots], seed)
    counts = {"written": len(examples), "held out": len(own("held_out")), "replies": len(robots)}
    return Outcome(model, None, seed, counts, {})


def evaluated(outcome: Outcome, data: Path, say: Say) -> Outcome:
    """The same with its figures."""
    again = partial(trained, seed=outcome.seed, folds=2)
    return replace(outcome, figures=evaluate(outcome.model, again, data, outcome.seed, say))


def trained(texts: Sequence[Labelled], seed: int, *, with_rules: bool = True, folds: int = FOLDS) -> Model:
    """Fit on all of ``texts``; calibrate on the logits that ``folds`` give of what they did not see."""
    all_of_them = corpus(texts)
    of_text = _folds(texts, seed, folds)
    unseen = np.zeros(all_of_them.truth.shape)
    for fold in range(folds):
        rest, held = np.flatnonzero(of_text != fold), np.flatnonzero(of_text == fold)
        unseen[held] = fit(all_of_them.part(rest), STRENGTH).logits(all_of_them.part(held))
    curve = calibration(unseen, all_of_them, with_rules=with_rules)
    return Model(fit(all_of_them, STRENGTH), curve)


def _folds(texts: Sequence[Labelled], seed: int, folds: int) -> np.ndarray:
    """A fold for every text: replies to one instruction share theirs, as they repeat each other."""
    groups = [text.group if text.doubtful else str(at) for at, text in enumerate(texts)]
    names, of_text = np.unique(groups, return_inverse=True)
    return np.asarray(np.random.default_rng(seed).integers(0, folds, len(names))[of_text])
