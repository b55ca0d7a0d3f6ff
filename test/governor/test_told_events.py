"""Events that the core takes from its shell beside commands: numbers that go on, and garbled ones of every kind."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Bodies, Body, Joints, Malformed, Recover, Wrench
from iatro_governor.governor.lines import BadLine, parse
from iatro_governor.governor.offline import OfflineLoop
from test.governor.arms import JOINTS, SOURCES, arm, channel, data, limits_of
from test.governor.hall import Drive, Hall
from test.governor.profiles import amr
from test.governor.test_trajectory_chart import PEOPLE, WATCHED

NOWHERE = np.zeros((0, 3))


def faults(decision):
    return {fault.name for fault in decision.faults}


def people_arm(folder):
    """An arm with a wrist that keeps off people."""
    given = data({"way": channel("joint_velocity", "way")}, [*limits_of("way"), WATCHED])
    given["sources"] |= {"people": PEOPLE, "wrist": SOURCES["wrist"]}
    return Governor(arm(folder, given))


def told(governor, t):
    governor.handle(Joints(t, "joints", tuple(JOINTS), np.array([0.3, -0.8]), np.zeros(2), None, t))
    governor.handle(Wrench(t, "wrist", np.zeros(3), np.zeros(3), t))
    governor.handle(Bodies(t, "people", "base", (), t))


def test_decisions_are_numbered_on_from_where_the_record_ends_and_never_twice(tmp_path):
    governor = Governor(amr(tmp_path))
    assert governor.next_seq == 0
    governor.skip_to(40)
    assert governor.next_seq == 40 and governor.tick(0.0)[0].seq == 40
    governor.skip_to(7)
    assert governor.tick(0.01)[0].seq == 41 and governor.next_seq == 42


def test_publishers_that_cannot_be_read_are_a_fault_of_the_input(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(NOWHERE))
    drive.run(0.5, (0.2, 0.0, 0.0))
    assert drive.last.state is State.NOMINAL
    t = drive.k * drive.governor.period
    assert drive.governor.handle(Malformed(t, "publishers", None, "no list of nodes")) == []
    decision = drive.governor.tick(t)[0]
    assert decision.state is State.CONTROLLED_STOP
    assert [f.detail for f in decision.faults if f.name == "input_malformed"] == ["no list of nodes"]


def test_nobody_recovers_a_channel_that_is_none(tmp_path):
    with pytest.raises(EventError, match="no channel 'arm'; known: base"):
        Governor(amr(tmp_path)).recover(Recover(0.0, "arm", (0.0,) * 6, "amr-1-trap", 1, 0.0, "00"))


@pytest.mark.parametrize(
    ("position", "velocity", "effort"),
    [
        ([0.3], [0.0, 0.0], None),
        ([0.3, -0.8], [0.0], None),
        ([0.3, -0.8], [0.0, 0.0], [1.0]),
        ([0.3, -0.8, 0.0], [0.0, 0.0], None),
    ],
)
def test_joints_without_a_number_each_stop_the_arm(tmp_path, position, velocity, effort):
    governor = people_arm(tmp_path)
    told(governor, 0.0)
    given: Any = [None if values is None else np.array(values) for values in (position, velocity, effort)]
    with pytest.raises(EventError, match="2 names need as many positions and velocities"):
        governor.handle(Joints(0.01, "joints", tuple(JOINTS), given[0], given[1], given[2], 0.01))
    decision = governor.tick(0.01)[0]
    assert decision.state is State.CONTROLLED_STOP and "sensor_malformed" in faults(decision)


def test_two_people_of_one_name_are_garbled_and_stop_the_arm(tmp_path):
    governor = people_arm(tmp_path)
    told(governor, 0.0)
    ann = Body("ann", np.array([1.0, 0.0, 0.0]), np.zeros(3))
    with pytest.raises(EventError, match="two bodies have the same id"):
        governor.handle(Bodies(0.01, "people", "base", (ann, ann), 0.01))
    assert governor.tick(0.01)[0].state is State.CONTROLLED_STOP


def test_a_push_that_arrives_late_is_not_taken_for_the_newest(tmp_path):
    governor = people_arm(tmp_path)
    told(governor, 0.5)
    governor.handle(Wrench(0.51, "wrist", np.array([7.0, 0.0, 0.0]), np.zeros(3), 0.51))
    governor.handle(Wrench(0.52, "wrist", np.array([90.0, 0.0, 0.0]), np.zeros(3), 0.4))
    assert governor.senses.wrenches["wrist"].force[0] == 7.0


def test_empty_lines_are_no_lines_and_are_counted(tmp_path):
    """The number of a line is that of the file, so that what is told of it can be found there."""
    loop = OfflineLoop(Governor(amr(tmp_path)))
    rows = [json.loads(row) for row in loop.run(["", "   \n", "not json"])]
    assert [row["line"] for row in rows if row.get("type") == "malformed"] == [3] and loop.malformed == 1


@pytest.mark.parametrize("t", [10**400, -(10**400), 1e400, 2**1024])
def test_a_time_beyond_all_numbers_is_no_time(t):
    text = json.dumps({"t": t, "type": "tick"}) if isinstance(t, int) else '{"t": 1e400, "type": "tick"}'
    with pytest.raises(BadLine, match="'t' must be a number of seconds"):
        parse(text)


@pytest.mark.parametrize("huge", ["1" + "0" * 290, "1" + "0" * 309, "9" * 350])
def test_a_number_beyond_all_doubles_is_a_bad_line_and_no_crash(huge):
    """Python's own conversion of so long an integer fails in another way than one that is of the wrong type."""
    text = '{"t": 0.0, "type": "command", "channel": "base", "values": [' + huge + ", 0, 0, 0, 0, 0]}"
    try:
        line: Any = parse(text)
    except BadLine as error:
        assert error.of == "command" and error.subject == "base" and str(error)
    else:
        assert max(line.event().values) >= 1e290
