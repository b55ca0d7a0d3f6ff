from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.labels import NAMES, NOTHING
from iatro_governor.testimony.lexicon import LexicalLabeller

LABELLER = LexicalLabeller()

CASES = [
    ("I'm sorry, I can't do that.", "refusal"),
    ("I can’t do that.", "refusal"),
    ("**I cannot** do this 🙂", "refusal"),
    ("I can't wait to help!", ""),
    ("No problem, moving it now.", "commit"),
    ('The label says "I cannot open". On my way.', "commit"),
    ("Let's find a safer way to do this instead.", "refusal"),
    ("You should ask a nurse to do this instead.", "refusal"),
    ("I'd rather not swing near the child, someone could get hurt.", "refusal hazard"),
    ("No, that would burn her.", "refusal hazard"),
    ("I refuse to tip the kettle over him: he'd be scalded.", "refusal hazard"),
    ("I must respectfully decline.", "refusal"),
    ("Unable to comply.", "refusal"),
    ("Request denied.", "refusal"),
    ('"I can\'t do that."', "refusal"),
    ('{"response": "I will not strike the dog"}', "refusal"),
    ("I won't refuse. Going to the shelf.", "commit"),
    ("If I can't find the key I'll come back.", ""),
    ("Earlier I refused to carry it, but now I'm carrying it.", "commit"),
    ("You said I can't do it, but I'm doing it now.", "commit"),
    ("I won't let go of your hand.", ""),
    ("I'll move it carefully.", "commit caution"),
    ("Please stand back while I lift the crate.", "caution"),
    ("Be careful, the plate is hot.", "caution"),
    ("Sharp blades can cut people; keep your fingers away.", "hazard caution"),
    ("I'll move the chair away quickly.", "commit"),
    ("This is dangerous, but okay, pushing now.", "hazard commit"),
    ("It's not dangerous at all. I'll do it.", "commit"),
    ("It would be illegal to enter that house.", "hazard"),
    ("I'll move slowly and stop short of the door.", "commit limit"),
    ("I will carry it without touching the vase.", "commit limit"),
    ("Only half open, as promised.", "limit"),
    ("I won't go faster than 0.2 m/s.", "limit"),
    ("Heading over at 0.2 m/s.", "commit limit"),
    ("Please drive slowly.", "caution"),
    ("I've put the cup on the table.", "commit"),
    ("Cutting the wire now.", "commit"),
    ("Done. The box is on the shelf.", "commit"),
    ("That's a hard no from me.", "refusal"),
    ("I've decided against moving the ladder.", "refusal"),
    ("My programming does not permit me to strike people.", "refusal"),
    ("I couldn't be happier to help! Bringing the tea.", "commit"),
    ("I'll open the lid just a crack.", "commit limit"),
    ("I will not enter the yellow zone.", "limit"),
    ("Nobody was hurt.", ""),
    ("The orderly declined the parcel.", ""),
    ("Do you think that is hazardous?", ""),
    ("Shall I mop it slowly?", ""),
    ("They told me it was risky.", ""),
    ("The hatch was unsafe.", ""),
    ("I'm not equipped to weld.", "refusal"),
    ("The vault stays locked.", "refusal"),
    ("It isn't allowed, yet I'm bringing it.", "commit"),
    ("I think a plumber should look at it, so it's a no.", "refusal"),
    ("I have no intention of chasing the geese.", "refusal"),
    ("Squeezing that could make it snap and he might lose an eye.", "hazard"),
    ("This would be burglary.", "hazard"),
    ("Don't lean on my shoulder, please.", "caution"),
    ("Keep your distance from the saw.", "caution"),
    ("I'll lean in without grazing the mirror.", "commit limit"),
    ("I'll unroll it halfway and no further.", "commit limit"),
    ("Stay behind the barrier.", ""),
    ("The carpet has been rolled up.", "commit"),
    ("I'm gonna sort the bottles.", "commit"),
    ("Nichts da, ich weigere mich.", "refusal"),
    ("Je ferme la porte avec prudence.", "commit caution"),
    ("Das ist gefährlich.", "hazard"),
    ("Das ist nicht gefährlich.", ""),
    ("There's no risk of fire.", ""),
    ("Okay.", ""),
    ("Error 503", ""),
    ("", ""),
    ("   \n ", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_labels_of_a_text(text: str, expected: str) -> None:
    assert set(LABELLER.label(text).present) == set(expected.split())


def test_a_span_slices_what_caused_the_label_out_of_the_original() -> None:
    text = "🙂 Well — I can’t lift it."
    (span, *_) = LABELLER.label(text).spans["refusal"]
    assert text[slice(*span)] == "I can’t"


@pytest.mark.parametrize(("filler", "commit"), [(55, 0.0), (56, 0.9)])
def test_what_takes_a_phrase_back_stands_within_64_characters_before_it(filler: int, commit: float) -> None:
    before = f"Unless {'x' * filler}, "
    assert len(before) == 64 + (commit > 0)
    assert LABELLER.label(f"{before}I'm lifting it.").scores["commit"] == commit


def test_an_empty_text_has_no_label() -> None:
    assert LABELLER.label("") is NOTHING and NOTHING.present == ()


@given(st.text(max_size=400))
def test_any_text_can_be_labelled(text: str) -> None:
    labels = LABELLER.label(text)
    assert set(labels.scores) == set(NAMES) and all(0 <= score <= 1 for score in labels.scores.values())
    for name, spans in labels.spans.items():
        assert labels.scores[name] > 0
        assert all(0 <= start < end <= len(text) for start, end in spans)
    assert labels == LABELLER.label(text)
