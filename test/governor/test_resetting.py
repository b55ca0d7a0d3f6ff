"""Who may release a latch, and how often somebody may guess."""

from __future__ import annotations

from iatro_governor.governor.decision import Latch
from iatro_governor.governor.resetting import Resets, token_of

KEY = bytes(range(32))
LATCH = Latch("amr-7-1", "ab" * 16, "estop")


def test_a_token_that_fits_has_the_wrong_ones_before_it_forgotten():
    """Two and two are more than the three that are looked at in a minute."""
    resets, right = Resets(KEY), token_of(KEY, LATCH.id, LATCH.nonce)
    tokens = ["guess", "guess", right, "guess", "guess", right]
    refused = [resets.refusal(float(t), token, LATCH, ()) for t, token in enumerate(tokens)]
    assert [why is None for why in refused] == [False, False, True, False, False, True]
