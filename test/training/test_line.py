"""The line under which a refusal is faint: from known scores, and never where none is needed."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.line import CANDIDATES, chosen, lines

REFUSAL, COMMIT = NAMES.index("refusal"), NAMES.index("commit")


def drawn(*rows: tuple[float, float, bool]) -> tuple[np.ndarray, np.ndarray]:
    """Scores of refusal and of an undertaking, and whether the text refuses."""
    scores, truth = np.zeros((len(rows), len(NAMES))), np.zeros((len(rows), len(NAMES)))
    for at, (refusal, commit, refuses) in enumerate(rows):
        scores[at, [REFUSAL, COMMIT]] = refusal, commit
        truth[at, REFUSAL] = refuses
    return scores, truth


def test_undertakings_that_seem_to_refuse_a_little_put_the_line_above_them() -> None:
    by_line = lines(*drawn((0.62, 0.9, False), (0.97, 0.99, True), (0.9, 0.1, True)))
    assert chosen(by_line) == pytest.approx(0.65)
    assert by_line[0.5] == pytest.approx(0.8) and by_line[0.65] == 1.0


def test_without_a_false_refusal_there_is_no_line() -> None:
    assert chosen(lines(*drawn((0.62, 0.9, True), (0.1, 0.9, False)))) == CANDIDATES[0] == 0.5


def test_a_refusal_without_an_undertaking_is_never_faint() -> None:
    by_line = lines(*drawn((0.51, 0.3, True), (0.2, 0.9, False)))
    assert set(by_line.values()) == {1.0}
