"""A whole joint trajectory judged before any of it is passed: passed, slowed down on its way, cut short, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from iatro_governor.body.path import JointPath
from iatro_governor.body.path_bounds import JointBounds, jerk_stretch
from iatro_governor.body.path_sampling import Grid, grid, intervals
from iatro_governor.body.path_timing import Care, slowed
from iatro_governor.body.planar import Array
from iatro_governor.governor.inspection import Inspection, Slack, inspect
from iatro_governor.governor.offence import Check, Offence

CURED = Slack(share=0.01, place=1e-6)
"""How exactly a path that the governor made keeps the bounds."""
CARES = ((1, Care(0.99, True)), (2, Care(0.99, True)), (4, Care(0.97, True)), (4, Care(0.9, False)))
"""What is tried, one after the other: into how many parts the period is cut, and how carefully the pace is chosen."""


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
    places = _places(path, policy, 1)
    if places is None:
        return Vetted(
            Outcome.REFUSED, None, (), f"more than {policy.max_samples} places would have to be looked at"
        )
    seen = inspect(path, places, bounds, check)
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


def _places(path: JointPath, policy: Policy, parts: int) -> Grid | None:
    counts = intervals(path, policy.step, policy.period / parts)
    return grid(path, counts) if counts.sum() <= policy.max_samples * parts else None


def _cured(path: JointPath, seen: Inspection, bounds: JointBounds, check: Check, policy: Policy) -> Vetted:
    reason = "no pace keeps every bound"
    cut = seen.barred is not None
    for made in _attempts(path, seen, bounds, policy):
        if made is None:
            reason = "the joints are too fast at the start to slow down in time"
        elif made.duration > policy.max_duration:
            reason = f"it would take {made.duration:.3g} s, {policy.max_duration:.3g} s are allowed"
        else:
            places = _places(made, policy, CARES[-1][0])
            again = None if places is None else inspect(made, places, bounds, check, CURED)
            if again is not None and not again.offences:
                return Vetted(Outcome.CUT if cut else Outcome.RETIMED, made, seen.offences)
    return _refused(seen, f"{seen.offences[0]}; {reason}")


def _attempts(
    path: JointPath, seen: Inspection, bounds: JointBounds, policy: Policy
) -> Iterator[JointPath | None]:
    """The same way at a lower pace, each time chosen with more care, and each time stopped earlier if it is cut."""
    only_jerk = all(offence.limit == "joint_jerk" for offence in seen.offences)
    if only_jerk:
        yield _eased(path, bounds)
        return
    for attempt, (parts, care) in enumerate(CARES):
        places = _places(path, policy, parts)
        if places is None:
            return
        cut = seen.barred is not None
        if cut:
            end = seen.times[max(seen.good - (2**attempt - 1), 1)]
            places = places.until(int(np.searchsorted(places.times, end, side="right")) - 1)
        made = slowed(path, places, bounds, _shares(seen, places, care), care, cut)
        yield None if made is None else _eased(made, bounds)


def _shares(seen: Inspection, places: Grid, care: Care) -> Array:
    """The largest pace at the places of a grid, from what was seen at coarser ones."""
    before = np.clip(np.searchsorted(seen.times, places.times, side="right") - 1, 0, len(seen.times) - 2)
    shares = np.minimum(seen.paces[before], seen.paces[before + 1])
    return np.asarray(np.where(shares < 1.0, shares * care.share, shares))


def _eased(path: JointPath, bounds: JointBounds) -> JointPath | None:
    """Slower as a whole, where a bound on jerk asks for it; that is possible only from rest."""
    if bounds.jerk is None:
        return path
    factor = jerk_stretch(path, bounds)
    at_rest = np.all(np.abs(path.knots.velocities[0]) <= bounds.lesser * bounds.corner_s)
    return path.stretched(factor) if factor <= 1.0 or at_rest else None
