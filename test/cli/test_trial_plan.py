"""What is asked of `iatro trial run`: every wrong option is named, with what is allowed."""

from __future__ import annotations

import pytest

from iatro_governor.cli._trial_plan import plan, wanted_of
from iatro_governor.cli._trial_progress import duration
from iatro_governor.errors import TrialError
from iatro_governor.resources import shared


@pytest.mark.parametrize("doses", ["", "x", "1,,2", "1,1", "-1", "nan", "inf", "101"])
def test_what_is_no_dose_is_refused(doses):
    with pytest.raises(TrialError, match="--doses"):
        wanted_of(doses, 0, 1, "none", "")


def test_doses_are_sorted():
    assert wanted_of("2, 0,0.5", 0, 1, "none", "").doses == (0.0, 0.5, 2.0)


@pytest.mark.parametrize(
    ("arms", "limits", "words"), [("some", "", "none, limits"), ("none", "a", "give --arms")]
)
def test_arms_are_none_or_some(arms, limits, words):
    with pytest.raises(TrialError, match=words):
        wanted_of("1", 0, 1, arms, limits)


def test_a_limit_that_is_none_is_named_with_those_that_there_are(tmp_path):
    with pytest.raises(TrialError, match=r"nothing.*travel_speed"):
        plan(wanted_of("1", 0, 1, "limits", "nothing"), None, "crossing", tmp_path, "it")


def test_another_robots_profile_is_refused(tmp_path):
    with pytest.raises(TrialError, match="channels"):
        plan(wanted_of("1", 0, 1, "none", ""), shared("config/amr.yaml"), "free_move", tmp_path, "it")


def test_a_plan_has_every_dose_and_seed_and_the_twins(tmp_path):
    (one,) = plan(wanted_of("0,1,2", 5, 3, "none", ""), None, "crossing", tmp_path, "it")
    assert one.campaign.manifest.runs == 3 * 4 and one.folder == tmp_path
    assert {case.seed for case in one.campaign.grid.cases()} == {5, 6, 7}


@pytest.mark.parametrize(("seconds", "words"), [(42.4, "42 s"), (130, "2 min"), (7500, "2 h 5 min")])
def test_how_long_is_said_as_a_person_says_it(seconds, words):
    assert duration(seconds) == words
