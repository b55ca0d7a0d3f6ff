"""What is felt while a body leaves: less and less of it, or it does not leave."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from iatro_governor.governor.leaving import Leaving
from iatro_governor.limits.limit import Strain

SLACK = 0.125


class Felt:
    """A limit that feels what it is told."""

    def __init__(self, name: str = "hand") -> None:
        self.config = SimpleNamespace(name=name)
        self._strain: Strain | None = None

    def strain(self, _situation: Any) -> Strain | None:
        return self._strain

    def now(self, judge: Leaving, share: float | None, leaving: bool = True) -> str | None:
        """Why it does not leave ``share`` of what stops it."""
        self._strain = None if share is None else Strain(share, SLACK, leaving)
        limit: Any = self
        return judge.worsens(limit, None)


def test_what_is_felt_less_and_less_is_left_and_what_is_felt_more_than_ever_by_more_than_noise_is_not():
    judge, hand = Leaving(), Felt()
    assert [hand.now(judge, share) for share in (2.0, 1.0, 1.125)] == [None] * 3
    told = "is meant to leave what is felt, which is 1.25 times what stops it now, and was 1 times"
    assert hand.now(judge, 1.25) == told
    assert hand.now(judge, 0.5) is None
    assert "was 0.5 times" in (hand.now(judge, 0.75) or "")


def test_what_is_not_being_left_may_be_felt_more():
    judge, hand = Leaving(), Felt()
    assert hand.now(judge, 1.0, leaving=False) is None and hand.now(judge, 3.0, leaving=False) is None
    assert hand.now(judge, 3.0) is None, "from the worst of it on it leaves"
    assert hand.now(judge, 3.25) is not None


def test_what_was_not_left_is_not_left_by_standing_still_before_it_eases():
    judge, hand = Leaving(), Felt()
    hand.now(judge, 1.0)
    assert hand.now(judge, 1.5) is not None
    assert hand.now(judge, 1.25, leaving=False) is not None
    assert hand.now(judge, 1.125, leaving=False) is None
    assert hand.now(judge, 2.0, leaving=False) is None, "then it is another push"


def test_what_is_felt_no_more_is_forgotten_and_each_limit_feels_for_itself():
    judge, hand, foot = Leaving(), Felt(), Felt("foot")
    hand.now(judge, 1.0)
    assert foot.now(judge, 2.0) is None
    assert hand.now(judge, 1.5) is not None
    assert hand.now(judge, None) is None
    assert hand.now(judge, 3.0) is None and foot.now(judge, 3.0) is not None
