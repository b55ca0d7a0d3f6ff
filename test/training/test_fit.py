"""The fit on made-up corpora: it learns what is there, forgets nothing, and is the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from iatro_governor.testimony.features import DIMENSIONS, LONGEST, PLACES
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.trained import CLAIMED
from iatro_governor.training.calibrate import TERMS, Calibration, calibration, expected_error, reliability
from iatro_governor.training.corpus import Labelled, corpus, joined, readable
from iatro_governor.training.fit import SHARPNESS, Weights, _pool, fit
from iatro_governor.training.run import Model, trained
from iatro_governor.training.scores import MEASURES, agreement, margin, score

REFUSING = [f"The {thing} is here. Nix da with the {thing}." for thing in ("cup", "box", "lamp", "door")]
DOING = [f"The {thing} is here. Hoppla with the {thing}." for thing in ("cup", "box", "lamp", "door")]


def made_up() -> list[Labelled]:
    def labelled(text: str, refuses: bool) -> Labelled:
        return Labelled(text, {name: refuses and name == "refusal" for name in NAMES}, group=text)

    return [*(labelled(text, True) for text in REFUSING), *(labelled(text, False) for text in DOING)]


def test_one_passage_that_refuses_is_enough() -> None:
    texts = corpus(made_up())
    refusal = fit(texts, 1e-4).logits(texts)[:, 0]
    assert (refusal[:4] > 0).all() and (refusal[4:] < 0).all()
    apart = corpus([replace(made_up()[0], text="The tree is green. The sky is blue. Nix da.")])
    assert fit(texts, 1e-4).logits(apart)[0, 0] > 0


def test_a_label_that_is_not_known_is_not_learned() -> None:
    texts = corpus([replace(text, truth={"refusal": text.truth["refusal"]}) for text in made_up()])
    weights = fit(texts, 1e-4)
    assert np.abs(weights.table[:, 1:]).max() == 0.0
    assert np.abs(weights.table[:, 0]).max() > 0.0


def test_the_pooled_slope_is_that_of_finite_differences() -> None:
    chance = np.random.default_rng(3)
    passages, firsts = chance.normal(size=(7, 2)), np.array([0, 1, 4])
    pooled, back = _pool(passages, firsts)
    ahead = chance.normal(size=pooled.shape)
    slope = back(ahead)
    for at in np.ndindex(*passages.shape):
        moved = passages.copy()
        moved[at] += 1e-6
        difference = ((_pool(moved, firsts)[0] - pooled) * ahead).sum() / 1e-6
        assert slope[at] == pytest.approx(difference, abs=1e-4)


def test_pooling_lies_between_mean_and_maximum() -> None:
    passages = np.array([[0.0], [4.0], [1.0]])
    pooled = _pool(passages, np.array([0]))[0][0, 0]
    assert passages.mean() < pooled < passages.max()
    assert SHARPNESS > 0


def test_the_same_texts_give_the_same_weights() -> None:
    first, second = (fit(corpus(made_up()), 1e-4) for _ in range(2))
    assert first.table.tobytes() == second.table.tobytes() and first.bias.tobytes() == second.bias.tobytes()


def test_parts_and_joins_of_a_corpus_keep_every_text() -> None:
    whole = corpus(made_up())
    weights = fit(whole, 1e-4)
    order = np.array([6, 0, 3])
    assert weights.logits(whole.part(order)) == pytest.approx(weights.logits(whole)[order])
    twice = joined(whole, whole.part(order))
    assert weights.logits(twice) == pytest.approx(
        np.vstack([weights.logits(whole), weights.logits(whole)[order]])
    )


def test_calibration_brings_overconfident_logits_down() -> None:
    chance = np.random.default_rng(5)
    texts = corpus(made_up() * 50)
    true_logit = chance.normal(size=(len(texts), len(NAMES)))
    truth = (chance.random(true_logit.shape) < expit(true_logit)).astype(float)
    every = np.ones_like(truth)
    drawn = replace(texts, truth=truth, weights=every)
    curve = calibration(5.0 * true_logit, drawn)
    assert curve.weights[TERMS.index("logit")] == pytest.approx(0.2, abs=0.08)
    before = expected_error(expit(5.0 * true_logit[:, 0]), truth[:, 0])
    after = expected_error(curve.scores(5.0 * true_logit, drawn)[:, 0], truth[:, 0])
    assert after < before / 2
    assert sum(count for _, _, count in reliability(expit(true_logit[:, 0]), truth[:, 0])) == len(texts)


def test_scores_of_a_known_table() -> None:
    truth = np.array([True] * 4 + [False] * 6)
    found = np.array([True] * 3 + [False] + [True] + [False] * 5)
    known = score(truth, found)
    assert (known.precision, known.recall, known.f1) == (0.75, 0.75, 0.75)
    assert known.macro_f1 == pytest.approx((0.75 + 10 / 12) / 2)
    assert known.low <= known.f1 <= known.high and (known.positives, known.texts) == (4, 10)
    for measure in MEASURES:
        low, high = known.bounds(measure)
        assert low < getattr(known, measure) < high
    assert agreement(truth, truth) == 1.0
    assert agreement(truth, ~truth) < 0
    assert agreement(truth, found) == pytest.approx((0.8 - 0.52) / 0.48)


def test_a_margin_is_paired() -> None:
    """The wrong answer: two labellers that differ in one text, and a margin as wide as the figures' own intervals."""
    truth = np.arange(200) % 2 == 0
    found = truth ^ (np.arange(200) % 7 == 0)
    better = found.copy()
    better[0] = truth[0]
    gap, low, high = margin(truth, better, found, "macro_f1")
    whole = score(truth, found)
    assert 0 <= low <= gap <= high < (whole.macro_high - whole.macro_low) / 2
    assert margin(truth, found, found, "recall") == (0.0, 0.0, 0.0)


