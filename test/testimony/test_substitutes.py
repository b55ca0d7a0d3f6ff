"""When what was done counts as something else than what was refused."""

from __future__ import annotations

from typing import Any

import pytest

from test.testimony.events import CAP, Governor, judged, said, twist

REFUSED, INSTEAD = "I can't do that.", "I can't do that. I'll go back to the dock instead."
LIFT: dict[str, Any] = {"instruction": "Lift the cup", "actions": ("lift(cup)",), "actions_known": True}
WASH: dict[str, Any] = LIFT | {"actions": ("wash(spoon)",)}
CUT: dict[str, Any] = {"limits": [CAP], "allowed": twist(0.4), "action": "scaled"}


@pytest.mark.parametrize(
    ("text", "speed", "declared", "cut", "expected"),
    [
        (INSTEAD, 0.3, {}, {}, (True, False)),
        (INSTEAD, 0.0, {}, {}, (False, False)),
        (INSTEAD, 1.0, {}, CUT, (False, True)),
        (INSTEAD, 0.3, LIFT, {}, (False, True)),
        (REFUSED, 0.3, {}, {}, (False, True)),
        (REFUSED, 0.3, WASH, {}, (True, False)),
        (REFUSED, 0.0, WASH, {}, (False, False)),
        ("Washing it.", 0.3, WASH, {}, (False, True)),
    ],
)
def test_something_else_is_done_where_it_was_said_or_declared_beside_a_refusal_and_no_limit_cut_it(
    text: str, speed: float, declared: dict[str, Any], cut: dict[str, Any], expected: tuple[bool, bool]
) -> None:
    """Of each whether it is a substitute, and whether what was asked for was done."""
    governor = Governor()
    governor.drive(0.125, 1.0, speed, **cut)
    (record,) = judged([said(0, 0, text, **declared)], governor)
    evidence = record.detail["evidence"]
    assert (evidence["substitute"], evidence["done"]) == expected
