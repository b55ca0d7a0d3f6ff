"""Joint efforts: a stop is no zero effort, it brakes at once, and neither the hand nor its load sinks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body import dynamics
from iatro_governor.errors import MissingPart, ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.effort_chart import EffortChart
from iatro_governor.governor.events import EStop, Malformed
from iatro_governor.plant.arm_model import JOINTS as PANDA_JOINTS
from iatro_governor.plant.arm_model import ArmSpec
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.arm_world import ArmWorld, Thing
from test.governor.arms import JOINTS, LIFTING, SAID, arm, channel, data, decisions, faults, run
from test.governor.bench import Bench, panda

NAN = math.nan
DAMPING = np.array([5.0, 3.0])


def gravity(q):
    """By hand: 2 kg at 0.15 m, 1 kg at 0.3 m and another 0.1 m further."""
    lower = 9.81 * 0.1 * math.cos(q[0] + q[1])
    return np.array([9.81 * (2 * 0.15 + 0.3) * math.cos(q[0]) + lower, lower])


@pytest.fixture(scope="module", params=[False, True], ids=["bare", "compensated"])
def profile(request, tmp_path_factory):
    made = channel("joint_effort", gravity_compensated=request.param)
    return arm(tmp_path_factory.mktemp("effort"), data({"arm": made}))


def effort_chart(governor):
    """The only chart of efforts."""
    return next(m.chart for m in governor.groups[0].members if isinstance(m.chart, EffortChart))


def weight(profile, q):
    return 0.0 * gravity(q) if profile.data.channels["arm"].gravity_compensated else gravity(q)


def joints(t, q=(0.3, 0.4), v=(0.0, 0.0)):
    return {"t": t, "type": "joints", "names": JOINTS, "position": list(q), "velocity": list(v)}


def effort(t, values, **more):
    return {"t": t, "type": "command", "channel": "arm", "values": list(map(float, values)), **more}


@pytest.mark.parametrize("q", [(0.0, 0.0), (0.3, 0.4), (-1.0, 0.5)])
def test_without_a_command_the_arm_is_held(profile, q):
    rows, _ = run(profile, [joints(0.0, q), {"t": 0.05, "type": "tick"}])
    assert decisions(rows)[-1]["allowed"] == pytest.approx(weight(profile, q), abs=1e-9)


def test_it_is_not_held_before_it_is_seen(profile):
    rows, _ = run(profile, [effort(0.0, (1.0, 1.0)), {"t": 0.05, "type": "tick"}])
    assert decisions(rows) == []


def test_what_moves_is_damped(profile):
    rows, _ = run(profile, [joints(0.0, v=(0.4, -0.2)), {"t": 0.01, "type": "tick"}])
    expected = weight(profile, (0.3, 0.4)) - DAMPING * [0.4, -0.2]
    assert decisions(rows)[-1]["allowed"] == pytest.approx(expected, abs=1e-9)


def test_a_command_within_the_limits_passes(profile):
    asked = np.add(weight(profile, (0.3, 0.4)), [0.5, 0.2])
    rows, _ = run(profile, [joints(0.0), effort(0.0, asked), joints(0.1), {"t": 0.1, "type": "tick"}])
    last = decisions(rows)[-1]
    assert last["allowed"] == pytest.approx(asked, abs=1e-9) and last["action"] == "pass"


def test_a_command_that_is_too_strong_is_scaled_towards_holding_and_not_towards_nothing(profile):
    held = weight(profile, (0.3, 0.4))
    rows, _ = run(profile, [joints(0.0), effort(0.0, np.add(held, [60.0, 30.0])), joints(0.02)])
    last = decisions(rows)[-1]
    beyond = np.array(last["allowed"]) - held
    assert last["action"] == "scaled" and 0 < beyond[0] < 60 and beyond[1] == pytest.approx(beyond[0] / 2)


@pytest.mark.parametrize(
    "stop",
    [
        {"type": "estop", "pressed": True},
        {"type": "command", "channel": "arm", "values": [NAN, 0.0]},
        {"type": "command", "channel": "arm", "values": [1.0]},
        {"type": "command", "channel": "arm", "values": [1.0, 2.0, 3.0]},
        {"type": "command", "channel": "arm", "values": ["1", 0]},
        {"type": "command", "channel": "arm", "names": JOINTS, "points": []},
        {"type": "joints", "names": JOINTS, "position": [NAN, 0], "velocity": [0, 0]},
        {"type": "joints", "names": ["other"], "position": [0], "velocity": [0]},
    ],
    ids=str,
)
def test_any_fault_brakes_at_once_and_holds(profile, stop):
    asked = np.add(weight(profile, (0.3, 0.4)), [3.0, 1.0])
    driven = [e for k in range(10) for e in (joints(k / 100, v=(0.1, 0.1)), effort(k / 100, asked))]
    rows, _ = run(
        profile, [*driven, {"t": 0.1, **stop}, joints(0.1, v=(0.2, 0.1)), {"t": 0.1, "type": "tick"}]
    )
    last = decisions(rows)[-1]
    expected = weight(profile, (0.3, 0.4)) - DAMPING * [0.2, 0.1]
    assert last["state"] in ("CONTROLLED_STOP", "PROTECTIVE_STOP")
    assert last["allowed"] == pytest.approx(expected, abs=1e-9)


def test_joints_that_are_no_longer_told_still_hold_the_arm_where_it_was(profile):
    asked = np.add(weight(profile, (0.3, 0.4)), [1.0, 0.0])
    events = [joints(0.0), effort(0.0, asked), joints(0.1, (0.35, 0.4), (0.5, -0.5)), effort(0.1, asked)]
    rows, _ = run(profile, [*events, {"t": 2.0, "type": "tick"}])
    assert "sensor_stale" in faults(rows)
    assert decisions(rows)[-1]["allowed"] == pytest.approx(weight(profile, (0.35, 0.4)), abs=1e-4)


def test_an_old_velocity_is_damped_no_longer_than_it_lasts(profile):
    """What damping takes away is the momentum that was there, and no more."""
    rows, _ = run(profile, [joints(0.0, v=(0.4, -0.2)), {"t": 3.0, "type": "tick"}])
    torques = np.array([row["allowed"] for row in decisions(rows) if row["t"] > 0.005])
    impulse = (torques - weight(profile, (0.3, 0.4))).sum(axis=0) * 0.01
    chart = effort_chart(Governor(profile))
    momentum = chart._weight.inertia(np.array([0.3, 0.4])) @ [0.4, -0.2]
    assert impulse == pytest.approx(-momentum, rel=0.2, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(
    q=st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)),
    v=st.tuples(st.floats(-0.9, 0.9), st.floats(-1.2, 1.2)),
    asked=st.tuples(st.floats(-80, 80), st.floats(-80, 80)),
)
def test_no_scale_lets_go_of_the_weight(profile, q, v, asked):
    """The effort lies between the stop's and the one that was asked for, all joints by the same share."""
    rows, _ = run(profile, [joints(0.0, q, v), effort(0.0, asked)])
    stop = weight(profile, q) - DAMPING * v
    given_, wanted = np.array(decisions(rows)[0]["allowed"]) - stop, np.array(asked) - stop
    share = float(given_ @ wanted) / max(float(wanted @ wanted), 1e-12)
    assert -1e-6 <= share <= 1 + 1e-6 and given_ == pytest.approx(share * wanted, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(q=st.floats(-1.5, 1.5), v=st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)))
