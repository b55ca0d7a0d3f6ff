"""Violating inputs as commands: on a channel of trajectories, one that does what a limit must not let pass."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.member import Member
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.joint_channels import JointTrajectoryChannel

GENTLY = 0.3
"""Speed on the way to where a bound is broken, rad/s or m/s."""
HARDER, SOFTER = 4.0, 0.25
"""Times its bound that a rate is where it is to break it, and where it is not."""
QUICKLY = 0.1
"""Speed that is reached, or lost, where a rate is to be broken, rad/s or m/s."""
BURST_S = 1.0
"""How long a speed is built up and let go of where that is not what is tried, s."""


def resting(member: Member) -> Command:
    """A command that asks for nothing but rest."""
    config, rest = member.chart.config, member.chart.rest
    if not isinstance(config, JointTrajectoryChannel):
        return Command(0.0, member.name, rest, 0.0)
    return Command(0.0, member.name, rest, 0.0, names=config.joints, points=(Knot(BURST_S, rest),))


def offending(challenge: Challenge, member: Member, situation: BodySituation) -> Iterator[Command]:
    """A trajectory for each trip of ``challenge``, from where the joints stand in ``situation``."""
    own, place = situation.joints[member.name], situation.place(member.name)
    config = member.chart.config
    assert isinstance(config, JointTrajectoryChannel)
    for trip in challenge.trips:
        change = trip.command[place] - trip.situation.anchor[place]
        if challenge.face == "rate":
            knots = _jolt(situation.now.q[own], change, bool(trip.command[place].any()))
        else:
            knots = _burst(situation.now.q[own], trip.situation.now.q[own], trip.command[place], config)
        yield Command(0.0, member.name, knots[-1].positions, 0.0, names=config.joints, points=tuple(knots))


def _jolt(start: Array, change: Array, faster: bool) -> list[Knot]:
    """Speed up and slow down again; too hard at the beginning if ``faster``, else at the end."""
    bound = float(np.abs(change).max())
    speed = change / bound * QUICKLY * (1.0 if faster else -1.0)
    rates = (HARDER, SOFTER) if faster else (SOFTER, HARDER)
    up, down = (QUICKLY / (rate * bound) for rate in rates)
    top = start + speed * up / 2
    at_rest = np.zeros(len(start))
    return [
        _knot(0.0, start, at_rest),
        _knot(up, top, speed),
        _knot(up + down, top + speed * down / 2, at_rest),
    ]


def _burst(start: Array, there: Array, speed: Array, config: JointTrajectoryChannel) -> list[Knot]:
    """Gently to ``there``, and on from it at ``speed`` for a while."""
    at_rest, t = np.zeros(len(start)), 0.0
    knots = [_knot(t, start, at_rest)]
    away = float(np.abs(there - start).max())
    if away > 0.0:
        t = min(2.0 * away / GENTLY, config.max_duration_s - 4.0 * BURST_S)
        knots.append(_knot(t, there, at_rest))
    for lasts, before, after in (
        (BURST_S, at_rest, speed),
        (BURST_S, speed, speed),
        (BURST_S, speed, at_rest),
    ):
        there, t = there + (before + after) * lasts / 2, t + lasts
        knots.append(_knot(t, there, after))
    return knots


def _knot(t: float, positions: Array, velocities: Array) -> Knot:
    return Knot(t, tuple(positions.tolist()), tuple(velocities.tolist()))
