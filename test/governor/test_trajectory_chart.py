"""Joint trajectories: vetted whole, executed under watch, and stopped once, along their own way."""

from __future__ import annotations

import copy
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.body.path import JointPath, JointState
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Knot
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.governor.trajectory import Shape, check_shape
from test.governor.arms import JOINTS, SAID, arm, channel, data, decisions, faults, limits_of

NAN = math.nan
START = np.array([0.3, -0.8])
AWAY = np.array([0.5, 0.4])
WAY, SPEED = "way", "speed"
LATE_S = 0.02
RATES = [
    {"name": f"way_{kind}", "kind": kind, "channel": WAY, "bounds": bounds, "source": SAID}
    for kind, bounds in (("joint_acceleration", [3.0, 3.0]), ("joint_deceleration", [3.0, 3.0]))
]
CEILING = {
    "name": "ceiling",
    "kind": "link_zone",
    "channel": WAY,
    "volume": {"box": {"size": [2.0, 2.0, 0.2], "pose": [0.0, 0.0, 0.35, 0.0, 0.0, 0.0]}},
    "margin": 0.01,
    "source": SAID,
}
SLOWLY = {"name": "hand_speed", "kind": "link_speed", "channel": WAY, "bound": 0.3, "source": SAID}
WATCHED = {
    "name": "people",
    "kind": "link_separation",
    "channel": WAY,
    "bodies": "people",
    "intrusion": 0.02,
    "uncertainty": 0.01,
    "robot_uncertainty": 0.01,
    "human_speed": 0.2,
    "human_speed_source": SAID,
    "noise": 0.01,
    "retreat_speed": 0.1,
    "source": SAID,
}
PEOPLE = {
    "type": "bodies",
    "topic": "people",
    "frame": "base",
    "timeout_s": 0.5,
    "radius": 0.05,
    "source": SAID,
}


def profile_of(folder, policy="refuse", limits=(), people=False, **changes):
    way = channel("joint_trajectory", WAY, policy=policy, **changes)
    channels = {WAY: way, SPEED: channel("joint_velocity", SPEED)}
    given_ = data(channels, [*limits_of(WAY), *limits_of(SPEED), *RATES, *limits])
    if people:
        given_["sources"] = copy.deepcopy(given_["sources"]) | {"people": PEOPLE}
    return arm(folder, given_)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return profile_of(tmp_path_factory.mktemp("plain"))


def smooth(way=AWAY, seconds=1.6, start=START, pieces=8):
    """Points with velocities along a quintic from rest to rest."""
    points = []
    for s in np.linspace(0, 1, pieces + 1):
        place = 10 * s**3 - 15 * s**4 + 6 * s**5
        pace = (30 * s**2 - 60 * s**3 + 30 * s**4) / seconds
        points.append({
            "time": float(s * seconds),
            "positions": (start + place * np.asarray(way)).tolist(),
            "velocities": (pace * np.asarray(way)).tolist(),
        })  # fmt: skip
    return points


def sent(t, points, names=JOINTS, **more):
    line = {"t": t, "type": "command", "channel": WAY, "names": list(names), "points": points}
    return line | {"plan_id": "p1"} | more


class Robot:
    """An arm whose controllers do what is published, a little late; a trajectory goes on by itself."""

    def __init__(self, profile, q=START):
        self.governor = Governor(profile)
        self.loop = OfflineLoop(self.governor)
        self.people = "people" in profile.data.sources
        self.q, self.v, self.t = np.array(q), np.zeros(2), 0.0
        self.paths, self.rows = [], []
        self.deaf = self.stuck = False
        self.push, self.beside = np.zeros(2), np.zeros(2)
        self.crowd = []

    def go(self, seconds, *events):
        """Let time pass after ``events``, which come now."""
        for step in range(round(seconds * 100)):
            lines = [{"t": self.t, "type": "joints", "names": JOINTS, "position": self.q.tolist(),
                      "velocity": self.v.tolist()}]  # fmt: skip
            if self.people:
                bodies = [{"id": "ann", "position": list(p), "velocity": [0, 0, 0]} for p in self.crowd]
                lines.append(
                    {"t": self.t, "type": "bodies", "source": "people", "frame": "base", "bodies": bodies}
                )
            for event in [*lines, *(events if step == 0 else ())]:
                self._feed(event)
            self._feed({"t": self.t + 0.005, "type": "sync", "id": 0})
            self.t = round(self.t + 0.01, 6)
            self._move()
        return self

    def _feed(self, event):
        rows = [json.loads(row) for row in self.loop.run([json.dumps(event)])]
        self.rows += rows
        for row in decisions(rows, WAY):
            if row["trajectory"] is not None and not self.deaf:
                assert row["trajectory"]["names"] == JOINTS
                shape = Shape(tuple(JOINTS), 10.0, 1e3, 10_000)
                points = [
                    Knot(p["time"], p["positions"], p["velocities"] or ())
                    for p in row["trajectory"]["points"]
                ]
                path = check_shape(JOINTS, points, shape, JointState(self.q, self.v))
                self.paths.append((row["t"] + LATE_S, path))

    def _move(self):
        before = self.q
        begun = [(began, path) for began, path in self.paths if began <= self.t]
        if begun and not self.stuck:
            began, path = begun[-1]
            self.q = path.positions(np.array(self.t - began)) + self.beside
        self.q = self.q + self.push
        self.v = (self.q - before) / 0.01

    @property
    def way(self):
        return decisions(self.rows, WAY)

    @property
    def published(self):
        """When something was published, and what."""
        return [(row["t"], row["trajectory"]["points"]) for row in self.way if row["trajectory"] is not None]


