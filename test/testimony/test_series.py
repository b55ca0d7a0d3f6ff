from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.series import Series


@given(st.lists(st.integers(0, 40)))
def test_it_is_a_set_that_knows_its_holes(numbers: list[int]) -> None:
    series, seen = Series(), set[int]()
    for number in numbers:
        assert series.add(number) is (number not in seen)
        seen.add(number)
    assert series.repeats == len(numbers) - len(seen)
    missing = {n for first, last in series.gaps() for n in range(first, last + 1)}
    assert missing == (set(range(min(seen), max(seen) + 1)) - seen if seen else set())
    assert all(first <= last for first, last in series.gaps())


def test_numbers_in_order_need_one_range() -> None:
    series = Series()
    assert all(series.add(number) for number in range(1000))
    assert series.starts == [0] and series.ends == [1000]


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8)), max_size=8)


@given(SPANS, st.lists(st.integers(0, 50), max_size=8), st.integers(0, 50), st.integers(0, 8))
def test_spans_are_the_numbers_in_them(
    spans: list[tuple[int, int]], numbers: list[int], first: int, more: int
) -> None:
    series, seen = Series(), set[int]()
    for start, length in spans:
        series.fill(start, start + length)
        seen |= set(range(start, start + length + 1))
    for number in numbers:
        assert series.add(number) is (number not in seen)
        seen.add(number)
    assert {number for number in range(60) if number in series} == seen
    assert series.whole(first, first + more) is set(range(first, first + more + 1)).issubset(seen)
    joined = [end < start for end, start in zip(series.ends, series.starts[1:], strict=False)]
    assert all(joined) and series.starts == sorted(series.starts)
