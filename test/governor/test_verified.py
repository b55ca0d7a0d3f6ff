"""From when on what was measured tells the delay, while the way to rest is followed that was verified before."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.verified import Verified
from test.limits.situations import situation

NOWHERE = np.zeros((0, 2))


def at(t):
    made = situation(NOWHERE, pose=np.array([t, 0.0, 0.0]))
    object.__setattr__(made, "t", t)
    return made


class Followed:
    """A way to rest, verified at ``t`` or never, whose one limit lets pass what is ``clear``."""

    def __init__(self, t=None):
        self.clear, self.explained = True, False
        self.since: list[Any] = []
        self.begun: list[Any] = []
        limit = SimpleNamespace(clear=self._look, config=SimpleNamespace(name="it"))
        body: Any = SimpleNamespace(fitted=self._fitted)
        self._verified = Verified(body, None, [limit])  # type: ignore[arg-type,list-item]
        if t is not None:
            self._verified.now(at(t))

    def _fitted(self, now, outputs, since):
        self.since.append(None if since is None else since.t)
        return replace(now) if self.explained and since is not None else now

    def _look(self, ways, view, tolerance):
        self.begun.append(None if view.begun is None else view.begun[0])
        return np.array([self.clear])

    def asked(self, *times):
        """Since when what was measured counts, at each of ``times`` at which it is followed."""
        self.since.clear()
        for t in times:
            assert self._verified.keeps(np.zeros(3), at(t)) is self.clear
        return self.since


@pytest.mark.parametrize(("t", "since"), [(0.0, 0.0), (0.79, 0.0), (0.8, 0.0), (0.81, None)])
def test_what_was_measured_counts_since_a_way_was_verified_for_eight_tenths_of_a_second(t, since):
    assert Followed(0.0).asked(t) == [since]


def test_without_a_way_that_was_verified_every_delay_counts():
    assert Followed().asked(5.0, 5.5) == [None, None]


@pytest.mark.parametrize(
    ("first", "since"), [(5.1, None), (5.3, None), (5.39, None), (5.41, 5.41), (5.75, 5.75)]
)
def test_one_that_stays_clear_for_half_of_that_is_verified_anew(first, since):
    """After 0.41 s and not before: so at 5.85 s, 0.85 s after it was, one that was not tells nothing any more."""
    assert Followed(5.0).asked(first, 5.85) == [5.0, since]


def test_after_just_four_tenths_it_is_not_verified_anew_yet():
    assert Followed(0.0).asked(0.4, 0.81) == [0.0, None]


def test_one_that_is_clear_no_more_is_not_verified_anew():
    way = Followed(5.0)
    way.clear = False
    assert way.asked(5.5, 5.75, 5.85) == [5.0, 5.0, None]


def test_one_that_stays_clear_all_the_time_is_never_too_old():
    assert Followed(5.0).asked(5.45, 5.9, 6.35, 6.8) == [5.0, 5.45, 5.9, 6.35]


def test_it_is_told_where_a_way_was_verified_however_long_it_is_followed():
    way = Followed(5.0)
    way.explained = True
    way.asked(5.1, 5.45, 5.9, 6.35)
    assert way.begun == [5.0] * 4 and way.since == [5.0, 5.0, 5.45, 5.9]
    way._verified.now(at(6.5))
    way.asked(6.6)
    assert way.begun[-1] == 6.5


def test_it_is_not_told_any_more_once_no_delay_explains_how_the_body_moved():
    way = Followed(5.0)
    for explained, begun in ((True, 5.0), (False, None), (True, None)):
        way.explained = explained
        way.asked(5.2)
        assert way.begun[-1] == begun


def test_nothing_is_told_where_none_was_verified_or_too_long_ago():
    never, long_ago = Followed(), Followed(5.0)
    for way in (never, long_ago):
        way.explained = True
        way.asked(5.9)
        assert way.begun == [None]
