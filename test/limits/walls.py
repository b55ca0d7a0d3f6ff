"""Things that links are kept off whose distances are known by hand: a wall, a ball, and what is told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from iatro_governor.body.distance import Gap, ball_distance, ball_gap
from iatro_governor.limits.link_keeping import LinkKeeper
from test.limits.bodies import body_situation, two_links

STRAIGHT = np.zeros(2)
"""The arm lies along x: the upper link, of 0.05 m, up to x = 0.6, and the lower one, of 0.04 m, up to x = 1."""
LEVERS = np.array([[0.65, 1.04], [0.0, 0.44]])
"""How far any point of each link is from each joint's axis, m."""
LOWER = ["lower"]
UPPER_RADIUS = float(two_links().capsule_radius[0])
"""A cylinder's capsule is a little wider than it, m."""


class Wall:
    """All that is beyond ``y`` m; tells how often it was measured, and up to where that was asked for."""

    def __init__(self, y):
        self.y, self.cutoffs = y, []

    def distance(self, ends, radius, cutoff=np.inf):
        self.cutoffs.append(cutoff)
        return self.y - ends[..., 1].max(axis=-1) - radius

    def gap(self, ends, radius):
        nearest = ends[np.arange(len(ends)), ends[..., 1].argmax(axis=-1)]
        normal = np.tile([0.0, -1.0, 0.0], (len(ends), 1))
        second = nearest * [1.0, 0.0, 1.0] + [0.0, self.y, 0.0]
        return Gap(self.y - nearest[:, 1] - radius, nearest - radius[:, None] * normal, second, normal)


class Ball:
    """A ball about ``centre``, of 0.1 m."""

    def __init__(self, *centre):
        self.centre = np.array(centre)

    def distance(self, ends, radius, cutoff=np.inf):
        return ball_distance(ends, radius, self.centre, 0.1)

    def gap(self, ends, radius):
        return ball_gap(ends, radius, np.tile(self.centre, (len(ends), 1)), 0.1)


class Told:
    """Something whose distances are told: of links now, of links where ways start and on them, or at other times."""

    def __init__(self, *tables):
        self.tables, self.rounds = tables, 0

    def distance(self, ends, radius, cutoff=np.inf):
        table = np.array(self.tables[min(self.rounds, len(self.tables) - 1)])
        self.rounds += 1
        return table

    def gap(self, ends, radius):
        normal = np.tile([0.0, -1.0, 0.0], (len(ends), 1))
        gaps = np.repeat(self.tables[-1], len(ends) // len(self.tables[-1]))
        return Gap(gaps, ends[:, 0], ends[:, 0], normal)


class Each:
    """Something whose distance from each of the two links is told: now, and later; tells how many were asked for."""

    def __init__(self, now, later):
        self.tables, self.asked = [now, later], []

    def distance(self, ends, radius, cutoff=np.inf):
        table = np.array(self.tables[bool(self.asked)])
        self.asked.append(len(radius))
        return np.broadcast_to(table[(radius < 0.045).astype(int)], ends.shape[:-2])


def frame(unsure=None, known=True, pose=None):
    """``unsure``: of a map, m for each link; None: where it stands is known for good."""

    def doubt(situation, which, travel=0.0):
        return 0.0 if unsure is None else np.array(unsure)[which] + 0.0 * travel

    def local(ends, at, situation):
        return ends if pose is None else (ends - pose[:3, 3]) @ pose[:3, :3]

    return SimpleNamespace(
        shifts=unsure is not None,
        unsure=doubt,
        known=lambda situation: known,
        pose=lambda at, situation: pose,
        local=local,
        carried=False,
        around=lambda ball, situation: ball,
    )


def keeper(measure, links=LOWER, margin=0.08, noise=0.01, **about):
    return LinkKeeper(measure, frame(**about), links, margin, noise, retreat_speed=0.1)


def at(q=STRAIGHT, anchor=None, delay=0.0, **changes):
    situation = body_situation(np.array(q, dtype=float), anchor, delay=delay)
    return replace(situation, **{"levers": LEVERS} | changes)
