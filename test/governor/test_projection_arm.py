"""The nearest admissible command of a body with links: along what is kept off, in place of standing before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.projection import HELD_S, Projector
from iatro_governor.limits.body_rows import hardest_braking
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.rows import Rows
from test.governor.nearer import keeps_what_it_must
from test.governor.puppet import PERIOD, Puppet, projecting
from test.governor.test_coupling import Tiago
from test.limits.bodies import body_situations, joint_rates
from test.limits.situations import make

BEFORE_THE_SHELF = [0.35, 0.28, 0.53, -2.35, -0.43, 2.66, 2.02]
OVER_THE_TABLE = {
    "panda.yaml": [0.0, 0.4, 0.0, -2.0, 0.0, 2.4, 0.785],
    "ur5.yaml": [0.0, -0.9, 1.5, -0.6, 1.0, 0.0],
}
SIMULATED = 1e-3
"""What stepping by periods may take of a margin, m."""
KEPT = [kind for kind, limit in KINDS.items() if limit.view == "body" and kind not in ("tip_over", "wrench")]


def equal(count):
    return {"arm": [1.0] * count}


def hand(arm, link="panda_hand"):
    return posture(arm.model, arm.q).link(link)[:3, 3]


def towards(arm, velocity, link="panda_hand"):
    """Joint velocities that move the hand by ``velocity`` (3,) m/s without turning it."""
    jacobian = posture(arm.model, arm.q).frame_jacobian(link)
    wanted = np.concatenate([velocity, np.zeros(3)])
    return jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + 1e-4 * np.eye(6), wanted)


# What it always is.


@st.composite
def some_limits(draw: st.DrawFn) -> list[Any]:
    return [make(kind) for kind in draw(st.lists(st.sampled_from(KEPT), max_size=5, unique=True))]


@settings(max_examples=120, deadline=None)
@given(at=body_situations(), command=joint_rates, limits=some_limits())
def test_what_comes_of_it_is_admissible_and_better_than_what_scaling_gives(at, command, limits):
    keeps_what_it_must(Projector(np.array([1.0, 0.4]), np.ones(2, dtype=bool)), at, command, limits)


@settings(max_examples=120, deadline=None)
@given(at=body_situations(), command=joint_rates, limits=some_limits(), kept=st.integers(0, 5))
def test_one_more_limit_never_brings_the_nearest_command_nearer(at, command, limits, kept):
    projector = Projector(np.array([1.0, 0.4]), np.ones(2, dtype=bool))
    rows = [
        [row for limit in some if (row := limit.rows(at)) is not None] for some in (limits[:kept], limits)
    ]
    fewer, every = (projector.nearest(command, some) for some in rows)
    # Rows that are opposed but for their last digits may leave the solver without an answer: then scaling has one.
    assume(fewer is not None)
    if every is None:
        every = within(command, rows[1])
    assert fewer is not None and every is not None
    assert projector.length(every - command) >= projector.length(fewer - command) - 1e-6
    for nearest in (fewer, every):
        assert nearest is not None
        assert projector.length(nearest) <= projector.length(command) * (1 + 1e-6)


def within(command, rows):
    """The largest part of a command that keeps the rows."""
    shares = [
        row.bounds[above] / (row.matrix @ command)[above]
        for row in rows
        if (above := row.matrix @ command > 0).any()
    ]
    return command * min(1.0, *(share.min() for share in shares))


def test_two_opposed_rows_leave_the_way_between_them():
    projector = Projector(np.ones(2), np.ones(2, dtype=bool))
    rows = [Rows(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.zeros(2))]
    assert projector.nearest(np.array([0.7, 1.7]), rows) == pytest.approx([0.0, 1.7], abs=1e-9)


# On a bench.


def test_along_a_shelf_it_slides_where_scaling_stands(tmp_path):
    """The hand is asked down and into the shelf, and comes down along it."""
    lowered = {}
    for resolution in ("scale", "project"):
        own = {"resolution": "scale", "allow_split": False} if resolution == "scale" else {}
        arm = Puppet(projecting(tmp_path, "panda.yaml", equal(7), **own), np.array(BEFORE_THE_SHELF))
        start = hand(arm)[2]
        for _ in range(180):
            arm.step(towards(arm, np.array([0.0, 0.12, -0.12])))
            arm.look()
        assert min(arm.least.values()) >= -SIMULATED
        assert not [d for d in arm.decisions if d.action is Action.UNREACHABLE or d.faults]
        assert (Action.PROJECTED in {d.action for d in arm.decisions}) == (resolution == "project")
        assert "shelf" in {limit.name for d in arm.decisions for limit in d.limits}
        lowered[resolution] = start - hand(arm)[2]
    assert lowered["project"] > lowered["scale"] + 0.04


@pytest.mark.parametrize(
    ("name", "share"), [("panda.yaml", 1.0), ("ur5.yaml", 1.0), ("panda.yaml", 0.0), ("ur5.yaml", 0.5)]
)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_no_link_is_ever_nearer_than_its_margin(tmp_path, name, share, seed):
    start = np.array(OVER_THE_TABLE[name])
    arm = Puppet(projecting(tmp_path, name, equal(len(start))), start, share)
    rng = np.random.default_rng(seed)
    wanted = np.zeros(len(start))
    for cycle in range(200):
        if cycle % 50 == 0:
            wanted = rng.uniform(-1.5, 1.5, len(start))
        arm.step(wanted)
        arm.look()
        assert (arm.q >= arm.model.lower).all() and (arm.q <= arm.model.upper).all()
    assert min(arm.least.values()) >= -SIMULATED
    assert not [d for d in arm.decisions if d.action is Action.UNREACHABLE or d.faults]
    assert np.isfinite([d.allowed for d in arm.decisions]).all()


def test_past_somebody_it_goes_on_where_scaling_waits(tmp_path):
    """A chest beside the way: the hand comes down, and no nearer to it."""
    lowered = {}
    for resolution in ("scale", "project"):
        own = {"resolution": "scale", "allow_split": False} if resolution == "scale" else {}
        start = np.array([0.0, -0.3, 0.0, -2.1, 0.0, 1.8, 0.785])
        arm = Puppet(projecting(tmp_path, "panda.yaml", equal(7), **own), start)
        arm.people = (events.Body("ann", np.array([0.62, 0.32, 0.45]), np.zeros(3), "chest"),)
        height, noise = hand(arm)[2], arm.limit("keep_from_trunk").config.noise
        for _ in range(110):
            arm.step(towards(arm, np.array([0.0, 0.12, -0.12])))
            arm.look()
        assert arm.least["keep_from_trunk"] >= -noise and min(arm.least.values()) >= -noise
        assert not [d for d in arm.decisions if d.action is Action.UNREACHABLE or d.faults]
        lowered[resolution] = height - hand(arm)[2]
    assert lowered["project"] > lowered["scale"] + 0.05


def test_a_joint_at_its_end_leaves_the_others_their_way(tmp_path):
    """The last one is asked beyond where it ends, and the first turns on."""
    start = np.array([0.0, -0.5, 0.0, -2.2, 0.0, 1.8, 2.75])
    arm = Puppet(projecting(tmp_path, "panda.yaml", equal(7)), start)
    for _ in range(100):
        arm.step(np.array([0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5]))
    room = arm.model.upper[6] - 0.03 - arm.q[6]
    assert 0.0 <= room < 0.01
    assert arm.decisions[-1].action is Action.PROJECTED
    assert arm.rates == pytest.approx([0.3, 0, 0, 0, 0, 0, 0], abs=0.01)


def test_a_solver_that_finds_no_optimum_leaves_scaling_for_a_while(tmp_path):
    arm = Puppet(projecting(tmp_path, "panda.yaml", equal(7)), np.array(OVER_THE_TABLE["panda.yaml"]))
    asked = np.array([1.4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    for _ in range(60):
        arm.step(asked)
    projector, fails = arm.group.admissible.projector, [True]
    solve = projector._solve

    def sometimes(*problem):
        return (np.zeros(7), 0.0, -1, {}) if fails.pop() else solve(*problem)

    projector._solve = sometimes
    arm.step(asked)
    projector._solve = solve
    for _ in range(60):
        arm.step(asked)
    before, *actions = [d.action for d in arm.decisions[59:]]
    assert before is Action.PROJECTED
    held = actions.index(Action.PROJECTED)
    assert set(actions[:held]) == {Action.SCALED} and set(actions[held:]) == {Action.PROJECTED}
    assert held * PERIOD == pytest.approx(HELD_S, abs=1.5 * PERIOD)


def test_while_another_channel_moves_all_are_scaled(tmp_path):
    """The width of a gripper is no speed, and the robot is decided as one."""
    arm = Puppet(projecting(tmp_path, "panda.yaml", equal(7)), np.array(OVER_THE_TABLE["panda.yaml"]))
    asked = np.array([1.4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    for cycle in range(70):
        if cycle >= 50:
            arm.governor.handle(events.Command(arm.t, "gripper", (0.08, 20.0), arm.t))
        arm.step(asked)
    actions = [decision.action for decision in arm.decisions]
    assert set(actions[20:50]) == {Action.PROJECTED} and set(actions[50:]) == {Action.SCALED}


def test_a_hand_before_a_cupboard_leaves_the_torso_its_way(tmp_path):
    """Base and arm are one: the base drives the hand towards the doors while the torso is to rise."""
    risen = {}
    posed = {"torso_lift_joint": 0.1, "arm_1_joint": 1.5, "arm_2_joint": -0.1, "arm_4_joint": 0.6}
    for resolution in ("scale", "project"):
        own = {"resolution": "scale", "allow_split": False} if resolution == "scale" else {}
        weights = {"base": [1.0, 1.0, 0.5], "arm": [1.0] * 8}
        tiago = Tiago(projecting(tmp_path, "tiago.yaml", weights, **own))
        tiago.pose = np.array([1.33, 0.0, 0.0])
        tiago.q = np.array([posed.get(name, 0.0) for name in tiago.names])
        group, least = tiago.governor.groups[0], []
        decisions = []
        for _ in range(15):
            decisions += tiago.run(10, base=[0.2, 0, 0, 0, 0, 0], arm=[0.03, 0, 0, 0, 0, 0, 0, 0])
            at = group._body.situation(tiago.t, group._outputs)
            kept = [limit.clearance(at) for limit in group.limits if limit.view == "body" and limit.keeps]
            least += [clearance.now - clearance.required for clearance in kept if clearance is not None]
        assert min(least) >= -SIMULATED
        assert (Action.PROJECTED in {d["base"].action for d in decisions}) == (resolution == "project")
        assert not [d for d in decisions if d["base"].action is Action.UNREACHABLE]
        risen[resolution] = tiago.q[tiago.own[0]] - 0.1
    assert risen["project"] > risen["scale"] + 0.01


def test_joints_that_nobody_moves_are_braked_by_nobody():
    """Of its head; what no stop brakes has an infinite deceleration, and times no lever that is no number."""
    tiago = Tiago()
    tiago.run(2)
    group = tiago.governor.groups[0]
    braking = hardest_braking(group._body.situation(tiago.t, group._outputs))
    assert np.isfinite(braking).all() and (braking > 0).any()


def fly(profile, start, command, cycles):
    """Where a body in the air is at last, (3,) m, and all decisions; it looks ahead all the while."""
    governor, place, speed = Governor(profile), np.array(start), np.zeros(3)
    decisions = []
    for cycle in range(cycles):
        t = cycle * PERIOD
        pose, twist = np.array([*place, 0, 0, 0, 1.0]), np.array([*speed, 0, 0, 0])
        governor.handle(events.Odom(t, "odom", pose, twist, t))
        decisions += governor.handle(events.Command(t, "base", command, t))
        speed = np.array(decisions[-1].allowed[:3])
        place = place + speed * PERIOD
    return place, decisions


def test_under_a_ceiling_it_flies_on_where_scaling_hovers(tmp_path):
    """The fence is 12 m high, and half a metre of it is kept."""
    gone = {}
    for resolution in ("scale", "project"):
        own = {"resolution": "scale", "allow_split": False} if resolution == "scale" else {}
        profile = projecting(tmp_path, "iris.yaml", {"base": [1.0, 1.0, 1.0, 0.5]}, **own)
        place, decisions = fly(profile, [0.0, 0.0, 11.0], (0.5, 0.0, 0.9, 0.0, 0.0, 0.0), 400)
        assert place[2] <= 11.5
        assert (Action.PROJECTED in {d.action for d in decisions}) == (resolution == "project")
        gone[resolution] = place[0]
    assert gone["project"] > gone["scale"] + 0.5