def between(robot, original):
    """How far the joints are from the way that was sent, rad."""
    shape = Shape(tuple(JOINTS), 10.0, 1e3, 10_000)
    knots = [Knot(p["time"], p["positions"], p.get("velocities") or ()) for p in original]
    path: JointPath = check_shape(JOINTS, knots, shape, JointState(START, np.zeros(2)))
    places = path.positions(np.linspace(0, path.duration, 4000))
    return float(np.abs(places - robot.q).max(axis=1).min())


def test_one_that_keeps_every_limit_passes_as_it_was_sent_and_is_published_once(plain):
    points = smooth()
    robot = Robot(plain).go(0.1).go(2.0, sent(0.1, points))
    assert [t for t, _ in robot.published] == [0.1]
    assert robot.published[0][1] == [{k: pytest.approx(v) for k, v in p.items()} for p in points]
    first = next(row for row in robot.way if row["t"] == 0.1 and row["requested"])
    assert first["action"] == "pass" and first["requested"] == points[-1]["positions"]
    assert faults(robot.rows) == set() and robot.q == pytest.approx(START + AWAY, abs=1e-6)
    assert robot.way[-1]["action"] == "hold" and robot.way[-1]["allowed"] == pytest.approx(START + AWAY)
    assert robot.way[-1]["requested"] is None
    assert {row["state"] for row in robot.way} == {"NOMINAL"}


def test_allowed_is_where_the_trajectory_stands(plain):
    robot = Robot(plain).go(0.1).go(2.0, sent(0.1, smooth()))
    for row in robot.way:
        if 0.15 < row["t"] < 1.6:
            s = (row["t"] - 0.1) / 1.6
            place = 10 * s**3 - 15 * s**4 + 6 * s**5
            assert row["allowed"] == pytest.approx(START + place * AWAY, abs=2e-3)
            assert row["requested"] == pytest.approx(START + AWAY) and row["plan_id"] == "p1"


def test_joints_in_another_order_come_out_in_the_channels(plain):
    points = [{k: v if k == "time" else v[::-1] for k, v in p.items()} for p in smooth()]
    robot = Robot(plain).go(0.1).go(2.0, sent(0.1, points, JOINTS[::-1]))
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6)
    assert next(r for r in robot.way if r["requested"])["requested"] == pytest.approx(START + AWAY)


def test_without_one_nothing_is_published_and_every_line_has_the_key(plain):
    robot = Robot(plain).go(0.3)
    assert robot.published == [] and all(row["trajectory"] is None for row in decisions(robot.rows))
    assert robot.way[-1]["allowed"] == pytest.approx(START)


def test_a_first_point_that_is_due_later_is_reached_from_here(plain):
    robot = Robot(plain).go(0.1)
    robot.go(1.5, sent(0.1, [{"time": 1.0, "positions": (START + 0.1).tolist(), "velocities": [0.0, 0.0]}]))
    assert robot.q == pytest.approx(START + 0.1, abs=1e-6) and len(robot.published[0][1]) == 1


# What is no trajectory, and what is refused.


def changed(at, **change):
    points = copy.deepcopy(smooth())
    points[at] = points[at] | change
    return points


