"""The numbers that have come, against a plain set of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.ledger.ranges import Ranges

PIECES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), max_size=8)


def of(*pieces: tuple[int, int]) -> Ranges:
    """With the numbers of each piece (first, end)."""
    ranges = Ranges()
    for first, end in pieces:
        ranges.add(first, end)
    return ranges


def runs(numbers: set[int]) -> list[list[int]]:
    """Each run of ``numbers`` as [first, end]."""
    firsts = sorted(one for one in numbers if one - 1 not in numbers)
    ends = sorted(one + 1 for one in numbers if one + 1 not in numbers)
    return [list(run) for run in zip(firsts, ends, strict=True)]


@given(pieces=PIECES, end=st.integers(0, 30))
def test_whatever_comes_in_whatever_order_it_is_the_set_of_all_that_came(
    pieces: list[tuple[int, int]], end: int
) -> None:
    ranges = of(*((first, first + length) for first, length in pieces))
    numbers = {one for first, length in pieces for one in range(first, first + length)}
    assert [one in ranges for one in range(-2, 30)] == [one in numbers for one in range(-2, 30)]
    assert ranges.spans() == runs(numbers) and len(ranges) == len(numbers)
    assert ranges.end == max(numbers, default=-1) + 1
    assert ranges.next_expected == next(one for one in range(99) if one not in numbers)
    gaps = set(range(max(end, ranges.end))) - numbers
    assert ranges.missing(end) == [(first, last - 1) for first, last in runs(gaps)]


@pytest.mark.parametrize(
    ("pieces", "spans"),
    [
        ([(0, 1), (1, 2)], [[0, 2]]),
        ([(1, 2), (0, 1)], [[0, 2]]),
        ([(0, 1), (2, 3)], [[0, 1], [2, 3]]),
        ([(0, 1), (3, 4), (1, 2)], [[0, 2], [3, 4]]),
        ([(0, 1), (3, 4), (2, 3)], [[0, 1], [2, 4]]),
        ([(0, 1), (2, 3), (1, 2)], [[0, 3]]),
        ([(2, 3), (0, 5)], [[0, 5]]),
        ([(0, 9), (3, 4)], [[0, 9]]),
        ([(5, 6), (0, 1)], [[0, 1], [5, 6]]),
        ([(0, 2), (4, 6), (8, 9), (1, 5)], [[0, 6], [8, 9]]),
    ],
)
def test_what_touches_becomes_one(pieces: list[tuple[int, int]], spans: list[list[int]]) -> None:
    assert of(*pieces).spans() == spans


def test_nothing_has_come_yet() -> None:
    ranges = Ranges()
    assert (ranges.end, ranges.next_expected, len(ranges)) == (0, 0, 0)
    assert 0 not in ranges and ranges.missing() == [] and ranges.spans() == []
    assert ranges.missing(3) == [(0, 2)]


def test_an_empty_piece_adds_nothing() -> None:
    """The wrong answer moves the end back by what the last piece lacks."""
    assert of((0, 3), (3, 3)).spans() == [[0, 3]]
    assert of((0, 3), (3, 1)).spans() == [[0, 3]]


def test_a_copy_and_what_it_was_copied_from_go_their_own_ways() -> None:
    ranges = of((0, 2), (5, 6))
    other = ranges.copy()
    other.add(2, 5)
    ranges.add(9, 10)
    assert ranges.spans() == [[0, 2], [5, 6], [9, 10]] and other.spans() == [[0, 6]]
