"""Which missing numbers are given up, and which are waited for."""

from __future__ import annotations

from iatro_governor.nodes.gaps import Gaps

RING = ("decision", "ring")


def test_a_gap_in_which_nothing_moves_is_given_up_once() -> None:
    gaps, missing = Gaps(10.0), {RING: [(3, 5)]}
    assert gaps.given_up(missing, 0.0) == []
    assert gaps.given_up(missing, 10.0) == []
    assert gaps.given_up(missing, 10.1) == [(RING, (3, 5))]
    assert gaps.given_up(missing, 10.2) == []


def test_what_is_sent_again_slowly_is_waited_for() -> None:
    """Thousands that waited for the recorder come again oldest first; those behind must not be lost for it."""
    gaps = Gaps(10.0)
    for second in range(60):
        assert gaps.given_up({RING: [(100 * second, 9000), (9500, 9600)]}, float(second)) == []
    last = {RING: [(5900, 9000), (9500, 9600)]}
    assert gaps.given_up(last, 69.0) == []
    assert gaps.given_up(last, 69.1) == [(RING, (5900, 9000)), (RING, (9500, 9600))]


def test_one_writer_does_not_wait_for_another() -> None:
    gaps, other = Gaps(10.0), ("verdict", "w")
    gaps.given_up({RING: [(0, 1)], other: [(0, 1)]}, 0.0)
    assert gaps.given_up({RING: [(0, 1)], other: [(1, 1)]}, 10.5) == [(RING, (0, 1))]
    assert gaps.given_up({RING: [], other: []}, 30.0) == []
