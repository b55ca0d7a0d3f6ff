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
from iatro_governor.training.corpus import Corpus, Labelled, corpus, readable
from iatro_governor.training.evaluate import Figures, evaluate
from iatro_governor.training.examples import own
from iatro_governor.training.fit import Weights, fit
from iatro_governor.training.line import lines
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


@dataclass(frozen=True, slots=True)
class Run:
    """A model, what its like say of each text that they did not see, and the figures so far."""

    model: Model
    texts: Corpus
    unseen: np.ndarray
    """Logits (T, L)."""
    figures: Figures

    @property
    def unlifted(self) -> Model:
        """The same model with scores that are probabilities among such texts."""
        return Model(self.model.weights, calibration(self.unseen, self.texts, lift=1.0))


def train(data: Path, seed: int, say: Say) -> Run:
    """Train on the written examples and on the robots' replies that nobody labelled by hand; no scores yet.

    Raises ``MissingPart`` where the data are not there.
    """
    every = own("train")
    examples = readable(every)
    robots = readable(refusals(data, without={labelled.text for labelled in hand_labelled(data)}))
    counts = {
        "written": len(examples),
        "unread": len(every) - len(examples),
        "held out": len(own("held_out")),
        "by another author": len(own("held_out_others")),
        "replies": len(robots),
    }
    say(f"training on {len(examples)} written examples and {len(robots)} replies of robot planners")
    texts, unseen = _crossed([*examples, *robots], seed, FOLDS)
    model = Model(fit(texts, STRENGTH).rounded(), calibration(unseen, texts))
    written = slice(0, len(examples))
    by_line = lines(model.calibration.scores(unseen, texts)[written], texts.truth[written])
    return Run(
        model, texts, unseen, Figures(seed, counts, lines={f"{at:.2f}": f1 for at, f1 in by_line.items()})
    )


def fill_in(run: Run, data: Path, say: Say) -> None:
    """The scores of the model on what is held out."""
    evaluate(
        run.model, run.unlifted, partial(trained, seed=run.figures.seed, folds=2), data, run.figures, say
    )


def trained(texts: Sequence[Labelled], seed: int, folds: int = FOLDS) -> Model:
    """Fit on what can be read of ``texts``; calibrate on the logits that ``folds`` give of what they did not see."""
    read, unseen = _crossed(texts, seed, folds)
    return Model(fit(read, STRENGTH).rounded(), calibration(unseen, read))


def _crossed(texts: Sequence[Labelled], seed: int, folds: int) -> tuple[Corpus, np.ndarray]:
    """What can be read of ``texts``, and its logits (T, L), each by a fit on the other folds."""
    read = readable(texts)
    whole = corpus(read)
    of_text = _folds(read, seed, folds)
    unseen = np.zeros(whole.truth.shape)
    for fold in range(folds):
        rest, held = np.flatnonzero(of_text != fold), np.flatnonzero(of_text == fold)
        unseen[held] = fit(whole.part(rest), STRENGTH).logits(whole.part(held))
    return whole, unseen


def _folds(texts: Sequence[Labelled], seed: int, folds: int) -> np.ndarray:
    """A fold for every text: a family, or replies to one prompt, share theirs, as they repeat each other."""
    names, of_text = np.unique([text.group for text in texts], return_inverse=True)
    return np.asarray(np.random.default_rng(seed).integers(0, folds, len(names))[of_text])