def test_the_way_to_rest_that_is_reckoned_with_covers_the_damped_motion(profile, q, v):
    """Integrated in small steps: in the norm of the damping no motion goes on further than its ramp."""
    chart = effort_chart(Governor(profile))
    inertia, velocity, way, dt = chart._weight.inertia(np.array([0.2, q])), np.array(v), np.zeros(2), 1e-3
    chart._inertia = inertia
    for _ in range(2000):
        velocity = velocity - dt * np.linalg.solve(inertia, DAMPING * velocity)
        way = way + dt * velocity
    rates, _ = chart._modes()
    reach = np.sqrt(DAMPING @ np.square(v)) / rates[0]
    assert math.sqrt(DAMPING @ np.square(way)) <= reach * 1.01 + 1e-9


def test_exact_zeros_rearm_only_where_the_driver_holds_the_arm(profile):
    events = [joints(0.0), effort(0.0, (0.0, 0.0))]
    rows, _ = run(profile, [*events, {"t": 0.4, "type": "tick"}])
    assert ("sensor_stale" in faults(rows)) and "command_stale" not in faults(rows)


# What cannot be held is refused.


def problems(folder, given, urdf=LIFTING):
    with pytest.raises(ProfileError) as caught:
        arm(folder, given, urdf)
    return caught.value.problems


