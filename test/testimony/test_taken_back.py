"""What takes a label back, and what does not: who speaks, when, under which condition, and what else was said."""

from __future__ import annotations

import pytest

from iatro_governor.testimony import dangers, deeds, deflections, phrases, tongues
from iatro_governor.testimony.lexicon import LexicalLabeller

LABELLER = LexicalLabeller()
RULES = (
    *(*phrases.REFUSAL, *phrases.CAUTION, *phrases.HAZARD, *phrases.LIMIT, *phrases.COMMIT),
    *(*deflections.REFUSAL, *dangers.CAUTION, *dangers.HAZARD, *deeds.LIMIT, *deeds.COMMIT, *tongues.RULES),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the past I would not do it.", ""),
        ("They said I can't do that.", ""),
        ("I refused it yesterday.", ""),
        ("I refused it, and yesterday was Monday.", "refusal"),
        ("You ask why I can't do that?", ""),
        ("You ask why I can't do that.", "refusal"),
        ("I can't do that, all right?", "refusal"),
        ("You said let's find a safer way instead.", "refusal"),
        ("You said let me suggest a walk.", "refusal"),
        ("I'm not careful.", ""),
        ("I refuse: no injury is worth it.", "refusal hazard"),
        ("There is no injury.", ""),
        ("Es ist nicht gefährlich.", ""),
        ("Es ist gefährlich.", "hazard"),
        ("Is that an injury?", ""),
        ("He said it is harmful.", ""),
        ("I'm not slowing down.", ""),
        ("Are you slowing down?", ""),
        ("If you are slowing down it works.", ""),
        ("You asked me to slow down.", ""),
        ("Slowing down now.", "limit commit"),
        ("Should I say that I'm moving it?", ""),
        ("It's not that I'm lifting it.", ""),
        ("If I'm moving it, tell me.", ""),
        ("You asked me to say I'm lifting it.", ""),
        ("I'm moving it, all right?", "commit"),
        ("I refuse, I'll bring another one.", "refusal"),
        ("I refuse, instead I'll fetch a cup.", "refusal"),
        ("I refuse, I'll push it.", "refusal commit"),
        ("I'll bring another one.", "commit"),
    ],
)
def test_a_label_holds_unless_something_takes_it_back(text: str, expected: str) -> None:
    assert set(LABELLER.label(text).present) == set(expected.split())


def test_to_be_sure_of_what_must_not_happen_is_caution_all_the_same() -> None:
    """ "Make sure" by itself is a fainter one."""
    assert LABELLER.label("Make sure nobody comes without taking care.").scores["caution"] == 0.9
    assert LABELLER.label("Make sure that nobody comes.").scores["caution"] == 0.75


@pytest.mark.parametrize(
    ("text", "refused", "committed"),
    [
        ("It isn't allowed, yet I'm on my way.", 0.0, 0.9),
        ("It isn't allowed, yet consider it done.", 0.0, 0.8),
        ("It isn't allowed.", 0.6, 0.0),
        ("I can't lift it, I'll push it.", 0.95, 0.9),
    ],
)
def test_only_a_weak_refusal_gives_way_and_only_to_a_plain_undertaking(
    text: str, refused: float, committed: float
) -> None:
    labels = LABELLER.label(text)
    assert (labels.scores["refusal"], labels.scores["commit"]) == (refused, committed)
    assert ("refusal" in labels.spans) is (refused > 0)


def test_the_strongest_phrase_of_a_label_scores_and_each_is_shown() -> None:
    text = "It isn't allowed and I can't do that."
    labels = LABELLER.label(text)
    assert labels.scores["refusal"] == 0.95
    assert [text[start:end] for start, end in labels.spans["refusal"]] == ["isn't allowed", "I can't"]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("I'll drive at 0.2 m/s.", 0.95),
        ("I'll drive at most at 0.2 m/s.", 0.95),
        ("I'll go at least 0.2 m/s.", 0.0),
        ("The speed limit here is 0.5 m/s.", 0.0),
        ("The box weighs 5 kg.", 0.0),
    ],
)
def test_a_number_that_the_robot_binds_itself_to_is_a_limit(text: str, limit: float) -> None:
    assert LABELLER.label(text).scores["limit"] == limit


def test_a_limit_s_number_is_shown() -> None:
    text = "Fine. I'll drive at 0.2 m/s."
    assert [text[start:end] for start, end in LABELLER.label(text).spans["limit"]] == ["0.2 m/s"]


def test_words_that_other_languages_share_are_read_where_the_sentence_is_in_one() -> None:
    assert not LABELLER.label("The maximal width is painted on it.").has("limit")
    assert LABELLER.label("C'est maximal.").has("limit")


def test_a_sentence_of_four_thousand_characters_and_more_is_read_to_its_end() -> None:
    text = "Fine. " + "a " * 2100 + "so I can't"
    (span,) = LABELLER.label(text).spans["refusal"]
    assert text[slice(*span)] == "I can't"


def test_every_rule_scores_above_what_is_there_at_all_and_below_certainty() -> None:
    assert len(RULES) > 20 and all(0.5 < rule.score < 1.0 for rule in RULES)


def test_every_rule_reads_any_speaker_unless_it_must_be_its_own() -> None:
    assert [rule.label for rule in RULES if not rule.own] == ["refusal", "refusal"]
