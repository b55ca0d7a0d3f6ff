"""Which joints, wrenches, people and flags are taken, and which are refused: by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.governor.events import Bodies, Body, Flags, Wrench
from test.governor.telling import T, joints, refused, senses

# Joints.


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"names": ("a", "c")}, "joints b must stand once each among a, c"),
        ({"names": ()}, "joints a, b must stand once each among none"),
        ({"q": (0.1,)}, "2 names need as many positions and velocities"),
        ({"v": (0.3, -0.4, 0.0)}, "2 names need as many"),
        ({"effort": (1.0,)}, "2 names need as many"),
        ({"q": (0.1, math.nan)}, "must be finite: those of b are not"),
        ({"v": (math.inf, 0.0)}, "must be finite: those of a are not"),
        ({"q": (math.nan, 0.2), "v": (0.0, math.nan)}, "must be finite: those of a, b are not"),
        ({"effort": (0.0, -math.inf)}, "efforts must be finite, or NaN where none is measured"),
        ({"v": (8.1, 0.0)}, "a joint at 8.1 rad/s or m/s; 8.0 is allowed"),
        ({"v": (0.0, -8.1)}, "a joint at 8.1 rad/s"),
        ({"q": (0.0, -1.1e4)}, "a joint at 1.1e+04 rad or m; 10000 is allowed"),
    ],
)
def test_joints_that_cannot_be_are_refused(change, why):
    known = senses()
    assert why in refused(known.joints, joints(**change)) and not known.joint_tracks["joints"].known


def test_joints_as_fast_and_as_far_as_they_may_be_are_taken_and_efforts_where_they_are_told():
    known = senses()
    known.joints(joints((1e4, -1e4), (8.0, -8.0), effort=None))
    latest = known.joint_tracks["joints"].latest
    assert latest.position.tolist() == [1e4, -1e4] and latest.effort is None
    slow = senses("joints", max_speed=0.5)
    slow.joints(joints(v=(0.3, -0.4)))
    assert slow.joint_tracks["joints"].latest.effort is not None


def test_an_effort_that_is_no_number_is_one_that_is_not_measured():
    known = senses()
    known.joints(joints(effort=(math.nan, 2.0)))
    latest = known.joint_tracks["joints"].latest
    assert str(latest.effort) == "[nan  2.]" and latest.felt is None
    known.joints(joints(effort=(1.5, 2.0), t=T + 0.1))
    felt = known.joint_tracks["joints"].latest.felt
    assert felt is not None and felt.tolist() == [1.5, 2.0]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1e5])
def test_what_other_joints_of_the_source_tell_is_not_looked_at(wrong):
    """A wheel in the same message, of which no speed is measured."""
    known, names = senses(), ("b", "wheel", "a")
    known.joints(joints((0.2, wrong, 0.1), (-0.4, wrong, 0.3), names, effort=(2.0, wrong, 1.0)))
    latest = known.joint_tracks["joints"].latest
    assert latest.position.tolist() == [0.1, 0.2] and latest.velocity.tolist() == [0.3, -0.4]


def test_a_source_may_tell_its_joints_in_another_order_each_time_and_never_without_one():
    known = senses()
    for t, names, q in (
        (T, ("a", "b"), (0.1, 0.2)),
        (T + 0.1, ("b", "a"), (0.2, 0.1)),
        (T + 0.2, ("a", "b"), (0.1, 0.2)),
    ):
        known.joints(joints(q, (0.0, 0.0), names, t))
        assert known.joint_tracks["joints"].latest.position.tolist() == [0.1, 0.2]
    assert "joints a, b must stand once" in refused(known.joints, joints(names=("a", "a"), t=T + 0.3))
    known.joints(joints((0.1, 0.2), (0.0, 0.0), t=T + 0.4))


@pytest.mark.parametrize(("moved", "leaps"), [(0.25, False), (0.26, True)])
def test_a_joint_that_leaps_is_told_and_counts_all_the_same(moved, leaps):
    known = senses()
    known.joints(joints((0.0, 0.0), (0.0, 0.0)))
    if leaps:
        assert "0.26 rad or m" in refused(known.joints, joints((0.0, moved), (0.0, 0.0), t=T + 0.1))
    else:
        known.joints(joints((0.0, moved), (0.0, 0.0), t=T + 0.1))
    assert known.joint_tracks["joints"].latest.position.tolist() == [0.0, moved]


# Wrenches, people and flags.


def wrench(force=(1.0, 2.0, 3.0), torque=(4.0, 5.0, 6.0), t=T, frame=None):
    return Wrench(T, "wrist", np.array(force), np.array(torque), t, frame)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"force": (1.0, math.nan, 3.0)}, "force and torque must be finite"),
        ({"torque": (math.inf, 5.0, 6.0)}, "force and torque must be finite"),
        ({"frame": "base"}, "frame 'base'; 'hand' is needed"),
    ],
)
def test_wrenches_that_cannot_be_are_refused(change, why):
    known = senses()
    assert why in refused(known.wrench, wrench(**change)) and known.wrenches == {}


@pytest.mark.parametrize("frame", [None, "", "/hand", "hand"])
def test_a_wrench_in_its_own_frame_is_taken(frame):
    known = senses()
    known.wrench(wrench(frame=frame))
    known.wrench(wrench((0.0, 0.0, 0.0), t=T - 0.1))
    assert known.wrenches["wrist"].force.tolist() == [1.0, 2.0, 3.0]


def bodies(*where, ids=None, velocity=(0.0, 0.0, 0.0), frame="odom", t=T):
    names = ids or [str(number) for number in range(len(where))]
    made = (Body(name, np.array(place), np.array(velocity)) for name, place in zip(names, where, strict=True))
    return Bodies(T, "people", frame, tuple(made), t)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (bodies((1.0, 0.0, 3e7)), "body '0': position"),
        (bodies((1.0, 0.0, 0.0), velocity=(1.1e3, 0.0, 0.0)), "body '0': velocity"),
        (bodies((1.0, 0.0, 0.0), (2.0, 0.0, 0.0), ids=["ann", "ann"]), "two bodies have the same id"),
        (bodies((1.0, 0.0, 0.0), frame="map"), "frame 'map'; 'odom' is needed"),
    ],
)
def test_people_that_cannot_be_are_refused(event, why):
    known = senses()
    assert why in refused(known.bodies, event) and known.tracked["people"][0] == 0.0


def test_people_are_those_that_were_told_last():
    known = senses()
    at, nobody = known.tracked["people"]
    assert at == 0.0 and len(nobody.positions) == 0 and nobody.radius == 0.3 and nobody.age_s == 0.0
    known.bodies(bodies((1.0, 0.0, 0.5)))
    known.bodies(bodies(t=T - 0.1))
    at, seen = known.tracked["people"]
    assert at == T and seen.positions.tolist() == [[1.0, 0.0, 0.5]]


def test_flags_that_a_source_does_not_declare_are_refused():
    known = senses()
    why = refused(known.set_flags, Flags(T, "more", {"on_slope": True, "hand_guided": True}, T))
    assert why.endswith("source more declares no flag on_slope") and known.flags == {}


def test_a_hand_guides_while_any_source_has_said_so_lately():
    known = senses()
    assert not known.hand_guided(T)
    known.set_flags(Flags(T, "flags", {"on_slope": True}, T))
    assert not known.hand_guided(T)
    known.set_flags(Flags(T, "more", {"hand_guided": True}, T))
    for t, guided in ((T, True), (T + 0.5, True), (T + 0.51, False)):
        assert known.hand_guided(t) is guided
    known.set_flags(Flags(T + 0.1, "more", {"hand_guided": False}, T + 0.1))
    known.set_flags(Flags(T, "more", {"hand_guided": True}, T))
    assert not known.hand_guided(T + 0.1)
    assert known.of_flags == ["flags", "more"] and known.of_wrenches == ["wrist"]
