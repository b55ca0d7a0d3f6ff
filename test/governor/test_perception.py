"""How old what the sources said is at the moment that limits look at it."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.events import Bodies, Body, Flags, Wrench
from iatro_governor.governor.perception import flags_of, people_of, perceive
from test.governor.telling import T, senses


@pytest.mark.parametrize(("t", "age"), [(T + 0.375, 0.375), (T, 0.0), (T - 0.03125, 0.0)])
def test_somebody_is_known_as_of_the_moment_that_the_tracker_saw_them(t, age):
    """By 0.375 s later that long; a stamp of a clock ahead of ours makes nothing newer than now."""
    made = senses("people")
    ann = Body("ann", np.array([1.0, 2.0, 3.0]), np.array([0.25, -0.5, 0.125]), "hand")
    made.bodies(Bodies(T, "people", "odom", (ann,), T))
    (seen,) = people_of(made, t).values()
    assert seen.age_s == age
    assert seen.positions.tolist() == [[1.0, 2.0, 3.0]] and seen.velocities.tolist() == [[0.25, -0.5, 0.125]]
    assert (seen.radius, seen.ids, seen.regions) == (0.3, ("ann",), ("hand",))


def test_that_nobody_is_there_has_no_age():
    made = senses("people")
    made.bodies(Bodies(T, "people", "odom", (), T))
    (seen,) = people_of(made, T + 0.375).values()
    assert seen.age_s == 0.0 and seen.ids == () and seen is made.tracked["people"][1]


@pytest.mark.parametrize(("t", "age"), [(T + 0.375, 0.375), (T, 0.0), (T - 0.03125, 0.0)])
def test_a_push_is_as_old_as_its_stamp_and_never_newer_than_now(t, age):
    made = senses("wrist")
    made.wrench(Wrench(T, "wrist", np.array([3.0, 5.0, 7.0]), np.array([0.5, 0.25, 0.75]), T))
    felt = perceive(made, t, {}).felt["wrist"]
    assert (felt.age_s, felt.frame) == (age, "hand")
    assert felt.force.tolist() == [3.0, 5.0, 7.0] and felt.torque.tolist() == [0.5, 0.25, 0.75]


def test_flags_are_told_until_they_are_stale_and_none_before_they_were_told():
    made, said = senses("flags"), {"hand_guided": True, "on_slope": False}
    assert flags_of(made, "flags", T) == {}
    made.set_flags(Flags(T, "flags", said, T))
    assert flags_of(made, "flags", T + 0.5) == said and flags_of(made, "flags", T + 0.5625) == {}
