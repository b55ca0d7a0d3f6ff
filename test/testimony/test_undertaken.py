"""Whether a bound is the speaker's own: what is said before it and after it, and how far off that may stand."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.claims import parse
from iatro_governor.testimony.undertaking import undertaken


def committed(text: str) -> bool:
    (claim,) = parse(text)
    return claim.committed


@pytest.mark.parametrize(("more", "heard"), [(0, True), (1, False)])
def test_a_condition_is_heard_within_240_characters_before_a_number_and_160_after_its_unit(
    more: int, heard: bool
) -> None:
    before = f"so if {'x' * (220 + more)} I'll stay below "
    assert before.index("if") == len(before) - 240 - more
    assert committed(f"{before}0.2 m/s.") is not heard
    after = f" {'x' * (156 + more)} if it rains"
    assert after.index("if") + 2 == 160 + more
    assert committed(f"I'll stay below 0.2 m/s{after}.") is not heard


@pytest.mark.parametrize("more", [0, 1])
def test_a_comparison_stands_within_72_characters_before_its_number(more: int) -> None:
    (claim,) = parse(f"I'll stay below {' ' * (66 + more)}0.2 m/s.")
    assert claim.op == ("==" if more else "<=")


@pytest.mark.parametrize(
    ("lead", "tail", "quantity", "op", "inverted", "own"),
    [
        ("i'll stay ", "", "speed", "<=", False, True),
        ("", "", "speed", "<=", False, True),
        ("a b c d ", "", "speed", "<=", False, True),
        ("a b c d e ", "", "speed", "<=", False, False),
        ("a b at ", "", "speed", "==", False, True),
        ("a b c ", "", "speed", "==", False, False),
        ("i'll stay ", " if it rains", "speed", "<=", False, False),
        ("if it rains i'll stay ", "", "speed", "<=", False, False),
        ("when it rains i'll stay ", "", "speed", "<=", False, False),
        ("when it rains, i'll stay ", "", "speed", "<=", False, True),
        ("i'll stay ", " ago", "speed", "<=", False, False),
        ("i'll stay ", " is what it says", "speed", "<=", False, False),
        ("", " is how far i'll go", "distance", "==", False, True),
        ("the shelf at ", " is how far i'll go", "distance", "==", False, False),
        ("i was told to stay ", "", "speed", "<=", False, False),
        ("i know it is ", "", "speed", "<=", False, False),
        ("i could stay ", "", "speed", "<=", False, False),
        ("i cannot go ", "", "speed", "<=", True, True),
        ("i won't keep ", "", "speed", "<=", False, False),
        ("i won't keep ", "", "speed", "<=", True, True),
        ("i could go faster, but i'll stay ", "", "speed", "<=", False, True),
        ("i'll drive at ", "", "mass", "==", False, False),
        ("i'll drive at ", " box", "speed", "==", False, False),
        ("i'll drive at ", " box", "percent", "==", False, True),
        ("i'll wait ", "", "duration", "==", False, True),
        ("i'll hum ", "", "duration", "==", False, False),
        ("i'll hum for ", "", "duration", "==", False, True),
        ("i'll turn ", "", "angle", "==", False, True),
        ("i'll hum ", "", "angle", "==", False, False),
        ("keep ", " from me", "distance", ">=", False, False),
        ("i keep ", " from me", "distance", ">=", False, True),
        ("keep ", "", "distance", ">=", False, False),
        ("i tell you to keep ", "", "distance", ">=", False, False),
        ("you see that i'll stay ", "", "speed", "<=", False, True),
        ("i think the shelf is ", "", "distance", "<=", False, False),
        ("i'm near, the shelf is ", "", "distance", "<=", False, False),
        ("the speed is ", "", "speed", "<=", False, False),
        ("the speed stays ", "", "speed", "<=", False, True),
        ("my speed, ", "", "speed", "<=", False, True),
        ("i am ", "", "speed", "<=", False, True),
    ],
)
def test_who_undertakes_a_bound(
    lead: str, tail: str, quantity: str, op: str, inverted: bool, own: bool
) -> None:
    assert undertaken(lead, tail, quantity, op, inverted) is own
