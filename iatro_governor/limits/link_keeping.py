"""What the limits that keep a body's links from something, or within it, have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.distance import Gap
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_rows import AROUND, braked_for, closing_rows, tightest, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import ROUNDING, Cap, Clearance, Guard, excess
from iatro_governor.limits.postures import STILL, at_margin
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.survey import LOOKED, Along
from iatro_governor.limits.trip import Challenge, Face
from iatro_governor.limits.volume_frame import VolumeFrame, into


class Measure(Protocol):
    """Something that capsules have a distance from."""

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m; beyond ``cutoff`` a smaller one above it may be given."""

    def gap(self, ends: Array, radius: Array) -> Gap:
        """The same (..., C) with closest points, and the direction in which the distance grows."""


class LinkKeeper:
    """Keeps every link, or those of ``links``, at least ``margin`` m from what ``measure`` measures."""

    def __init__(
        self,
        measure: Measure,
        frame: VolumeFrame,
        links: Sequence[str] | None,
        margin: float,
        noise: float,
        retreat_speed: float,
    ) -> None:
        self.measure = measure
        self.frame = frame
        self.links = links
        self.margin = margin
        self.noise = noise
        self.retreat_speed = retreat_speed
        self._chosen: Indices | None = None
        self._seen: tuple[Array, Array] | None = None

    def capsules(self, model: ArmModel) -> Indices:
        """Numbers of the capsules that are kept."""
        if self._chosen is None:
            self._chosen = capsules_of(model, self.links)
        return self._chosen

    def _distance(
        self, at: Posture, which: Indices, situation: BodySituation, cutoff: float = np.inf
    ) -> Array:
        return distances(self.measure, self.frame, at, which, situation, cutoff)

    def required(self, situation: BodySituation) -> float:
        """What is kept of the capsule that a map may lie worst for, m."""
        if not self.frame.shifts:
            return self.margin
        return self.margin + float(np.max(self.frame.unsure(situation, self.capsules(situation.model))))

    def now(self, situation: BodySituation) -> Array:
        """Distances (k,) of the kept capsules, m; of those further than ``LOOKED`` beyond the margin at least that."""
        survey = situation.survey
        if survey is not None and (place := survey.place(self.measure)) is not None:
            return survey.now[place]
        key = (self, "now")
        if key not in situation.memo:
            which = self.capsules(situation.model)
            cutoff = self.required(situation) + LOOKED
            situation.memo[key] = self._distance(situation.now, which, situation, cutoff)
        seen: Array = situation.memo[key]
        return seen

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Whether nothing that is kept comes within the margin."""
        if self.frame.shifts:
            return False
        which, q = self.capsules(situation.model), situation.now.q
        if self._seen is not None:  # what was far lately has come no nearer than the joints have moved since
            then, distance = self._seen
            room = distance - ((np.abs(q - then) + reach.swept) @ situation.levers)[which]
            if room.min() > self.margin:
                return True
        now = self.now(situation)
        far = bool((now - reach.swept_capsules[which]).min() > self.margin)
        self._seen = (q, now) if far else None
        return far

    def clear(self, ways: Ways, situation: BodySituation, tolerance: float) -> NDArray[np.bool_] | None:
        """Which candidates (c,) keep the margin; None where nothing is near enough to matter."""
        if not self.frame.known(situation):
            return np.asarray(~ways.outputs.any(axis=1))
        if tolerance > 0.0:
            # A fix may move the map by what the last one was unsure of.
            tolerance += self.required(situation) - self.margin
        margin = self.margin - tolerance
        found = self._along(ways, situation, margin)
        if found is None:
            return None
        return Guard(found.soon - tolerance, found.ahead, margin, -np.inf, self.noise).holds(found.half_step)

    def _along(self, ways: Ways, situation: BodySituation, margin: float) -> Along | None:
        """Of the kept capsules that any of ``ways`` may lead nearer than ``margin``, m."""
        survey = situation.survey
        if survey is not None and survey.place(self.measure) is not None:
            return survey.along(ways, self.measure, situation.flown)
        which = self.capsules(situation.model)
        unsure = self.frame.unsure(situation, which, ways.travel[:, which])
        # What the way and half a step cannot reach cannot matter.
        reach = margin + (ways.swept[:, which] + unsure).max(axis=0)
        close = np.flatnonzero(self.now(situation) - situation.flown[which] <= reach)
        if not close.size:
            return None
        near = which[close]
        ends = ways.rows.ends(near)
        half_step = ways.half_steps(near, ends)
        if isinstance(unsure, np.ndarray):
            half_step = half_step + unsure[:, close]
        # What is further than any candidate needs may be told too small: it is far enough all the same.
        cutoff = margin + float(half_step.max())
        distance = distances(self.measure, self.frame, ways.rows, near, situation, cutoff, ends)
        if (distance[0] > reach[close]).all():
            return None
        ahead = distance[1:].reshape(*ways.ahead.shape[:2], -1)
        return Along(distance[0], ahead, half_step)

    def trips(
        self, scene: BodySituation, place: slice, ball: tuple[Array, float], faces: Sequence[Face]
    ) -> Iterator[Challenge]:
        """Just outside the margin and moving in, and within it and moving fast; by the ``faces`` of the limit.

        ``place``: of the components of ``u`` that are to move. ``ball``: centre (3,) and radius, m, of what is kept.
        """
        which = self.capsules(scene.model)
        which = which[scene.levers[:, which].max(axis=0) > STILL]

        def distance(q: Array) -> Array:
            each = self._distance(posture(scene.model, q), which, scene)
            least: Array = each.min(axis=-1)
            return least

        if not which.size:
            yield Challenge("clear", (), "none of its links moves")
            return
        kept = self.margin, self.noise
        yield from at_margin(scene, place, faces, distance, kept, self.frame.around(ball, scene))

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast each capsule that is near may close in; None where none is."""
        if not self.frame.known(situation):
            return None
        which, ways = self.capsules(situation.model), travel(situation)
        margin = self.required(situation)
        within = margin + AROUND + ways[which]
        distance = self._distance(situation.soon, which, situation, float(within.max()))
        near = which[distance <= within]
        if not near.size:
            return None
        capsule, gaps, first, normal = self._gaps(near, situation)
        at = tightest(gaps)
        bounds = braked_for(gaps[at] - margin, ways[capsule[at]], situation)
        bodies, carried = situation.model.capsule_body[capsule[at]], self.frame.carried
        return closing_rows(situation, bodies, first[at], -normal[at], bounds, carried)

    def _gaps(self, near: Indices, situation: BodySituation) -> tuple[Indices, Array, Array, Array]:
        """Capsules (g,), and how each or one of its ends stands: a link may lie along a wall.

        Of the capsules ``near`` (k,): distances (g,) m, their closest points (g, 3) m, and the directions (g, 3) in
        which the distances grow.
        """
        ends, radius = situation.soon.capsules()[near], situation.model.capsule_radius[near]
        balls = np.concatenate([ends, ends[:, [0, 0]], ends[:, [1, 1]]])
        frame = self.frame.pose(situation.soon, situation)
        if frame is not None:
            balls = into(balls, frame)
        gap = self.measure.gap(balls, np.tile(radius, 3))
        points, normal = gap.first, gap.normal
        if frame is not None:
            turn, place = frame[:3, :3].T, frame[:3, 3]
            points, normal = points @ turn + place, normal @ turn
        own, start, end = gap.distance.reshape(3, -1)
        between = own < np.minimum(start, end) - ROUNDING  # else an end says it
        kept = np.concatenate([between, np.ones(2 * len(near), dtype=bool)])
        return np.tile(near, 3)[kept], gap.distance[kept], points[kept], normal[kept]

    def nearest(self, situation: BodySituation) -> str | None:
        """The link that is nearest to what is measured; None: it is not known where that stands."""
        if not self.frame.known(situation):
            return None
        capsule = self.capsules(situation.model)[int(np.argmin(self.now(situation)))]
        return situation.model.links[int(situation.model.capsule_link[capsule])]

    def clearance(self, situation: BodySituation) -> Clearance | None:
        """Distance of the nearest kept capsule; of far ones at least this. None: it is not known where it stands."""
        if not self.frame.known(situation):
            return None
        return Clearance(float(self.now(situation).min()), self.required(situation))

    def least_ahead(self, ways: Ways, situation: BodySituation) -> float | None:
        """Least distance of any kept capsule along the last of ``ways``, m."""
        if not self.frame.known(situation):
            return None
        which, now = self.capsules(situation.model), self.now(situation)
        moved = situation.flown[which] + ways.travel[-1, which]
        # What is measured exactly gets no further than this: whatever stays beyond is not the nearest.
        most = (now + moved)[now <= self.required(situation) + LOOKED].min(initial=np.inf)
        nearer = which[now - moved <= most]
        last = ways.rows.part(slice(-ways.ahead.shape[1], None))
        return float(self._distance(last, nearer, situation).min())

    def judged_ahead(self, ways: Ways, situation: BodySituation) -> float | None:
        """The same less half a step of each; None where that keeps the margin: it is not told exactly there."""
        # What a map is unsure of is no part of the way.
        found = None if self.frame.shifts else self._along(ways, situation, self.margin)
        if found is None:
            return None
        least = float((found.ahead[-1] - found.half_step[-1]).min())
        return least if least < self.margin else None

    def retreat(self, command: Array, situation: BodySituation) -> Cap | None:
        """Inside the margin the way out is taken slowly: no point of the body faster than ``retreat_speed``."""
        if not self.frame.known(situation) or self.now(situation).min() >= self.margin - self.noise:
            return None
        return slow(command, situation, self.retreat_speed)


