"""What of a message goes on record, whatever somebody has put into it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iatro_governor.nodes.recordable import Policies, subject_of, verdict_body

WIRE = {"t": 1.0, "seq": 3, "writer": "w", "plan_id": "p", "channel": "base", "verdict": "AGREES"}


def wire(detail: str) -> dict[str, Any]:
    return {**WIRE, "detail": detail}


def test_a_verdict_is_kept_as_its_witness_made_it_under_the_number_that_it_came_with() -> None:
    detail = json.dumps({"verdict": "PARTIAL", "seq": 99, "writer": "another"})
    assert verdict_body(wire(detail)) == {"verdict": "PARTIAL", "seq": 3, "writer": "w"}


@pytest.mark.parametrize(
    "detail",
    [
        *("", "no JSON", "5", "null", '"text"', "[]", "[" * 100_000, '{"a":' * 101 + "1" + "}" * 101),
        *('{"a":' * 990 + "1" + "}" * 990, '{"a":' * 5000 + "1" + "}" * 5000, '{"a": ' + "1" * 5000 + "}"),
    ],
    ids=range(11),
)
def test_a_detail_that_no_ledger_can_hold_leaves_the_message_as_it_came(detail: str) -> None:
    assert verdict_body(wire(detail)) == wire(detail)


def test_a_detail_as_deep_as_a_ledger_holds_is_kept() -> None:
    assert "a" in verdict_body(wire('{"a":' * 100 + "1" + "}" * 100))


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\ude00\ud83d"])
def test_half_a_character_is_spelled_out_and_a_whole_one_stays(text: str) -> None:
    """The wrong answer: SQLite cannot give it back, and each query of all verdicts fails with this one."""
    spelled = text.encode("utf-8", "backslashreplace").decode()
    detail = json.dumps({"a": [text, "é\U0001f600\\ud800", 5, None], text: {"b": text}})
    found = verdict_body(wire(detail))
    assert found["a"] == [spelled, "é\U0001f600\\ud800", 5, None] and found[spelled] == {"b": spelled}


ODD: tuple[Any, ...] = (None, 5, 0, 0.5, True, [], ["x"], {}, {"x": 1}, "")


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_text_names_neither_a_plan_nor_a_channel(odd: object) -> None:
    assert subject_of({"plan_id": odd, "channel": odd}) == (None, None)
    assert subject_of({"channels": odd}) == (None, "x" if odd == ["x"] else None)
    assert subject_of({"channels": [odd]}) == (None, None)


def test_texts_name_a_plan_and_a_channel_of_several_the_first() -> None:
    assert subject_of({"plan_id": "p", "channel": "base", "channels": ["arm"]}) == ("p", "base")
    assert subject_of({"plan_id": "p", "channels": ["arm", "base"]}) == ("p", "arm")


def test_the_policy_is_that_of_the_channel_s_last_decision_else_of_the_last_one() -> None:
    policies = Policies()
    assert policies.of("statement", "base", {}) == ""
    assert policies.of("decision", "base", {"config_hash": "one"}) == "one"
    assert policies.of("decision", "arm", {"config_hash": "two"}) == "two"
    assert [policies.of("verdict", name, {}) for name in ("base", "arm", "", "other")] == [
        "one",
        "two",
        "two",
        "two",
    ]


@pytest.mark.parametrize("odd", [*ODD, "forged"])
def test_nobody_but_a_decision_says_which_policy_is_in_force(odd: object) -> None:
    policies = Policies()
    policies.of("decision", "base", {"config_hash": "one"})
    assert policies.of("verdict", "base", {"config_hash": odd}) == "one"
    assert policies.of("statement", "base", {}) == "one"
