"""What a group's limits say of a joint path: its clearances at every sample, its speeds at enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.kinematics import posture
from iatro_governor.body.model import Indices
from iatro_governor.body.path_sampling import Samples
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.governor.offence import Reading
from iatro_governor.governor.seated import Seated
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.joint_position import JointPositionLimit
from iatro_governor.limits.joint_velocity import JointVelocityLimit
from iatro_governor.limits.limit import Cap, Limit
from iatro_governor.limits.rate import RateLimit

EXACT = (JointVelocityLimit, JointPositionLimit, RateLimit)
"""Bounds of single joints are held exactly elsewhere."""
SPEEDS_S = 0.02
"""Speeds are looked at no further apart than this, s, or at every sample where those are."""
TINY = 1e-9
"""A bounded quantity below this counts as this."""
MOST_SPEEDS = 200
"""Samples at which speeds are looked at, at most: the time that a judgement takes is bounded."""


@dataclass(frozen=True)
class PathWays(Ways):
    """The samples of a path as so many ways of one step each, that start where the body is now.

    reach: (s, C) bound on how far any point of each capsule may be from where it is at the nearest sample, m. People
    are where they are now: what they do later is judged while the path is followed.
    """

    reach: Array | None = None

    @cached_property
    def half_step(self) -> Array:
        """(s, C) m."""
        assert self.reach is not None
        return self.reach

    def half_steps(self, which: Indices, ends: Array | None = None) -> Array:
        """Of some capsules."""
        return self.half_step[:, which]

    @cached_property
    def swept(self) -> Array:
        """(s, C) m."""
        return self.travel + self.half_step

    @cached_property
    def seconds(self) -> Array:
        """None (s, 1)."""
        return np.zeros((len(self.ahead), 1))


class PathCheck:
    """The view of every limit on the joints ``own`` (n,) of a channel, which move as a path says while all else rests.

    situation: what is known now. channel: whose components of ``u`` are the velocities of these joints.
    """

    def __init__(self, limits: Sequence[Limit[Any]], situation: BodySituation, channel: str) -> None:
        self._limits = [x for x in limits if not isinstance(x, (Seated, *EXACT))]
        self._now = replace(
            situation, soon_q=situation.now.q, courses={}, in_flight=None, sooner=None, memo={}
        )
        self._own: Indices = situation.joints[channel]
        self._place = situation.places[channel]
        self._felt = situation.effort - _weight(situation, situation.now.q)

    def __call__(self, samples: Samples) -> list[Reading]:
        """One reading or two for each limit that finds something wrong."""
        if not self._limits:
            return []
        q = np.tile(self._now.now.q, (len(samples.times), 1))
        q[:, self._own] = samples.positions
        outputs = np.zeros((len(q), len(self._now.anchor)))
        outputs[:, self._place] = samples.velocities
        reach = samples.reach @ self._now.levers[self._own]
        still = np.zeros(len(q))
        levers, soon = self._now.levers, self._now.now.q
        ways = PathWays(outputs, self._now.model, soon, q[:, None], 0.0, still, levers, reach=reach)
        kept = [self._kept(limit, ways) for limit in self._limits]
        found = [*kept, *self._bounded(q, outputs, _chosen(samples.times))]
        return [reading for reading in found if reading is not None]

    def _at(self, q: Array, output: Array) -> BodySituation:
        """The body in one place of the path, with the velocities that it has there.

        Its joints feel what they feel now: the efforts there are those, for another weight.
        """
        now, effort = posture(self._now.model, q), self._felt + _weight(self._now, q)
        moving = {"velocity": self._now.rates(output), "effort": effort, "anchor": output}
        return replace(self._now, now=now, soon_q=q, memo={}, **moving)  # type: ignore[arg-type]

    def _kept(self, limit: Limit[Any], ways: PathWays) -> Reading | None:
        """Of a limit that refuses ways, the samples that it refuses; told exactly of the first."""
        clear = limit.clear(ways, self._now)
        if clear is None or clear.all():
            return None
        first = int(np.argmin(clear))
        at = self._at(ways.ahead[first, 0], ways.outputs[first])
        clearance = limit.clearance(at)
        if clearance is None:
            asked, needed, _ = limit.blocked(ways.outputs[first], at)
        else:
            asked, needed = clearance.now - float(ways.half_step[first].max()), clearance.required
        requested = np.where(clear, needed, min(asked, needed - 1e-6))
        link = limit.about(at)
        return Reading(
            limit.config.name,
            limit.unit,
            requested,
            np.full(len(clear), needed),
            at_least=True,
            links=() if link is None else (link,),
            link=None if link is None else np.zeros(len(clear), dtype=np.intp),
        )

    def _bounded(self, q: Array, outputs: Array, chosen: NDArray[np.intp]) -> list[Reading]:
        """Of the limits that cap commands, the samples whose velocities they cap."""
        caps: dict[int, list[tuple[int, Cap, str | None]]] = {}
        for index, sample in enumerate(chosen):
            output = outputs[sample]
            if not output.any():
                continue
            at = self._at(q[sample], output)
            reach = at.reach(output)
            for number, limit in enumerate(self._limits):
                if limit.idle(at, reach):
                    continue
                cap = limit.cap(output, at)
                if cap is not None and cap.scale < 1.0:
                    link = None if number in caps else limit.about(at)
                    caps.setdefault(number, []).append((index, cap, link))
        return [_reading(self._limits[number], found, chosen, len(q)) for number, found in caps.items()]


def _weight(situation: BodySituation, q: Array) -> Array:
    """Efforts (m,) that hold the arm at ``q`` (m,) against gravity; nothing where no limit weighs it."""
    return np.zeros(len(q)) if situation.mechanics is None else situation.mechanics.dynamics.gravity(q)


def _reading(
    limit: Limit[Any], found: Sequence[tuple[int, Cap, str | None]], chosen: NDArray[np.intp], count: int
) -> Reading:
    """Of ``limit``, which caps what is ``found`` among the ``chosen`` ones of ``count`` samples."""
    requested, allowed = np.zeros(len(chosen)), np.zeros(len(chosen))
    for index, cap, _ in found:
        requested[index] = max(cap.requested, TINY)
        allowed[index] = min(cap.allowed, cap.scale * requested[index])
    # A sample that was not looked at counts as whichever of the two around it is further beyond.
    every = np.arange(count)
    before = np.searchsorted(chosen, every, side="right") - 1
    after = np.minimum(before + (chosen[before] != every), len(chosen) - 1)
    share = np.divide(allowed, requested, out=np.ones_like(allowed), where=requested > 0)
    which = np.where(share[after] < share[before], after, before)
    _, first, link = found[0]
    unit, name = first.unit or limit.row_unit, limit.config.name
    links = () if link is None else (link,)
    about = None if link is None else np.zeros(count, dtype=np.intp)
    return Reading(name, unit, requested[which], allowed[which], speed=True, links=links, link=about)


def _chosen(times: Array) -> NDArray[np.intp]:
    """The samples at which speeds are looked at, the first and the last among them."""
    apart = max(SPEEDS_S, float(times[-1]) / MOST_SPEEDS)
    kept = np.diff(np.floor(times / apart), prepend=-1.0) > 0
    kept[-1] = True
    return np.flatnonzero(kept)
