"""Forward kinematics and Jacobians: by hand, by finite differences, and against Pinocchio."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import cross, posture
from iatro_governor.body.load import Options, load_text
from iatro_governor.body.singularity import jacobian_rate, singularity
from iatro_governor.errors import ModelError

from .conftest import TWO_LINKS

angle = st.floats(-3.0, 3.0)
seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def random_q(model, seed, shape=()):
    rng = np.random.default_rng(seed)
    low, high = np.maximum(model.lower, -np.pi), np.minimum(model.upper, np.pi)
    return rng.uniform(low, high, (*shape, len(low)))


def step(model, q, index, size=1e-6):
    delta = np.zeros(len(model.joints))
    delta[index] = size
    return posture(model, q + delta), posture(model, q - delta)


@given(a=angle, b=angle)
def test_two_links_by_hand(a, b, two_links):
    at = posture(two_links, np.array([a, b]))
    elbow, tip = np.array([np.cos(a), np.sin(a)]), np.array([np.cos(a + b), np.sin(a + b)]) * 0.8
    assert at.link("lower")[:2, 3] == pytest.approx(elbow, abs=1e-12)
    assert at.link("tip")[:2, 3] == pytest.approx(elbow + tip, abs=1e-12)
    assert at.link("tip")[:2, 0] == pytest.approx(tip / 0.8, abs=1e-12)
    x, y = elbow + tip
    expected = np.array([[-y, -tip[1]], [x, tip[0]], [0, 0], [0, 0], [0, 0], [1, 1]])
    assert at.frame_jacobian("tip") == pytest.approx(expected, abs=1e-12)
    ends = np.array([[*elbow, 0], [*(elbow + tip), 0]])
    found = at.capsules()[1]
    assert min(np.abs(found - ends).max(), np.abs(found - ends[::-1]).max()) < 1e-6


@some
@given(seed=seeds)
def test_links_are_where_pinocchio_has_them(seed, robot_file):
    pin = pytest.importorskip("pinocchio", reason="Pinocchio is the oracle (extra: arm)")
    model, path, hand = robot_file
    oracle = pin.buildModelFromUrdf(str(path))
    q = random_q(model, seed)
    data, full = oracle.createData(), full_q(pin, oracle, model, q)
    pin.framesForwardKinematics(oracle, data, full)
    for name, pose in zip(model.links, posture(model, q).links(), strict=True):
        assert pose == pytest.approx(data.oMf[oracle.getFrameId(name)].homogeneous, abs=1e-9), name
    pin.computeJointJacobians(oracle, data, full)
    frame = oracle.getFrameId(hand)
    whole = pin.getFrameJacobian(oracle, data, frame, pin.ReferenceFrame.LOCAL_WORLD_ALIGNED)
    columns = [oracle.joints[oracle.getJointId(name)].idx_v for name in model.joints]
    assert posture(model, q).frame_jacobian(hand) == pytest.approx(whole[:, columns], abs=1e-9)


def full_q(pin, oracle, model, q):
    """The oracle's configuration: ours, neutral elsewhere, and the Panda's second finger following its first."""
    full = pin.neutral(oracle)
    for name, value in zip(model.joints, q, strict=True):
        full[oracle.joints[oracle.getJointId(name)].idx_q] = value
    if "panda_finger_joint1" in model.joints:
        full[oracle.joints[oracle.getJointId("panda_finger_joint2")].idx_q] = q[-1]
    return full


@some
@given(seed=seeds)
def test_jacobians_are_derivatives(seed, robot):
    q = random_q(robot, seed)
    at, rng = posture(robot, q), np.random.default_rng(seed)
    bodies = np.arange(len(robot.parents))
    local = rng.uniform(-0.3, 0.3, (len(bodies), 3, 1))

    def points(posture):
        return (posture.bodies[:, :3, :3] @ local)[..., 0] + posture.bodies[:, :3, 3]

    jacobians = at.jacobians(bodies, points(at))
    directions = rng.normal(size=(len(bodies), 3))
    rows = at.rows(bodies, points(at), directions)
    for index in range(len(robot.joints)):
        after, before = step(robot, q, index)
        moved = (points(after) - points(before)) / 2e-6
        assert jacobians[:, :, index] == pytest.approx(moved, abs=1e-7)
        assert rows[:, index] == pytest.approx(np.einsum("pi,pi->p", directions, moved), abs=1e-6)


@some
@given(seed=seeds)
def test_a_batch_is_what_its_parts_are(seed, robot):
    q = random_q(robot, seed, (3, 2))
    many = posture(robot, q)
    velocity = np.random.default_rng(seed).normal(size=q.shape)
    ends, speeds = many.capsules(), many.capsule_speeds(velocity)
    hand = robot.links[-1]
    singular = singularity(many, hand, velocity, 0.5)
    for i in np.ndindex(3, 2):
        one = posture(robot, q[i])
        assert one.links() == pytest.approx(many.links()[i], abs=1e-12)
        assert one.capsules() == pytest.approx(ends[i], abs=1e-12)
        assert one.capsule_speeds(velocity[i]) == pytest.approx(speeds[i], abs=1e-12)
        assert one.frame_jacobian(hand) == pytest.approx(many.frame_jacobian(hand)[i], abs=1e-12)
        for part, whole in zip(singularity(one, hand, velocity[i], 0.5), singular, strict=True):
            assert part == pytest.approx(whole[i], rel=1e-6, abs=1e-9)


@some
@given(seed=seeds)
def test_no_point_of_a_capsule_is_faster_than_its_bound(seed, robot):
    rng = np.random.default_rng(seed)
    q = random_q(robot, seed)
    velocity = rng.normal(size=len(q))
    at, after = posture(robot, q), posture(robot, q + velocity * 1e-6)
    bound = at.capsule_speeds(velocity)
    share = rng.uniform(size=(len(bound), 50, 1))
    side = rng.normal(size=(len(bound), 50, 3))
    side *= robot.capsule_radius[:, None, None] / np.linalg.norm(side, axis=-1, keepdims=True)
    ends = robot.capsule_ends[:, None]
    local = ends[:, :, 0] + share * (ends[:, :, 1] - ends[:, :, 0]) + side
    speed = np.linalg.norm(world(after, local) - world(at, local), axis=-1) / 1e-6
    assert (speed.max(axis=1) <= bound + 1e-5).all()
    assert (
        bound <= speed.max(axis=1) * 1.5 + 0.35 * np.linalg.norm(velocity)
    ).all()  # and it is not just large


def world(at, local):
    frames = at.bodies[at.model.capsule_body]
    return local @ np.swapaxes(frames[:, :3, :3], -1, -2) + frames[:, None, :3, 3]


@some
@given(seed=seeds)
def test_the_singularity_trend_is_a_derivative(seed, robot_file):
    robot, _, hand = robot_file
    q = random_q(robot, seed)
    velocity = np.random.default_rng(seed).normal(size=len(q))
    h = 1e-6
    after, before = posture(robot, q + h * velocity), posture(robot, q - h * velocity)
    rate = (after.frame_jacobian(hand) - before.frame_jacobian(hand)) / (2 * h)
    assert jacobian_rate(posture(robot, q), hand, velocity) == pytest.approx(rate, abs=1e-6)
    least, condition, trend = singularity(posture(robot, q), hand, velocity, 0.5)
    values = np.linalg.svd(posture(robot, q).frame_jacobian(hand) * np.array([[1]] * 3 + [[0.5]] * 3))[1]
    assert least == pytest.approx(values[-1]) and condition == pytest.approx(values[0] / values[-1])
    if values[-2] - values[-1] > 1e-2 and values[-1] > 1e-3:
        ends = [singularity(p, hand, velocity, 0.5)[0] for p in (after, before)]
        assert trend == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-4)


def test_a_stretched_arm_is_singular(two_links):
    planar = posture(two_links, np.array([[0.3, 0.0], [0.3, 1.5]]))
    least, _, _ = singularity(planar, "tip", np.zeros((2, 2)), 1e-9)
    assert least[0] < 1e-6 < 0.1 < least[1]
    assert singularity(posture(two_links, np.array([0.3, 0.2])), "tip", np.array([0.0, -1.0]), 1e-9)[2] < 0


SLIDER = """<robot name="slider"><link name="a"/><link name="b"/><link name="c"/><link name="d"/>
  <joint name="lead" type="prismatic"><parent link="a"/><child link="b"/><axis xyz="0 2 0"/>
    <limit lower="-1" upper="1" velocity="1" effort="1"/></joint>
  <joint name="turn" type="continuous"><parent link="b"/><child link="c"/><origin rpy="0.3 0.2 0.1"/>
    <limit velocity="1" effort="1"/></joint>
  <joint name="follow" type="prismatic"><parent link="a"/><child link="d"/>
    <mimic joint="lead" multiplier="-2" offset="0.1"/><axis xyz="0 0 1"/>
    <limit lower="-3" upper="3" velocity="1" effort="1"/></joint></robot>"""


def test_a_joint_that_mimics_follows():
    model = load_text(SLIDER)
    assert model.joints == ("lead", "turn")
    at = posture(model, np.array([0.25, 1.0]))
    assert at.link("b")[:3, 3] == pytest.approx([0, 0.25, 0])
    assert at.link("d")[:3, 3] == pytest.approx([0, 0, -0.4])
    assert at.frame_jacobian("d")[:3] == pytest.approx(np.array([[0, 0], [0, 0], [-2, 0]]))
    held = posture(load_text(SLIDER, Options(locked={"lead": 0.5})), np.array([1.0]))
    assert held.link("b")[:3, 3] == pytest.approx([0, 0.5, 0])
    assert held.link("d")[:3, 3] == pytest.approx([0, 0, -0.9])


def test_a_locked_joint_is_as_if_it_stood_there():
    whole, part = (
        load_text(TWO_LINKS),
        load_text(TWO_LINKS, Options(joints=["elbow"], locked={"shoulder": 0.7})),
    )
    one, other = posture(whole, np.array([0.7, -0.4])), posture(part, np.array([-0.4]))
    for name in whole.links:
        assert one.link(name) == pytest.approx(other.link(name), abs=1e-12)
    assert one.capsules() == pytest.approx(other.capsules(), abs=1e-12)
    assert one.frame_jacobian("tip")[:, 1:] == pytest.approx(other.frame_jacobian("tip"), abs=1e-12)


def test_joint_states_are_put_in_order_or_refused(two_links):
    assert two_links.order(["x", "elbow", "shoulder"]).tolist() == [2, 1]
    with pytest.raises(ModelError, match="joint 'elbow' stands 0 times among shoulder, wrist"):
        two_links.order(["shoulder", "wrist"])
    with pytest.raises(ModelError, match="joint 'elbow' stands 2 times"):
        two_links.order(["shoulder", "elbow", "elbow"])


def test_a_q_of_the_wrong_size_is_refused(two_links):
    with pytest.raises(ValueError, match="2 joint positions are needed"):
        posture(two_links, np.zeros(3))
    with pytest.raises(ModelError, match="no link 'hand'; it has base, upper, lower, tip"):
        posture(two_links, np.zeros(2)).link("hand")


def test_what_limits_share_cannot_be_written_to(two_links):
    at = posture(two_links, np.zeros(2))
    for shared in (at.capsules(), *at.screws()):
        with pytest.raises(ValueError, match="read-only"):
            shared[0] = 1.0


def test_cross_is_numpys():
    a, b = np.random.default_rng(1).normal(size=(2, 4, 5, 3))
    assert cross(a[:, None], b) == pytest.approx(np.cross(a[:, None], b))
