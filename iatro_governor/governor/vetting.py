"""A whole joint trajectory judged before any of it is passed: passed, slowed down on its way, cut short, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from iatro_governor.body.path import JointPath
from iatro_governor.body.path_bounds import JointBounds, jerk_stretch
from iatro_governor.body.path_grid import Grid
from iatro_governor.body.path_sampling import intervals, spaced
from iatro_governor.body.path_timing import Care, slowed
from iatro_governor.body.planar import Array
from iatro_governor.governor.inspection import Inspection, Slack, inspect
from iatro_governor.governor.offence import Check, Offence

CURED = Slack(share=0.01, place=1e-6)
"""How exactly a path that the governor made keeps the bounds."""
CARES = ((1, Care(0.99, True)), (2, Care(0.99, True)), (4, Care(0.97, True)), (16, Care(0.9, False)))
"""What is tried, one after the other: how many times as fine a grid, and how carefully the pace is chosen on it."""
ROOM = 4
"""Intervals of each segment, at least: between two corners a path has to speed up and to slow down."""
FINEST = 8
"""Times ``max_samples``, the most places of a grid: a pace is not chosen, nor are places to look at, on a finer one."""


class Answer(StrEnum):
    """What to do with a trajectory that offends."""

    REFUSE = "refuse"
    CUT = "cut"
    RETIME = "retime"


class Outcome(StrEnum):
    """What became of a trajectory."""

    PASS = "pass"
    RETIMED = "retimed"
    CUT = "cut"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Policy:
    """answer: what to do with a trajectory that offends. step: (n,) rad, the furthest that a joint may move between two
    places at which the path is looked at. period: s, between the points of a path that the governor makes, at most
    while it goes at the pace it was sent at. max_duration: s, of such a path. max_samples: places, at most.
    """

    answer: Answer
    step: Array | float
    period: float
    max_duration: float
    max_samples: int


@dataclass(frozen=True, slots=True)
class Vetted:
    """path: what may be executed; None when refused. offences: the first one of each limit that the trajectory breaks
    as it was sent, in order of time. reason: why it was refused; empty otherwise.
    """

    outcome: Outcome
    path: JointPath | None
    offences: tuple[Offence, ...]
    reason: str = ""

    @property
    def offence(self) -> Offence | None:
        """The first one."""
        return self.offences[0] if self.offences else None


def vet(path: JointPath, bounds: JointBounds, check: Check, policy: Policy) -> Vetted:
    """Judge ``path`` by the ``bounds`` of its joints, exactly, and by ``check`` at places ``policy.step`` apart.

    What is retimed or cut has been judged again, by the same means and with the slack ``CURED``; nothing else is
    handed out. A path that is cut comes to rest before the first place that may not be passed, on its own way.
    """
    times = _looked_at(path, policy)
    if times is None:
        return Vetted(
            Outcome.REFUSED, None, (), f"more than {policy.max_samples} places would have to be looked at"
        )
    seen = inspect(path, times, bounds, check)
    if not seen.offences:
        return Vetted(Outcome.PASS, path, ())
    if policy.answer is Answer.REFUSE:
        return _refused(seen, str(seen.offences[0]))
    if seen.barred is not None and policy.answer is Answer.RETIME:
        return _refused(seen, str(next(offence for offence in seen.offences if not offence.slows)))
    if seen.good < 1:
        return _refused(seen, f"{seen.offences[0]}: it would offend before it could come to rest")
    return _cured(path, seen, bounds, check, policy)


def _refused(seen: Inspection, reason: str) -> Vetted:
    return Vetted(Outcome.REFUSED, None, seen.offences, reason)


def _looked_at(path: JointPath, policy: Policy) -> Array | None:
    """Times (s,) at which no joint is further than a step from where it was before; None for too many."""
    counts = intervals(path, policy.step)
    if counts.sum() > FINEST * policy.max_samples:
        return None
    times = spaced(path, counts, policy.step)
    return times if len(times) <= policy.max_samples else None


def _cured(path: JointPath, seen: Inspection, bounds: JointBounds, check: Check, policy: Policy) -> Vetted:
    reason = "no pace keeps every bound"
    for made in _attempts(path, seen, bounds, policy):
        if made is None:
            reason = "the joints are too fast at the start to slow down in time"
            continue
        if made.duration > policy.max_duration:
            # With more care it takes longer still.
            reason = f"it would take {made.duration:.3g} s, {policy.max_duration:.3g} s are allowed"
            break
        times = _looked_at(made, policy)
        if times is not None and not inspect(made, times, bounds, check, CURED).offences:
            outcome = Outcome.RETIMED if seen.barred is None else Outcome.CUT
            return Vetted(outcome, made, seen.offences)
    return _refused(seen, f"{seen.offences[0]}; {reason}")


def _attempts(
    path: JointPath, seen: Inspection, bounds: JointBounds, policy: Policy
) -> Iterator[JointPath | None]:
    """The same way at a lower pace, each time chosen with more care, and each time stopped earlier if it is cut."""
    if all(offence.limit == "joint_jerk" for offence in seen.offences):
        yield _eased(path, bounds)
        return
    counts = intervals(path, policy.step, policy.period, ROOM)
    for attempt, (parts, care) in enumerate(CARES):
        if counts.sum() * parts > FINEST * policy.max_samples:
            return
        grid = Grid.of(path, counts * parts)
        if seen.barred is not None:
            end = seen.times[max(seen.good - attempt, 1)]
            grid = grid.until(int(np.searchsorted(grid.times, end, side="right")) - 1)
        shares = _shares(seen, grid.times, care)
        made = slowed(path, grid, bounds, shares, care, to_rest=seen.barred is not None)
        yield None if made is None else _eased(made, bounds)


def _shares(seen: Inspection, times: Array, care: Care) -> Array:
    """The largest pace at the times of a grid: the lesser one of what was seen before and after each."""
    before = np.clip(np.searchsorted(seen.times, times, side="right") - 1, 0, len(seen.times) - 2)
    shares = np.minimum(seen.paces[before], seen.paces[before + 1])
    return np.asarray(np.where(shares < 1.0, shares * care.share, shares))


def _eased(path: JointPath, bounds: JointBounds) -> JointPath | None:
    """Slower as a whole, where a bound on jerk asks for it; that is possible only from rest."""
    if bounds.jerk is None:
        return path
    factor = jerk_stretch(path, bounds)
    at_rest = np.all(np.abs(path.knots.velocities[0]) <= bounds.lesser * bounds.corner_s)
    return path.stretched(factor) if factor <= 1.0 or at_rest else None
