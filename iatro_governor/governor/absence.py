"""After a silence: for how long whoever watches has braked the body meanwhile, as far as what is measured tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Ramp
from iatro_governor.governor.joint_chart import JointVelocityChart
from iatro_governor.governor.member import Member
from iatro_governor.governor.outputs import LAG_S, Outputs
from iatro_governor.governor.twist import TwistChart


class Absence:
    """Of the channels ``members``, whose ``outputs`` are braked by ``stop`` while nobody decides."""

    def __init__(self, members: Sequence[Member], stop: Ramp, outputs: Outputs) -> None:
        self._members, self._stop, self._outputs = members, stop, outputs
        self._noted: tuple[float, float] | None = None

    def note(self, t: float, braked_s: float) -> None:
        """Until ``t``, s, somebody else may have braked, for ``braked_s`` s more."""
        self._noted = t, braked_s + (0.0 if self._noted is None else self._noted[1])

    def forget(self) -> None:
        """What stands is known otherwise."""
        self._noted = None

    def end(self, t: float) -> None:
        """What has been braked to until then stands since then, by what is known of it at ``t``, s."""
        if self._noted is not None:
            until, braked_s = self._noted
            self.brake(until, self._shown(t, braked_s))
            self.forget()

    def brake(self, t: float, braked_s: float) -> None:
        """What stood has been braked for ``braked_s`` s until ``t``."""
        self._outputs.publish(t, self._stop.ramp(self._outputs.standing, braked_s), braked_s)

    def _shown(self, t: float, braked_s: float) -> float:
        """For how long somebody has braked, s: ``braked_s``, unless the body is measured too fast for that.

        Then nobody has, or later, and a step to where that would have led were harder than any stop. What was told
        within the delay, and the age of what is measured, does not show in it; nor need it within the lag of a body.
        """
        standing, late = self._outputs.standing, 0.0
        measured = np.zeros(len(standing))
        for member in self._members:
            chart = member.chart
            if not standing[member.place].any():
                continue
            if not isinstance(chart, TwistChart | JointVelocityChart) or chart.newest is None:
                return braked_s  # nobody leads a set-point on, whoever watches, and no force is a motion
            late = max(late, t - chart.newest + chart.config.actuator_delay_s)
            measured[member.place] = along(standing[member.place], chart.measured)
        would, left = float(self._stop.time(standing)), float(self._stop.time(measured))
        shows_s = braked_s - late - LAG_S
        if shows_s <= 0 or left <= would - shows_s / 2:
            return braked_s
        return min(max(would - left, 0.0) + late, braked_s)


def along(standing: Array, measured: Array) -> Array:
    """What of the speeds ``measured`` (n,) may be left of those that stood (n,): no more, and in no other direction.

    Whoever pushes a body that was braked, or drives it elsewhere, does not show that it was not.
    """
    left: Array = np.clip(measured, np.minimum(standing, 0.0), np.maximum(standing, 0.0))
    return left
