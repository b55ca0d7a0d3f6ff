"""Claims of distances, durations and parts against what the governor saw: each in its own sense, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.profile.load import load_data
from iatro_governor.resources import shared
from iatro_governor.testimony.claims import parse
from iatro_governor.testimony.params import DEFAULTS, WitnessParams
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, judged, said, twist, verdicts

WALL = {"name": "lidar", "kind": "obstacle", "unit": "m", "allowed": 0.1, "margin": 0.0, "source": "test"}


def verdict(text: str, *drives: dict[str, Any], start: float = 0.1) -> str:
    """The verdict of a plan that says ``text`` and then drives for two seconds after another for each of ``drives``."""
    governor, t = Governor(), start
    for drive in drives or ({},):
        more = {"seconds": 2.0, "speed": 0.0, **drive}
        governor.drive(t, more.pop("seconds"), more.pop("speed"), **more)
        t = governor.bodies[-1]["t"] + 0.05
    return judged([said(0, 0, text)], governor)[0].verdict


def on_wheels(speed: float, **more: Any) -> dict[str, Any]:
    return {"speed": speed, **more}


ARM: dict[str, Any] = {
    "channel": "arm",
    "channel_type": "joint_velocity",
    "requested": [0.8, 0.0],
    "rest": [0.0, 0.0],
}


@pytest.mark.parametrize(
    ("text", "drives", "broken"),
    [
        ("I'll drive one metre forward.", [on_wheels(0.5)], False),
        ("I'll drive one metre forward.", [on_wheels(1.0)], True),
        ("I'll drive no more than one metre.", [on_wheels(1.0)], True),
        ("I'll drive 1 m forward and then go 1 m back.", [on_wheels(0.5), on_wheels(-0.5)], False),
        ("I'll drive at least one metre.", [on_wheels(0.1)], False),
        ("The dock is one metre ahead.", [on_wheels(1.0)], False),
        ("I'll drive one metre forward.", [on_wheels(1.0, measured=twist(0.4), allowed=twist(0.4))], False),
        ("I'll turn 90 degrees.", [on_wheels(0.0, turn=0.75)], False),
        ("I'll turn 90 degrees.", [on_wheels(0.0, turn=1.5)], True),
        ("I'll turn the handle by 20 degrees.", [on_wheels(0.0, turn=0.1)], False),
        ("I'll drive for two seconds at 0.5 m/s.", [on_wheels(0.5)], False),
        ("I'll drive for two seconds at 0.5 m/s.", [on_wheels(0.5, seconds=4.0)], True),
    ],
)
def test_how_far_how_much_and_how_long(text: str, drives: list[dict[str, Any]], broken: bool) -> None:
    assert (verdict(text, *drives) == "BROKEN_CLAIM") is broken


@pytest.mark.parametrize(
    ("text", "start", "broken"),
    [
        ("I'll wait for 1.5 seconds and then drive on.", 0.1, True),
        ("I'll wait for 1.5 seconds and then drive on.", 1.6, False),
        ("I'll drive on and then wait for five seconds.", 0.1, False),
        ("I'm driving on. I'll wait five seconds at the door.", 0.1, False),
        ("Please wait for five seconds. I'm driving on.", 0.1, False),
    ],
)
def test_a_wait_that_comes_first(text: str, start: float, broken: bool) -> None:
    assert (verdict(text, on_wheels(0.5), start=start) == "BROKEN_CLAIM") is broken


@pytest.mark.parametrize(
    ("text", "kind", "clearance", "broken"),
    [
        ("I'll keep at least 1 m away from people.", "separation", 0.6, True),
        ("I'll keep at least 1 m away from people.", "separation", 0.97, False),
        ("I'll keep at least 1 m away from people.", "obstacle", 0.6, False),
        ("I'll keep at least 1 m away from the vase.", "obstacle", 0.6, False),
        ("I'll keep at least 1 m away from any obstacle.", "obstacle", 0.6, True),
        ("I'll keep at least 1 m away from any obstacle.", "speed", 0.6, False),
        ("Please keep at least 1 m away from everything.", "obstacle", 0.6, False),
    ],
)
def test_a_distance_that_is_kept(text: str, kind: str, clearance: float, broken: bool) -> None:
    wall = WALL | {"kind": kind, "requested": clearance}
    assert (verdict(text, on_wheels(0.5, limits=[wall])) == "BROKEN_CLAIM") is broken


def test_nothing_is_nearer_than_what_no_limit_told_of() -> None:
    assert verdict("I'll keep at least 1 m away from any obstacle.", on_wheels(0.5)) == "AGREES"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("My arm turns no faster than 0.5 rad/s.", True),
        ("My arm turns no faster than 1 rad/s.", False),
        ("The base turns no faster than 0.5 rad/s.", False),
        ("I'll turn no faster than 0.5 rad/s.", True),
        ("The gripper turns no faster than 0.5 rad/s.", True),
        ("The gripper opens no faster than 0.5 rad/s.", False),
    ],
)
def test_a_claim_about_a_part_is_held_against_that_part(text: str, broken: bool) -> None:
    governor = Governor()
    for step in range(20):
        governor.decide(0.1 + step * 0.05, 0.3, turn=0.1)
        governor.decide(0.12 + step * 0.05, **ARM)
    (record,) = judged([said(0, 0, text, channels=("base", "arm"))], governor)
    assert (record.verdict == "BROKEN_CLAIM") is broken


def disobeys(measured: float, params: WitnessParams = DEFAULTS) -> list[Any]:
    governor = Governor()
    governor.drive(0.1, 1, 0.2, measured=twist(measured))
    (record,) = judged([said(0, 0, "I'll stay below 0.2 m/s.")], governor, witness=Witness(params))
    assert verdicts([record]) == ["AGREES"]
    return list(record.detail["disobeys"])


def test_the_robots_own_noise_is_not_its_disobedience() -> None:
    assert disobeys(0.24) == [] and disobeys(0.3)[0]["measured"] == pytest.approx(0.3)


@pytest.mark.parametrize(("noise", "tolerance"), [(0.0, 0.05), (0.01, 0.05), (0.05, 0.15)])
def test_what_a_speed_may_be_beyond_a_claim_is_its_sensor_s_noise_where_that_is_more(
    noise: float, tolerance: float
) -> None:
    """The wrong answer: a noisy robot that disobeys all day, or a small noise that makes the witness petty."""
    profile = load_data(shared("config/amr.yaml"))
    (name,) = (name for name, one in profile.sources.items() if one.type == "odom")
    noisy = profile.sources[name].model_copy(update={"speed_noise": noise})
    params = WitnessParams.of(profile.model_copy(update={"sources": {**profile.sources, name: noisy}}))
    assert params.measured_floors["speed"] == params.measured_floor == pytest.approx(tolerance)
    assert params.measured_floors["force"] == DEFAULTS.measured_floors["force"]
    assert disobeys(0.2 + tolerance - 0.01, params) == [] and disobeys(0.2 + tolerance + 0.01, params)


@pytest.mark.parametrize(
    ("text", "part", "sense"),
    [
        ("I'll drive 2 m forward.", "base", "travel"),
        ("I'll lift it by 10 cm.", "", ""),
        ("I'll keep 1 m away from everybody.", "", "people"),
        ("I'll stay 1 m away from the wall.", "", ""),
        ("My gripper closes with at most 10 N.", "gripper", ""),
        ("I rest the gripper on the sleeve with no more than 20 N.", "", ""),
        ("I'll move my arm at 0.1 m/s while I drive.", "", ""),
    ],
)
def test_what_a_claim_bears_on(text: str, part: str, sense: str) -> None:
    (claim,) = parse(text)
    assert claim.committed and (claim.bearing.part, claim.bearing.sense) == (part, sense)
    assert set(claim.to_json()) == {"quantity", "op", "value", "unit", "committed", "span"}
