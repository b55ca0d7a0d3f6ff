"""A limit of one channel at its place among the channels of a group: it sees its own part of ``u``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import Cap, Clearance, Limit
from iatro_governor.limits.rows import Rows


class Own:
    """What a limit on its channel's components alone may look at."""

    def __init__(self, situation: BodySituation, place: slice) -> None:
        self.t = situation.t
        self.period = situation.period
        self.reaction_s = situation.reaction_s
        self.anchor = situation.anchor[place]


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

    def _seen(self, situation: BodySituation) -> Any:
        return situation.base if self.limit.view == "base" else Own(situation, self.place)

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

    def clearance(self, situation: Any) -> Clearance | None:
        """As the limit's own."""
        return self.limit.clearance(self._seen(situation)) if self.limit.view == "base" else None

    def blocked(self, wanted: Array, situation: Any) -> tuple[float, float, float]:
        """As the limit's own."""
        return self.limit.blocked(wanted[self.place], self._seen(situation))
