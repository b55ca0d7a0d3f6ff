"""What an operator's recovery may ease: limits of its own channel, of a kind that gives way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from iatro_governor.errors import ProfileError
from iatro_governor.limits.limit import LimitConfig
from iatro_governor.limits.recoveries import unrecoverable
from iatro_governor.limits.registry import KINDS
from test.governor.profiles import amr

ROWS = [("north", "zone", "base"), ("fence", "geofence", "base"), ("slow", "speed", "base")]
ROWS += [("door", "zone", "cart")]


def problems(rows: list[tuple[str, str, str]], *eases: str) -> list[Any]:
    """What is told of a base that ``eases`` them, where the limits are ``rows``: name, kind and channel."""
    limits = [LimitConfig(name=name, kind=kind, channel=of, source="a test") for name, kind, of in rows]
    base = SimpleNamespace(recover=SimpleNamespace(eases=eases))
    data = SimpleNamespace(channels={"cart": SimpleNamespace(), "base": base})
    profile: Any = SimpleNamespace(limits=limits, data=data, problem=lambda *given: given)
    return unrecoverable(profile, KINDS)


WHY = "is no limit of this channel that gives way to an operator"


def test_limits_of_another_channel_and_kinds_that_never_give_way_are_told_with_what_may_be_named():
    assert problems(ROWS, "slow", "north", "door", "fence") == [
        (("channels", "base", "recover", "eases", 0), "slow", "fence, north", WHY),
        (("channels", "base", "recover", "eases", 2), "door", "fence, north", WHY),
    ]


def test_a_channel_none_of_whose_limits_gives_way_needs_no_recovery():
    nothing = "no recover: no limit of this channel gives way"
    assert problems(ROWS[2:], "door") == [(("channels", "base", "recover", "eases", 0), "door", nothing, WHY)]


def test_a_profile_that_names_another_is_refused(tmp_path):
    with pytest.raises(ProfileError) as caught:
        amr(tmp_path, channels={"base": {"recover": {"eases": ["travel_speed"]}}})
    assert [(one.key, one.given) for one in caught.value.problems] == [
        ("channels.base.recover.eases[0]", "travel_speed")
    ]
