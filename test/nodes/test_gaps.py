"""Which missing numbers are given up, and which are waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iatro_governor.nodes.gaps import SILENT, STEP_S, Gap, Gaps, Writer

RING = ("decision", "ring")
OTHER = ("verdict", "w")


class Look:
    """Looks every half second, as the recorder does; ``speaking`` are heard in between."""

    def __init__(self, speaking: Iterable[Writer] = (RING, OTHER)) -> None:
        self.gaps, self.now, self.speaking = Gaps(10.0), 100.0, tuple(speaking)

    def until(self, missing: Mapping[Writer, list[Gap]], seconds: float) -> list[tuple[float, Writer, Gap]]:
        """What is given up in so many seconds, with the seconds it took."""
        found: list[tuple[float, Writer, Gap]] = []
        for turn in range(round(2 * seconds) + 1):
            for writer in self.speaking:
                self.gaps.hear(writer)
            found += [(turn / 2, *one) for one in self.gaps.given_up(missing, self.now)]
            self.now += 0.5
        return found


def test_a_gap_in_which_nothing_moves_is_given_up_once() -> None:
    assert Look().until({RING: [(3, 5)]}, 19.0) == [(10.5, RING, (3, 5))]


def test_what_is_sent_again_slowly_is_waited_for() -> None:
    """Thousands that waited for the recorder come again oldest first; those behind must not be lost for it."""
    look = Look()
    for second in range(60):
        assert look.until({RING: [(100 * second, 9000), (9500, 9600)]}, 0.5) == []
    found = look.until({RING: [(5900, 9000), (9500, 9600)]}, 12.0)
    assert [(writer, gap) for _, writer, gap in found] == [(RING, (5900, 9000)), (RING, (9500, 9600))]


def test_while_any_of_them_comes_none_is_given_up_also_where_the_oldest_is_missed_again_and_again() -> None:
    """A recorder that cannot keep up hears a part of what is sent again: what it is, is chance."""
    look = Look()
    for second in range(0, 60, 5):
        assert look.until({RING: [(0, 400), (500, 4000 - second), (9500, 9600)]}, 5.0) == []
    found = look.until({RING: [(0, 400), (500, 3945), (9500, 9600)]}, 12.0)
    assert [gap for _, _, gap in found] == [(0, 400), (500, 3945), (9500, 9600)]


def test_what_was_given_up_is_no_sign_that_the_rest_comes() -> None:
    look = Look()
    assert look.until({RING: [(0, 1)]}, 5.0) == []
    first = look.until({RING: [(0, 1), (7, 8)]}, 6.0)
    assert [gap for _, _, gap in first] == [(0, 1)]
    assert [gap for _, _, gap in look.until({RING: [(7, 8)]}, 5.0)] == [(7, 8)]


def test_one_writer_does_not_wait_for_another() -> None:
    look = Look()
    assert look.until({RING: [(0, 1)], OTHER: [(0, 1)]}, 8.0) == []
    found = look.until({RING: [(0, 1)], OTHER: [(1, 1)]}, 4.0)
    assert [writer for _, writer, _ in found] == [RING]
    assert look.until({RING: [], OTHER: []}, 30.0) == []


def test_a_writer_that_is_away_may_come_back_and_still_have_it() -> None:
    look = Look(speaking=())
    assert look.until({RING: [(3, 5)]}, 300.0) == []
    assert len(look.until({RING: [(3, 5)]}, 10.0 / SILENT)) == 1, "and nobody is waited for without end"


def test_time_in_which_the_recorder_stood_still_does_not_count() -> None:
    look = Look()
    look.until({RING: [(3, 5)]}, 1.0)
    for _ in range(5):
        look.now += 60.0
        assert look.until({RING: [(3, 5)]}, 0.0) == []
    assert look.until({RING: [(3, 5)]}, 10.0 - 5 * STEP_S - 3.0) == []
    assert len(look.until({RING: [(3, 5)]}, 10.0)) == 1
