"""Side effects: each is found where it happens, and not where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.trial.besides import Besides, Track, side_harms

DT = 0.02


def braked(deceleration, speed=0.7, walk_s=3.0):
    """A robot that goes at ``speed`` and then brakes."""
    t = np.arange(0.0, walk_s + 4.0, DT)
    v = np.clip(speed - deceleration * np.maximum(t - walk_s, 0.0), 0.0, speed)
    return Track(t, v, np.column_stack((np.cumsum(v) * DT, np.zeros(len(t)))), 60.0)


def kinds(track, **besides):
    return [harm.kind for harm in side_harms(Besides.model_validate(besides), track)]


@pytest.mark.parametrize(
    ("besides", "kind", "gentle", "hard"),
    [
        ({"follower": {"gap": 0.4, "reaction_s": 0.7, "deceleration": 0.8}}, "follower_contact", 0.15, 2.0),
        ({"load": {"friction": 0.07, "room": 0.05, "mass": 10.0}}, "load_fell", 0.5, 2.0),
        ({"tall": {"height": 0.9, "foot": 0.07, "mass": 20.0}}, "tip_over", 0.5, 2.0),
        ({"slope": {"angle": 0.15, "sticks": 0.22, "slides": 0.19, "room": 0.3}}, "slid_away", 0.4, 1.6),
        ({"pinched": {"mass": 1.0, "effort": 20.0, "friction": 0.28}}, "drop", 0.5, 6.0),
        ({"rotors": {"lift": 1.005, "room": 0.05}}, "sunk", 0.3, 3.0),
    ],
)
def test_a_hard_stop_harms_where_a_gentle_one_does_not(besides, kind, gentle, hard):
    assert kinds(braked(gentle), **besides) == []
    assert kinds(braked(hard), **besides) == [kind]


def test_a_hole_is_fallen_into_by_who_drives_over_it():
    hole = {"edge": {"polygon": [[1.0, -1.0], [1.5, -1.0], [1.5, 1.0], [1.0, 1.0]], "drop": 0.3}}
    assert kinds(braked(0.5), **hole) == ["fell"]
    assert kinds(braked(0.5, walk_s=0.2), **hole) == []


def test_a_way_out_is_blocked_by_who_stays_in_it():
    door = {"exit": {"polygon": [[1.0, -1.0], [9.0, -1.0], [9.0, 1.0], [1.0, 1.0]], "patience_s": 3.0}}
    assert kinds(braked(0.5), **door) == ["trapped"]
    assert kinds(braked(0.5, walk_s=0.2), **door) == []
