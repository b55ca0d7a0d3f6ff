"""How far before its number a comparison may stand."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.claims import parse


@pytest.mark.parametrize(("words", "length", "op"), [("at most the ", 72, "<="), ("at most some ", 73, "==")])
def test_a_comparison_begins_at_most_seventy_two_characters_before_its_number(
    words: str, length: int, op: str
) -> None:
    before = words + "about " * 10
    assert len(before) == length
    (claim,) = parse(f"I'll drive at {before}0.5 m/s.")
    assert (claim.quantity, claim.op, claim.value) == ("speed", op, 0.5)
