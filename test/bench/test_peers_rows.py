"""Turns of a peer become one row."""

from __future__ import annotations

from typing import Any

from bench.gates.__main__ import run
from bench.peers import OWN, rows


def part(name: str, took: list[float], wrong: int = 0, **more: Any) -> dict[str, Any]:
    """What a peer says of one turn."""
    counts = {"commands": len(took), "wrong": wrong, "good": 4, "good_passed": 3}
    return {
        "name": name, "version": "1", "applies": ["speed"], "robots": ["base"], "note": "",
        "by_kind": {"speed": wrong, "place": 1}, "examples": {}, "counts": counts, "took_us": took, **more,
    }  # fmt: skip


def test_ratios_are_of_one_turn_and_times_of_all() -> None:
    """The wrong answer is a ratio of what was measured in a quiet minute and in a busy one."""
    taken = {
        OWN: [part(OWN, [10.0] * 3), part(OWN, [40.0] * 3)],
        "slow": [part("slow", [20.0] * 3), part("slow", [80.0] * 3)],
    }
    ours, slow = rows(taken)
    assert ours["times_ours"] == [1.0, 1.0] and slow["times_ours"] == [2.0, 2.0]
    assert slow["max_us"] == 80.0 and slow["p50_us"] == 50.0 and slow["samples"] == 6


def test_counts_of_all_turns_are_added_and_only_what_is_claimed_counts_as_claimed() -> None:
    [row] = rows({"x": [part("x", [1.0] * 2, wrong=2), part("x", [1.0] * 2, wrong=3)]})
    assert row["commands"] == 4 and row["wrong"] == 5 and row["good"] == 8 and row["good_passed"] == 6
    assert (
        row["by_kind"] == {"speed": 5, "place": 2} and row["wrong_claimed"] == 5 and row["times_ours"] is None
    )


def test_a_peer_that_fails_in_one_turn_has_no_figures() -> None:
    """The wrong answer is a row of the turn in which it ran."""
    [row] = rows({"x": [part("x", [1.0]), {"reason": "it fell over"}]})
    assert row == {"name": "x", "wrong": None, "reason": "it fell over"}


def test_the_turns_of_ours_are_the_whole_corpus_once_and_both_robots_in_each() -> None:
    turns = [run(OWN, 5, 2, turn, 2) for turn in range(2)]
    whole = run(OWN, 5, 2, 0, 1)
    assert sum(one["counts"]["commands"] for one in turns) == whole["counts"]["commands"] > 0
    assert turns[0]["counts"]["commands"] == turns[1]["counts"]["commands"]
    assert [sum(one["counts"][key] for one in turns) for key in ("wrong", "good", "good_passed")] == [
        whole["counts"][key] for key in ("wrong", "good", "good_passed")
    ]
