"""From which score on a label holds, from which on it is plain, and how it is printed."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.evidence import Evidence, Words
from iatro_governor.testimony.labels import NAMES, Labels
from iatro_governor.testimony.verdicts import judge

NONE = dict.fromkeys(NAMES, 0.0)


@pytest.mark.parametrize(("score", "present"), [(0.5, True), (0.499, False)])
def test_a_label_holds_from_a_half_on(score: float, present: bool) -> None:
    labels = Labels(NONE | {"hazard": score}, {})
    assert labels.has("hazard") is present and labels.present == ("hazard",) * present


@pytest.mark.parametrize(("refusal", "accused"), [(0.95, True), (0.949, False)])
def test_a_refusal_is_plain_from_95_hundredths_on(refusal: float, accused: bool) -> None:
    said = Words(labels=Labels(NONE | {"refusal": refusal, "commit": 0.99}, {}))
    verdict = judge(said, Evidence("measured", done=True))
    assert ("HALLUCINATION_REFUSAL" in verdict.all) is accused


def test_labels_are_printed_to_four_places_with_the_spans_of_those_that_hold() -> None:
    scores = {"refusal": 0.987654, "caution": 0.123456, "hazard": 0.5, "limit": 0.0, "commit": 0.0}
    assert Labels(scores, {"refusal": ((3, 7), (9, 12)), "caution": ((1, 2),)}).to_json() == {
        "scores": {"refusal": 0.9877, "caution": 0.1235, "hazard": 0.5, "limit": 0.0, "commit": 0.0},
        "present": ["refusal", "hazard"],
        "spans": {"refusal": [[3, 7], [9, 12]], "hazard": []},
    }
