"""What a label model sees of a text: which features, in which rows, where they stand and whose they are."""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np
import pytest

from iatro_governor.testimony.features import DIMENSIONS, LONGEST, PLACES, Instance, extent, instances, row
from iatro_governor.testimony.labels import NAMES, Labels
from iatro_governor.testimony.normalise import normalise
from iatro_governor.testimony.trained import CLAIMED, TrainedLabeller, inputs

NOBODY = Labels(dict.fromkeys(NAMES, 0.0), {})


def rows_of(*features: str) -> list[int]:
    return [crc32(feature.encode()) % 2**18 for feature in features]


def seen(text: str) -> list[Instance]:
    return instances(normalise(text))


def test_a_feature_s_row_is_its_checksum_in_the_table() -> None:
    assert DIMENSIONS == 2**18 == 262_144 and [row("cup")] == rows_of("cup")


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("a", ["a", "~<a>", "^ a"]),
        ("cup", ["cup", "~<cu", "~cup", "~up>", "~<cup", "~cup>", "~<cup>", "^ cup"]),
        ("a b", ["a", "~<a>", "b", "~<b>", "^ a", "a b", "^ a b"]),
        ("a b c", ["a", "~<a>", "b", "~<b>", "c", "~<c>", "^ a", "a b", "b c", "^ a b", "a b c"]),
        ("12", ["0", "~<0>", "^ 0"]),
        ("0.5,7", ["0", "~<0>", "^ 0"]),
        ("我们", ["~我", "~们", "~我们", "^ 我们"]),
    ],
)
def test_a_passage_is_its_words_their_runs_and_their_neighbours(text: str, features: list[str]) -> None:
    (only,) = seen(text)
    assert only.rows.tolist() == rows_of(*features) and (only.text, only.start) == (text, 0)


def test_of_a_long_word_the_first_letters_make_runs_and_all_of_it_the_word() -> None:
    word = "abcdefghijklmnopqrstuvwxyz"
    found = seen(word)[0].rows.tolist()
    runs = [f"~{f'<{word[:24]}>'[at : at + size]}" for size in (3, 4, 5) for at in range(27 - size)]
    assert found == rows_of(word, *runs, f"^ {word}")


def test_each_passage_begins_anew_and_the_whole_is_seen_after_them() -> None:
    first, second, whole = seen("a. b?")
    assert first.rows.tolist() == rows_of("a", "~<a>", "^ a")
    assert second.rows.tolist() == rows_of("b", "~<b>", "^ b")
    assert (second.start, whole.start, whole.text) == (2, 0, "a. b?")
    assert whole.rows.tolist()[:2] == rows_of("a", "~<a>")


def test_where_a_passage_stands_is_told_in_steps_and_with_whether_it_asks() -> None:
    assert [one.place for one in seen("a. b? c. d. e. f. g. h. i. j. k. l. m.")] == [
        2,
        5,
        *[6] * 3,
        *[8] * 6,
        10,
        10,
        12,
    ]
    assert PLACES == 14 and [one.place for one in seen("a?")] == [3]


def test_the_whole_is_its_first_240_characters_and_a_passage_without_a_word_is_none() -> None:
    assert len(seen("a. " * 100)[-1].text) == 240
    assert [one.text for one in seen("a. ' . b.")][-1] == "a. ' . b."
    assert seen("") == [] == seen("  ")


def test_a_text_of_four_hundred_characters_is_seen_and_a_longer_one_is_not() -> None:
    assert LONGEST == 400 and seen("a" * 400) and not seen("a" * 401)


def test_how_long_a_text_is_counts_from_sixty_characters_on() -> None:
    assert [extent(length) for length in (0, 1, 60)] == [0.0, 0.0, 0.0]
    assert (extent(600), extent(120)) == (1.0, pytest.approx(math.log10(2)))


def test_each_feature_belongs_to_the_token_it_came_from() -> None:
    (_, second, _) = seen("x. a cup.")
    offsets, owners = second.tokens()
    assert offsets == [(3, 4), (5, 8)]
    assert owners.tolist() == [*[0] * 2, *[1] * 7, 0, 1, 1]


def test_a_model_is_told_whose_each_feature_is_and_how_many_they_are() -> None:
    found = seen("a. b c")
    fed = inputs(found, Labels({**NOBODY.scores, "hazard": 0.5}, {}), 0.25)
    counts = [len(one.rows) for one in found]
    assert counts == [3, 7, 15]
    assert fed["owners"].tolist() == [n for n, count in enumerate(counts) for _ in range(count)]
    assert fed["scales"].tolist() == pytest.approx([count**-0.5 for count in counts])
    assert fed["places"].tolist() == [2, 4, 12] and fed["extent"].tolist() == [0.25]
    assert fed["rules"].tolist() == [0.0, 0.0, 0.5, 0.0, 0.0]
    assert fed["rows"].tolist() == [number for one in found for number in one.rows.tolist()]


class Answering:
    """A session that gives every label a score, the ``best`` passage the highest logit, and each feature ``gains``."""

    def __init__(self, score: float, best: int = 0, gains: tuple[float, ...] = ()) -> None:
        self.score, self.best, self.gains = score, best, gains

    def run(self, names, feeds):
        logits = np.zeros((len(feeds["places"]), 5))
        logits[self.best] = 1.0
        evidence = np.zeros((len(feeds["rows"]), 5))
        words = [n for n, number in enumerate(feeds["rows"]) if number in rows_of(*"abcde")]
        for n, gain in zip(words, self.gains, strict=False):
            evidence[n] = gain
        return np.full(5, self.score), logits, evidence


def shown(text: str, *gains: float, best: int = 0) -> str:
    """What a model that takes each word of ``text`` for worth ``gains`` shows of it."""
    spans = TrainedLabeller(Answering(0.75, best, gains), "a test").label(text).spans["refusal"]
    ((start, end),) = spans
    return text[start:end]


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ((9.0, 0.0, 0.0, 0.0, 0.0), "a"),
        ((0.0, 0.0, 0.0, 0.0, 9.0), "e"),
        ((0.0, 9.0, 9.0, 0.0, 0.0), "b c"),
        ((9.0, 0.0, 9.0, 0.0, 0.0), "a b c"),
        ((4.0, -9.0, 0.0, 5.0, 0.0), "d"),
        ((0.0, 0.0, 0.0, 0.0, 0.0), "a"),
        ((5.0, -9.0, 0.0, 4.0, 0.0), "a"),
    ],
)
def test_the_words_that_speak_most_for_a_label_are_shown(gains: tuple[float, ...], expected: str) -> None:
    assert shown("a b c d e", *gains) == expected


def test_they_are_of_the_passage_that_speaks_most_for_it() -> None:
    assert shown("a b. c d", 9.0, 0.0, 0.0, 9.0, best=1) == "d"
    assert shown("a b. c d", 9.0, 0.0, 0.0, 9.0) == "a"


def test_a_label_is_shown_from_a_half_on_and_a_number_the_rules_found_stays() -> None:
    def labels(score: float, text: str) -> Labels:
        return TrainedLabeller(Answering(score), "a test").label(text)

    assert set(labels(0.5, "a b").spans) == set(NAMES) and labels(0.25, "a b").spans == {}
    limited = labels(0.25, "I'll drive at 0.2 m/s.")
    assert limited.scores["limit"] == CLAIMED == 0.95 and limited.present == ("limit",)
    assert labels(1.0, "I'll drive at 0.2 m/s.").scores["limit"] == 1.0
    assert labels(0.25, "I'll drive slowly.").scores["limit"] == 0.25