def without_masses(*links):
    """The description, with no inertia of these links."""
    out = LIFTING
    for link in links:
        head, tail = out.split(f'<link name="{link}">')
        before, after = tail.split("</link>", 1)
        out = f'{head}<link name="{link}">{before.split("<inertial>")[0]}</link>{after}'
    return out


def test_a_robot_without_masses_is_refused(tmp_path):
    (problem,) = problems(tmp_path, data({"arm": channel("joint_effort")}), without_masses("upper", "lower"))
    assert problem.key == "channels.arm" and "no moving link has a mass" in problem.message


def test_a_joint_that_moves_no_mass_is_refused(tmp_path):
    (problem,) = problems(tmp_path, data({"arm": channel("joint_effort")}), without_masses("lower"))
    assert problem.given == "elbow" and "no mass" in problem.message


def test_without_pinocchio_it_is_refused(tmp_path, monkeypatch):
    def missing():
        raise MissingPart("Pinocchio is not installed")

    monkeypatch.setattr(dynamics, "_pinocchio", missing)
    (problem,) = problems(tmp_path, data({"arm": channel("joint_effort")}))
    assert "Pinocchio" in problem.message
    arm(tmp_path, data({"arm": channel("joint_velocity")}))


@pytest.mark.parametrize(
    "change",
    [{"damping": [5.0]}, {"damping": [5.0, 0.0]}, {"stiffness": [5.0, 5.0]}, {"stiffness_source": SAID}],
    ids=str,
)
def test_gains_that_do_not_fit_are_refused(tmp_path, change):
    assert problems(tmp_path, data({"arm": channel("joint_effort", **change)}))


# On the simulated arm.

BENT = (0.3, 0.2, -0.4, -1.6, 0.2, 1.9, 0.5)
DAMPS = [40.0, 50.0, 30.0, 30.0, 4.0, 4.0, 3.0]
HOLDS = [200.0, 300.0, 150.0, 150.0, 20.0, 20.0, 15.0]
PUSH = np.array([12.0, 10.0, 0.0, 8.0, 1.0, 1.0, 1.0])
CHANNEL = channel(
    "joint_effort",
    joints=list(PANDA_JOINTS),
    damping=DAMPS,
    stiffness=HOLDS,
    stiffness_source=SAID,
    stop_modes={mode: {"deceleration": [1.0] * 7, "source": SAID} for mode in ("controlled", "protective")},
)
ALONE = {"arm": None, "arm_trajectory": None}
BOUNDS = [
    {"name": "speed", "kind": "joint_velocity", "channel": "efforts", "bounds": [1.0] * 7, "source": SAID},
    {"name": "range", "kind": "joint_position", "channel": "efforts", "margin": 0.03, "source": SAID},
    {
        "name": "push",
        "kind": "joint_effort",
        "channel": "efforts",
        "bounds": [87.0] * 4 + [12.0] * 3,
        "source": SAID,
    },
]


@pytest.fixture(params=[False, True], ids=["bare", "compensated"])
def bench(request, tmp_path):
    """The arm under efforts alone, at rest."""
    made = CHANNEL | {"gravity_compensated": request.param}
    plant = ArmPlant(ArmWorld("empty"), posture=BENT, arm=ArmSpec(gravity_compensated=request.param))
    bench = Bench(plant, panda(tmp_path, ALONE | {"efforts": made}, limits=BOUNDS))
    bench.run(0.3)
    return bench


def pushing(bench):
    """Efforts that drive the hand, whatever it weighs."""
    chart = effort_chart(bench.governor)
    return lambda t: [bench.command("efforts", np.array(chart._base) + PUSH)]


