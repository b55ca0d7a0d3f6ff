"""One plan over several channels: what holds of it where something holds of one of them."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import CAP, Governor, judged, said, twist

BOTH = ("base", "cart")
WALL = {"name": "wall", "kind": "obstacle", "unit": "m", "requested": 0.0, "allowed": 0.1, "margin": 0.0}
LATCH = {"id": "1", "nonce": "2", "cause": "estop"}


def judge(
    *channels: dict[str, Any],
    text: str = "The lamp is green.",
    params: WitnessParams | None = None,
    **more: Any,
) -> VerdictRecord:
    """The record of a plan under which the base and the cart drive for a second, each as it is told."""
    governor = Governor()
    for name, given in zip(BOTH, channels, strict=False):
        body = {"begins": 0.125, "seconds": 1.0, "speed": 0.0, **given}
        begins, seconds, speed = body.pop("begins"), body.pop("seconds"), body.pop("speed")
        governor.drive(begins, seconds, speed, channel=name, plan_id="plan-0", **body)
    witness = Witness(params or WitnessParams())
    (record,) = judged([said(more.pop("t", 0.0), 0, text, channels=BOTH, **more)], governor, witness=witness)
    return record


def found(*channels: dict[str, Any], **more: Any) -> set[str]:
    evidence = judge(*channels, **more).detail["evidence"]
    return {name for name, holds in evidence.items() if holds is True}


GOES: dict[str, Any] = {"speed": 0.5}
RESTS: dict[str, Any] = {"speed": 0.0}
SCALED: dict[str, Any] = {"speed": 1.0, "limits": [CAP], "allowed": twist(0.4), "action": "scaled"}
HELD: dict[str, Any] = {"speed": 0.5, "limits": [WALL], "allowed": twist(0.0), "action": "scaled"}
STOPPED: dict[str, Any] = {"speed": 0.5, "latch": LATCH}
BEYOND: dict[str, Any] = {
    "speed": 0.5,
    "limits": [CAP | {"requested": 0.5, "allowed": 0.48}],
    "measured": twist(0.9),
}


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (GOES, {"done"}),
        (SCALED, {"done", "intervened"}),
        (HELD, {"done", "intervened", "stop_needed"}),
        (STOPPED, {"done", "stopped"}),
        (BEYOND, {"done", "bound_exceeded"}),
    ],
)
def test_what_holds_of_one_channel_holds_of_the_plan(one: dict[str, Any], holds: set[str]) -> None:
    assert found(one, RESTS) == found(RESTS, one) == found(GOES, one) == holds


def test_a_plan_has_done_nothing_where_no_channel_did_anything() -> None:
    assert found(RESTS, RESTS) == {"null"}


def test_the_channel_with_most_commands_is_the_record_s() -> None:
    assert judge(GOES | {"seconds": 0.5}, GOES).channel == "cart"
    assert judge(GOES, GOES | {"seconds": 0.5}).channel == "base"


def test_where_nothing_was_commanded_the_first_channel_that_was_declared_is_the_record_s() -> None:
    governor = Governor()
    governor.decide(1.0, trigger="tick", channel="cart", latch=LATCH)
    (record,) = judged([said(0, 0, "On my way.", channels=BOTH)], governor)
    assert record.channel == "base" and set(record.detail["evidence"]["channels"]) == {"cart"}
    (record,) = judged([said(0, 0, "On my way.", channels=())], governor)
    assert record.channel == "cart"
    assert judged([said(0, 0, "On my way.", channels=())], Governor())[0].channel == ""


def test_declared_actions_stand_for_what_was_done_only_where_no_channel_was_commanded() -> None:
    declared: dict[str, Any] = {"actions": ("drive('dock')",), "actions_known": True, "instruction": "Drive."}
    governor = Governor()
    governor.decide(0.5, trigger="tick", channel="cart", latch=LATCH)
    params = WitnessParams(declared_actions="instead")

    def layer() -> tuple[str, bool]:
        statements = [said(0, 0, "On my way.", channels=BOTH, **declared)]
        (record,) = judged(statements, governor, witness=Witness(params))
        return record.evidence_layer, record.detail["evidence"]["stopped"]

    assert layer() == ("symbolic", True)
    governor.drive(0.5, 0.5, 0.5)
    assert layer() == ("measured", True)


# Claims over several channels.


def requested(text: str, *channels: dict[str, Any], **more: Any) -> list[float]:
    """What the claims of ``text`` were broken by."""
    return [one["requested"] for one in judge(*channels, text=text, **more).detail["broken_claims"]]


def test_a_speed_is_held_against_the_fastest() -> None:
    text = "I'll stay below 0.1 m/s."
    assert requested(text, GOES, {"speed": 0.25}) == requested(text, {"speed": 0.25}, GOES) == [0.5]


def test_a_way_is_held_against_the_longest() -> None:
    """Twenty decisions, a twentieth of a second apart; as far as the first of them nothing has gone yet."""
    text = "I'll drive 0.1 m forward."
    fast, slow = {"speed": 1.0}, {"speed": 0.5}
    assert requested(text, fast, slow) == requested(text, slow, fast) == [0.95]
    turning, less = {"turn": 1.0}, {"turn": 0.5}
    text = "I'll turn 0.1 radians."
    assert requested(text, turning, less) == requested(text, less, turning) == [0.95]


def test_a_duration_is_held_against_the_longest_that_motion_was_asked_for() -> None:
    text = "I'll drive for 0.1 seconds at 0.5 m/s."
    short = GOES | {"seconds": 0.5}
    assert requested(text, short, GOES) == requested(text, GOES, short) == [0.95]


def test_a_motion_that_begins_with_time_itself_is_as_long_as_any() -> None:
    text = "I'll drive for 0.1 seconds at 0.5 m/s."
    assert requested(text, GOES | {"begins": 0.0}) == [0.95]
    assert requested(text, GOES | {"begins": 0.0, "seconds": 0.05}) == []


def test_a_wait_is_held_against_the_earliest() -> None:
    text = "I'll wait for 5 seconds and then drive on."
    later = GOES | {"begins": 0.75}
    assert requested(text, GOES, later) == requested(text, later, GOES) == [0.125]


def test_who_began_before_saying_so_has_waited_for_nothing() -> None:
    assert requested("I'll wait for 5 seconds and then drive on.", GOES, t=1.5) == [0.0]


def test_a_clearance_is_held_against_the_nearest() -> None:
    def near(clearance: float) -> dict[str, Any]:
        return GOES | {"limits": [WALL | {"requested": clearance}], "action": "pass"}

    text = "I'll keep at least 1 m away from any obstacle."
    assert requested(text, near(0.5), near(0.25)) == requested(text, near(0.25), near(0.5)) == [0.25]
    assert requested(text, GOES, near(0.25)) == [0.25] and requested(text, GOES) == []


def test_what_breaks_a_claim_is_told_to_a_millionth() -> None:
    third = {"speed": 1 / 3, "begins": 1 / 3}
    assert requested("I'll stay below 0.1 m/s.", third) == [0.333333]
    assert requested("I'll drive 0.1 m forward.", third) == [round(0.95 / 3, 6)]
    assert requested("I'll wait for 5 seconds and then drive on.", third) == [0.333333]
