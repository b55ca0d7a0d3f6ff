"""How much of what stands before a sentence tells what a duration in it is of."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.claims import parse

WAITS, REST = "I will wait for five seconds.", " Everything is in its place." * 20
DRIVES = "I drive to the shelf. "


@pytest.mark.parametrize(
    ("before", "sense"),
    [
        ("", "wait"),
        (DRIVES, ""),
        (DRIVES + "There it is. " * 15, ""),
        (DRIVES + "There it is. " * 25, "wait"),
    ],
    ids=["nothing", "motion", "motion within 240 characters", "motion further back"],
)
@pytest.mark.parametrize("rest", ["", REST], ids=["alone", "with more after it"])
def test_a_wait_after_motion_is_not_waited_from_the_start(before: str, sense: str, rest: str) -> None:
    (claim,) = parse(before + WAITS + rest)
    assert (claim.quantity, claim.bearing.sense) == ("duration", sense)