@pytest.mark.parametrize(
    ("points", "names", "words"),
    [
        ([], JOINTS, ["0 points"]),
        (smooth(), JOINTS[:1], ["missing", "elbow"]),
        (smooth(), [*JOINTS, "other"], ["unknown", "other"]),
        (smooth(), [JOINTS[0], JOINTS[0]], ["elbow"]),
        (changed(2, positions=[0.3, NAN]), JOINTS, ["point 2", "elbow"]),
        (changed(2, positions=[0.3]), JOINTS, ["point 2", "1 positions"]),
        (changed(2, velocities=[0.3, math.inf]), JOINTS, ["point 2", "elbow"]),
        (changed(3, time=0.1), JOINTS, ["point 3", "rise"]),
        (changed(0, time=-0.1), JOINTS, ["point 0"]),
        (changed(-1, time=1e4), JOINTS, ["120"]),
        (changed(-1, velocities=[0.0, 0.3]), JOINTS, ["elbow", "rest"]),
        (changed(1, accelerations=[1.0]), JOINTS, ["point 1", "accelerations"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_trajectory_is_malformed_and_says_where(plain, points, names, words):
    robot = Robot(plain).go(0.1).go(0.1, sent(0.1, points, names))
    told = [
        fault["detail"]
        for row in robot.way
        for fault in row["faults"]
        if fault["name"] == "command_malformed"
    ]
    assert told and all(word in told[0] for word in words)
    assert next(row for row in robot.rows if row.get("type") == "malformed")["message"] == told[0]
    assert robot.published == [] and robot.way[-1]["state"] == "CONTROLLED_STOP"
    assert "refused" in {row["action"] for row in robot.way}


def test_values_are_no_trajectory_and_a_trajectory_is_no_values(plain):
    robot = Robot(plain).go(0.1)
    robot.go(0.1, {"t": 0.1, "type": "command", "channel": WAY, "values": [0.3, 0.2]})
    assert "command_malformed" in faults(robot.rows)
    robot = Robot(plain).go(0.1).go(0.1, sent(0.1, smooth()) | {"channel": SPEED})
    assert "command_malformed" in faults(robot.rows) and robot.published == []


def refusal(profile, points, *more):
    robot = Robot(profile).go(0.1).go(0.3, sent(0.1, points), *more)
    refused = [row for row in robot.way if row["action"] == "refused"]
    assert len(refused) == 1 and robot.published == []
    assert refused[0]["state"] == "NOMINAL" and refused[0]["requested"] == points[-1]["positions"]
    detail = next(f["detail"] for f in refused[0]["faults"] if f["name"] == "trajectory_refused")
    assert not any(row["faults"] for row in robot.way if row["t"] > 0.15)
    return refused[0]["limits"], detail


@pytest.mark.parametrize(
    ("points", "name", "joint", "unit"),
    [
        (smooth(way=[1.0, 0.0], seconds=1.8), "way_joint_velocity", "shoulder", "rad/s"),
        (smooth(way=[0.0, 1.6], seconds=1.95), "way_joint_velocity", "elbow", "rad/s"),
        (smooth(way=[0.5, 0.0], seconds=0.95), "way_joint_acceleration", "shoulder", "rad/s2"),
        (smooth(way=[1.69, 0.0], seconds=4.0), "way_joint_position", "shoulder", "rad"),
        (smooth(start=np.add(START, [0.0, 0.06])), "start_tolerance", "elbow", "rad"),
    ],
    ids=["fast", "fast elbow", "hard", "far", "elsewhere"],
)
def test_one_that_breaks_a_limit_is_refused_with_time_joint_and_numbers(plain, points, name, joint, unit):
    limits, detail = refusal(plain, points)
    report = limits[0]
    assert report["name"] == name and report["unit"] == unit and report["source"] == SAID
    assert abs(report["requested"]) > abs(report["allowed"]) and report["margin"] < 0
    assert joint in detail and " s" in detail


def test_between_its_points_it_is_looked_at_too(tmp_path, plain):
    """Both points are clear of a small thing, and the way between them leads through it."""
    middle = posture(plain.body, START + AWAY / 2).link("hand")[:3, 3].tolist()
    thing = {"box": {"size": [0.02, 0.02, 0.02], "pose": [*middle, 0.0, 0.0, 0.0]}}
    profile = profile_of(tmp_path, limits=[CEILING | {"name": "thing", "volume": thing}])
    limits, detail = refusal(profile, smooth(pieces=1))
    assert limits[0]["name"] == "thing" and limits[0]["unit"] == "m"
    assert limits[0]["allowed"] == pytest.approx(0.01) and limits[0]["margin"] < 0
    assert "lower" in detail and refusal(profile, smooth(pieces=40)) is not None


def test_a_link_that_is_too_fast_is_named(tmp_path):
    limits, detail = refusal(profile_of(tmp_path, limits=[SLOWLY]), smooth())
    assert limits[0]["name"] == "hand_speed" and limits[0]["requested"] > 0.3 == limits[0]["allowed"]
    assert "lower" in detail


def test_a_limit_of_another_channel_on_the_same_joints_counts(tmp_path):
    slow = {"name": "slow", "kind": "joint_velocity", "channel": SPEED, "bounds": [0.3, 0.3], "source": SAID}
    limits, _ = refusal(profile_of(tmp_path, limits=[slow]), smooth())
    assert limits[0]["name"] == "slow"


# What is made of one that offends.


def test_retimed_it_takes_the_same_way_more_slowly(tmp_path):
    profile = profile_of(tmp_path, "retime", [SLOWLY])
    points = smooth(seconds=0.7)
    robot = Robot(profile).go(0.1)
    body = profile.body
    robot.go(0.01, sent(0.1, points))
    fastest = 0.0
    for _ in range(300):
        robot.go(0.01)
        fastest = max(fastest, float(posture(body, robot.q).capsule_speeds(robot.v).max()))
        assert between(robot, points) < 1e-3
    first = next(row for row in robot.way if row["requested"])
    assert first["action"] == "scaled" and {r["name"] for r in first["limits"]} >= {"hand_speed"}
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6) and len(robot.published) == 1
    assert robot.published[0][1][-1]["time"] > 0.7
    assert 0.25 < fastest <= 0.3 * 1.02 and faults(robot.rows) == set()


def test_cut_it_rests_before_what_is_barred(tmp_path):
    profile = profile_of(tmp_path, "cut", [CEILING])
    points = smooth(way=[1.2, 1.0], seconds=3.0)
    robot = Robot(profile).go(0.1).go(3.5, sent(0.1, points))
    now = posture(profile.body, robot.q)
    highest = float((now.capsules()[..., 2] + now.model.capsule_radius[:, None]).max())
    assert 0.15 < highest <= 0.24 and between(robot, points) < 1e-3
    first = next(row for row in robot.way if row["requested"])
    assert first["action"] == "scaled" and first["limits"][0]["name"] == "ceiling"
    assert len(robot.published) == 1 and faults(robot.rows) == set()


# While it is executed.


def halfway(profile, *events, seconds=0.5):
    """In full motion when ``events`` come."""
    robot = Robot(profile).go(0.1).go(0.7, sent(0.1, smooth()))
    assert np.abs(robot.v).max() > 0.4
    return robot.go(seconds, *events)


@pytest.mark.parametrize(
    ("event", "hardest"),
    [
        ({"type": "estop", "pressed": True}, 8.0),
        ({"type": "command", "channel": WAY, "values": [1.0]}, 4.0),
        ({"type": "command", "channel": SPEED, "values": [NAN, 0.0]}, 4.0),
        ({"type": "joints", "names": JOINTS, "position": [NAN, 0.0], "velocity": [0.0, 0.0]}, 4.0),
    ],
    ids=lambda value: str(value)[:40],
)
def test_any_fault_replaces_it_by_one_stop_along_its_way(plain, event, hardest):
    robot = halfway(plain, {"t": 0.8, **event}, seconds=2.0)
    times = [t for t, _ in robot.published]
    assert len(times) == 2 and times[1] < 1.85 and np.abs(robot.v).max() < 1e-9
    assert between(robot, smooth()) < 1e-3
    stop = robot.published[1][1]
    assert stop[0]["time"] == 0.0 and stop[-1]["velocities"] == [0.0, 0.0]
    velocities = np.array([point["velocities"] for point in stop])
    braking = np.abs(np.diff(velocities, axis=0)) / np.diff([point["time"] for point in stop])[:, None]
    assert braking[:-1].max() < 1.15 * hardest
    assert all(row["allowed"] == pytest.approx(robot.q, abs=1e-6) for row in robot.way[-20:])
    assert any(row["action"] == "stop" for row in robot.way)


def test_a_trajectory_from_before_a_stop_is_dead(plain):
    robot = halfway(plain, {"t": 0.8, "type": "command", "channel": SPEED, "values": [NAN, 0.0]}, seconds=2.0)
    rested = robot.q.copy()
    robot.go(1.0)
    assert robot.q == pytest.approx(rested) and len(robot.published) == 2
    again = smooth(way=START + AWAY - rested, start=rested)
    robot.go(2.0, sent(robot.t, again, plan_id="p2"))
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6) and len(robot.published) == 3


def test_silence_is_no_fault_while_it_is_executed(plain):
    assert "command_stale" not in faults(halfway(plain, seconds=1.5).rows)


def test_a_stop_that_nobody_obeys_is_sent_again_and_again(plain):
    robot = Robot(plain).go(0.1).go(0.7, sent(0.1, smooth()))
    robot.deaf = True
    robot.push = np.array([0.002, 0.0])
    robot.paths = []
    robot.go(2.5, {"t": robot.t, "type": "estop", "pressed": True})
    times = [t for t, _ in robot.published[1:]]
    assert len(times) >= 3 and min(np.diff(times)) > 0.2


def test_joints_that_leave_it_are_stopped_where_they_are(plain):
    robot = Robot(plain).go(0.1).go(0.5, sent(0.1, smooth()))
    robot.stuck = True
    held = robot.q.copy()
    robot.go(1.5)
    detail = next(f["detail"] for row in robot.way for f in row["faults"] if f["name"] == "off_course")
    assert any(joint in detail for joint in JOINTS) and "0.1 is allowed" in detail
    assert len(robot.published) == 2 and robot.way[-1]["state"] == "CONTROLLED_STOP"
    assert np.array(robot.published[1][1][-1]["positions"]) == pytest.approx(held, abs=0.02)


def test_somebody_who_steps_in_stops_it_before_it_reaches_them(tmp_path):
    profile = profile_of(tmp_path, limits=[WATCHED], people=True)
    robot = Robot(profile).go(0.1).go(0.7, sent(0.1, smooth()))
    ahead = posture(profile.body, START + AWAY).link("hand")[:3, 3]
    robot.crowd = [np.add(ahead, [0.02, 0.0, 0.03])]
    robot.go(1.5)
    assert len(robot.published) == 2 and between(robot, smooth()) < 1e-3
    stopped = [row for row in robot.way if row["action"] == "stop"]
    assert (
        stopped and stopped[0]["state"] == "LIMITED" and "people" in {r["name"] for r in stopped[0]["limits"]}
    )
    now = posture(profile.body, robot.q)
    gap = np.linalg.norm(now.link("hand")[:3, 3] - robot.crowd[0]) - 0.05 - 0.03
    assert gap > 0.0 and np.abs(robot.v).max() < 1e-9
    assert "limit_unreachable" not in faults(robot.rows)


def test_somebody_in_the_way_from_the_start_is_told(tmp_path):
    profile = profile_of(tmp_path, limits=[WATCHED], people=True)
    robot = Robot(profile)
    robot.crowd = [posture(profile.body, START + AWAY).link("hand")[:3, 3]]
    robot.go(0.1).go(0.3, sent(0.1, smooth()))
    refused = [row for row in robot.way if row["action"] == "refused"]
    assert len(refused) == 1 and "people" in {report["name"] for report in refused[0]["limits"]}
    assert robot.published == []


# Several.


def test_another_one_may_take_its_place_from_where_it_is(plain):
    robot = Robot(plain).go(0.1).go(0.7, sent(0.1, smooth()))
    braked = [{"time": 0.4, "positions": (robot.q + robot.v * 0.2).tolist(), "velocities": [0.0, 0.0]}]
    robot.go(1.0, sent(0.8, braked, plan_id="p2"))
    assert len(robot.published) == 2 and faults(robot.rows) == set()
    assert robot.q == pytest.approx(braked[0]["positions"], abs=1e-6)


def test_one_that_begins_elsewhere_is_refused_and_the_first_goes_on(plain):
    robot = Robot(plain).go(0.1).go(0.7, sent(0.1, smooth()))
    robot.go(1.5, sent(0.8, smooth(way=[-0.1, 0.0]), plan_id="p2"))
    refused = [row for row in robot.way if row["action"] == "refused"]
    assert len(refused) == 1 and refused[0]["limits"][0]["name"] == "start_tolerance"
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6) and len(robot.published) == 1


def test_while_a_stop_goes_on_there_is_no_other(tmp_path):
    profile = profile_of(tmp_path, limits=[WATCHED], people=True)
    robot = Robot(profile).go(0.1).go(0.7, sent(0.1, smooth()))
    robot.crowd = [np.add(posture(profile.body, START + AWAY).link("hand")[:3, 3], [0.02, 0.0, 0.03])]
    for _ in range(60):
        robot.go(0.01)
        if len(robot.published) == 2:
            break
    braked = [{"time": 0.6, "positions": (robot.q - 0.1).tolist(), "velocities": [0.0, 0.0]}]
    robot.go(0.5, sent(robot.t, braked, plan_id="p2"))
    assert len(robot.published) == 2 and "trajectory_refused" in faults(robot.rows)


def test_joints_that_another_channel_moves_are_not_given_to_it(plain):
    robot = Robot(plain).go(0.1)
    moving = {"t": robot.t, "type": "command", "channel": SPEED, "values": [0.3, 0.0]}
    robot.go(0.05, moving).go(0.1, sent(robot.t, smooth()))
    assert "joints_taken" in faults(robot.rows) and robot.published == []


def test_speeds_are_refused_while_it_goes_on_and_zeros_are_welcome(plain):
    robot = Robot(plain).go(0.1).go(0.5, sent(0.1, smooth()))
    for k, speed in enumerate([0.0, 0.2, 0.0]):
        robot.go(
            0.1,
            {"t": robot.t, "type": "command", "channel": SPEED, "values": [speed, 0.0], "plan_id": str(k)},
        )
    robot.go(1.5)
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6) and len(robot.published) == 1
    assert all(row["allowed"] == [0.0, 0.0] for row in decisions(robot.rows, SPEED))
    assert sum(row["action"] == "refused" for row in decisions(robot.rows, SPEED)) == 1


