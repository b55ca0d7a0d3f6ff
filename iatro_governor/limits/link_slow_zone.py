"""Slow volumes: places in which links move slowly; they may be entered, at that speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.kinematics import posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.limits.affine import convex_shares
from iatro_governor.limits.approach import approach_speeds
from iatro_governor.limits.body_rows import AROUND, hardest_braking, speed_rows, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.limit import Cap, Example, Limit, excess
from iatro_governor.limits.link_keeping import capsules_of, distances
from iatro_governor.limits.link_zone import Links
from iatro_governor.limits.postures import moving_on, nearest
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.survey import LOOKED
from iatro_governor.limits.trip import Challenge
from iatro_governor.limits.volume_frame import VolumeConfig, VolumeFrame
from iatro_governor.profile.base import Positive


class LinkSlowZoneConfig(VolumeConfig):
    """``speed``: m/s, of the fastest point of each link that reaches into ``volume``."""

    example: ClassVar[Example] = {
        "volume": {"box": {"size": [0.8, 0.8, 0.4], "pose": [0.6, 0.0, 0.0, 0.0, 0.0, 0.0]}},
        "speed": 0.1,
    }
    doses: ClassVar[Doses] = {"speed": divided}

    kind: Literal["link_slow_zone"]
    links: Links | None = None
    """The links that are slowed; all by default."""
    speed: Positive


class LinkSlowZoneLimit(Limit[LinkSlowZoneConfig]):
    """A level limit with an approach: each link reaches the volume at its speed, braking no harder than comfort.

    With the motion in flight done, a link at distance d may move for a period T at
    ``v(d) = max(v_z, -aT + sqrt((aT)^2 + v_z^2 + 2 a d))``. A body that comes to rest along its own direction within R
    s takes its points with it, so that a point at v m/s brakes by ``a = v / R``.
    """

    model = LinkSlowZoneConfig
    unit = "m/s"
    fits = BODY_MOTION
    view = "body"
    foresees = True

    def __init__(self, config: LinkSlowZoneConfig) -> None:
        super().__init__(config)
        self._volume = config.volume.volume()
        self._frame = VolumeFrame(config)
        self._which: Indices | None = None
        self._seen: tuple[Array, Array] | None = None

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """As far in as a link comes, and moving fast."""
        scene: BodySituation = scenes[0]
        which = capsules_of(scene.model, self.config.links)

        def distance(q: Array) -> Array:
            at = posture(scene.model, q)
            each = distances(self._volume, self._frame, at, which, scene)
            least: Array = each.min(axis=-1)
            return least

        ball = self._frame.around(self._volume.bounding_ball, scene)
        found = nearest(scene, distance, 0.0, ball)
        if found.distance > 0.0 and (ball is None or not scene.freedoms):
            yield Challenge(
                "cap", (), f"no posture was found that is nearer to it than {found.distance:.3f} m"
            )
            return
        place = scene.place(self.config.channel)
        yield Challenge("cap", moving_on(scene, place, found.q, found.q - found.far))

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Scale down to the speed from which each link can still enter slowly."""
        if self._which is None:
            self._which = capsules_of(situation.model, self.config.links)
        which = self._which
        outputs = np.stack([command, situation.anchor])
        rates = situation.rates(outputs)
        quick = (np.abs(rates) @ situation.levers)[:, which]
        if quick.max() <= self.config.speed:
            return None
        ramp = situation.comfort.time(outputs, rates)
        slowing = (quick * (situation.held_s + ramp / 2)[:, None]).max(axis=0)
        if self._still_far(situation, which, slowing):
            return None
        distance = self._distance(situation, which, float(slowing.max()))
        near = np.flatnonzero(distance <= slowing)
        if not near.size:
            return None
        return self._cap(rates, ramp, which[near], distance[near], situation)

    def present(self, situation: BodySituation) -> bool | None:
        """Whether any slowed link is in the volume; None: it is not known where that stands."""
        if not self._frame.known(situation):
            return None
        which, now = capsules_of(situation.model, self.config.links), situation.now
        found = distances(self._volume, self._frame, now, which, situation, LOOKED)
        return bool(found.min() <= 0.0)

    def _cap(
        self, rates: Array, ramp: Array, which: Indices, distance: Array, situation: BodySituation
    ) -> Cap:
        """For the capsules ``which`` (k,) at ``distance`` (k,) m; ``rates`` (2, m): commanded, and standing."""
        still = situation.still
        every = np.stack([*rates, still, rates[0] - still])
        asked, standing, idle, added = situation.soon.capsule_speeds(every)[:, which]
        braking = np.stack([asked, standing]) / np.maximum(ramp, 1e-9)[:, None]
        allowed, then = approach_speeds(distance, np.asarray(self.config.speed), braking, situation.held_s)
        shares = convex_shares(asked, idle, added, allowed)
        worst = int(np.argmin(shares)) if shares.min() < 1.0 else int(np.argmax(asked / allowed))
        over = max(excess(float(v), float(a)) for v, a in zip(standing, then, strict=True))
        return Cap(float(shares[worst]), float(asked[worst]), float(allowed[worst]), over)

    def rows(self, situation: BodySituation) -> Rows | None:
        """The planes that touch the bound of what is near, by the hardest braking that any way to rest has."""
        which = capsules_of(situation.model, self.config.links)
        within = AROUND + travel(situation)[which]
        distance = self._distance(situation, which, float(within.max()))
        near = np.flatnonzero(distance <= within)
        if not near.size:
            return None
        speed, braking = np.asarray(self.config.speed), hardest_braking(situation)[which[near]]
        bounds = approach_speeds(distance[near], speed, braking, situation.held_s)
        return speed_rows(situation, situation.soon, which[near], bounds)

    def _still_far(self, situation: BodySituation, which: Indices, slowing: Array) -> bool:
        """Whether what was far lately has come no nearer than ``slowing`` (k,) m since, however the joints moved."""
        if self._seen is None:
            return False
        then, distance = self._seen
        moved = (np.abs(situation.soon_q - then) @ situation.levers)[which]
        return bool((distance - moved > slowing).all())

    def _distance(self, situation: BodySituation, which: Indices, needed: float) -> Array:
        """Distances (k,), m, exact up to ``needed``; 0 where it is not known what from."""
        if not self._frame.known(situation):
            return np.zeros(len(which))
        soon, cutoff = situation.soon, needed + LOOKED
        cutoff += float(np.max(self._frame.unsure(situation, which, cutoff), initial=0.0))
        found = distances(self._volume, self._frame, soon, which, situation, cutoff)
        found = found - self._frame.unsure(situation, which, np.maximum(found, 0.0))
        self._seen = None if self._frame.shifts else (soon.q, found)
        return found
