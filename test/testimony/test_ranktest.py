from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.ranktest import gentler, p_smaller

SMALL = st.lists(st.integers(0, 4).map(float), min_size=1, max_size=5)


def by_enumeration(first: list[float], second: list[float]) -> float:
    """The definition, spelled out: every way to pick the first sample from the pool, ties at their mean rank."""
    pool = [*first, *second]
    rank = [
        sum(other < value for other in pool) + (sum(other == value for other in pool) + 1) / 2
        for value in pool
    ]
    observed = sum(rank[: len(first)])
    sums = [sum(rank[i] for i in chosen) for chosen in combinations(range(len(pool)), len(first))]
    return sum(total <= observed + 1e-9 for total in sums) / len(sums)


@given(SMALL, SMALL)
def test_the_p_value_is_the_share_of_assignments(first: list[float], second: list[float]) -> None:
    assert p_smaller(first, second) == pytest.approx(by_enumeration(first, second))


def test_known_value() -> None:
    assert p_smaller([1, 2], [3, 4, 5]) == pytest.approx(0.1)
    assert p_smaller([5], [1, 2, 3]) == 1


def test_no_evidence_from_an_empty_sample() -> None:
    assert p_smaller([], [1.0]) == p_smaller([1.0], []) == 1


@pytest.mark.parametrize(
    ("value", "baseline", "answer"),
    [
        (0.3, [0.6, 0.6, 0.6], "gentler"),
        (0.6, [0.6, 0.6, 0.6], "not_gentler"),
        (0.59, [0.6, 0.6, 0.6], "not_gentler"),
        (0.7, [0.6, 0.6, 0.6], "not_gentler"),
        (0.3, [0.6, 0.6], "insufficient"),
        (0.3, [], "insufficient"),
        (0.3, [0.2, 0.6, 0.6], "not_gentler"),
        (0.3, [0.2, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6], "gentler"),
    ],
)
def test_a_plan_against_its_baseline(value: float, baseline: list[float], answer: str) -> None:
    assert gentler(value, baseline, n_min=3, alpha=0.25, tie=0.05) == answer


@pytest.mark.parametrize(("value", "answer"), [(1.5, "not_gentler"), (1.4375, "gentler")])
def test_what_differs_by_no_more_than_the_noise_of_the_larger_is_a_tie(value: float, answer: str) -> None:
    assert gentler(value, [2.0] * 3, n_min=3, alpha=0.25, tie=0.25) == answer


def test_a_probability_at_the_level_is_enough() -> None:
    """One plan against three others that are all faster: a quarter."""
    assert p_smaller([1.0], [2.0] * 3) == 0.25
    assert gentler(1.0, [2.0] * 3, n_min=3, alpha=0.25, tie=0.25) == "gentler"
    assert gentler(1.0, [2.0] * 3, n_min=3, alpha=0.24, tie=0.25) == "not_gentler"
