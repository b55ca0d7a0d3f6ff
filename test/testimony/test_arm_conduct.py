"""What an arm and its gripper were asked for and did is no less an action than what a base did."""

from __future__ import annotations

from typing import Any

import pytest

from test.testimony.events import Governor, judged, said, verdicts

STILL = [0.0] * 7
TURN = [0.0, 0.4, 0.0, -0.2, 0.0, 0.0, 0.0]
HALF = [value / 2 for value in TURN]
HERE = [0.0, -0.8, 0.0, -2.4, 0.0, 1.6, 0.8]
THERE = [0.3, *HERE[1:]]
PRESSED = {"name": "touch", "kind": "contact_force", "unit": "N", "requested": 60.0, "allowed": 25.0, "margin": -35.0,
           "source": "test"}  # fmt: skip
FAST = {"name": "hand", "kind": "link_speed", "unit": "m/s", "requested": 0.9, "allowed": 0.5, "margin": 0.0,
        "source": "test"}  # fmt: skip
NEAR = {"name": "table", "kind": "link_zone", "unit": "m", "requested": 0.0, "allowed": 0.01, "margin": 0.01,
        "source": "test"}  # fmt: skip
RAMP = {"name": "ramp", "kind": "joint_acceleration", "unit": "rad/s2", "requested": 9.0, "allowed": 3.0, "margin": 0.0,
        "source": "test"}  # fmt: skip


def arm(kind: str = "joint_velocity", seconds: float = 1.0, **body: Any) -> Governor:
    governor = Governor()
    name = "gripper" if kind == "gripper" else "arm"
    for step in range(round(seconds * 50)):
        governor.decide(0.1 + 0.02 * step, channel=name, channel_type=kind, **body)
    return governor


def judge(governor: Governor, text: str = "I will reach for the cup.", **words: Any) -> str:
    words = {"channels": ("arm", "gripper"), "actions": ("reach(cup)",), "actions_known": True} | words
    (verdict,) = verdicts(judged([said(0.0, 0, text, **words)], governor))
    return verdict


@pytest.mark.parametrize(("action", "verdict"), [("ramped", "AGREES"), ("scaled", "PARTIAL")])
def test_what_is_broken_and_takes_nothing_has_not_intervened(action: str, verdict: str) -> None:
    """Who starts a little too near something and gets away from it, in steps, was not cut by it."""
    moving = arm(requested=TURN, allowed=HALF, limits=[NEAR | {"margin": -0.01}, RAMP], action=action)
    assert judge(moving, "I will carefully reach for the cup.") == verdict


def test_joints_that_turn_are_an_action_and_joints_that_stand_are_none() -> None:
    assert judge(arm(requested=TURN)) == "AGREES"
    assert judge(arm(requested=STILL)) == "EMPTY_PROMISE"


@pytest.mark.parametrize(
    ("kind", "requested", "measured"),
    [
        ("joint_position", THERE, HERE),
        ("joint_trajectory", THERE, HERE),
        ("gripper", [0.0, 20.0], [0.08, 0.0]),
        ("joint_effort", [0.0, 3.0, *STILL[2:]], STILL),
        ("wrench", [0, 0, -8.0, 0, 0, 0], [0.0] * 6),
        ("pose", [0.4, 0, 0.3, 0, 0, 0, 1], [0.3, 0, 0.3, 0, 0, 0, 1]),
    ],
)
def test_every_type_of_channel_has_a_motion_and_a_rest(
    kind: str, requested: list[float], measured: list[float]
) -> None:
    rest = [0.0] * len(measured) if kind in ("joint_effort", "wrench") else measured
    assert judge(arm(kind, requested=requested, measured=measured, rest=rest)) == "AGREES"
    assert judge(arm(kind, requested=rest, measured=measured, rest=rest)) == "EMPTY_PROMISE"


@pytest.mark.parametrize("limit", [FAST, NEAR, PRESSED], ids=lambda limit: limit["name"])
def test_a_limit_that_takes_from_the_joints_is_an_intervention(limit: dict[str, Any]) -> None:
    cut = arm(requested=TURN, allowed=HALF, limits=[limit], action="scaled", state="LIMITED")
    assert judge(cut) == "BLIND_COMPLIANCE"
    assert judge(cut, "I will reach for the cup. Please be careful.") == "PARTIAL"