def test_what_a_model_cannot_read_teaches_it_nothing() -> None:
    """The wrong answer: a constant that the many long refusals raise, of which no word was read."""
    texts = made_up() * 3
    unread = [replace(texts[0], text=text) for text in ("...", "Nix da. " * (LONGEST // 4))] * 9
    assert readable([*texts, *unread]) == texts
    plain, more = trained(texts, 0, folds=2), trained([*texts, *unread], 0, folds=2)
    assert plain.weights.bias.tobytes() == more.weights.bias.tobytes()


def test_without_the_lift_scores_are_lower_and_keep_their_order() -> None:
    chance = np.random.default_rng(8)
    texts = corpus(made_up() * 30)
    logits = chance.normal(size=(len(texts), len(NAMES)))
    truth = (chance.random(logits.shape) < expit(logits - 1.0)).astype(float)
    drawn = replace(texts, truth=truth, weights=np.ones_like(truth))
    lifted, plain = calibration(logits, drawn), calibration(logits, drawn, lift=1.0)
    assert (plain.scores(logits, drawn).mean(axis=0) < lifted.scores(logits, drawn).mean(axis=0)).all()
    assert plain.scores(logits, drawn).mean(axis=0) == pytest.approx(truth.mean(axis=0), abs=0.02)


def test_the_model_s_scores_are_the_labeller_s_where_it_reads_no_word_and_where_a_limit_is_claimed() -> None:
    """The wrong answer: figures of texts that the labeller leaves to the rules, as if the model had judged them."""
    silent, claims = "...", "I keep below 0.2 m/s."
    texts = corpus([Labelled(text, {}, "", "own") for text in (silent, claims, "Good morning.")])
    sure = Weights(np.zeros((DIMENSIONS + PLACES, len(NAMES))), np.full(len(NAMES), 9.0))
    never = Weights(sure.table, -sure.bias)
    curve = np.zeros((len(TERMS), len(NAMES)))
    curve[TERMS.index("logit")] = 1.0
    limit = NAMES.index("limit")
    always, nothing = (Model(weights, Calibration(curve)).scores(texts) for weights in (sure, never))
    assert (always[0] == texts.rules[0]).all() and (always[2] > 0.99).all()
    assert (
        nothing[1, limit] == texts.rules[1, limit] >= CLAIMED and (np.delete(nothing[1], limit) < 0.01).all()
    )
