"""A limit of one channel at its place among the channels of a group: it sees its own part of ``u``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Clearance, Limit
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.span import Span
from iatro_governor.limits.trip import Challenge, Face, Trip


@dataclass(frozen=True, slots=True)
class Own:
    """What a limit on its channel's components alone may look at."""

    t: float
    period: float
    reaction_s: float
    anchor: Array

    @classmethod
    def of(cls, situation: BodySituation, place: slice) -> Own:
        """The components at ``place``."""
        return cls(situation.t, situation.period, situation.reaction_s, situation.anchor[place])

    def place(self, channel: str) -> slice:
        """There are no others."""
        return slice(None)

    def standing(self, anchor: Array) -> Own:
        """The same moment with another output standing."""
        return replace(self, anchor=anchor)


class Seated(Limit[Any]):
    """``limit`` behind the interface of limits on a whole body."""

    view = "body"

    def __init__(self, limit: Limit[Any], place: slice) -> None:
        super().__init__(limit.config)
        self.limit, self.place = limit, place
        self.unit = limit.unit  # type: ignore[misc]

    @property
    def keeps(self) -> bool:
        """As the limit's own."""
        return self.limit.keeps

    @property
    def bound(self) -> float | None:
        """As the limit's own."""
        return self.limit.bound

    @property
    def row_unit(self) -> str:
        """As the limit's own."""
        return self.limit.row_unit

    @property
    def faces(self) -> tuple[Face, ...]:
        """As the limit's own."""
        return self.limit.faces

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """As the limit's own, at its place."""
        for challenge in self.limit.trips([self._seen(scene) for scene in scenes]):
            trips = (self._placed(trip, scenes[0]) for trip in challenge.trips)
            yield replace(challenge, trips=trips)

    def _placed(self, trip: Trip, scene: BodySituation) -> Trip:
        size = len(scene.anchor)
        anchor, command = np.zeros(size), np.zeros(size)
        anchor[self.place], command[self.place] = trip.situation.anchor, trip.command
        situation = scene.standing(anchor)
        if self.limit.view == "base":
            base = trip.situation
            situation = replace(situation, base=base, base_flight=base.flight)
        return Trip(situation, command)

    def _seen(self, situation: BodySituation) -> Any:
        return situation.base if self.limit.view == "base" else Own.of(situation, self.place)

    def idle(self, situation: Any, reach: Reach) -> bool:
        """Where it looks at its own components alone, as the limit's own."""
        return self.limit.view == "own" and self.limit.idle(None, Span(reach.most[self.place], 0.0, 0.0))

    def cap(self, command: Array, situation: Any) -> Cap | None:
        """Of its own components."""
        return self.limit.cap(command[self.place], self._seen(situation))

    def clear(self, rollouts: Any, situation: Any, tolerance: float = 0.0) -> NDArray[np.bool_] | None:
        """Of the base's way, where it looks at that."""
        if self.limit.view != "base":
            return None
        ways: Ways = rollouts
        assert ways.planar is not None
        return self.limit.clear(ways.planar, situation.base, tolerance)

    def rows(self, situation: Any) -> Rows | None:
        """Of its own components."""
        own: Rows | None = self.limit.rows(self._seen(situation))
        if own is None:
            return None
        matrix = np.zeros((len(own.bounds), len(situation.anchor)))
        matrix[:, self.place] = own.matrix
        return Rows(matrix, own.bounds)

    def present(self, situation: Any) -> bool | None:
        """As the limit's own."""
        return self.limit.present(self._seen(situation))

    def clearance(self, situation: Any) -> Clearance | None:
        """As the limit's own."""
        return self.limit.clearance(self._seen(situation)) if self.limit.view == "base" else None

    def blocked(self, wanted: Array, situation: Any, ways: Any = None) -> tuple[float, float, float]:
        """As the limit's own."""
        planar = None if ways is None else ways.planar
        return self.limit.blocked(wanted[self.place], self._seen(situation), planar)

    def eased(self, margin: float, speed: float) -> Seated | None:
        """As the limit's own, at its place."""
        own = self.limit.eased(margin, speed)
        return None if own is None else Seated(own, self.place)
