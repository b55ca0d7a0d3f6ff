"""A gripper: its fingers are governed, its effort is never scaled, and no stop lets go."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.events import EStop, Malformed
from iatro_governor.plant.arm_model import READY
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.arm_world import ArmWorld, Block, Thing
from test.governor.arms import FINGERS, JOINTS, arm, channel, data, decisions, faults, run
from test.governor.bench import Bench, panda

NAN = math.nan
HOLD, MOST = 15.0, 40.0


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    channels = {"arm": channel("joint_velocity"), "hand": channel("gripper")}
    return arm(tmp_path_factory.mktemp("gripper"), data(channels))


def joints(t, width=0.08, speed=0.0, effort=0.0):
    return {
        "t": t,
        "type": "joints",
        "names": [*JOINTS, *FINGERS],
        "position": [0.5, 0.5, width / 2, width / 2],
        "velocity": [0.0, 0.0, speed / 2, speed / 2],
        "effort": [0.0, 0.0, effort, effort],
    }


def grip(t, width=0.03, effort=20.0, **more):
    return {"t": t, "type": "command", "channel": "hand", "values": [width, effort], **more}


def closing(seconds, width=0.03, effort=20.0, measured=0.08, start=0.0):
    """Joints and commands at 100 Hz; the fingers do not follow."""
    for k in range(round(seconds * 100)):
        t = round(start + k / 100, 3)
        yield from (joints(t, measured), grip(t, width, effort))


def test_the_width_goes_to_what_was_asked_and_passes(profile):
    rows, _ = run(profile, [*closing(1.0)])
    hand = decisions(rows, "hand")
    assert hand[-1]["allowed"] == pytest.approx([0.03, 20.0]) and hand[-1]["action"] == "pass"
    widths = [row["allowed"][0] for row in hand]
    assert widths == sorted(widths, reverse=True) and widths[0] > 0.07
    assert faults(rows) == set()


def test_its_fingers_slow_down_before_they_arrive(profile):
    rows, _ = run(profile, [*closing(1.0)])
    widths = np.array([row["allowed"][0] for row in decisions(rows, "hand")])
    speeds = np.abs(np.diff(np.unique(widths))) / 0.01
    assert speeds.max() < math.sqrt(2 * 0.5 * 0.05) and np.abs(np.diff(speeds)).max() < 1.1 * 0.5 * 0.01


@pytest.mark.parametrize(("asked", "allowed"), [(0.0, HOLD), (5.0, HOLD), (20.0, 20.0), (1e6, MOST)])
def test_the_effort_is_kept_between_holding_and_most_and_the_cut_is_told(profile, asked, allowed):
    rows, _ = run(profile, [*closing(0.6, effort=asked)])
    last = decisions(rows, "hand")[-1]
    assert last["allowed"][1] == allowed
    told = [limit for limit in last["limits"] if limit["name"] == "effort"]
    assert bool(told) == (asked != allowed) == (last["action"] == "scaled")
    if told:
        assert told[0]["requested"] == asked and told[0]["allowed"] == allowed and told[0]["unit"] == "N"


@pytest.mark.parametrize(("asked", "allowed"), [(-0.5, 0.0), (0.5, 0.08)])
def test_the_width_stays_within_what_the_gripper_can_do(profile, asked, allowed):
    rows, _ = run(profile, [*closing(1.5, asked, measured=0.04)])
    last = decisions(rows, "hand")[-1]
    assert last["allowed"][0] == allowed and [limit["name"] for limit in last["limits"]] == ["width"]


@pytest.mark.parametrize(
    "values", [[0.03], [], [0.03, 20.0, 1.0], [NAN, 20.0], [0.03, math.inf], [0.03, -1.0], [True, 20.0]]
)
def test_a_malformed_command_stops_the_fingers_and_holds(profile, values):
    events = [
        *closing(0.15),
        {**grip(0.15), "values": values},
        joints(0.15),
        joints(0.3),
        {"t": 0.5, "type": "tick"},
    ]
    rows, loop = run(profile, events)
    hand = decisions(rows, "hand")
    assert loop.malformed == 1 and "command_malformed" in faults(rows)
    assert 0.033 < hand[-1]["allowed"][0] < 0.06 and hand[-1]["allowed"][1] == HOLD
    assert hand[-1]["allowed"] == hand[-2]["allowed"]


def test_a_stop_holds_the_width_that_was_published_not_the_measured_one(profile):
    """The fingers lag behind: they are still wide open when the emergency stop is pressed."""
    events = [*closing(0.6), {"t": 0.6, "type": "estop", "pressed": True}]
    events += [joints(round(0.6 + k / 100, 2)) for k in range(50)]
    rows, _ = run(profile, events)
    last = decisions(rows, "hand")[-1]
    assert last["state"] == "PROTECTIVE_STOP" and last["allowed"] == [pytest.approx(0.03), HOLD]


def test_a_silent_planner_leaves_a_closed_gripper_as_it_is_and_stops_nobody(profile):
    rows, _ = run(profile, [*closing(1.0), *(joints(round(1 + k / 100, 2), 0.03) for k in range(200))])
    last = decisions(rows, "hand")[-1]
    assert (
        faults(rows) == set() and last["action"] == "hold" and last["allowed"] == [pytest.approx(0.03), 20.0]
    )


def test_a_planner_that_falls_silent_in_mid_course_stops_the_fingers(profile):
    rows, _ = run(profile, [*closing(0.1), *(joints(round(0.1 + k / 100, 2), 0.07) for k in range(100))])
    last = decisions(rows, "hand")[-1]
    assert (
        "command_stale" in faults(rows) and 0.031 < last["allowed"][0] < 0.06 and last["allowed"][1] == HOLD
    )


def test_the_arm_may_move_while_the_gripper_is_silent(profile):
    """What the fingers hold stays where it is; the width they were told is not an unfinished motion."""
    moving = [
        event
        for k in range(100)
        for t in [round(1 + k / 100, 2)]
        for event in (
            joints(t, 0.04),
            {"t": t, "type": "command", "channel": "arm", "values": [0.2, 0.0]},
        )
    ]
    rows, _ = run(profile, [*closing(1.0, 0.0, measured=0.04), *moving])
    assert faults(rows) == set()
    assert decisions(rows, "arm")[-1]["allowed"] == [pytest.approx(0.2), 0.0]
    assert decisions(rows, "hand")[-1]["allowed"] == [pytest.approx(0.0), 20.0]


def test_fingers_that_press_when_the_governor_starts_hold_something(profile):
    rows, _ = run(profile, [joints(0.0, 0.04, effort=-10.0), {"t": 0.1, "type": "tick"}])
    assert decisions(rows, "hand")[-1]["allowed"] == [0.0, HOLD]


@pytest.mark.parametrize(
    "seen", [(0.04, 0.0, -1.0), (0.04, 0.0, 20.0), (0.04, -0.05, -10.0), (0.08, 0.0, -35.0)], ids=str
)
def test_fingers_that_hold_nothing_stay_where_they_are_when_the_governor_starts(profile, seen):
    rows, _ = run(profile, [joints(0.0, *seen), {"t": 0.1, "type": "tick"}])
    assert decisions(rows, "hand")[-1]["allowed"] == [pytest.approx(seen[0]), HOLD]


def test_nothing_is_said_of_fingers_that_were_never_seen(profile):
    rows, _ = run(profile, [grip(0.0), grip(0.01)])
    assert decisions(rows, "hand") == []


@settings(max_examples=25, deadline=None)
@given(
    commands=st.lists(
        st.tuples(st.floats(-0.1, 0.2), st.floats(0.0, 200.0), st.booleans()), min_size=1, max_size=15
    )
)
def test_whatever_is_sent_the_effort_holds_and_the_width_is_possible(profile, commands):
    events = []
    for k, (width, effort, fine) in enumerate(commands):
        t = round(k * 0.05, 2)
        events += [joints(t, 0.05), grip(t, width if fine else NAN, effort)]
    rows, _ = run(profile, events)
    before = None
    for row in decisions(rows, "hand"):
        width, effort = row["allowed"]
        assert 0.0 <= width <= 0.08 and HOLD <= effort <= MOST
        assert before is None or abs(width - before[1]) <= 0.3 * (row["t"] - before[0])
        before = row["t"], width


BOX = Thing("box", (0.45, 0.0, 0.035), (0.05, 0.05, 0.07), 0.4)
TABLE = Block("table", (0.4, 0.0, -0.02), (0.8, 0.8, 0.04))
IN_HAND = Thing("box", (0.307, 0.0, 0.487), (0.05, 0.05, 0.07), 0.4)
"""Between the fingers of the arm in its ready posture."""


@pytest.fixture
def holding(tmp_path):
    """The arm with a box in its hand, in the air."""
    plant = ArmPlant(ArmWorld("box", things=(IN_HAND,)), posture=READY)
    place = plant.truth().tool
    joint = plant.data.joint("box")
    joint.qpos[:3] = place
    plant.model.opt.gravity[2] = 0.0
    bench = Bench(plant, panda(tmp_path))
    bench.run(0.8, lambda t: [bench.command("gripper", [0.0, 50.0])])
    plant.model.opt.gravity[2] = -9.81
    bench.run(0.3, lambda t: [bench.command("gripper", [0.0, 50.0])])
    assert plant.truth().held == {"box"}
    return bench


def swing(bench):
    """Carry it, at the arm's full pace."""
    return lambda t: [bench.command("arm", [0.9, 0.3, 0.0, 0.3, 0.0, 0.9, 0.9])]


