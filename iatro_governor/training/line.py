"""The line under which a refusal is faint beside an undertaking, chosen on written examples that are trained on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iatro_governor.testimony.labels import NAMES, PRESENT_AT
from iatro_governor.training.scores import MEASURES

CANDIDATES = tuple(step / 20 for step in range(10, 20))
"""0.5, which is no line at all, to 0.95."""
_REFUSAL, _COMMIT = NAMES.index("refusal"), NAMES.index("commit")


def lines(scores: np.ndarray, truth: np.ndarray) -> Mapping[float, float]:
    """F1 of refusal by line, of scores (T, L) that nobody was fitted on, against ``truth`` (T, L) of 0 and 1.

    A refusal counts as said from ``PRESENT_AT`` on, unless it scores less than the line and the undertaking no less.
    """
    refusal, commit = scores[:, _REFUSAL], scores[:, _COMMIT]
    refused = truth[:, _REFUSAL] > 0
    return {
        line: float(MEASURES["f1"](refused, (refusal >= PRESENT_AT) & ~((refusal < line) & (commit >= line))))
        for line in CANDIDATES
    }


def chosen(by_line: Mapping[float, float]) -> float:
    """The line of the best F1; the lowest of several, as it argues the fewest refusals away."""
    return max(sorted(by_line), key=lambda line: by_line[line])
