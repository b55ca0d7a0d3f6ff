"""Poses of a link: what is published moves as the limits allow, and a stop freezes it where it stops."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.body.rigid import Pose
from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.offline import OfflineLoop
from test.governor.arms import JOINTS, SAID, arm, channel, data, decisions, faults, limits_of, run

NAN = math.nan
START = np.array([0.3, -0.8])


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return arm(tmp_path_factory.mktemp("pose"), data({"hand": channel("pose")}))


def hand(profile, q):
    """Where the hand is, by forward kinematics."""
    return Pose.of(posture(profile.body, np.asarray(q)).link("hand"))


def beyond(shoulder, elbow):
    """The joints, turned further from where they start."""
    return START + np.array([shoulder, elbow])


def by_hand(q):
    """The same from the description: 0.3 m and 0.2 m in the plane x, z; turned about -y."""
    a, b = q[0], q[0] + q[1]
    return [0.3 * math.cos(a) + 0.2 * math.cos(b), 0.0, 0.3 * math.sin(a) + 0.2 * math.sin(b),
            0.0, -math.sin(b / 2), 0.0, math.cos(b / 2)]  # fmt: skip


def joints(t, q=START, v=(0.0, 0.0)):
    return {"t": t, "type": "joints", "names": JOINTS, "position": list(q), "velocity": list(v)}


def pose(t, values, **more):
    return {"t": t, "type": "command", "channel": "hand", "values": list(map(float, values)), **more}


class Robot:
    """Joints that follow the published pose closely, as whoever resolves poses is taken to do."""

    def __init__(self, profile, q=START):
        self.profile, self.q, self.v, self.t = profile, np.array(q), np.zeros(2), 0.0
        self.governor = Governor(profile)
        self.loop = OfflineLoop(self.governor)
        self.rows = []

    def go(self, seconds, values=None, **more):
        for _ in range(round(seconds * 100)):
            events = [joints(self.t, self.q, self.v)]
            if values is not None:
                events.append(pose(self.t, values, **more))
            for event in events:
                self.feed(event)
            self.t = round(self.t + 0.01, 6)
            self.feed({"t": self.t, "type": "sync", "id": 0})
            self._follow()
        return self

    def feed(self, event):
        self.rows += [json.loads(row) for row in self.loop.run([json.dumps(event)])]

    def _follow(self):
        said = decisions(self.rows)[-1]["allowed"]
        here = posture(self.profile.body, self.q)
        jacobian = here.frame_jacobian("hand")
        way = Pose.of(here.link("hand")).way_to(Pose.read(np.array(said)))
        turn = here.link("hand")[:3, :3]
        error = np.concatenate([turn @ way[:3], turn @ way[3:]])
        self.v = np.linalg.pinv(jacobian, 0.05) @ error / 0.03
        self.q = self.q + self.v * 0.01


def test_it_begins_where_the_link_is(profile):
    rows, _ = run(profile, [joints(0.0), {"t": 0.05, "type": "tick"}])
    assert decisions(rows)[-1]["allowed"] == pytest.approx(by_hand(START), abs=1e-9)
    assert run(profile, [pose(0.0, by_hand(START)), {"t": 0.05, "type": "tick"}])[0] == []


def streamed(seconds, values, start=0.0):
    for k in range(round(seconds * 100)):
        t = round(start + k / 100, 3)
        yield from (joints(t), pose(t, values))


def test_it_goes_to_the_commanded_pose_and_passes(profile):
    goal = by_hand(beyond(0.1, 0.1))
    rows, _ = run(profile, [*streamed(1.5, goal)])
    last = decisions(rows)[-1]
    assert last["allowed"] == pytest.approx(goal, abs=1e-9) and last["action"] == "pass"
    assert faults(rows) == set()


def test_the_way_is_one_screw_and_slows_down_before_its_end(profile):
    here, goal = hand(profile, START), hand(profile, beyond(0.3, -0.2))
    rows, _ = run(profile, [*streamed(2.0, goal.values())])
    way = here.way_to(goal)
    shares = []
    for row in {row["t"]: row for row in decisions(rows)}.values():
        part = here.way_to(Pose.read(np.array(row["allowed"])))
        share = float(part @ way) / float(way @ way)
        assert part == pytest.approx(share * way, abs=1e-9)
        shares.append(share)
    speeds = np.diff(shares) * np.linalg.norm(way[:3]) / 0.01
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)
    slowing = speeds[int(np.argmax(speeds)) :]
    assert 0.1 < speeds.max() and -np.diff(slowing).min() < 0.02


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_both_quaternions_of_a_turn_mean_the_same(profile, sign):
    values = np.array(by_hand(beyond(0.2, 0.0)))
    values[3:] *= sign
    rows, _ = run(profile, [*streamed(1.0, values)])
    last = decisions(rows)[-1]["allowed"]
    assert last == pytest.approx(by_hand(beyond(0.2, 0.0)), abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        {"values": [0.4, 0.0, 0.0]},
        {"values": [NAN, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]},
        {"values": [0.4, 0.0, 0.0, 0.0, 0.0, NAN, 1.0]},
        {"values": [0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]},
        {"values": [0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9]},
        {"values": [0.4, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]},
        {"values": [0.4, 0.0, math.inf, 0.0, 0.0, 0.0, 1.0]},
        {"values": [0.4, 0.0, 0.0, 0.0, 0.0, 0.0, True]},
        {"frame": "map"},
        {"values": None, "names": JOINTS, "points": []},
    ],
    ids=str,
)
def test_a_malformed_pose_freezes_the_setpoint(profile, change):
    goal = by_hand(beyond(0.5, 0.0))
    bad = {key: value for key, value in {**pose(0.3, goal), **change}.items() if value is not None}
    rows, loop = run(
        profile, [*streamed(0.3, goal), bad, joints(0.4), joints(0.6), {"t": 0.8, "type": "tick"}]
    )
    assert loop.malformed == 1 and "command_malformed" in faults(rows)
    last = decisions(rows)[-3:]
    assert last[0]["allowed"] == last[1]["allowed"] == last[2]["allowed"]
    moved = np.array(last[0]["allowed"]) - by_hand(START)
    assert 0.005 < np.abs(moved[:3]).max() < 0.15


def test_its_own_frame_is_welcome(profile):
    for frame in ("base", "/base", ""):
        rows, loop = run(profile, [joints(0.0), pose(0.0, by_hand(START), frame=frame)])
        assert loop.malformed == 0 and faults(rows) == set()


def test_a_stop_does_not_follow_a_link_that_sinks(profile):
    """The emergency stop is pressed, and a load pulls the link down: what is published stays where it was."""
    goal = by_hand(beyond(0.5, 0.0))
    sinking = [joints(round(0.3 + k / 100, 2), START - k * 0.002) for k in range(100)]
    rows, _ = run(profile, [*streamed(0.3, goal), {"t": 0.3, "type": "estop", "pressed": True}, *sinking])
    said = [row["allowed"] for row in decisions(rows) if row["t"] > 0.9]
    assert all(values == said[0] for values in said) and said[0][2] > by_hand(START)[2]


def test_a_setpoint_goes_no_further_ahead_of_a_link_that_is_held(profile):
    """What holds it may let go; and the way back is free."""
    here = hand(profile, START)
    rows, _ = run(profile, [*streamed(2.0, by_hand(beyond(0.9, 0.5))), *streamed(1.5, by_hand(START), 2.0)])
    ways = np.array([here.way_to(Pose.read(np.array(row["allowed"]))) for row in decisions(rows)])
    far, turned = np.linalg.norm(ways[:, :3], axis=1), np.linalg.norm(ways[:, 3:], axis=1)
    assert 0.05 < far.max() < 0.17 and 0.25 < turned.max() < 0.34
    assert far[-1] < 1e-6 and faults(rows) == {"not_followed"} and faults(rows[-300:]) == set()


def test_silence_in_mid_course_stops_and_silence_at_the_goal_does_not(profile):
    goal = by_hand(beyond(0.5, 0.0))
    rows, _ = run(profile, [*streamed(0.2, goal), *(joints(round(0.2 + k / 100, 2)) for k in range(80))])
    assert "command_stale" in faults(rows)
    near = by_hand(beyond(0.02, 0.0))
    rows, _ = run(profile, [*streamed(1.0, near), *(joints(round(1 + k / 100, 2)) for k in range(80))])
    assert faults(rows) == set() and decisions(rows)[-1]["allowed"] == pytest.approx(near, abs=1e-9)


def test_no_point_of_the_arm_is_faster_than_its_bound(profile):
    robot = Robot(profile).go(0.1).go(1.0, by_hand(beyond(1.0, 0.6)))
    fastest, q = 0.0, None
    for row in decisions(robot.rows):
        here = np.array(row["allowed"])[:3]
        if q is not None and row["t"] > q[0]:
            fastest = max(fastest, float(np.linalg.norm(here - q[1])) / (row["t"] - q[0]))
        q = (row["t"], here) if q is None or row["t"] > q[0] else q
    assert 0.15 < fastest < 0.27
    assert np.abs(np.array(decisions(robot.rows)[-1]["allowed"]) - by_hand(START)).max() > 0.1


def test_no_link_enters_a_volume_that_the_pose_would_lead_into(tmp_path):
    ceiling = {
        "name": "ceiling",
        "kind": "link_zone",
        "channel": "hand",
        "volume": {"box": {"size": [2.0, 2.0, 0.2], "pose": [0.0, 0.0, 0.35, 0.0, 0.0, 0.0]}},
        "margin": 0.01,
        "source": SAID,
    }
    profile = arm(tmp_path, data({"hand": channel("pose")}, [*limits_of("hand", "pose"), ceiling]))
    robot = Robot(profile).go(0.1)
    highest = 0.0
    for _ in range(25):
        robot.go(0.1, by_hand(beyond(1.0, 0.6)))
        assert profile.body is not None
        now = posture(profile.body, robot.q)
        highest = max(highest, float((now.capsules()[..., 2] + now.model.capsule_radius[:, None]).max()))
    assert 0.2 < highest < 0.241
    assert "ceiling" in {limit["name"] for limit in decisions(robot.rows)[-1]["limits"]}


@settings(max_examples=15, deadline=None)
@given(
    ways=st.lists(
        st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.booleans()), min_size=1, max_size=8
    )
)
def test_whatever_is_sent_a_pose_comes_out_that_moves_no_faster_than_allowed(profile, ways):
    events = []
    for k, (a, b, fine) in enumerate(ways):
        t = round(k * 0.05, 2)
        values = by_hand((a, b))
        events += [joints(t), pose(t, values if fine else [NAN] * 7)]
    rows, _ = run(profile, events)
    before = None
    for row in decisions(rows):
        values = np.array(row["allowed"])
        assert np.linalg.norm(values[3:]) == pytest.approx(1.0, abs=1e-9)
        if (
            before is not None
        ):  # this arm cannot go every way: what it cannot, its bound on speed does not see
            assert np.linalg.norm(values[:3] - before[1][:3]) <= 0.5 * (row["t"] - before[0]) + 1e-9
        before = (row["t"], values)


def test_a_link_that_no_joint_moves_is_refused(tmp_path):
    with pytest.raises(ProfileError) as caught:
        arm(tmp_path, data({"hand": channel("pose", link="base")}))
    (problem,) = caught.value.problems
    assert problem.key == "channels.hand.link" and problem.given == "base"