def carried(bench, seconds=1.0):
    """Whether the box is still in the hand, where it was, after a while."""
    before = bench.plant.truth()
    bench.run(seconds)
    after = bench.plant.truth()
    slid = np.linalg.norm(after.things["box"] - after.tool) - np.linalg.norm(
        before.things["box"] - before.tool
    )
    return after.held == {"box"} and abs(slid) < 0.005 and bench.last("gripper").allowed[0] == 0.0


def test_a_silent_planner_drops_nothing(holding):
    holding.run(0.5, swing(holding))
    assert carried(holding)
    assert any(fault.name == "command_stale" for d in holding.decisions for fault in d.faults)


def test_an_emergency_stop_drops_nothing(holding):
    holding.run(0.5, swing(holding))
    holding.governor.handle(EStop(holding.t, True))
    assert carried(holding) and holding.last("gripper").allowed == (0.0, 20.0)


@pytest.mark.parametrize("which", ["arm", "gripper"])
def test_a_malformed_command_drops_nothing(holding, which):
    holding.run(0.5, swing(holding))
    holding.governor.handle(Malformed(holding.t, "command", which, "no command"))
    assert carried(holding) and holding.last("gripper").allowed == (0.0, 20.0)


def test_no_joint_states_drop_nothing(holding):
    holding.run(0.5, swing(holding))
    holding.blind = True
    assert carried(holding)


def test_a_governor_that_starts_anew_drops_nothing(holding, tmp_path):
    again = Bench(holding.plant, holding.governor.profile)
    assert carried(again)


def test_a_gripper_that_the_planner_opens_lets_go(holding):
    """The test could fail: what is held here falls when it is let go of."""
    holding.run(0.5, lambda t: [holding.command("gripper", [0.08, 50.0])])
    assert holding.plant.truth().held == frozenset()
