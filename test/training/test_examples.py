from __future__ import annotations

import re

import pytest

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.corpus import Labelled
from iatro_governor.training.examples import own


def test_there_are_enough_examples_each_written_once() -> None:
    train, held = own("train"), own("held_out")
    assert len(train) >= 1_500 and len(held) >= 400
    texts = [re.sub(r"\W", "", text.text.lower()) or text.text for text in (*train, *held)]
    assert len(set(texts)) == len(texts)


def test_no_family_is_on_both_sides() -> None:
    families = {(text.group, text.source) for text in own("train")}
    assert not families & {(text.group, text.source) for text in own("held_out") if text.source == "own"}


@pytest.mark.parametrize("part", ["held_out", "held_out_others"])
def test_no_sentence_that_is_trained_on_is_nearly_one_that_is_held_out(part: str) -> None:
    held = [_words(text) for text in own(part)]
    for text in own("train"):
        words = _words(text)
        assert all(len(words & other) < 0.6 * max(len(words | other), 1) for other in held), text.text


def _words(text: Labelled) -> frozenset[str]:
    """Its words, or its pairs of signs where the script has no blanks between words."""
    plain = text.text.lower()
    if text.source in ("zh", "ja"):
        return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
    return frozenset(re.findall(r"[\w']+", plain))


def test_every_label_and_every_language_is_there_on_both_sides() -> None:
    for part in ("train", "held_out"):
        texts = own(part)
        assert {text.source for text in texts} == {"own", "es", "de", "fr", "zh", "ja"}
        for name in NAMES:
            assert 40 <= sum(text.truth[name] for text in texts) < len(texts) / 2
