"""The simulated Panda under its shipped profile: trajectories and set-points, followed, stopped and kept off people."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Bodies, Body, Command, EStop, Knot
from iatro_governor.plant.arm_model import JOINTS, READY
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.arm_world import ArmWorld
from test.governor.arms import SAID
from test.governor.bench import Bench, panda

START = np.array(READY)
AWAY = np.array([0.6, 0.25, 0.0, 0.3, 0.0, 0.2, 0.4])


@pytest.fixture
def bench(tmp_path):
    """At rest in the ready posture, with nobody about."""
    bench = Bench(ArmPlant(ArmWorld("empty"), posture=READY), panda(tmp_path))
    bench.run(0.2)
    return bench


def trajectory(bench, way=AWAY, seconds=2.0, start=START, plan_id="p1"):
    """From rest to rest along a cubic in four pieces."""
    knots = []
    for s in np.linspace(0, 1, 5):
        place, pace = 3 * s**2 - 2 * s**3, (6 * s - 6 * s**2) / seconds
        positions, velocities = start + place * way, pace * way
        knots.append(Knot(float(s * seconds), tuple(positions.tolist()), tuple(velocities.tolist())))
    return Command(
        bench.t, "arm_trajectory", knots[-1].positions, bench.t, plan_id, None, JOINTS, tuple(knots)
    )


def send(bench, command):
    """Hand a command over now; what its own channel made of it."""
    decisions = bench.governor.handle(command)
    bench._obey(decisions)
    return next(decision for decision in decisions if decision.channel == command.channel)


def published(bench):
    """When trajectories went out, s."""
    return [d.t for d in bench.decisions if d.trajectory is not None]


def beside(bench, way=AWAY):
    """How far the joints are from the straight way, rad."""
    here = bench.plant.truth().position - START
    along = np.clip(here @ way / (way @ way), 0.0, 1.0)
    return float(np.abs(here - along * way).max())


def test_a_trajectory_is_followed_to_its_end(bench):
    assert send(bench, trajectory(bench)).action is Action.PASS
    for _ in range(9):
        bench.run(0.25)
        assert beside(bench) < 0.005
    assert bench.plant.truth().position == pytest.approx(START + AWAY, abs=0.002)
    assert len(published(bench)) == 1 and not any(d.faults for d in bench.decisions)
    fastest = max(abs(v) for d in bench.decisions if d.channel == "arm" for v in d.measured or ())
    assert 0.3 < fastest < 1.3


def test_one_that_is_too_fast_is_slowed_down_and_no_link_exceeds_its_bound(bench):
    decision = send(bench, trajectory(bench, seconds=0.7))
    assert decision.action is Action.SCALED and {"hand_speed", "trajectory_acceleration"} & {
        limit.name for limit in decision.limits
    }
    fastest = 0.0
    for _ in range(150):
        bench.run(0.02)
        fastest = max(fastest, bench.plant.truth().tool_speed)
    assert bench.plant.truth().position == pytest.approx(START + AWAY, abs=0.002)
    assert 0.3 < fastest <= 0.5 * 1.03 and beside(bench) < 0.005 and len(published(bench)) == 1


def test_one_into_the_table_is_refused(bench):
    down = np.array([0.0, 1.3, 0.0, -0.2, 0.0, 0.6, 0.0])
    decision = send(bench, trajectory(bench, down, 4.0))
    assert decision.action is Action.REFUSED and decision.limits[0].name in ("table", "table_fingers")
    detail = next(fault.detail for fault in decision.faults if fault.name == "trajectory_refused")
    assert "panda" in detail and " s" in detail
    bench.run(0.3)
    assert published(bench) == [] and bench.plant.truth().position == pytest.approx(START, abs=0.002)


def test_an_emergency_stop_ends_it_on_its_way_with_one_stop(bench):
    send(bench, trajectory(bench))
    bench.run(0.9)
    before = bench.plant.truth()
    assert np.abs(before.velocity).max() > 0.3
    bench.governor.handle(EStop(bench.t, True))
    bench.run(0.6)
    after = bench.plant.truth()
    assert len(published(bench)) == 2 and np.abs(after.velocity).max() < 0.01 and beside(bench) < 0.005
    assert np.abs(after.position - before.position).max() < 0.12
    bench.run(0.5, lambda t: [trajectory(bench, -AWAY / 4, 2.0, after.position, "p2")])
    assert bench.plant.truth().position == pytest.approx(after.position, abs=0.003)


def test_somebody_whose_head_comes_into_the_way_is_waited_for(bench):
    """Everything else is as when nobody comes: it would have got there."""
    send(bench, trajectory(bench))
    bench.run(0.6)
    tool = bench.plant.truth().tool
    head = Body("ann/head", np.add(tool, [-0.1, 0.42, 0.0]), np.zeros(3), "head")

    def told(t):
        return [Bodies(t, "people", "panda_link0", (head,), t)]

    bench.run(1.4, told)
    stopped = [d for d in bench.decisions if d.channel == "arm_trajectory" and d.action is Action.STOP]
    assert len(published(bench)) == 2 and "keep_from_trunk" in {limit.name for limit in stopped[0].limits}
    assert np.abs(bench.plant.truth().velocity).max() < 0.01 and beside(bench) < 0.006
    assert np.abs(bench.plant.truth().position - START - AWAY).max() > 0.1


def test_an_arm_that_is_held_fast_is_stopped_where_it_is(tmp_path):
    """By where its joints are: the wrist, which feels the jolt as well, is not asked here."""
    bench = Bench(
        ArmPlant(ArmWorld("empty"), posture=READY), panda(tmp_path, without=["touch", "wrist_contact"])
    )
    bench.run(0.2)
    send(bench, trajectory(bench))
    bench.run(0.5)
    model = bench.plant.model
    model.dof_damping[:7] = 1e5
    held = bench.plant.truth().position
    bench.run(1.0)
    faults = {fault.name for d in bench.decisions for fault in d.faults}
    assert "off_course" in faults and len(published(bench)) >= 2
    last = next(d.trajectory for d in reversed(bench.decisions) if d.trajectory is not None)
    assert np.array(last[-1].positions) == pytest.approx(held, abs=0.05)


def test_speeds_and_trajectories_take_turns(bench):
    send(bench, trajectory(bench))
    bench.run(0.4)
    speed = bench.command("arm", [0.2] * 7, "p2")
    assert send(bench, speed).action is Action.REFUSED
    bench.run(2.2)
    assert bench.plant.truth().position == pytest.approx(START + AWAY, abs=0.002)
    bench.run(0.3, lambda t: [bench.command("arm", [-0.2, 0, 0, 0, 0, 0, 0], "p3")])
    assert bench.plant.truth().velocity[0] < -0.1
    assert send(bench, trajectory(bench, plan_id="p4")).action is Action.REFUSED


def test_a_set_point_is_reached_and_held_through_a_stop_with_a_load_on_the_hand(tmp_path):
    """What is published is frozen, and the driver holds that: the arm does not sink to where it was measured."""
    base = panda(tmp_path).data.channels["arm"].model_dump(mode="json")
    place = base | {"type": "joint_position", "input": "arm/position_planner", "output": "arm/position"}
    bounds = {
        "name": "place_speed",
        "kind": "joint_velocity",
        "channel": "place",
        "bounds": [1.0] * 7,
        "source": SAID,
    }
    ends = {
        "name": "place_range",
        "kind": "joint_position",
        "channel": "place",
        "margin": 0.03,
        "source": SAID,
    }
    channels = {"arm": None, "arm_trajectory": None, "place": place}
    bench = Bench(
        ArmPlant(ArmWorld("empty"), posture=READY), panda(tmp_path, channels, limits=[bounds, ends])
    )
    bench.plant.data.xfrc_applied[bench.plant.data.body("hand").id, 2] = -10.0
    bench.run(0.4, lambda t: [bench.command("place", START + AWAY)])
    assert np.abs(bench.plant.truth().velocity).max() > 0.2
    bench.governor.handle(EStop(bench.t, True))
    bench.run(0.5)
    stopped, said = bench.plant.truth(), bench.last("place").allowed
    bench.run(0.5)
    after = bench.plant.truth()
    assert bench.last("place").allowed == said and np.abs(after.velocity).max() < 0.01
    assert stopped.tool[2] - after.tool[2] < 0.001
    assert after.position == pytest.approx(said, abs=0.02)
