"""The whole training: corpora, folds, fit, calibration, evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from iatro_governor.testimony.features import LONGEST, extent
from iatro_governor.training.calibrate import Calibration, calibration
from iatro_governor.training.corpus import Corpus, Labelled, corpus
from iatro_governor.training.evaluate import Figures, evaluate
from iatro_governor.training.examples import own
from iatro_governor.training.fit import Weights, fit
from iatro_governor.training.robots import hand_labelled, refusals

STRENGTH = 1e-5
"""How strongly weights are held to nought. Chosen by cross-validation on the written examples that are trained on."""
FOLDS = 3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Model:
    """What is exported."""

    weights: Weights
    calibration: Calibration

    def scores(self, texts: Corpus) -> np.ndarray:
        """Calibrated scores (T, L)."""
        scores = self.calibration.scores(self.weights.logits(texts), texts)
        left_to_rules = texts.extents > extent(LONGEST)
        return np.asarray(np.where(left_to_rules[:, None], texts.rules, scores))


def train(data: Path, seed: int, say: Say) -> tuple[Model, Figures]:
    """Train on the written examples and on the robots' replies that nobody labelled by hand; no scores yet.

    Raises ``MissingPart`` where the data are not there.
    """
    examples = own("train")
    robots = refusals(data, without={labelled.text for labelled in hand_labelled(data)})
    counts = {"written": len(examples), "held out": len(own("held_out")), "replies": len(robots)}
    say(f"training on {len(examples)} written examples and {len(robots)} replies of robot planners")
    return trained([*examples, *robots], seed), Figures(seed, counts)


def fill_in(figures: Figures, model: Model, data: Path, say: Say) -> None:
    """The scores of ``model`` on what is held out."""
    evaluate(model, partial(trained, seed=figures.seed, folds=2), data, figures, say)


def trained(texts: Sequence[Labelled], seed: int, folds: int = FOLDS) -> Model:
    """Fit on all of ``texts``; calibrate on the logits that ``folds`` give of what they did not see."""
    all_of_them = corpus(texts)
    of_text = _folds(texts, seed, folds)
    unseen = np.zeros(all_of_them.truth.shape)
    for fold in range(folds):
        rest, held = np.flatnonzero(of_text != fold), np.flatnonzero(of_text == fold)
        unseen[held] = fit(all_of_them.part(rest), STRENGTH).logits(all_of_them.part(held))
    curve = calibration(unseen, all_of_them)
    return Model(fit(all_of_them, STRENGTH), curve)


def _folds(texts: Sequence[Labelled], seed: int, folds: int) -> np.ndarray:
    """A fold for every text: a family, or replies to one prompt, share theirs, as they repeat each other."""
    names, of_text = np.unique([text.group for text in texts], return_inverse=True)
    return np.asarray(np.random.default_rng(seed).integers(0, folds, len(names))[of_text])