def slow(command: Array, situation: BodySituation, speed: float) -> Cap:
    """Cap that keeps every point of the body at or below ``speed`` m/s.

    Where a command is no velocity, what the body does already is not its doing: the share of it that adds is bounded.
    """
    still = situation.still
    change = situation.rates(command) - still
    value = float(situation.now.capsule_speeds(still + change).max())
    now = float(situation.now.capsule_speeds(situation.rates(situation.anchor)).max())
    scale = 1.0 if value <= speed else speed_share(situation, still, change, speed)
    return Cap(scale, value, speed, excess(now, speed), "m/s")


def speed_share(situation: BodySituation, still: Array, change: Array, speed: float) -> float:
    """Largest s for which no point of the body is surely faster than ``speed`` at ``still + s * change``.

    Speed is a norm of the joint velocities, so it is at most ``|still| + s |change|``.
    """
    idle = float(situation.now.capsule_speeds(still).max()) if still.any() else 0.0
    added = float(situation.now.capsule_speeds(change).max())
    if added == 0.0:
        return 1.0
    return min(max(speed - idle, 0.0) / added, 1.0)


def distances(
    measure: Measure,
    frame: VolumeFrame,
    at: Posture,
    which: Indices,
    situation: BodySituation,
    cutoff: float = np.inf,
    ends: Array | None = None,
) -> Array:
    """Distances (..., k), m, of the capsules ``which`` (k,) in postures ``at`` (...) from what ``measure`` measures.

    ``frame``: where that stands, as of ``situation``. ``ends``: of these capsules, where they are known already.
    """
    ends = frame.local(at.ends(which) if ends is None else ends, at, situation)
    return measure.distance(ends, at.model.capsule_radius[which], cutoff)


def capsules_of(model: ArmModel, links: Sequence[str] | None) -> Indices:
    """Numbers (k,) of the capsules of ``links``, or of all."""
    if links is None:
        return np.arange(len(model.capsule_link))
    numbers = [model.link(name) for name in links]
    return np.flatnonzero(np.isin(model.capsule_link, numbers))
