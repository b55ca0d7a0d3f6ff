"""What is known of odometry, of what is seen by it, and of the age of measurements: by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.governor.events import Flags, MapPose
from iatro_governor.governor.senses import Senses
from test.governor.telling import UPRIGHT, T, joints, odom, refused, scan, senses

# Odometry.


def test_odometry_is_the_place_on_the_ground_and_the_twist_in_it():
    known = senses()
    half = math.atan2(0.6, 0.8) / 2
    known.odom(
        odom(twist=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), turn=[0.0, 0.0, math.sin(half), math.cos(half)], z=1.5)
    )
    latest = known.tracks["odom"].latest
    assert latest.pose == pytest.approx([1.0, 2.0, 2 * half]) and latest.twist.tolist() == [0.1, 0.2, 0.6]
    assert latest.height == 1.5 and latest.t == T
    assert known.track is known.tracks["odom"] and set(known.tracks) == {"odom", "wheels"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"x": math.nan}, "pose"),
        ({"x": 3e7}, "pose"),
        ({"twist": (0.0, 0.0, 0.0, 0.0, 0.0, 1.1e3)}, "twist"),
        ({"turn": [0.0, 0.0, 0.0, 1.06]}, "the orientation is no unit quaternion"),
        ({"turn": [0.66, 0.0, 0.0, 0.66]}, "the orientation is no unit quaternion"),
        ({"turn": [0.0, 0.0, 0.0, 0.0]}, "the orientation is no unit quaternion"),
    ],
)
def test_odometry_that_cannot_be_is_refused(change, why):
    known = senses()
    assert why in refused(known.odom, odom(**change)) and not known.tracks["odom"].known
    for turn in ([0.0, 0.0, 0.0, 1.04], [0.6, 0.0, 0.0, 0.8]):
        known.odom(odom(turn=turn))
    assert known.tracks["odom"].known


@pytest.mark.parametrize(("moved", "leaps"), [(0.25, False), (0.26, True), (-0.26, True)])
def test_odometry_that_leaps_is_told_and_counts_all_the_same(moved, leaps):
    """Nothing of what was seen moves with it: a metre ahead it stays a metre ahead."""
    known = senses()
    known.odom(odom(0.0))
    known.look(scan())
    known.map_pose(MapPose(T, "amcl", np.array([5.0, 0.0, 0.0, *UPRIGHT]), None, (0.1, 0.2), T))
    if leaps:
        assert "0.25 is allowed" in refused(known.odom, odom(moved, t=T + 0.1))
        assert known.surroundings.points3(("lidar",), np.zeros(3))[:, 0].max() == pytest.approx(
            moved + 2.0, abs=1e-6
        )
        assert known.localiser.fixes["amcl"].in_map(np.array([moved, 2.0, 0.0]))[0] == pytest.approx(5.0)
    else:
        known.odom(odom(moved, t=T + 0.1))
        assert known.localiser.fixes["amcl"].in_map(np.array([moved, 2.0, 0.0]))[0] == pytest.approx(
            5.0 + moved
        )
    assert known.tracks["odom"].latest.pose[0] == moved


def test_another_odometry_that_leaps_moves_nothing_that_was_seen():
    known = senses()
    known.odom(odom(0.0))
    known.odom(odom(0.0, source="wheels"))
    known.look(scan())
    refused(known.odom, odom(3.0, source="wheels", t=T + 0.1))
    assert known.surroundings.points3(("lidar",), np.zeros(3))[:, 0].max() == pytest.approx(2.0, abs=1e-6)


def test_a_base_in_the_air_leaps_upwards_too():
    for base, leaps in (("aerial", True), ("differential", False)):
        known = senses(base=base)
        known.odom(odom())
        if leaps:
            assert "0.30 m" in refused(known.odom, odom(z=0.3, t=T + 0.1))
        else:
            known.odom(odom(z=0.3, t=T + 0.1))


# What is seen.


def test_what_is_seen_before_the_first_odometry_waits_for_it():
    known = senses()
    known.look(scan())
    assert known.surroundings.newest("lidar") is None
    known.odom(odom(source="wheels"))
    assert known.surroundings.newest("lidar") is None
    known.odom(odom())
    placed = known.surroundings.newest("lidar")
    assert placed is not None and placed.pose == pytest.approx([1.0, 2.0, 0.0])
    known.look(scan(T + 0.1, 3.0))
    again = known.surroundings.newest("lidar")
    assert again is not None and again.sweep.t == pytest.approx(T + 0.1)
    known.odom(odom(1.1, t=T + 0.2))
    assert known.surroundings.newest("lidar") is again


def test_where_it_was_seen_from_is_remembered_for_five_seconds():
    """What was seen before that is placed by the oldest place that is known."""
    for newest, x in ((4.9, 0.0), (5.6, 0.2)):
        known = senses()
        for t, at in ((0.0, 0.0), (0.5, 0.2), (newest, 0.4)):
            known.odom(odom(at, t=t))
        known.look(scan(0.25))
        placed = known.surroundings.newest("lidar")
        assert placed is not None and placed.pose[0] == pytest.approx(x)


def test_what_no_odometry_moves_stands_at_its_origin():
    known = senses("lidar", moved_by=None)
    known.look(scan())
    placed = known.surroundings.newest("lidar")
    assert placed is not None and placed.pose.tolist() == [0.0, 0.0, 0.0] and known.track is None


# The map.


def test_a_pose_in_the_map_counts_where_an_odometry_moves_the_base():
    told = MapPose(T, "amcl", np.array([5.0, 0.0, 0.0, *UPRIGHT]), None, (0.1, 0.2), T)
    known = senses("odom", "amcl")
    known.map_pose(told)
    assert known.localiser.fixes == {}
    known.odom(odom())
    assert known.localiser.fixes["amcl"].odom == pytest.approx([4.0, -2.0, 0.0])
    still = senses("amcl", moved_by=None)
    still.map_pose(told)
    assert still.localiser.fixes == {}
    assert "sigma" in refused(known.map_pose, MapPose(T, "amcl", told.pose, None, None, T))


def test_an_older_pose_in_the_map_changes_nothing():
    known = senses("odom", "amcl")
    known.odom(odom())
    for x, t in ((5.0, T), (5.1, T - 0.2)):
        known.map_pose(MapPose(T, "amcl", np.array([x, 0.0, 0.0, *UPRIGHT]), None, (0.1, 0.2), t))
    assert known.localiser.fixes["amcl"].odom[0] == pytest.approx(4.0)


# Stamps.


def test_a_source_is_known_by_its_name_and_kind():
    known = senses("odom", "wheels", "joints")
    assert refused(known.odom, odom(source="joints")).endswith(
        "no odom source 'joints' in the profile; known: odom, wheels"
    )
    assert refused(known.set_flags, Flags(T, "x", {}, T)).endswith(
        "no flags source 'x' in the profile; known: none"
    )


@pytest.mark.parametrize("stamp", [T + 0.051, math.nan, math.inf, -math.inf])
def test_what_is_stamped_ahead_of_time_is_refused(stamp):
    known = senses()
    assert "s ahead of" in refused(known.odom, odom(t=stamp, at=T))
    known.odom(odom(t=T + 0.05, at=T))
    assert known.tracks["odom"].latest.t == T + 0.05


def test_stamps_are_in_order_within_two_milliseconds():
    known = senses("joints")
    known.joints(joints((0.1, 0.2), t=8.0, at=8.0))
    known.joints(joints((0.15, 0.2), t=8.0 - 0.0019, at=8.0))
    assert known.joint_tracks["joints"].latest.position[0] == 0.15
    known.joints(joints((0.11, 0.2), t=8.0 - 0.0021, at=8.0))
    assert known.joint_tracks["joints"].latest.position[0] == 0.15
    # The newest stamp stays the newest.
    known.joints(joints((0.12, 0.2), t=8.0 - 0.0019, at=8.0))
    assert known.joint_tracks["joints"].latest.position[0] == 0.12


def test_one_that_is_exactly_two_milliseconds_late_is_in_order():
    known = senses("joints")
    known.joints(joints((0.1, 0.2), t=0.002, at=8.0))
    known.joints(joints((0.15, 0.2), t=0.0, at=8.0))
    assert known.joint_tracks["joints"].latest.position[0] == 0.15


def test_the_fourth_late_one_within_ten_time_outs_is_a_fault():
    known = senses("joints")
    known.joints(joints())
    for _ in range(3):
        known.joints(joints(t=T - 0.125, at=T))
    assert "the last of them by 0.125 s" in refused(known.joints, joints(t=T - 0.125, at=T))


def test_how_long_a_contact_may_go_unfelt_is_known_of_what_feels_it():
    known = senses()
    assert set(known.silence.longest) == {"joints", "wrist"}
    known.joints(joints(t=T, at=T))
    assert known.silence.longest["joints"] == 0.0
    known.joints(joints(t=T + 0.25, at=T + 0.375))
    assert known.silence.longest["joints"] == 0.375


# Sources that must speak.


class Ladder:
    """Keeps what is held against whom."""

    def __init__(self):
        self.held: dict[tuple[str, str], bool] = {}
        self.words: dict[tuple[str, str], str] = {}

    def hold(self, fault, t, active, detail, name):
        self.held[fault, name], self.words[fault, name] = active, detail


def faults(known, t):
    ladder = Ladder()
    known.watch(t, ladder)
    return {key for key, active in ladder.held.items() if active}, ladder


def test_a_source_that_never_speaks_is_one_that_is_missing():
    known = senses("joints", "estop")
    assert known.unseen == ["joints", "estop"]
    assert faults(known, 3.0)[0] == set() and faults(known, 3.5)[0] == set()
    found, ladder = faults(known, 3.51)
    assert found == {("sensor_never_seen", "joints"), ("estop_never_seen", "estop")}
    assert ladder.words["sensor_never_seen", "joints"] == "joints has said nothing in 0.5 s"
    known.estop_seen("estop", 3.6)
    known.joints(joints(t=3.6))
    assert known.unseen == [] and faults(known, 3.7)[0] == set()


def test_a_source_that_spoke_too_long_ago_is_stale():
    known = senses("joints", "wrist")
    known.joints(joints(t=3.0))
    assert known.unseen == ["wrist"]
    for t, stale in ((3.0, False), (3.5, False), (3.5 + 2e-9, True), (9.0, True)):
        found, ladder = faults(known, t)
        assert (("sensor_stale", "joints") in found) is stale and ("sensor_stale", "wrist") not in found
    assert ladder.words["sensor_stale", "joints"] == "joints is older than 0.5 s"


def test_a_billionth_of_a_second_late_is_not_too_late():
    known = senses("joints")
    known.joints(joints(t=0.0))
    assert faults(known, 0.5 + 1e-9)[0] == set() and faults(known, 0.5 + 2e-9)[0] != set()


def test_without_joints_and_a_base_there_are_none():
    known = Senses({}, 5.0)
    assert known.joint_tracks == {} and known.tracks == {} and known.track is None


def test_a_source_that_need_not_speak_may_be_silent():
    known = senses("joints", required=False)
    assert known.unseen == [] and faults(known, 3.0)[0] == faults(known, 9.0)[0] == set()