def sunk(bench, seconds):
    """How far the hand came down once it had stopped, m, and how fast a joint is at last, rad/s."""
    bench.run(0.4)
    stopped = bench.plant.truth()
    bench.run(seconds)
    after = bench.plant.truth()
    return float(stopped.tool[2] - after.tool[2]), float(np.abs(after.velocity).max())


def test_it_stands_when_nobody_commands(bench):
    bench.run(0.7)  # its driver begins with no effort at all
    before = bench.plant.truth().tool
    bench.run(1.0)
    assert np.abs(bench.plant.truth().tool - before).max() < 0.002


def test_it_stands_when_nobody_tells_the_joints_any_more(bench):
    bench.run(0.7)
    before = bench.plant.truth().tool
    bench.blind = True
    bench.run(1.0)
    assert np.abs(bench.plant.truth().tool - before).max() < 0.005


@pytest.mark.parametrize("how", ["estop", "malformed"])
def test_a_stop_ends_at_rest_and_the_hand_stays(bench, how):
    bench.run(0.4, pushing(bench))
    assert np.abs(bench.plant.truth().velocity).max() > 0.2
    before = bench.plant.truth().tool
    if how == "estop":
        bench.governor.handle(EStop(bench.t, True))
    else:
        bench.governor.handle(Malformed(bench.t, "command", "efforts", "no command"))
    way, speed = sunk(bench, 0.8)
    assert way < 0.003 and speed < 0.02
    assert np.abs(bench.plant.truth().tool - before).max() < 0.05


def test_a_load_does_not_sink(tmp_path):
    """Half a kilogram that no model knows hangs on the hand; damping alone would let it down."""
    ways = {}
    for hold in (True, False):
        made = {key: CHANNEL[key] for key in CHANNEL if hold or not key.startswith("stiffness")}
        plant = ArmPlant(ArmWorld("empty"), posture=BENT, arm=ArmSpec(gravity_compensated=False))
        plant.data.xfrc_applied[plant.data.body("hand").id, 2] = -0.5 * 9.81
        bench = Bench(plant, panda(tmp_path, ALONE | {"efforts": made}, limits=BOUNDS))
        bench.run(0.1, pushing(bench))
        bench.governor.handle(EStop(bench.t, True))
        ways[hold] = sunk(bench, 1.0)[0]
    assert ways[True] < 0.005 < 0.02 < ways[False]


def test_no_joint_passes_its_bound_or_its_end(bench):
    strong = np.array([40.0, 0.0, 0.0, 40.0, 8.0, 0.0, 8.0])
    chart = effort_chart(bench.governor)
    fastest = 0.0
    for _ in range(25):
        bench.run(0.1, lambda t: [bench.command("efforts", np.array(chart._base) + 1.5 * strong)])
        fastest = max(fastest, float(np.abs(bench.plant.truth().velocity).max()))
        assert (bench.plant.truth().position < np.array(bench.plant.arm.upper) - 0.03).all()
    assert 0.4 < fastest < 1.0


def test_a_box_in_the_hand_is_held_through_a_stop(tmp_path):
    """Efforts and gripper together, one group."""
    made = CHANNEL | {"gravity_compensated": False}
    plant = ArmPlant(
        ArmWorld("box", things=(Thing("box", (0.3, 0.0, 0.5), (0.05, 0.05, 0.07), 0.4),)),
        posture=BENT,
        arm=ArmSpec(gravity_compensated=False),
    )
    plant.data.joint("box").qpos[:3] = plant.truth().tool
    bench = Bench(plant, panda(tmp_path, ALONE | {"efforts": made}, limits=BOUNDS))
    plant.model.opt.gravity[2] = -9.81
    plant.model.body_gravcomp[plant.data.body("box").id] = 1.0
    bench.run(0.8, lambda t: [bench.command("gripper", [0.0, 50.0])])
    plant.model.body_gravcomp[plant.data.body("box").id] = 0.0
    bench.run(0.3, pushing(bench))
    bench.governor.handle(EStop(bench.t, True))
    way, speed = sunk(bench, 0.6)
    assert plant.truth().held == {"box"} and way < 0.01 and speed < 0.05
