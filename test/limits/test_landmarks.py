"""What is out of reach, by hand: balls beside two links, and how far joints may move before that is looked at again."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.limits.landmarks import Landmarks, Reach
from iatro_governor.limits.survey import Pairs
from iatro_governor.profile.volumes import SphereFigure
from test.limits.bodies import two_links

LEVERS = np.array([[0.65, 1.04], [0.0, 0.44]])
BOTH, LOWER = np.array([0, 1]), np.array([1])
STILL = np.zeros(2)


def ball(x, y, radius=0.1):
    return SphereFigure(centre=(x, y, 0.0), radius=radius).volume()


NEAR, OTHER, FAR = ball(0.8, 0.6), ball(0.8, -1.2), ball(0.0, 5.0)
"""0.26 m and 0.86 m from the ball around the lower link, 0.24 m about x = 0.8; and out of everybody's reach."""


def at(*q):
    """The arm that lies along x where its joints are at 0."""
    return posture(two_links(), np.array(q, dtype=float))


def marks(*kept, volumes=(NEAR, FAR), margins=(0.05, 0.07)):
    return Landmarks(volumes, margins, kept or (LOWER, BOTH))


def far(landmarks, now, *joints, levers=LEVERS):
    """Which of the volumes are out of reach."""
    found = landmarks.out_of_reach(now, levers, np.array(joints))
    return {name for name, one in (("near", NEAR), ("other", OTHER), ("far", FAR)) if id(one) in found}


def test_what_no_capsule_comes_too_near_to_is_out_of_reach():
    """0.26 - 0.05 = 0.21 m of room; 1.04 m for each rad of the shoulder, and 0.44 m of the elbow."""
    assert far(marks(), at(0, 0), 0.2, 0.0) == {"near", "far"}
    assert far(marks(), at(0, 0), 0.21, 0.0) == {"far"}
    assert far(marks(), at(0, 0), 0.1, 0.24) == {"near", "far"} and far(marks(), at(0, 0), 0.1, 0.25) == {
        "far"
    }


def test_only_capsules_that_are_kept_out_count():
    assert far(marks(np.array([0]), BOTH), at(0, 0), 0.21, 0.0) == {"near", "far"}
    assert far(marks(BOTH, LOWER, margins=(0.2, 0.07)), at(0, 0), 0.06, 0.0) == {"far"}


def test_what_is_just_at_its_margin_is_in_reach():
    now = at(0, 0)
    margin = float(VolumeSet([NEAR]).bound(now.capsules(), now.model.capsule_radius)[1, 0])
    assert margin == pytest.approx(0.26)
    assert far(marks(margins=(margin, 0.07)), now, 0.0, 0.0) == {"far"}


def test_what_is_known_to_be_far_is_not_looked_at_again_before_the_joints_have_moved_enough(monkeypatch):
    looked, bound = [], VolumeSet.bound

    def counted(*args):
        looked.append(args)
        return bound(*args)

    monkeypatch.setattr(VolumeSet, "bound", counted)
    mine = marks()
    for q, joints in ((-0.05, 0.0), (0.05, 0.0), (-0.15, 0.08), (0.04, 0.1)):
        assert far(mine, at(q, 0), joints, 0.0) == {"near", "far"}
        assert len(looked) == 1
    assert far(mine, at(0.1, 0), 0.13, 0.0) == {"far"} and len(looked) == 2
    assert far(mine, at(0.3, 0), 0.0, 0.0) == {"far"} and len(looked) == 2


def test_the_least_room_of_what_was_far_decides():
    """0.21 m and 0.8 m; with the shoulder at 0.25 rad the first is near."""
    mine = marks(LOWER, LOWER, volumes=(OTHER, NEAR))
    assert far(mine, at(0, 0), 0.0, 0.0) == {"near", "other"}
    assert far(mine, at(0.25, 0), 0.05, 0.0) == {"other"}


def test_where_the_room_is_just_used_up_it_is_looked_at_again():
    now, unit = at(0, 0), np.array([[0.0, 1.0], [0.0, 0.0]])
    margin = float(VolumeSet([NEAR]).bound(now.capsules(), now.model.capsule_radius)[1, 0]) - 0.125
    mine = marks(margins=(margin, 0.07))
    room = margin + 0.125 - margin
    assert far(mine, now, 0.0, 0.0, levers=unit) == {"near", "far"}
    assert far(mine, now, room, 0.0, levers=unit) == {"far"}


def test_a_survey_is_of_what_was_not_out_of_reach_when_that_was_asked_last(monkeypatch):
    mine, paired, of = marks(), [], Pairs.of

    def counted(*args):
        paired.append(args)
        return of(*args)

    monkeypatch.setattr(Pairs, "of", counted)

    def surveyed():
        survey = mine.survey(at(0, 0))
        return [survey.place(one) is not None for one in (NEAR, FAR)]

    assert surveyed() == [True, True] == surveyed() and len(paired) == 1
    assert far(mine, at(0, 0), 0.0, 0.0) == {"near", "far"} and surveyed() == [False, False]
    assert far(mine, at(0, 0), 0.21, 0.0) == {"far"} and surveyed() == [True, False]
    assert surveyed() == [True, False] and len(paired) == 3


def reach(landmarks=None, swept=(0.05, 0.1)):
    ends = np.array([[0.3, -0.4], [-0.5, 0.1]])
    return Reach(
        at(0.2, -0.3),
        np.array([0.1, 0.2]),
        np.array(swept),
        LEVERS,
        0.7,
        landmarks,
        ends,
        np.array([0.3, 0.6]),
    )


def test_a_reach_by_hand():
    found = reach()
    assert found.capsules == pytest.approx([0.1 * 0.65, 0.1 * 1.04 + 0.2 * 0.44])
    assert found.swept_capsules == pytest.approx([0.05 * 0.65, 0.05 * 1.04 + 0.1 * 0.44])
    assert found.lowest == pytest.approx([0.1, -0.5]) and found.highest == pytest.approx([0.3, -0.1])
    assert found.fastest == [0.5, 0.4] and found.most == (0.3, 0.6) and found.seconds == 0.7
    assert not found.misses(FAR)


def test_a_reach_misses_the_landmarks_that_what_is_swept_cannot_come_to():
    assert reach(marks()).misses(FAR) and reach(marks(), (0.0, 0.0)).misses(NEAR)
    assert not reach(marks(), (0.3, 0.0)).misses(NEAR)
