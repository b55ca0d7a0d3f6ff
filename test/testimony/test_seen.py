"""What a model is shown of signs that stand for words, and which words are shown where the model says little."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from iatro_governor.testimony.features import instances, row
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.normalise import normalise
from iatro_governor.testimony.trained import TrainedLabeller

WORDS = "cup box jar pot mug"


def test_of_signs_that_stand_for_words_runs_of_one_two_and_three_are_seen() -> None:
    (only,) = instances(normalise("我们走吧"))
    runs = ["~我", "~们", "~走", "~吧", "~我们", "~们走", "~走吧", "~我们走", "~们走吧"]
    assert only.rows.tolist() == [row(feature) for feature in (*runs, "^ 我们走吧")]


def test_a_passage_without_a_word_or_a_sign_is_not_seen() -> None:
    """A full-width low line is a letter to no language, and no sign either."""
    assert [one.text for one in instances(normalise("a. ＿. b."))] == ["a", " b", "a. _. b."]


class Says:
    """A model that finds every label, and what each of ``WORDS`` adds to it."""

    def __init__(self, *gains: float) -> None:
        self._gains = {row(word): gain for word, gain in zip(WORDS.split(), gains, strict=True)}

    def run(self, output_names: Sequence[str], input_feed: Mapping[str, Any]) -> Sequence[Any]:
        gains = [self._gains.get(number, 0.0) for number in input_feed["rows"].tolist()]
        places = len(input_feed["places"])
        return np.ones(5), np.zeros((places, 5)), np.repeat(np.array(gains)[:, None], 5, axis=1)


@pytest.mark.parametrize(
    ("gains", "shown"),
    [
        ((0.6, 0.6, -0.4, -0.4, -0.4), "cup box"),
        ((-0.4, -0.4, 0.6, -0.4, 0.6), "jar pot mug"),
        ((math.nan,) * 5, "cup"),
    ],
)
def test_small_gains_are_added_up_too_and_of_none_at_all_the_first_word_is_shown(
    gains: tuple[float, ...], shown: str
) -> None:
    labels = TrainedLabeller(Says(*gains), "a test").label(WORDS)
    assert {name: WORDS[slice(*labels.spans[name][0])] for name in NAMES} == dict.fromkeys(NAMES, shown)
