"""The whole training: corpora, folds, fit, calibration, evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from iatro_governor.testimony.features import DIMENSIONS
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.trained import CLAIMED
from iatro_governor.training.calibrate import Calibration, calibration
from iatro_governor.training.corpus import Corpus, Labelled, corpus
from iatro_governor.training.evaluate import Figures, evaluate
from iatro_governor.training.examples import own
from iatro_governor.training.fit import Weights, fit
from iatro_governor.training.robots import hand_labelled, refusals

STRENGTH = 1e-5
"""How strongly weights are held to nought. Chosen by cross-validation on the written examples that are trained on."""
FOLDS = 3
LIMIT = NAMES.index("limit")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Model:
    """What is exported."""

    weights: Weights
    calibration: Calibration

    def scores(self, texts: Corpus) -> np.ndarray:
        """Calibrated scores (T, L), as ``TrainedLabeller`` gives them: the rules' own where it reads no word."""
        scores = self.calibration.scores(self.weights.logits(texts), texts)
        words = np.add.reduceat(texts.features[:, :DIMENSIONS].getnnz(axis=1), texts.firsts)
        scores = np.where((words == 0)[:, None], texts.rules, scores)
        limits, claimed = scores[:, LIMIT], texts.rules[:, LIMIT]
        scores[:, LIMIT] = np.where(claimed >= CLAIMED, np.maximum(limits, claimed), limits)
        return scores


def train(data: Path, seed: int, say: Say) -> tuple[Model, Figures]:
    """Train on the written examples and on the robots' replies that nobody labelled by hand; no scores yet.

    Raises ``MissingPart`` where the data are not there.
    """
    examples = own("train")
    robots = refusals(data, without={labelled.text for labelled in hand_labelled(data)})
    held_out, others = len(own("held_out")), len(own("held_out_others"))
    counts = {
        "written": len(examples),
        "held out": held_out,
        "by another author": others,
        "replies": len(robots),
    }
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
    return Model(fit(all_of_them, STRENGTH).rounded(), curve)


def _folds(texts: Sequence[Labelled], seed: int, folds: int) -> np.ndarray:
    """A fold for every text: a family, or replies to one prompt, share theirs, as they repeat each other."""
    names, of_text = np.unique([text.group for text in texts], return_inverse=True)
    return np.asarray(np.random.default_rng(seed).integers(0, folds, len(names))[of_text])
