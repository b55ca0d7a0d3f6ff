"""Jerk between one output and the next: how much of a step it allows, and how a controlled stop goes on under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.easing import eased_stop
from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Ramp


@dataclass(frozen=True, slots=True)
class SmoothStop:
    """The stop ``ramp`` with its deceleration built up and let go within ``jerk`` (n,).

    eased: (n,) whether a component keeps its way with the others; the rest stops by itself, as ``ramp`` has it.
    """

    ramp: Ramp
    jerk: Array
    eased: NDArray[np.bool_]

    @property
    def build_up_s(self) -> float:
        """The longest, s, that any deceleration of ``ramp`` takes to build up.

        A component that brakes by ``b`` builds it up in ``b / jerk``; the stop of several takes no more than the worst
        of them.
        """
        at = np.flatnonzero(np.isfinite(self.jerk))
        seconds = self.ramp.time(np.eye(len(self.jerk))[at]) * self.jerk[at]
        return float((1.0 / seconds).max(initial=0.0))

    def step(self, anchor: Array, pace: Array, dt: float) -> tuple[Array, Array]:
        """The output (n,) after ``dt`` s from ``anchor`` (n,), which changes at ``pace`` (n,), and its own pace."""
        own = self.ramp.ramp(anchor, dt)
        stopping = (own - anchor) / dt if dt > 0 else np.zeros(len(anchor))
        going = np.where(self.eased, anchor, 0.0)
        changing = np.where(self.eased, pace, 0.0)
        stop = eased_stop(self.ramp.time(anchor[None]), going[None], changing[None], self.jerk)
        left, falls = stop.after(dt)
        if not going.any() or float(stop.time[0]) <= dt + 1e-12:
            return np.where(self.eased, 0.0, own), np.where(self.eased, 0.0, stopping)
        return np.where(self.eased, going * left[0], own), np.where(self.eased, -going * falls[0], stopping)


def jerk_shares(change: Array, pace: Array, jerk: Array, dt: float) -> tuple[Array, Array]:
    """The least and the largest share (c, 1) of ``change`` (c, n) that ``jerk`` (n,) allows within ``dt`` s.

    ``pace`` (n,): how fast the output changes already. Progress along the change may speed up and slow down by the
    jerk, and slows down early enough to end at the target; progress that leads elsewhere is over at once.
    """
    bound = np.isfinite(jerk)
    size = np.abs(change[:, bound])
    moving = size > 0
    per = np.where(moving, size, 1.0)
    rise = np.where(moving, jerk[bound] / per, np.inf).min(axis=-1, keepdims=True, initial=np.inf)
    along = np.where(moving, np.maximum(pace[bound] * np.sign(change[:, bound]), 0.0) / per, np.inf)
    begun = along.min(axis=-1, keepdims=True, initial=np.inf)
    begun = np.where(np.isfinite(begun), begun, 0.0)
    close = ~(rise * dt * dt < 1.0)
    steady = np.where(close, 1.0, rise)
    ease = steady * (np.sqrt(dt * dt + 2.0 / steady) - dt)
    most = np.where(close, np.inf, np.minimum(begun + steady * dt, ease))
    least = np.where(close, 0.0, begun - steady * dt)
    return np.maximum(least, 0.0) * dt, np.maximum(most * dt, np.maximum(least, 0.0) * dt)
