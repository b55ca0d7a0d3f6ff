"""The profiles that tests are given: each its own."""

from __future__ import annotations

import copy

from test.governor.arms import JOINTS, OWN, SOURCES, channel, data


def spoil(part):
    """Put something else in every place of ``part``, however deep."""
    for place in part if isinstance(part, dict) else range(len(part)):
        if isinstance(part[place], (dict, list)):
            spoil(part[place])
        part[place] = "spoilt"


def test_what_a_test_makes_of_its_profile_no_other_test_sees():
    before = copy.deepcopy((JOINTS, OWN, SOURCES))
    for kind in OWN:
        spoil(data({"one": channel(kind)}))
        spoil(channel(kind))
    assert (JOINTS, OWN, SOURCES) == before
