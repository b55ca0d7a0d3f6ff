"""Stops whose deceleration builds up and lets go no faster than a jerk allows.

A stop takes a motion to rest along its own direction: what is left of it, ``sigma``, falls from 1 to 0. Relative to the
motion, ``peak`` bounds how fast it falls, 1/s, ``rise`` how fast that changes, 1/s2, and ``slowing`` is how fast it
falls already. It falls faster and faster by ``rise`` up to the peak, evenly, and slower and slower until rest. (The
trapezoid of accelerations of Biagiotti and Melchiorri, "Trajectory Planning for Automatic Machines and Robots", 2008,
section 3.4.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array

STEEPEST = 1e9
"""Stands for a rise that nothing bounds, 1/s2."""


@dataclass(frozen=True, slots=True)
class Easing:
    """Stops of c motions. rise, slowing: (c,) as they can be kept. top: (c,) the fastest fall.

    build, even, release: (c,) s, the three parts.
    """

    rise: Array
    slowing: Array
    top: Array
    build: Array
    even: Array
    release: Array

    @property
    def time(self) -> Array:
        """Seconds (c,) until rest."""
        out: Array = self.build + self.even + self.release
        return out

    @property
    def coast(self) -> Array:
        """Seconds (c,) at full speed that lead as far as the stop does: the integral of sigma."""
        left = self._left_after_build
        gentle = self.release**2 * self.top / 6
        first = self.build - self.slowing * self.build**2 / 2 - self.rise * self.build**3 / 6
        out: Array = first + (left + self.top * self.release / 2) * self.even / 2 + gentle
        return out

    def after(self, dt: float | Array) -> tuple[Array, Array]:
        """What is left (c,) after ``dt`` s, one or (c,), and how fast it falls then (c,), 1/s."""
        a = np.minimum(dt, self.build)
        b = np.clip(dt - self.build, 0.0, self.even)
        c = np.clip(self.build + self.even + self.release - dt, 0.0, self.release)
        falls = np.where(dt < self.build, self.slowing + self.rise * a, self.top)
        left = 1.0 - self.slowing * a - self.rise * a * a / 2 - self.top * b
        letting_go = dt > self.build + self.even
        fade = np.where(self.release > 0, c / np.where(self.release > 0, self.release, 1.0), 0.0)
        left = np.where(letting_go, self.top * self.release / 2 * fade * fade, left)
        return left, np.where(letting_go, self.top * fade, falls)

    @property
    def _left_after_build(self) -> Array:
        out: Array = 1.0 - self.slowing * self.build - self.rise * self.build**2 / 2
        return out


def ease(peak: Array, rise: Array, slowing: Array) -> Easing:
    """The quickest stops (c,) within ``peak`` (c,) and ``rise`` (c,), from ``slowing`` (c,).

    A motion that falls so fast already that it could not let go in time lets go as late and as fast as it must.
    """
    slowing = np.minimum(slowing, peak)
    rise = np.maximum(rise, slowing * slowing / 2)
    top = np.minimum(peak, np.sqrt(rise + slowing * slowing / 2))
    build, release = (top - slowing) / rise, top / rise
    covered = slowing * build + rise * build * build / 2 + top * release / 2
    even = np.maximum(1.0 - covered, 0.0) / top
    return Easing(rise, slowing, top, build, even, release)


def falling(outputs: Array, pace: Array) -> Array:
    """How fast ``outputs`` (c, n), changing at ``pace`` (c, n) per second, fall along their own direction (c,), 1/s.

    0 where they grow or turn: such a stop begins anew.
    """
    square = (outputs * outputs).sum(axis=-1)
    known = square > 0
    fall: Array = np.where(known, -(outputs * pace).sum(axis=-1) / np.where(known, square, 1.0), 0.0)
    aside = np.abs(pace + fall[:, None] * outputs).max(axis=-1)
    straight = aside <= 1e-6 * np.abs(pace).max(axis=-1)
    return np.where(straight, np.maximum(fall, 0.0), 0.0)


def eased_stop(time: Array, outputs: Array, pace: Array, jerk: Array) -> Easing:
    """Stops of ``outputs`` (c, n) that change at ``pace`` (c, n) per second.

    time: (c,) s that they would take without ``jerk``, (n,) bounds on the change of pace of each component.
    """
    moving = time > 0
    peak = np.where(moving, 1.0 / np.where(moving, time, 1.0), 1.0)
    size = np.abs(outputs)
    rise = np.where(size > 0, jerk / np.where(size > 0, size, 1.0), np.inf).min(axis=-1)
    return ease(peak, np.minimum(rise, STEEPEST), falling(outputs, pace))