def test_nothing_begins_before_every_source_has_spoken(tmp_path):
    robot = Robot(profile_of(tmp_path, limits=[WATCHED], people=True))
    robot.people = False
    robot.go(0.1).go(0.2, sent(0.1, smooth()))
    assert robot.published == [] and "refused" in {row["action"] for row in robot.way}


def test_the_same_events_give_the_same_bytes(plain):
    lines = []
    for k in range(80):
        t = k / 100
        lines.append(
            {"t": t, "type": "joints", "names": JOINTS, "position": START.tolist(), "velocity": [0, 0]}
        )
        lines += [sent(t, smooth(seconds=1.0 + k / 80))] if k % 20 == 3 else []
    text = [json.dumps(line) for line in lines]
    assert list(OfflineLoop(Governor(plain)).run(text)) == list(OfflineLoop(Governor(plain)).run(text))


numbers = st.floats(-3.0, 3.0)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    policy=st.sampled_from(["refuse", "retime", "cut"]),
    stop=st.floats(0.0, 2.0),
)
def test_whatever_is_sent_no_bound_is_broken_and_a_stop_ends_at_rest(tmp_path_factory, seed, policy, stop):
    profile = _drawn(policy, tmp_path_factory)
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(0.2, 0.9, rng.integers(1, 4)))
    ends = START + np.cumsum(rng.uniform(-0.7, 0.7, (len(times), 2)), axis=0)
    points = [{"time": 0.0, "positions": START.tolist(), "velocities": [0.0, 0.0]}]
    for t, end in zip(times, ends, strict=True):
        speed = rng.uniform(-0.5, 0.5, 2) * (t != times[-1])
        points.append({"time": float(t), "positions": end.tolist(), "velocities": speed.tolist()})
    robot = Robot(profile).go(0.1).go(0.01, sent(0.1, points))
    fastest = np.zeros(2)
    for step in range(100):
        robot.go(
            0.03, *([{"t": robot.t, "type": "estop", "pressed": True}] if step == int(stop * 33) else [])
        )
        fastest = np.maximum(fastest, np.abs(robot.v))
        now = posture(profile.body, robot.q)
        assert (now.capsules()[..., 2] + now.model.capsule_radius[:, None]).max() <= 0.24
    assert (fastest <= np.array([1.0, 1.5]) * 1.02).all() and (np.abs(robot.q) < 1.98 + 1e-6).all()
    assert np.abs(robot.v).max() < 1e-6 and len(robot.published) <= 2


DRAWN: dict = {}


def _drawn(policy, folders):
    if policy not in DRAWN:
        DRAWN[policy] = profile_of(folders.mktemp(policy), policy, [CEILING])
    return DRAWN[policy]
