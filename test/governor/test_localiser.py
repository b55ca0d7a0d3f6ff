"""Where localisers say that the base is: what is refused, and what is held against odometry, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.track import OdomSample, Track
from iatro_governor.errors import EventError
from iatro_governor.governor.events import MapPose
from iatro_governor.governor.localiser import Localiser, check
from iatro_governor.profile.sources import MapPoseSource

SOURCE = MapPoseSource.model_validate(
    {
        "type": "map_pose",
        "topic": "pose",
        "timeout_s": 1.0,
        "sigmas": 3.0,
        "source": "a test",
        "max_jump": 0.25,
    }
)


def told(x=5.0, y=1.0, yaw=0.0, t=2.0, sigma=(0.1, 0.2), covariance=None, turn=None):
    heading = [0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)] if turn is None else turn
    return MapPose(t, "amcl", np.array([x, y, 0.0, *heading]), covariance, sigma, t)


def track(x=1.0, y=2.0, yaw=0.0):
    out = Track(9.0)
    out.add(OdomSample(2.0, np.array([x, y, yaw]), np.zeros(3)))
    return out


def spread(**entries):
    """A covariance of 0.01 in each component, but for ``entries``: ij, in places of the matrix."""
    out = np.eye(6) * 0.01
    for at, value in entries.items():
        out[int(at[1]), int(at[2])] = value
    return out


def test_a_fix_says_where_the_map_lies_and_how_far_to_trust_that():
    """Three deviations of 0.1 m and 0.2 rad."""
    known = Localiser()
    known.take(told(), SOURCE, track())
    fix = known.fixes["amcl"]
    assert fix.odom == pytest.approx([4.0, -1.0, 0.0]) and fix.t == 2.0
    assert (fix.shift, fix.turn) == pytest.approx((0.3, 0.6))
    known.take(told(covariance=spread(_00=0.04, _11=0.09, _55=0.16)), SOURCE, track())
    fix = known.fixes["amcl"]
    assert (fix.shift, fix.turn) == pytest.approx((0.9, 1.2))


def test_a_pose_from_before_the_first_odometry_waits_for_it():
    known, nothing = Localiser(), Track(9.0)
    known.take(told(), SOURCE, nothing)
    assert known.fixes == {}
    known.place(track())
    assert known.fixes["amcl"].odom == pytest.approx([4.0, -1.0, 0.0])
    known.place(track(9.0, 9.0))
    assert known.fixes["amcl"].odom == pytest.approx([4.0, -1.0, 0.0])


@pytest.mark.parametrize(
    ("change", "off"),
    [
        ({"x": 5.25}, None),
        ({"x": 5.26}, "0.26"),
        ({"y": 0.7}, "0.30"),
        ({"x": 5.2, "y": 1.2}, "0.28"),
        ({"yaw": 0.24}, None),
        ({"yaw": -0.26}, "0.26"),
        ({"x": 5.2, "yaw": 0.3}, "0.30"),
    ],
)
def test_a_pose_that_leaps_is_told_and_counts_all_the_same(change, off):
    """Half a turn of the base's heading in odom is none of the map's."""
    for yaw in (0.0, 3.0):
        known = Localiser()
        known.take(told(yaw=yaw), SOURCE, track(yaw=3.0))
        leap = told(**change | {"yaw": yaw + change.get("yaw", 0.0)})
        if off is None:
            known.take(leap, SOURCE, track(yaw=3.0))
        else:
            with pytest.raises(EventError, match=rf"the pose is {off} m or rad from .*; 0.25 is allowed"):
                known.take(leap, SOURCE, track(yaw=3.0))
        at = known.fixes["amcl"].in_map(np.array([1.0, 2.0, 3.0]))
        assert at[:2] == pytest.approx(leap.pose[:2])


def test_a_heading_that_passes_half_a_turn_has_not_leapt():
    known = Localiser()
    known.take(told(yaw=math.pi - 0.1), SOURCE, track())
    known.take(told(yaw=-math.pi + 0.1), SOURCE, track())
    with pytest.raises(EventError, match=r"0\.30 m or rad"):
        known.take(told(yaw=-math.pi + 0.4), SOURCE, track())


def test_odom_that_leaps_leaves_the_base_where_it_is_in_the_map():
    known = Localiser()
    known.take(told(), SOURCE, track())
    known.shift(np.array([0.5, 0.25, 0.0]))
    assert known.fixes["amcl"].in_map(np.array([1.5, 2.25, 0.0])) == pytest.approx([5.0, 1.0, 0.0])


GOOD = [
    told(),
    told(sigma=(0.0, 0.0)),
    told(turn=[0.0, 0.0, 0.0, 1.04]),
    told(turn=[0.6, 0.0, 0.0, 0.8]),
    told(covariance=spread()),
    told(covariance=spread(_22=0.0, _33=0.0, _44=0.0)),
    told(covariance=spread(_01=0.005, _10=0.005 + 0.9e-5)),
    told(covariance=np.diag([1.0, 1.0, 0.0, 0.0, 0.0, 2.0])),
    told(covariance=np.diag([1.0, 1.0, 0.0, 0.0, 0.0, 1.0]) + np.eye(6, k=1) / 1000),
    told(covariance=spread(_02=-0.004, _20=-0.004), sigma=None),
]
BAD = [
    (told(x=math.nan), "pose"),
    (told(x=3e7), "pose"),
    (told(turn=[0.0, 0.0, 0.0, 1.06]), "no unit quaternion"),
    (told(turn=[0.0, 0.0, 0.0, 0.94]), "no unit quaternion"),
    (told(turn=[0.0, 0.0, 0.0, 0.0]), "no unit quaternion"),
    (told(sigma=None), "sigma None: two finite numbers at least 0 are needed"),
    (told(sigma=(-0.1, 0.2)), "two finite numbers at least 0"),
    (told(sigma=(0.1, -0.2)), "two finite numbers at least 0"),
    (told(sigma=(0.1, math.inf)), "two finite numbers at least 0"),
    (told(sigma=(math.nan, 0.1)), "two finite numbers at least 0"),
    (told(covariance=spread(_34=math.nan)), "the covariance must be finite"),
    (told(covariance=spread(_33=-0.01)), "its variances at least 0"),
    (told(covariance=spread(_01=0.005, _10=0.005 + 1.1e-5)), "the covariance is not symmetric"),
    (told(covariance=spread(_01=0.005, _10=-0.005)), "the covariance is not symmetric"),
    *(
        (told(covariance=spread(**{at: 0.0})), "a variance of 0 in x, y or yaw")
        for at in ("_00", "_11", "_55")
    ),
]


@pytest.mark.parametrize("event", GOOD)
def test_a_pose_that_makes_sense_is_taken(event):
    check(event)
    known = Localiser()
    known.take(event, SOURCE, track())
    assert known.fixes["amcl"].t == 2.0


@pytest.mark.parametrize(("event", "why"), BAD)
def test_a_pose_that_makes_no_sense_is_refused(event, why):
    with pytest.raises(EventError, match=why):
        check(event)
