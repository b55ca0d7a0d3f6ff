from __future__ import annotations

import re

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.examples import own


def test_there_are_enough_examples_each_written_once() -> None:
    train, held = own("train"), own("held_out")
    assert len(train) >= 1_500 and len(held) >= 400
    texts = [re.sub(r"\W", "", text.text.lower()) or text.text for text in (*train, *held)]
    assert len(set(texts)) == len(texts)


def test_no_family_is_on_both_sides() -> None:
    families = {(text.group, text.source) for text in own("train")}
    assert not families & {(text.group, text.source) for text in own("held_out") if text.source == "own"}


def test_every_label_and_every_language_is_there_on_both_sides() -> None:
    for part in ("train", "held_out"):
        texts = own(part)
        assert {text.source for text in texts} == {"own", "es", "de", "fr", "zh", "ja"}
        for name in NAMES:
            assert 40 <= sum(text.truth[name] for text in texts) < len(texts) / 2
