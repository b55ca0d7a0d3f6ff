"""What a group of channels moves, as the group asks about it."""

from __future__ import annotations

from typing import Any, Protocol

from iatro_governor.body.planar import Array
from iatro_governor.governor.outputs import Outputs
from iatro_governor.limits.limit import Limit


class Body(Protocol):
    """A base, or joints on whatever carries them."""

    def situation(self, t: float, outputs: Outputs) -> Any:
        """The body at ``t``, as the group's limits look at it."""

    def relevant(self, limits: list[Limit[Any]], situation: Any, wanted: Array) -> list[Limit[Any]]:
        """The ones of ``limits`` that may say anything about outputs between the standing one and ``wanted`` (n,)."""

    def fitted(self, situation: Any, outputs: Outputs, since: Any) -> Any:
        """``situation`` by the delay alone that explains what was measured since ``since``, if there is one."""
