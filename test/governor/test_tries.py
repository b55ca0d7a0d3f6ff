"""How often somebody without the key may guess, by hand."""

from __future__ import annotations

import pytest

from iatro_governor.governor.tries import Tries


def tried(*times):
    tries = Tries()
    for t in times:
        tries.wrong(t)
    return tries


def test_after_three_wrong_tokens_within_a_minute_none_is_looked_at():
    assert tried(100.0, 101.5).refusal(110.0) is None
    told = "3 wrong tokens within 60 s; the next is looked at in 50.0 s"
    assert tried(100.0, 101.5, 103.0).refusal(110.0) == told


@pytest.mark.parametrize(("t", "wait"), [(159.5, "0.5"), (160.0, None), (160.5, None)])
def test_a_minute_after_the_first_one_more_is_looked_at(t, wait):
    refusal = tried(100.0, 101.5, 103.0).refusal(t)
    assert refusal is None if wait is None else str(refusal).endswith(f" looked at in {wait} s")
