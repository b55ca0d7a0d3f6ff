"""What a decision is on record, and that the wire changes nothing about it that is told again by a replay."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.recorded import as_sent, decision_body, trajectory_body
from test.governor.arms import JOINTS
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr
from test.governor.test_trajectory_chart import AWAY, Robot, profile_of, sent, smooth

OFFSET = 1_700_000_000.0


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """Of an arm that follows a trajectory: the decision that published it, and the command that it was made on."""
    robot = Robot(profile_of(tmp_path_factory.mktemp("recorded")))
    found: list[Any] = []
    handle = robot.governor.handle

    def kept(event):
        decisions = handle(event)
        found.extend((d, event) for d in decisions if d.trajectory is not None)
        return decisions

    robot.governor.handle = kept  # type: ignore[method-assign]
    robot.go(0.1).go(0.1, sent(robot.t, smooth()))
    ((decision, command),) = found
    return decision, command


def body(decision, command=None, joints=()):
    return decision_body(decision, OFFSET, "ring", "1.2", "monotonic", command, joints)


def test_a_trajectory_is_on_record_as_it_was_asked_for_and_as_it_was_let_pass(decided):
    decision, command = decided
    made = body(decision, command, decision.joints)
    assert "trajectory" not in made and "trap" not in made and "stop" not in made
    for name in ("requested_trajectory", "allowed_trajectory"):
        assert made[name]["names"] == JOINTS
        last = made[name]["points"][-1]
        assert last["time"] == pytest.approx(1.6)
        assert last["positions"] == pytest.approx([0.3 + AWAY[0], -0.8 + AWAY[1]])
    assert made["t"] == decision.t + OFFSET and made["trigger"] == "command"
    json.dumps(made, allow_nan=False)


def test_where_nobody_asked_for_a_trajectory_there_is_no_key_for_one(tmp_path):
    drive = Drive(Governor(amr(tmp_path, BOX)), Hall(np.zeros((0, 3))))
    drive.run(0.5, (0.2, 0.0, 0.0))
    made = body(drive.last, Command(0.0, "base", (0.2, 0, 0, 0, 0, 0), 0.0))
    assert not {"requested_trajectory", "allowed_trajectory", "stop"} & set(made)
    drive.run(1.0, None)
    assert drive.last.stop is not None and body(drive.last)["stop"]["mode"] == drive.last.stop.mode


def test_what_no_number_can_be_is_said_in_words():
    made = trajectory_body(["a"], [Knot(math.nan, (math.inf,), (-math.inf,))])
    assert made["points"] == [
        {"time": "NaN", "positions": ["Infinity"], "velocities": ["-Infinity"], "accelerations": []}
    ]


def test_off_the_wire_times_are_whole_nanoseconds_and_all_else_is_the_same(decided):
    decision, command = decided
    made = body(decision, command, decision.joints)
    told = as_sent(made)
    assert as_sent(told) == told, "what was sent once is sent again unchanged"
    assert set(told) == set(made)
    for name in ("requested_trajectory", "allowed_trajectory"):
        for before, after in zip(made[name]["points"], told[name]["points"], strict=True):
            assert after["time"] == pytest.approx(before["time"], abs=1e-9)
            assert after["positions"] == before["positions"]
    assert told["t"] == pytest.approx(made["t"], abs=1e-9) and told["allowed"] == list(made["allowed"])


def test_what_has_no_trajectory_has_none_on_the_wire(decided):
    decision, command = decided
    made = body(decision, command, decision.joints)
    plain = {name: value for name, value in made.items() if not name.endswith("_trajectory")}
    assert as_sent(plain) == {name: value for name, value in as_sent(made).items() if name in plain}


def test_a_stamp_of_zero_is_none_on_the_wire(decided):
    made = body(*decided)
    assert (
        as_sent({**made, "stamp": 0.0})["stamp"] is None and as_sent({**made, "stamp": None})["stamp"] is None
    )
    # A nanosecond is told; what is less than half of one is nothing.
    assert (
        as_sent({**made, "stamp": 1e-9})["stamp"] == 1e-9
        and as_sent({**made, "stamp": 4e-10})["stamp"] is None
    )
    assert as_sent({**made, "stamp": 12.3456789012345})["stamp"] == pytest.approx(12.345678901, abs=1e-12)
    # Half of one is rounded to none.
    assert as_sent({**made, "stamp": 5e-10})["stamp"] is None


@pytest.mark.parametrize(
    ("stamp", "told"), [(12.5, OFFSET + 12.5), (None, None), (math.nan, None), (-math.inf, None)]
)
def test_a_stamp_is_on_record_by_the_clock_of_the_node_where_it_is_a_time(decided, stamp, told):
    decision = replace(decided[0], stamp=stamp)
    assert body(decision)["stamp"] == told


def test_what_was_measured_is_on_record_where_something_was(decided):
    assert body(replace(decided[0], measured=(0.25, -0.5)))["measured"] == [0.25, -0.5]
    assert body(replace(decided[0], measured=None))["measured"] is None


def test_a_point_has_accelerations_where_some_were_given(decided):
    """As offline lines tell it: they change the way between the points."""
    knots = (Knot(0.25, (0.1, 0.2)), Knot(0.75, (0.3, 0.4), (0.5, 0.6), (0.7, 0.8)))
    told = replace(decided[0], trajectory=knots).to_json()["trajectory"]
    assert told["names"] == JOINTS and told["points"] == [
        {"time": 0.25, "positions": [0.1, 0.2], "velocities": None},
        {"time": 0.75, "positions": [0.3, 0.4], "velocities": [0.5, 0.6], "accelerations": [0.7, 0.8]},
    ]
