"""Paired differences by their signs, and many of them."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.trial.estimate.signs import holm, sign_flip


def test_nothing_is_no_evidence() -> None:
    assert sign_flip(np.zeros(50)) == 1.0
    assert sign_flip(np.array([-1.0, -2.0])) == 1.0
    assert sign_flip(np.array([])) == 1.0


@pytest.mark.parametrize(
    ("differences", "p"), [([1.0], 1 / 2), ([1.0, 1.0, 1.0], 1 / 8), ([3.0, -1.0], 1 / 2)]
)
def test_few_differences_are_counted_exactly(differences: list[float], p: float) -> None:
    assert sign_flip(np.array([*differences, 0.0, 0.0])) == pytest.approx(p)


def test_many_differences_agree_with_the_exact_count() -> None:
    # 20 ones of 20: 1 in a million, less than the flips can tell; 13 of 20 or more: 0.1316 by the binomial.
    assert sign_flip(np.ones(20)) == pytest.approx(1 / 4001)
    assert sign_flip(np.array([1.0] * 13 + [-1.0] * 7)) == pytest.approx(0.1316, abs=0.02)


def test_many_questions_make_each_answer_weaker() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert holm([0.6, 0.7]) == [1.0, 1.0]
