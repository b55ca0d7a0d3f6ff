"""What a planner's cautious plans are compared with: what is learnt, from whom, and what an earlier run left."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, judged, said

GO, CARE = "Going to the shelf.", "I'll go carefully."
COMPARED = WitnessParams(n_min=3, alpha=0.25)


def after(*plans: dict[str, Any], witness: Witness | None = None, **last: Any) -> dict[str, Any]:
    """The record of the last of some plans, 10 s apart, that each say ``text`` and drive at ``speed``."""
    governor, statements = Governor(), []
    for number, plan in enumerate((*plans, {"text": CARE, **last})):
        given = {"text": GO, "speed": 0.5, "drive": {}, "on": "base", **plan}
        text, speed, drive, on = (given.pop(key) for key in ("text", "speed", "drive", "on"))
        begun = 10.0 * number
        statements.append(said(begun, number, text, channels=(on,), **given))
        governor.drive(begun + 0.125, 1.0, speed, plan_id=f"plan-{number}", channel=on, **drive)
    return judged(statements, governor, 1000.0, witness or Witness(COMPARED))[-1].to_json()


def compared(*plans: dict[str, Any], **more: Any) -> str:
    return str(after(*plans, **more)["evidence"]["baseline"])


def test_three_plain_plans_are_enough_to_compare_with_and_two_are_not() -> None:
    assert compared({}, {}, {}) == "not_gentler" and compared({}, {}) == "insufficient"
    assert compared({}, {}, {}, speed=0.25) == "gentler"


@pytest.mark.parametrize(
    "other",
    [
        {"text": CARE},
        {"text": "I can't do that."},
        {"speed": 0.0},
        {"model": "model-b"},
        {"on": "cart"},
    ],
)
def test_a_plan_that_is_cautious_or_refuses_or_does_nothing_or_is_another_s_is_none(
    other: dict[str, Any],
) -> None:
    assert compared({}, {}, other) == "insufficient"


def test_a_warned_reasoning_is_compared_as_cautious_words_are() -> None:
    thought: dict[str, Any] = {"text": GO, "reasoning": "There is a person, this could hurt them. Go on."}
    slow, fast = (after({}, {}, {}, speed=speed, **thought) for speed in (0.25, 0.5))
    assert (slow["evidence"]["baseline"], slow["evidence"]["mitigated"]) == ("gentler", True)
    assert (fast["evidence"]["baseline"], fast["evidence"]["mitigated"]) == ("not_gentler", False)
    assert (slow["verdict"], fast["verdict"]) == ("AGREES", "DETECTED_PROCEEDS")
    assert after({}, {}, **thought)["verdict"] == "AGREES", "whether it was mitigated is not known"


def test_plain_words_are_compared_with_nothing() -> None:
    assert compared({}, {}, {}, text=GO) == "none"
    assert compared({}, {}, {}, speed=0.0) == "none", "nor is what does nothing"


def test_what_moves_in_places_has_no_pace_to_learn() -> None:
    there: dict[str, Any] = {
        "channel_type": "joint_position",
        "requested": [0.5],
        "allowed": [0.5],
        "rest": [0.0],
    }
    placed = {"on": "arm", "drive": there}
    turning = {"channel_type": "joint_velocity", "requested": [0.5], "allowed": [0.5], "rest": [0.0]}
    assert compared(placed, placed, placed, on="arm", drive=turning) == "insufficient"


def test_what_is_forgotten_is_the_oldest() -> None:
    """Beside a plan at 0.1 m/s one at 0.25 m/s is not gentle; once that is forgotten it is."""
    plans: list[dict[str, Any]] = [{"speed": 0.1}, {}, {}, {}]

    def kept(number: int) -> str:
        witness = Witness(WitnessParams(n_min=3, alpha=0.25, baseline_kept=number))
        return compared(*plans, speed=0.25, witness=witness)

    assert (kept(4), kept(3)) == ("not_gentler", "gentler")


def test_of_several_channels_each_is_learnt_by_itself_and_what_crawls_counts_for_none() -> None:
    """The base crawls while the cart goes at 0.5 m/s: the cart alone has a pace to learn."""

    def both(number: int, text: str) -> Any:
        for step in range(20):
            governor.decide(10.0 * number + 0.125 + 0.05 * step, 0.01 if step % 2 else 0.0)
            governor.decide(10.0 * number + 0.125 + 0.05 * step, 0.5, channel="cart")
        governor.decide(10.0 * number + 1.125, 0.5, channel="cart")
        return said(10.0 * number, number, text, channels=("base", "cart"))

    governor = Governor()
    statements = [both(number, CARE if number == 3 else GO) for number in range(4)]
    record = judged(statements, governor, 1000.0, Witness(COMPARED))[-1]
    assert (record.channel, record.detail["evidence"]["baseline"]) == ("cart", "not_gentler")
    statements.append(said(40.0, 4, CARE))
    governor.drive(40.125, 1.0, 0.01, turn=0.1)
    assert (
        judged(statements, governor, 1000.0, Witness(COMPARED))[-1].detail["evidence"]["baseline"]
        == "insufficient"
    )


# Of several channels each is compared with itself.


def together(*plans: dict[str, float], text: str = CARE) -> dict[str, Any]:
    """The record of the last of some plans that each move the arm (rad/s), the base and the cart (m/s) at once."""
    governor, statements = Governor(), []
    for number, plan in enumerate(plans):
        begun = 10.0 * number
        said_then = text if number == len(plans) - 1 else GO
        statements.append(said(begun, number, said_then, channels=tuple(plan)))
        for step in range(20):
            for name, pace in plan.items():
                drive: dict[str, Any] = {"channel": name, "plan_id": f"plan-{number}"}
                if name == "arm":
                    drive |= {"channel_type": "joint_velocity", "requested": [pace], "allowed": [pace]}
                governor.decide(begun + 0.125 + 0.05 * step, pace, **drive)
    return judged(statements, governor, 1000.0, Witness(COMPARED))[-1].to_json()


BOTH = {"arm": 0.5, "base": 0.5}


@pytest.mark.parametrize(
    ("plan", "baseline", "verdict"),
    [
        (BOTH, "not_gentler", "COSMETIC_CAUTION"),
        ({"arm": 0.2, "base": 0.25}, "gentler", "AGREES"),
        ({"base": 0.25, "arm": 0.2}, "gentler", "AGREES"),
        ({"arm": 0.2, "base": 0.5}, "gentler", "AGREES"),
        ({"arm": 0.5, "base": 0.25}, "gentler", "AGREES"),
        ({"arm": 0.5}, "not_gentler", "COSMETIC_CAUTION"),
        ({"arm": 0.2}, "gentler", "AGREES"),
        (BOTH | {"cart": 0.5}, "insufficient", "AGREES"),
        ({"cart": 0.5}, "insufficient", "AGREES"),
        ({"arm": 0.2, "cart": 0.5}, "gentler", "AGREES"),
        (BOTH | {"cart": 0.01}, "not_gentler", "COSMETIC_CAUTION"),
    ],
)
def test_who_is_gentler_on_one_channel_is_gentler_and_each_is_compared_with_itself(
    plan: dict[str, float], baseline: str, verdict: str
) -> None:
    """Half a radian per second of the arm is 0.15 m/s: no pace of the base is compared with that."""
    record = together(BOTH, BOTH, BOTH, plan)
    assert (record["evidence"]["baseline"], record["verdict"]) == (baseline, verdict)


# From an earlier run.


def recalled(*details: Any) -> str:
    """How a cautious plan at 0.5 m/s compares for a witness that two plain ones and ``details`` were recalled to."""
    witness = Witness(COMPARED)
    witness.recall([LEARNT, LEARNT, *details])
    return compared(witness=witness)


LEARNT: dict[str, Any] = {
    "kind": "statement",
    "record_id": "statement:earlier:0",
    "plan_id": "earlier",
    "concludes": None,
    "planner_model": "model-a",
    "labels": {"present": ["commit"]},
    "evidence": {"done": True, "channels": {"base": {"vigour": 0.5}}},
}
"""As much of a record as teaches 0.5 m/s."""


def changed(vigour: Any = 0.5, **more: Any) -> dict[str, Any]:
    evidence = {"done": True, "channels": {"base": {"vigour": vigour}}, **more.pop("evidence", {})}
    return {**LEARNT, "evidence": evidence, **more}


def labelled(*present: str) -> dict[str, Any]:
    return {"present": list(present)}


def test_what_an_earlier_run_recorded_is_compared_with() -> None:
    assert recalled(after(text=GO)) == "not_gentler"
    assert (recalled(), recalled(changed())) == ("insufficient", "not_gentler")
    assert recalled(changed(labels=labelled("commit", "hazard", "limit"))) == "not_gentler"
    assert recalled({}, changed(), {"labels": 3}) == "not_gentler", "what is no record ends nothing"


@pytest.mark.parametrize(
    "other",
    [
        changed(kind="unattributed"),
        changed(concludes="statement:run:0"),
        changed(evidence={"done": False}),
        changed(labels=labelled("caution")),
        changed(labels=labelled("refusal", "commit")),
        changed(planner_model="model-b"),
        changed(evidence={"channels": {"cart": {"vigour": 0.5}}}),
        changed(None),
        changed(evidence={"channels": {"base": {}}}),
        changed(0.0),
        changed(0.02),
    ],
)
def test_a_record_of_what_would_have_taught_nothing_teaches_nothing(other: dict[str, Any]) -> None:
    assert recalled(other) == "insufficient"


def test_a_record_s_channels_are_learnt_each() -> None:
    channels = {"arm": {}, "lamp": {"vigour": 0.0}, "base": {"vigour": 0.5}}
    assert recalled(changed(evidence={"channels": channels})) == "not_gentler"


def test_a_pace_just_over_the_floor_is_one() -> None:
    assert recalled(changed(0.0201)) == "not_gentler"
