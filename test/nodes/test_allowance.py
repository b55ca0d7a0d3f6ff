"""Long texts are cut, a flood of them is cut short, and the record says so."""

from __future__ import annotations

from typing import Any

from iatro_governor.nodes.allowance import BURST, LONGEST, RATE, STUMP, Allowance, shortened, size


def said(
    text: str = "", reasoning: str = "", actions: list[str] | None = None, run: str = "run"
) -> dict[str, Any]:
    return {"planner_run": run, "text": text, "reasoning": reasoning, "instruction": "", "actions": actions}


def test_what_fits_is_left_alone() -> None:
    body = said("x" * LONGEST)
    assert shortened(body, LONGEST) is body and "cut" not in body


def test_the_facts_are_kept_before_the_answer_and_the_answer_before_the_reasoning() -> None:
    cut = shortened(said("a" * 60_000, "b" * 60_000, ["drive()"]), LONGEST)
    assert cut["text"] == "a" * 60_000 and cut["actions"] == ["drive()"]
    assert cut["reasoning"] == "b" * (40_000 - len("drive()")) and cut["cut"] == {"reasoning": 60_000}


def test_no_fact_can_take_all_the_room() -> None:
    body = said("a" * 200_000, actions=["x" * 20_000] * 10) | {"instruction": "i" * 90_000}
    cut = shortened(body, LONGEST)
    assert len(cut["actions"]) == 1 and len(cut["instruction"]) == 25_000 and len(cut["text"]) == 55_000
    assert cut["cut"] == {"text": 200_000, "instruction": 90_000, "actions": 10} and size(cut) == LONGEST


def test_no_character_is_cut_in_two() -> None:
    cut = shortened(said("€" * 50_000), LONGEST)
    assert set(cut["text"]) == {"€"} and size(cut) <= LONGEST and cut["cut"] == {"text": 50_000}


def test_unknown_actions_stay_unknown() -> None:
    assert shortened(said("a" * 200_000), LONGEST)["actions"] is None


def test_a_flood_is_cut_to_stumps_and_every_statement_stays() -> None:
    allowance, sent = Allowance(), 30
    kept = [allowance.cut(said("a" * LONGEST), now=5.0) for _ in range(sent)]
    assert len(kept) == sent and sum(map(size, kept)) <= BURST + LONGEST + sent * STUMP
    assert kept[0].get("cut") is None and kept[-1]["cut"] == {"text": LONGEST}
    assert len(kept[-1]["text"]) == STUMP


def test_the_allowance_comes_back_with_time_and_belongs_to_one_planner() -> None:
    allowance = Allowance()
    for _ in range(30):
        allowance.cut(said("a" * LONGEST), now=5.0)
    assert "cut" not in allowance.cut(said("a" * LONGEST, run="another"), now=5.0)
    assert "cut" not in allowance.cut(said("a" * LONGEST), now=5.0 + LONGEST / RATE + 0.1)


def test_short_statements_pass_even_when_the_allowance_is_used_up() -> None:
    allowance = Allowance()
    for _ in range(30):
        allowance.cut(said("a" * LONGEST), now=5.0)
    short = said("I stop.", actions=["stop()"])
    assert allowance.cut(short, now=5.0) is short
