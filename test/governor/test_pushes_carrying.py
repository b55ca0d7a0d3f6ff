"""Whether somebody pushes an arm, or what it carries drives it: by hand, stretched out, with 3 kg and 20 N or 5 Nm."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Flags, Joints, Wrench
from iatro_governor.governor.payload import Payload
from iatro_governor.governor.pushes import pushed
from iatro_governor.limits.payload import Held
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from test.governor.arms import JOINTS, SAID, arm, channel, data

BY = {"wrench": "wrist", "force": 20.0, "torque": 5.0, "source": SAID}
CELL = {"type": "flags", "topic": "cell", "names": ["loaded", "other"], "timeout_s": 0.2, "required": False}
SINKS, RISES = (-0.2, 0.0), (0.2, 0.0)
KG = 9.81


def carrying(folder, payload=3.0, tool="hand", limits=(), frame="hand") -> Governor:
    """An arm whose ``tool`` may carry ``payload`` kg, and which feels in ``frame`` who pushes it."""
    model = {"tool": tool, "payload": payload, "payload_source": SAID}
    given = data({"arm": channel("joint_velocity", "arm", pushed_by=BY)}, **model)
    given["sources"] |= {"cell": CELL, "wrist": given["sources"]["wrist"] | {"frame": frame}}
    given["limits"] += [{"channel": "arm", "source": SAID} | limit for limit in limits]
    return Governor(arm(folder, given))


def drives(governor: Governor, rates, force, torque=(0.0, 0.0, 0.0), payload=3.0) -> bool:
    """Whether a push of ``force`` and ``torque`` at the hand drives the arm, stretched out along x, by ``rates``."""
    group: Any = governor.groups[0]
    governor.handle(Joints(1.0, "joints", tuple(JOINTS), np.zeros(2), np.array(rates), None, 1.0))
    governor.handle(Wrench(1.0, "wrist", np.array(force), np.array(torque), 1.0))
    look = partial(group.look, 1.0)
    return pushed(group.member("arm"), group._senses, 1.0, look, Payload(payload))


@pytest.mark.parametrize(
    ("rates", "force", "push"),
    [
        (SINKS, (0.0, 0.0, -3 * KG), False),  # all of what it may carry
        (SINKS, (0.0, 0.0, -2.1 * KG), False),  # a part of it
        (SINKS, (0.0, 0.0, -3 * KG - 19.9), False),
        (SINKS, (0.0, 0.0, -3 * KG - 20.1), True),
        (RISES, (0.0, 0.0, 20.1), True),  # nothing that is carried lifts
        (RISES, (0.0, 0.0, -60.0), False),
        (SINKS, (0.0, 0.0, 60.0), False),
        (SINKS, (0.0, 25.0, -3 * KG), False),  # a push across, while the weight does the work
        (SINKS, (0.0, 25.0, -3 * KG - 1.0), True),  # and does a little of it
    ],
)
def test_a_push_is_one_whatever_is_in_the_hand(tmp_path, rates, force, push):
    governor = carrying(tmp_path)
    assert drives(governor, rates, force) is push
    bare = float(np.linalg.norm(force)) > 20.0 and force[2] * rates[0] > 0
    assert drives(governor, rates, force, payload=0.0) is bare


@pytest.mark.parametrize(("torque", "push"), [(0.0, False), (4.9, False), (5.1, True), (-5.1, False)])
def test_a_weight_turns_a_sensor_before_it_and_what_turns_it_more_is_a_push(tmp_path, torque, push):
    """The sensor is at the elbow, 0.2 m before the hand; positive torques about y let the arm sink."""
    governor = carrying(tmp_path, frame="lower")
    felt = (0.0, 0.2 * 3 * KG + torque, 0.0)
    assert drives(governor, SINKS, (0.0, 0.0, -3 * KG), felt) is push


ELBOW_SINKS = (0.0, -0.2)


@pytest.mark.parametrize(
    ("force", "torque", "push"),
    [
        ((0.0, 20.0, -KG), (0.0, 4.9, 0.0), False),  # with half of it in the hand just as much as is none
        ((0.0, 20.1, -KG), (0.0, 4.9, 0.0), True),
        ((20.1, 0.0, -KG), (0.0, 4.9, 0.0), True),
        ((0.0, 19.99, -2.1), (0.0, 4.9, 0.0), False),  # with a tenth of it, within half a newton
        ((0.0, 19.9, -KG), (4.0, 2.9, 0.0), False),  # no force of 20 N, and no torque of 5 Nm
        ((0.0, 19.9, -KG), (4.2, 2.9, 0.0), True),
        ((0.0, 19.9, -KG), (4.0, 2.9, 1.1), True),
    ],
)
def test_what_some_share_of_the_load_explains_is_no_push_though_it_turns_the_arm(
    tmp_path, force, torque, push
):
    """Up to 2 kg, which hang 0.2 m from the elbow: its weight takes 0.8 W from the work of a torque, and gives none."""
    governor = carrying(tmp_path, payload=2.0)
    assert drives(governor, ELBOW_SINKS, force, torque, payload=2.0) is push


def test_what_hangs_on_another_link_than_the_sensors_is_not_felt(tmp_path):
    assert drives(carrying(tmp_path, tool="upper"), SINKS, (0.0, 0.0, -3 * KG))
    assert not drives(carrying(tmp_path, tool=None), SINKS, (0.0, 0.0, -3 * KG))


LOAD = {"name": "load", "kind": "payload", "bounds": [2.0, 2.0], "rated": 8.0, "share": 0.5}
HELD = {"flags": "cell", "flag": "loaded"}


@pytest.mark.parametrize(
    ("told", "most"),
    [
        (None, 4.0),
        ({"loaded": True, "other": False}, 4.0),
        ({"loaded": False, "other": True}, 0.0),
    ],
)
def test_only_a_fresh_flag_says_that_the_hand_is_empty(tmp_path, told, most):
    governor = carrying(tmp_path, limits=[LOAD | {"mass": 4.0, "held": HELD}])
    payload, senses = Payload.of(governor.profile), governor.groups[0]._senses
    assert payload == Payload(4.0, (Held(**HELD),))
    if told is not None:
        governor.handle(Flags(1.0, "cell", told, 1.0))
    assert payload.most(senses, 1.0) == most and payload.most(senses, 1.21) == 4.0


@pytest.mark.parametrize(("one", "two", "most"), [(0, 0, 0.0), (1, 0, 4.0), (0, 1, 4.0), (1, 1, 4.0)])
def test_a_hand_is_empty_where_each_that_tells_of_it_says_so(tmp_path, one, two, most):
    told = [
        LOAD | {"name": flag, "mass": mass, "held": {"flags": "cell", "flag": flag}}
        for flag, mass in (("loaded", 4.0), ("other", 3.0))
    ]
    governor = carrying(tmp_path, limits=told)
    governor.handle(Flags(1.0, "cell", {"loaded": bool(one), "other": bool(two)}, 1.0))
    assert Payload.of(governor.profile).most(governor.groups[0]._senses, 1.0) == most


def test_the_most_that_the_model_or_a_limit_reckons_with_counts(tmp_path):
    assert Payload.of(carrying(tmp_path).profile) == Payload(3.0)
    assert Payload.of(carrying(tmp_path, payload=0.0).profile) == Payload(0.0)
    flagged = LOAD | {"mass": 3.0, "held": HELD}
    unflagged = LOAD | {"name": "other", "mass": 5.0}
    nobody = load_profile(shared("config/amr.yaml"))
    assert nobody.data.robot.model is None and Payload.of(nobody) == Payload(0.0)
    # One that nobody says the hand to be empty for is carried whatever another's flag says.
    assert Payload.of(carrying(tmp_path, limits=[flagged, unflagged]).profile) == Payload(5.0)


@pytest.mark.parametrize(
    ("payload", "felt", "empty", "latches"),
    [
        (3.0, 30.0, False, True),  # it sinks under its load
        (3.0, 60.0, False, False),  # somebody pushes it down as well
        (3.0, 30.0, True, False),  # there is no load, so somebody does
        (0.0, 30.0, False, False),  # nobody said that it may carry any
        (3.0, 0.0, False, True),
    ],
)
def test_an_arm_that_sinks_under_what_it_carries_disobeys(tmp_path, payload, felt, empty, latches):
    """It is told to stand, and goes down at 0.2 rad/s from the first second on."""
    held = [LOAD | {"mass": payload, "held": HELD}] if payload else []
    governor, q, causes = carrying(tmp_path, payload, limits=held), np.array([0.5, 0.5]), set()
    for k in range(300):
        t = round(k * 0.01, 6)
        v = np.array([-0.2 if t > 1.0 else 0.0, 0.0])
        cos, sin = np.cos(q.sum()), np.sin(q.sum())
        down = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]]) @ [0.0, 0.0, -felt]
        governor.handle(Joints(t, "joints", tuple(JOINTS), q, v, None, t))
        governor.handle(Wrench(t, "wrist", down, np.zeros(3), t))
        governor.handle(Flags(t, "cell", {"loaded": not empty, "other": False}, t))
        governor.handle(Command(t, "arm", (0.0, 0.0), t))
        causes |= {each.latch.cause for each in governor.tick(t) if each.latch}
        q = q + v * 0.01
    assert causes == ({"actuator_disobeys"} if latches else set())
