"""How a group comes to rest: the stop that each channel makes, and the next output of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from iatro_governor.body.planar import Array
from iatro_governor.governor.ladder import Ladder
from iatro_governor.governor.member import Member
from iatro_governor.governor.moved import Body
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.predicates import present_by
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.smooth import SmoothStop
from iatro_governor.governor.stops import Chosen, Stops
from iatro_governor.limits.limit import Limit


class Halting:
    """The stops of ``members``, from the output that stands; ``smooth``: where a deceleration has to build up."""

    def __init__(
        self,
        members: Sequence[Member],
        stops: Stops,
        smooth: SmoothStop | None,
        senses: Senses,
        limits: Sequence[Limit[Any]],
        body: Body,
        outputs: Outputs,
    ) -> None:
        self._members, self._stops, self._smooth = members, stops, smooth
        self._senses, self._limits = senses, limits
        self._body, self._outputs = body, outputs

    def chosen(self, hard: bool, t: float, process: Ladder) -> Chosen:
        """How each channel stops, the protective way if ``hard``, or as its label says instead."""
        blind = self._senses.unseen or any(fault.name.startswith("sensor_") for fault in process.reports)
        look = None if blind else partial(self._body.situation, t, self._outputs)
        return self._stops.choose("protective" if hard else "controlled", t, present_by(self._limits, look))

    def begin(self, chosen: Chosen) -> None:
        """Nothing goes on, nor begins anew from what was asked before."""
        for member in self._members:
            member.stream.drop()
            member.chart.halt(chosen[member.name].mode == "protective")

    def braked(self, chosen: Chosen, dt: float) -> tuple[Array, Array | None]:
        """The output after ``dt`` s of a stop, and its pace, None: as it looks."""
        if all(report.mode == "controlled" for report in chosen.values()):
            return self.eased(dt)
        return self._stops.ramp(chosen).ramp(self._outputs.standing, dt), None

    def eased(self, dt: float) -> tuple[Array, Array | None]:
        """The output after ``dt`` s of a controlled stop, and its pace, None: as it looks."""
        if self._smooth is None:
            return self._stops.controlled.ramp(self._outputs.standing, dt), None
        return self._smooth.step(self._outputs.standing, self._outputs.pace, dt)

    def blind(self, dt: float) -> Array:
        """The output after ``dt`` s of the strongest stop of whoever knows nothing."""
        return self._stops.blind.ramp(self._outputs.standing, dt)
