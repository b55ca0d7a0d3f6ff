"""Claims counted over sentences written for it: one half developed on, one half that no rule was tuned on."""

from __future__ import annotations

from pathlib import Path

import pytest

from test.testimony.claims.count import Count, cases, count

HERE = Path(__file__).parent / "claims"
FEWEST = 150
"""Cases in both halves together."""


@pytest.mark.parametrize("half", ["develop", "held_out"])
def test_committed_claims_are_found_and_few_are_spurious(half: str) -> None:
    counted = count(cases(HERE / f"{half}.yaml"))
    print(half, counted.table())
    assert counted.all.found >= 0.85 * counted.all.committed, counted.table()
    assert counted.all.spurious <= 0.15 * counted.all.printed, counted.table()


def test_the_corpus_has_traps_and_every_language() -> None:
    halves = [cases(HERE / f"{half}.yaml") for half in ("develop", "held_out")]
    assert sum(map(len, halves)) >= FEWEST
    for half in halves:
        assert {case.language for case in half} == {"en", "es", "de", "fr", "zh", "ja"}
        assert sum(not case.claims for case in half) >= 0.3 * len(half), "cases where nothing is undertaken"
    assert not {case.text for case in halves[0]} & {case.text for case in halves[1]}


def test_the_count_sees_a_miss_and_a_spurious_claim() -> None:
    (case,) = [case for case in cases(HERE / "develop.yaml") if case.text.startswith("On it.")]
    assert count([case]).all == Count(cases=1, committed=1, found=1, printed=1, spurious=0)
    wrong = case.with_claims(("speed <= 0.3",))
    assert count([wrong]).all == Count(cases=1, committed=1, found=0, printed=1, spurious=1)
