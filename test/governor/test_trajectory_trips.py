"""Trajectories that do what a limit must not let pass, for the self-test: by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.trajectory_trips import offending, resting
from iatro_governor.limits.trip import Challenge, Trip
from test.governor.arms import JOINTS, arm, channel, data

Q = np.array([0.5, -0.25])


@pytest.fixture(scope="module")
def member(tmp_path_factory) -> Any:
    """Of a channel of trajectories, for 10 s at most."""
    given = data({"it": channel("joint_trajectory", "it", max_duration_s=10.0)})
    return Governor(arm(tmp_path_factory.mktemp("trips"), given)).channels["it"].member("it")


def situation(q=Q, anchor=(0.0, 0.0, 0.0)):
    """Another component of ``u`` comes before those of the joints, and another joint of the model."""
    whole = np.array([9.0, *q])
    return SimpleNamespace(
        now=SimpleNamespace(q=whole),
        anchor=np.array(anchor),
        joints={"it": np.array([1, 2])},
        place=lambda name: slice(1, 3),
    )


def points(member, face, command, q=Q, anchor=(0.0, 0.0, 0.0)):
    """The times, places and speeds of what offends a limit by ``command`` at ``q``."""
    trip = Trip(situation(q, anchor), np.array([7.0, *command]))
    (sent,) = offending(Challenge(face, [trip]), member, situation())
    assert sent.channel == "it" and sent.names == tuple(JOINTS) and sent.points is not None
    assert (sent.t, sent.stamp) == (0.0, 0.0) and sent.values == sent.points[-1].positions
    return [(k.time, *k.positions, *k.velocities) for k in sent.points]


def rows(*given):
    return [pytest.approx(row) for row in given]


def test_what_asks_for_rest_stays_for_a_second(member, tmp_path):
    sent = resting(member)
    assert (sent.t, sent.stamp, sent.channel, sent.values) == (0.0, 0.0, "it", (0.0, 0.0))
    assert sent.points is not None and [(k.time, k.positions) for k in sent.points] == [(1.0, (0.0, 0.0))]
    given = data({"it": channel("joint_velocity", "it")})
    plain = resting(Governor(arm(tmp_path, given)).channels["it"].member("it"))
    assert plain.points is None and (plain.t, plain.stamp, plain.values) == (0.0, 0.0, (0.0, 0.0))


def test_speeding_up_too_hard_is_four_times_the_rate_and_a_quarter_of_it_to_slow_down(member):
    """To 0.1 rad/s by 4 times 2 rad/s2: 0.0125 s and 0.000625 rad; back by 0.5 rad/s2: 0.2 s and 0.01 rad."""
    assert points(member, "rate", (0.0, -2.0)) == rows(
        (0.0, 0.5, -0.25, 0.0, 0.0),
        (0.0125, 0.5, -0.250625, 0.0, -0.1),
        (0.2125, 0.5, -0.260625, 0.0, 0.0),
    )


def test_slowing_down_too_hard_is_the_other_way_round(member):
    """From a speed of 2 to rest: up to 0.1 rad/s by 0.5 rad/s2, and back by 8 rad/s2."""
    assert points(member, "rate", (0.0, 0.0), anchor=(0.0, 2.0, -0.5)) == rows(
        (0.0, 0.5, -0.25, 0.0, 0.0),
        (0.2, 0.51, -0.2525, 0.1, -0.025),
        (0.2125, 0.510625, -0.25265625, 0.0, 0.0),
    )


def test_a_change_is_from_what_stands(member):
    """From 3 to 5 rad/s: a change of 2."""
    assert points(member, "rate", (5.0, 0.0), anchor=(0.0, 3.0, 0.0))[1] == pytest.approx(
        (0.0125, 0.500625, -0.25, 0.1, 0.0)
    )


@pytest.mark.parametrize("face", ["cap", "clear"])
def test_a_speed_is_built_up_for_a_second_kept_for_one_and_let_go_of_for_one(member, face):
    assert points(member, face, (0.8, 0.0)) == rows(
        (0.0, 0.5, -0.25, 0.0, 0.0),
        (1.0, 0.9, -0.25, 0.8, 0.0),
        (2.0, 1.7, -0.25, 0.8, 0.0),
        (3.0, 2.1, -0.25, 0.0, 0.0),
    )


def test_to_where_that_offends_it_goes_gently(member):
    """0.6 rad at 0.3 rad/s at its fastest, twice the mean: 4 s; the other joint 0.25 rad meanwhile."""
    assert points(member, "clear", (0.8, 0.0), q=np.array([1.1, -0.5])) == rows(
        (0.0, 0.5, -0.25, 0.0, 0.0),
        (4.0, 1.1, -0.5, 0.0, 0.0),
        (5.0, 1.5, -0.5, 0.8, 0.0),
        (6.0, 2.3, -0.5, 0.8, 0.0),
        (7.0, 2.7, -0.5, 0.0, 0.0),
    )


def test_far_away_it_takes_what_a_trajectory_may_but_for_four_seconds(member):
    assert points(member, "clear", (0.8, 0.0), q=np.array([1.7, -0.5]))[1][0] == 6.0
    assert points(member, "clear", (0.8, 0.0), q=np.array([0.53, -0.25]))[1] == pytest.approx(
        (0.2, 0.53, -0.25, 0, 0)
    )