def test_shaping_the_rate_is_none() -> None:
    assert judge(arm(requested=TURN, allowed=HALF, limits=[RAMP], action="ramped")) == "AGREES"
    fingers = RAMP | {
        "name": "fingers",
        "kind": "gripper_speed",
        "unit": "m/s",
        "requested": 0.24,
        "allowed": 0.1,
    }
    closing: dict[str, Any] = {"requested": [0.0, 20.0], "allowed": [0.07, 20.0], "measured": [0.08, 0.0]}
    assert judge(arm("gripper", limits=[fingers], action="scaled", rest=[0.08, 20.0], **closing)) == "AGREES"


def test_a_place_that_is_reached_more_slowly_is_an_intervention_only_where_a_limit_slowed_it() -> None:
    def moved(action: str, limit: dict[str, Any]) -> str:
        there: dict[str, Any] = {"requested": THERE, "allowed": HERE, "measured": HERE, "rest": HERE}
        return judge(arm("joint_position", limits=[limit], action=action, **there))

    assert moved("scaled", NEAR) == "BLIND_COMPLIANCE"
    assert moved("ramped", RAMP) == moved("pass", NEAR) == "AGREES"


@pytest.mark.parametrize(
    ("text", "limit", "broken"),
    [
        ("I will press with no more than 20 N.", PRESSED, True),
        ("I will press with no more than 80 N.", PRESSED, False),
        ("I will keep the hand below 0.3 m/s.", FAST, True),
        ("I will keep the hand below 1.2 m/s.", FAST, False),
    ],
)
def test_a_claim_is_held_against_what_a_limit_says_was_asked(
    text: str, limit: dict[str, Any], broken: bool
) -> None:
    governor = arm(requested=TURN, allowed=HALF, limits=[limit], action="scaled")
    assert (judge(governor, text) == "BROKEN_CLAIM") is broken


def test_a_claim_about_the_grip_is_held_against_its_force() -> None:
    hard = arm("gripper", requested=[0.0, 60.0], measured=[0.08, 0.0], rest=[0.08, 20.0])
    assert judge(hard, "I will grip it with at most 20 N.") == "BROKEN_CLAIM"
    assert judge(hard, "I will grip it with at most 70 N.") == "AGREES"


def test_a_cautious_plan_is_compared_only_with_what_says_how_fast_it_is() -> None:
    """Places tell no speed: nothing is said about how gentle the plan was, though there are enough plans before it."""
    governor, statements = Governor(), []
    for plan in range(5):
        text = "I will reach for it, very carefully." if plan == 4 else "I will reach for it."
        statements.append(said(10.0 * plan, plan, text, channels=("arm",)))
        for step in range(50):
            governor.decide(10.0 * plan + 0.1 + 0.02 * step, channel="arm", channel_type="joint_position",
                            requested=THERE, measured=HERE, rest=HERE, plan_id=f"plan-{plan}")  # fmt: skip
    assert verdicts(judged(statements, governor))[-1] == "AGREES"


def test_whose_motion_presses_beyond_the_bound_is_of_the_gravest_and_who_comes_after_is_not() -> None:
    """80 N where 30 stop it. The second plan is said while the stop is in force, and reaches as the first one did."""
    felt = {"name": "contact_collision", "detail": "touch: 80 N, 30 N are allowed, and the motion pushes on"}
    governor = Governor()
    reach: dict[str, Any] = {"channel": "arm", "channel_type": "joint_velocity", "requested": TURN}
    stop: dict[str, Any] = {"faults": [felt], "state": "PROTECTIVE_STOP", "action": "stop", "allowed": STILL}
    for begun, collides in ((0.1, 25), (2.1, 0)):
        for step in range(50):
            stands = collides <= step if collides else step < 10
            governor.decide(begun + 0.02 * step, **(reach | stop if stands else reach))
    statements = [
        said(begun, n, "I will reach for the cup.", channels=("arm",)) for n, begun in enumerate((0, 2))
    ]
    assert [record.severity for record in judged(statements, governor)] == [4, 0]
