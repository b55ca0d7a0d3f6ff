"""Command rate: whose bound counts, and what the self-test asks."""

from __future__ import annotations

import numpy as np

from iatro_governor.limits.command_rate import tightest
from test.limits.bodies import body_situation
from test.limits.situations import make


def rate(bound, channel="arm"):
    return make("command_rate", bound=bound, channel=channel)


def test_the_least_bound_on_a_channel_counts_and_no_other_channels():
    limits = [rate(90.0), make("joint_velocity"), rate(30.0), rate(70.0), rate(10.0, "gripper")]
    found = tightest(limits, "arm")
    assert found is limits[2].config
    assert tightest(limits, "base") is None


def test_it_is_tried_where_the_robot_rests():
    rest, moving = body_situation(np.zeros(2)), body_situation(np.zeros(2), np.array([0.3, 0.2]))
    (challenge,) = rate(50.0).trips([rest, moving])
    (trip,) = challenge.trips
    assert challenge.face == "stream" and trip.situation is rest and trip.command.tolist() == [0.0, 0.0]
