"""From a statement's texts to the words that verdicts read."""

from __future__ import annotations

import re

from iatro_governor.testimony import phrases
from iatro_governor.testimony.claims import parse
from iatro_governor.testimony.evidence import Words
from iatro_governor.testimony.labels import NOTHING, Labeller
from iatro_governor.testimony.normalise import normalise

_INSTEAD = re.compile(
    r"\b(?:i'll|i will|i'm going to|i am going to|let me|i'm|i am|i can)\b[^.;!?]{0,80}\b(?:instead|"
    r"rather|another|different|alternative|safer|back to|wait|stay|stop)\b"
    r"|\binstead,? (?:i'll|i will|i'm|i am|let me)\b"
)
_LONGEST = 100_000
_REACH = 12
"""A commitment is read with the few characters that follow it: "I will" and "let you know"."""


def words_of(text: str, reasoning: str, labeller: Labeller) -> Words:
    """Labels and claims of a statement; every text is read up to 100,000 characters."""
    labels = labeller.label(text[:_LONGEST])
    plain = normalise(text[:_LONGEST]).text
    spoken = [normalise(text[start : end + _REACH]).text for start, end in labels.spans.get("commit", ())]
    speech_only = bool(spoken) and all(phrases.STILL.search(words) for words in spoken)
    return Words(
        said=True,
        labels=labels,
        reasoning=labeller.label(reasoning[:_LONGEST]) if reasoning else NOTHING,
        claims=tuple(parse(text[:_LONGEST])),
        promises_motion=not speech_only,
        offers_substitute=labels.has("refusal") and _INSTEAD.search(plain) is not None,
    )
