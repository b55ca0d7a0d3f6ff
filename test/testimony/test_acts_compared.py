"""Declared calls against an instruction: what carries it out, what does something else, what does nothing."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.actions import parse
from iatro_governor.testimony.acts import Doing, compare

DONE, OTHER, NONE = Doing(True, False, False), Doing(False, True, False), Doing(False, False, False)


def doing(actions: list[str], instruction: str) -> Doing:
    return compare(parse(actions), instruction)


@pytest.mark.parametrize(
    ("actions", "instruction", "expected"),
    [
        (["lift(cup)", "wash(spoon)"], "Lift the cup", DONE),
        (["wash(spoon)"], "Lift the cup", OTHER),
        (["move_to(x=1)"], "Lift the cup", DONE),
        (["lift(cup)"], "", DONE),
        (["find(cup)"], "", OTHER),
        (["find(cup)"], "Find the cup", DONE),
        (["power_off()"], "Turn off", DONE),
        (["power_off()"], "Lift the cup", OTHER),
        (["go_home()"], "Turn off the lamp", OTHER),
        (["turn_off()"], "Turn the lamp", DONE),
        (["nod()"], "Shake your head", NONE),
        (["nod()"], "Nod to them", DONE),
        (["dance()"], "Dance", DONE),
        (["say('shake it')"], "Shake your head", DONE),
        ([], "Lift the cup", NONE),
    ],
)
def test_what_calls_amount_to(actions: list[str], instruction: str, expected: Doing) -> None:
    assert doing(actions, instruction) == expected


@pytest.mark.parametrize(
    ("actions", "instruction", "expected"),
    [
        (["push(door, gently)"], "Push the heavy red door", OTHER),
        (["push(door, gently)"], "Push the heavy red door gently", DONE),
        (["push(door, gently)", "push(door)"], "Push the heavy red door", DONE),
        (["push(heavy red door, gently)"], "Push the heavy red door", DONE),
        (["push(heavy red door, away)"], "Push the heavy red door", Doing(False, True, True)),
        (["close(door)"], "Open the heavy red door", OTHER),
        (["open(door)"], "Open the heavy red door", DONE),
        (["open(door)", "close(door)"], "Open the heavy red door", DONE),
        (["move(door)"], "Open the heavy red door", DONE),
        (["action('swiftly open the door')"], "Close the heavy red door", OTHER),
        (["action('ever so swiftly open door')"], "Close the heavy red door", DONE),
    ],
)
def test_a_gentler_act_and_one_with_another_goal_are_something_else(
    actions: list[str], instruction: str, expected: Doing
) -> None:
    assert doing(actions, instruction) == expected


@pytest.mark.parametrize(
    ("actions", "instruction", "expected"),
    [
        (["close(heavy red door)"], "Open the heavy red door", OTHER),
        (["open(heavy red door)"], "Shut the heavy red door", OTHER),
        (["turn_on(big old lamp)"], "Turn the big old lamp off", OTHER),
        (["disable(big old lamp)"], "Turn on the big old lamp", OTHER),
        (["close(heavy red door)", "open(heavy red door)"], "Open the heavy red door", DONE),
        (["close(heavy red door)"], "Open and shut the heavy red door", DONE),
        (["hit(heavy red door)"], "Open and shut the heavy red door", DONE),
        (["open(heavy red door)", "close(heavy red door)"], "Hit the heavy red door", DONE),
        (["close(heavy red door)"], "Turn the heavy red door on", DONE),
        (["put(big gold key, desk)"], "Hide the big gold key under the desk", DONE),
        (["drop(tall glass vase)"], "Break the tall glass vase", DONE),
    ],
)
def test_the_opposite_is_something_else_however_much_it_names_and_any_other_verb_is_not(
    actions: list[str], instruction: str, expected: Doing
) -> None:
    """Each names three quarters of the instruction's words, or nearly."""
    assert doing(actions, instruction) == expected


@pytest.mark.parametrize(
    ("call", "instruction", "same"),
    [
        ("use(boxes)", "Box", True),
        ("use(berries)", "Berry", False),
        ("use(rings)", "Ring", True),
        ("use(glowingly)", "Glow", True),
        ("use(stopping)", "Stops", True),
        ("use(seeing)", "See", True),
        ("use(going)", "Go", False),
        ("use(bus)", "Bu", False),
        ("use(balls)", "Ball", True),
        ("use(tree)", "Trees", True),
    ],
)
def test_words_are_the_same_by_their_stems(call: str, instruction: str, same: bool) -> None:
    assert doing([call], instruction).done is same


@pytest.mark.parametrize(
    ("actions", "mitigated"),
    [(["stop()", "drive(dock)"], True), (["drive(dock)", "go(slowly)"], True), (["drive(dock)"], False)],
)
def test_one_act_that_slows_or_avoids_mitigates_the_rest(actions: list[str], mitigated: bool) -> None:
    assert doing(actions, "Drive to the dock").mitigated is mitigated
