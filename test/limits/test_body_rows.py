"""Rows of limits on links and joints: that they say what the limits' own distances and speeds do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from iatro_governor.body.kinematics import posture
from iatro_governor.governor import events
from iatro_governor.limits.body_rows import MOST
from iatro_governor.limits.rows import SPARE
from iatro_governor.limits.sensed import Cloud, Felt, People, Sensed
from test.governor.puppet import Puppet, projecting
from test.limits.bodies import NOBODY, NOTHING, body_situation
from test.limits.situations import make

STEP = 1e-5


def box(x, y, z=0.0, size=(0.4, 0.4, 0.4)):
    return {"box": {"size": list(size), "pose": [x, y, z, 0.0, 0.0, 0.0]}}


def at_rest(q, sensed=None):
    return body_situation(np.array(q, dtype=float), sensed=sensed, delay=0.0)


def moved(at, rates, seconds):
    """The same moment with its joints elsewhere."""
    q = at.soon_q + rates * seconds
    return replace(at, now=posture(at.model, q), soon_q=q, memo={})


def distance(limit, at):
    """Of what is nearest, m, as the limit measures it along a way that goes nowhere."""
    return limit.least_ahead(at.roll_out(np.zeros((1, len(at.anchor)))), at)


def falls(limit, at, u):
    """How fast the distance falls with ``u`` by the row that is bounded most, and by differences either way.

    None where the limit has no such row, or where two are bounded as much and fall otherwise: there it has a kink.
    """
    rows, clearance = limit.rows(at), limit.clearance(at)
    if rows is None or clearance is None or distance(limit, at) - clearance.required < SPARE:
        return None
    first = rows.matrix[rows.bounds <= rows.bounds.min() + 1e-3] @ u
    if np.ptp(first) > 1e-6:
        return None
    rates = at.drive.matrix @ u
    now, ahead, behind = (distance(limit, moved(at, rates, side * STEP)) for side in (0, 1, -1))
    return float(first[0]), (now - ahead) / STEP, (behind - now) / STEP


def agree(limit, situations, draw):
    """At least some of ``situations`` have a row, and those rows fall as the clearance does."""
    checked = 0
    for at in situations:
        for _ in range(3):
            if (found := falls(limit, at, draw())) is None:
                continue
            row, one, other = found
            if abs(one - other) < 1e-3:  # else a kink lies between
                assert row == pytest.approx((one + other) / 2, abs=2e-3)
                checked += 1
    return checked


def crowd(rng):
    people = People(
        rng.uniform(-1, 1, (2, 3)) * [1, 1, 0.3], np.zeros((2, 3)), 0.0, 0.1, ("a", "b"), (None, None)
    )
    points = Cloud(rng.uniform(-1, 1, (5, 3)) * [1, 1, 0.2], 0.01, np.zeros(2))
    return Sensed({"people": people}, dict(NOTHING.felt), {"camera": points})


KEEPERS = {
    "link_zone": {"volume": box(0.7, 0.5)},
    "workspace": {"volume": box(0, 0, size=(2.0, 1.6, 1.0))},
    "link_obstacle": {},
    "link_separation": {"human_speed": 0.1, "human_speed_source": "a test"},
}


@pytest.mark.parametrize("kind", KEEPERS)
def test_a_row_falls_as_the_clearance_does(kind):
    rng = np.random.default_rng(3)
    limit = make(kind, **KEEPERS[kind])
    some = (at_rest(rng.uniform(-2.5, 2.5, 2), crowd(rng)) for _ in range(150))
    assert agree(limit, some, lambda: rng.uniform(-1, 1, 2)) > 15


REST = {
    "panda.yaml": [0.0, 0.5, 0.0, -2.1, 0.0, 2.6, 0.785],
    "ur5.yaml": [0.0, -0.9, 1.5, -0.6, 1.0, 0.0],
    "tiago.yaml": [0.15, 1.5, -0.1, 0.0, 0.45, 0.0, 0.0, 0.0],
}


def puppet(folder, name):
    weights = {"arm": [1.0] * len(REST[name])} | ({"base": [1.0, 1.0, 0.5]} if name == "tiago.yaml" else {})
    return Puppet(projecting(folder, name, weights), np.array(REST[name]))


def situations_of(arm, rng, count):
    for _ in range(count):
        arm.q = arm.rest + rng.uniform(-0.2, 0.2, len(arm.q))
        arm.cycle += 1
        if "odom" in arm.governor.profile.data.sources:
            pose = np.array([1.34, 0.0, 0, 0, 0, 0, 1.0])
            arm.governor.handle(events.Odom(arm.t, "odom", pose, np.zeros(6), arm.t))
        arm.sense()
        at = arm.situation()
        yield replace(at, soon_q=at.now.q, memo={})


@pytest.mark.parametrize("name", REST)
def test_rows_of_shipped_robots_fall_as_the_clearances_do(tmp_path, name):
    """The base of a mobile one moves what is over ground, and nothing that is fixed to it."""
    rng = np.random.default_rng(11)
    arm = puppet(tmp_path, name)
    some = list(situations_of(arm, rng, 25))
    limits = [limit for limit in arm.group.limits if limit.view == "body" and limit.keeps]
    kinds = {
        limit.config.kind
        for limit in limits
        if limit.config.kind in ("link_zone", "workspace", "self_collision")
        and agree(limit, some, lambda: rng.uniform(-1, 1, len(some[0].anchor)) * 0.5)
    }
    assert {"link_zone", "self_collision"} <= kinds
    assert "workspace" in kinds or name == "panda.yaml"


# By hand.


def test_a_wall_may_be_closed_in_on_until_it_is_reached_in_the_way_of_the_stop():
    """The tip is 0.17 m off a wall at x = 1.21, and 0.02 is kept; turning the shoulder does not move it there."""
    at = at_rest([0.0, 0.0])
    rows = make("link_zone", volume=box(1.41, 0.0)).rows(at)
    assert rows is not None
    tip = np.argmin(rows.bounds)
    assert rows.bounds[tip] == pytest.approx((0.17 - 0.02 - SPARE) / 0.01)
    assert rows.matrix[tip] == pytest.approx([0.0, 0.0], abs=1e-9)
    turned = make("link_zone", volume=box(1.0, 0.35)).rows(at)
    assert turned is not None and turned.matrix[np.argmin(turned.bounds)] == pytest.approx(
        [1.0, 0.4], abs=1e-6
    )


def test_while_it_moves_half_of_its_stop_counts_as_well():
    """0.6 rad/s of a shoulder that brakes by 3 rad/s2: 0.2 s, so that what closes in goes on for 0.01 + 0.1 s."""
    still, moving = (body_situation(np.zeros(2), np.array([w, 0.0]), delay=0.0) for w in (0.0, 0.6))
    room = 0.35 - 0.2 - 0.04 - 0.02
    for at, seconds in ((still, 0.01), (moving, 0.11)):
        rows = make("link_zone", volume=box(1.0, 0.35)).rows(at)
        assert rows is not None and rows.bounds.min() == pytest.approx((room - SPARE) / seconds)


def test_a_link_along_a_wall_has_rows_for_both_its_ends():
    """Else the far end would be turned into it."""
    rows = make("link_zone", volume=box(0.5, 0.3, size=(3.0, 0.3, 1.0))).rows(at_rest([0.0, 0.0]))
    assert rows is not None
    reaches = {tuple(row.round(6)) for row in rows.matrix}
    assert {(0.6, 0.0), (1.0, 0.4)} <= reaches


def test_inside_the_margin_nothing_comes_nearer_and_leaving_is_free():
    rows = make("link_zone", volume=box(1.0, 0.24)).rows(at_rest([0.0, 0.0]))
    assert rows is not None and rows.bounds.min() == 0.0
    closest = rows.matrix[np.argmin(rows.bounds)]
    assert closest @ np.array([0.1, 0.0]) > 0 and closest @ np.array([-0.1, 0.0]) < 0


def test_what_stands_on_the_base_is_not_closed_in_on_by_driving(tmp_path):
    arm = puppet(tmp_path, "tiago.yaml")
    at = next(situations_of(arm, np.random.default_rng(0), 1))
    fixed, over_ground = arm.limit("reach").rows(at), arm.limit("cupboard").rows(at)
    assert fixed is not None and over_ground is not None
    assert fixed.matrix[:, :3] == pytest.approx(np.zeros((len(fixed.bounds), 3)), abs=1e-9)
    assert over_ground.matrix[:, 0] == pytest.approx(np.ones(len(over_ground.bounds)), abs=0.01)


def test_a_joint_goes_on_to_its_end_and_no_further():
    """1.0 less 0.02 of margin and 0.002 to spare, from 0.5; the stop of 1 rad/s at 4 rad/s2 takes 0.25 s."""
    at = body_situation(np.array([0.5, -0.99]), np.array([0.0, 1.0]), delay=0.0)
    rows = make("joint_position").rows(at)
    assert rows is not None
    assert rows.matrix.tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1]]
    assert rows.bounds == pytest.approx(np.array([0.478, 1.968, 1.478, 0.0]) / (0.01 + 0.125))


def test_people_walk_on_until_the_robot_rests():
    """Beside the tip, seen 0.1 s ago: at 0.2 m/s they are 0.022 m nearer by the end of the period."""
    people = People(np.array([[1.04, 0.35, 0.0]]), np.zeros((1, 3)), 0.1, 0.1, ("a",), (None,))
    at = at_rest([0.0, 0.0], Sensed({"people": people}, dict(NOTHING.felt)))
    rows = make("link_separation", human_speed=0.2, human_speed_source="a test").rows(at)
    away = np.hypot(0.04, 0.35) - 0.04 - 0.1
    assert rows is not None
    assert rows.bounds.min() == pytest.approx((away - 0.2 * 0.11 - 0.08 - SPARE) / 0.01)


def test_in_a_collision_only_what_pushes_on_is_cut():
    felt = Felt(np.array([-80.0, 0.0, 0.0]), np.zeros(3), "lower", 0.0)
    at = at_rest([0.3, 1.2], Sensed({"people": NOBODY}, {"wrist": felt}))
    limit = make("contact_force")
    rows = limit.rows(at)
    assert rows is not None and rows.matrix.shape == (1, 2)
    along = np.array([-rows.matrix[0, 1], rows.matrix[0, 0]])  # neither with it nor against it
    for u, pushes in ((rows.matrix[0], True), (-rows.matrix[0], False)):
        u = 0.05 * u / np.linalg.norm(u)
        assert (capped(limit, u, at).scale == 0.0) == pushes
    slowly = 0.02 * along / np.linalg.norm(along) + 1e-12 * -rows.matrix[0]
    assert capped(limit, slowly, at).scale == 1.0


def capped(limit, u, at):
    cap = limit.cap(u, at)
    assert cap is not None
    return cap


def test_joints_that_tell_no_efforts_have_no_way_to_leave_by():
    felt = make("contact_force", wrench=None, state="joints", report=[5.0, 5.0], stop=[9.0, 9.0])
    rows = felt.rows(at_rest([0.3, 1.2]))
    assert rows is not None
    for way in (*np.eye(2), *-np.eye(2)):
        assert (rows.matrix @ (1e-3 * way) > rows.bounds).any()


def test_however_many_points_are_seen_only_the_nearest_have_rows():
    rng = np.random.default_rng(2)
    points = rng.uniform(-1.0, 1.0, (6000, 3)) * [1.0, 1.0, 0.1] + [0.0, 0.0, 0.3]
    at = at_rest([0.3, 0.4], Sensed({}, {}, {"camera": Cloud(points, 0.01, np.array([3.0, 3.0]))}))
    limit = make("link_obstacle")
    rows = limit.rows(at)
    assert rows is not None and len(rows.bounds) == MOST
    nearest = limit.clearance(at)
    assert nearest is not None
    assert rows.bounds.min() == pytest.approx(
        max(nearest.now - nearest.required - SPARE, 0.0) / 0.01, abs=1e-6
    )


def test_within_the_planes_a_link_is_hardly_faster_than_its_bound(tmp_path):
    """Planes touch a ball at 26 points: a corner between them is 13 percent out; a wrist that spins adds to it."""
    arm = puppet(tmp_path, "panda.yaml")
    limit, rng = arm.limit("hand_speed"), np.random.default_rng(4)
    beyond = []
    for at in situations_of(arm, rng, 10):
        rows = limit.rows(at)
        assert rows is not None
        for speeds in rng.normal(size=(20, 7)):
            u = np.zeros(len(at.anchor))
            u[at.places["arm"]] = speeds
            u *= (rows.bounds / np.maximum(rows.matrix @ u, 1e-9)).min()
            beyond.append(capped(limit, u, at).requested / 0.5)
    assert min(beyond) > 0.9 and np.median(beyond) < 1.2 and np.percentile(beyond, 90) < 1.4


def test_a_stop_that_moves_joints_by_itself_is_never_cut():
    """Joints that no channel has go on by themselves: what is left for a command is never less than nothing."""
    at = at_rest([0.0, 0.0])
    drive = Drive(np.eye(2), np.array([0.0, 3.0]), np.array([3.0, 4.0]), None, 0)
    rows = make("joint_velocity").rows(replace(at, drive=drive, comfort=drive))
    assert rows is not None and rows.bounds.tolist() == [1.0, 0.0, 1.0, 4.0]
