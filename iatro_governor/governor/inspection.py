"""A whole path looked at: what is wrong with it, how fast each place may be passed, where the way is barred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.path import JointPath
from iatro_governor.body.path_bounds import JointBounds, excesses
from iatro_governor.body.path_sampling import sample
from iatro_governor.body.planar import Array
from iatro_governor.governor.offence import Check, Offence, Reading, of_joint, of_reading

ROUNDING = 1e-9
"""Margins differ by rounding below this."""


@dataclass(frozen=True, slots=True)
class Slack:
    """By how much a path may miss a bound. share: of a velocity, an acceleration or another speed. place: rad or m."""

    share: float
    place: float


STRICT = Slack(ROUNDING, ROUNDING)


@dataclass(frozen=True, slots=True)
class Inspection:
    """offences: the first one of each limit, in order of time. paces: (s,) the largest pace at each of ``times`` (s,).

    barred: the time of the first place that may not be passed at any pace, s, or None. good: the last of ``times``
    before it at which all is well; -1 where there is none.
    """

    times: Array
    offences: tuple[Offence, ...]
    paces: Array
    barred: float | None
    good: int


def inspect(
    path: JointPath, times: Array, bounds: JointBounds, check: Check, slack: Slack = STRICT
) -> Inspection:
    """Look at ``path`` at ``times`` (s,), and exactly at what its joints do."""
    places = sample(path, times)
    joints = [of_joint(excess, bounds) for excess in excesses(path, bounds, slack.share, slack.place)]
    readings = check(places)
    others = [offence for reading in readings for offence in _firsts(reading, times, slack)]
    offences = sorted([*joints, *others], key=lambda offence: offence.time)
    barred = min((offence.time for offence in offences if not offence.slows), default=None)
    good = len(times) - 1 if barred is None else int(np.searchsorted(times, barred)) - 1
    paces = np.min([np.ones(len(times)), *(reading.pace() for reading in readings)], axis=0)
    return Inspection(times, tuple(offences), paces, barred, good)


def _firsts(reading: Reading, times: Array, slack: Slack) -> list[Offence]:
    """The first place where slowing down would help, and the first where it would not."""
    broken, helps = reading.broken(slack.place, slack.share), (reading.pace() > 0) & reading.speed
    found = []
    for slows in (True, False):
        samples = np.nonzero(broken & (helps == slows))[0]
        if len(samples):
            first = int(samples[0])
            found.append(of_reading(reading, first, float(times[first]), slows))
    return found
