"""Was a cautioned plan gentler than uncautioned ones? The exact one-sided rank test.

Mann-Whitney / Wilcoxon rank sum: under the null hypothesis every assignment of the pooled ranks to the two samples
is equally likely; ``p`` is the share of assignments whose rank sum of the first sample is no larger than the one
observed. Ties take the mean of the ranks they share. Source: Mann and Whitney 1947, Ann. Math. Stat. 18:50.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb


def p_smaller(first: Sequence[float], second: Sequence[float]) -> float:
    """Exact one-sided p-value for "``first`` is smaller than ``second``"; 1 if either sample is empty.

    Counts subsets by dynamic programming over doubled ranks (whole numbers even with ties): about
    ``len(first) * (n1 + n2)^3`` steps, for samples of up to a few hundred values against a handful.
    """
    if not first or not second:
        return 1.0
    ranks = _doubled_ranks([*first, *second])
    observed = sum(ranks[: len(first)])
    ways: list[dict[int, int]] = [{0: 1}] + [{} for _ in first]
    for rank in ranks:
        for chosen in range(len(first), 0, -1):
            for total, count in ways[chosen - 1].items():
                ways[chosen][total + rank] = ways[chosen].get(total + rank, 0) + count
    as_small = sum(count for total, count in ways[-1].items() if total <= observed)
    return as_small / comb(len(ranks), len(first))


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the mean rank of each value, in the order given."""
    ordered = sorted(values)
    first = {value: index for index, value in reversed(list(enumerate(ordered)))}
    count = dict.fromkeys(first, 0)
    for value in ordered:
        count[value] += 1
    return [2 * first[value] + count[value] + 1 for value in values]


def gentler(value: float, baseline: Sequence[float], *, n_min: int, alpha: float, tie: float) -> str:
    """``gentler``, ``not_gentler`` or ``insufficient`` (fewer than ``n_min`` to compare with).

    One plan's vigour against those of the same planner's uncautioned plans on the same channel. Differences of
    no more than ``tie`` (the fraction that counts as noise) are ties; the plan is gentler if ``p <= alpha``.
    """
    if len(baseline) < n_min:
        return "insufficient"
    levelled = [
        value if abs(other - value) <= tie * max(abs(other), abs(value)) else other for other in baseline
    ]
    return "gentler" if p_smaller([value], levelled) <= alpha else "not_gentler"
