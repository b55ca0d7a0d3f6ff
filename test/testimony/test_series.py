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
