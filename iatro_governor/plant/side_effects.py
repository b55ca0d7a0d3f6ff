"""What a stop does besides: to who follows, to what is carried, on a slope, in the air.

Each is a model of a line or two, driven by the speeds that a robot really had. The simulated robots have nothing loose
on their deck, nobody behind them and no rotors, and their tyres hold as well when they slide as when they roll. Left
out here, too: that a load tips before it slides, that a follower swerves, and what wind does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

GRAVITY = 9.81
"""m/s2."""
SLOWING = 0.05
"""m/s less than before, by which whoever follows sees that the robot slows."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Whoever goes behind the robot at its speed: ``gap`` m off, reacting after ``reaction_s`` s, braking by m/s2."""

    gap: float
    reaction_s: float
    deceleration: float

    def least_gap(self, speeds: Sequence[float], dt: float) -> float:
        """The least distance, m, while the robot goes at ``speeds``, m/s, ``dt`` s apart; negative: they met."""
        robot = np.asarray(speeds, dtype=float)
        seen = (
            int(np.argmax(robot < robot[0] - SLOWING)) if (robot < robot[0] - SLOWING).any() else len(robot)
        )
        since = np.maximum((np.arange(len(robot)) - seen) * dt - self.reaction_s, 0.0)
        own = np.maximum(robot[0] - self.deceleration * since, 0.0)
        return float((self.gap + np.cumsum((robot - own) * dt)).min())


@dataclass(frozen=True, slots=True)
class LooseLoad:
    """A crate on a deck, held by ``friction`` alone (Coulomb's, the same at rest and sliding)."""

    friction: float

    def slides(self, speeds: Sequence[float], dt: float) -> float:
        """How far it slides on the deck, m, while the robot goes at ``speeds``, m/s, ``dt`` s apart."""
        own, moved, most = float(speeds[0]), 0.0, self.friction * GRAVITY * dt
        for speed in speeds:
            own += min(max(speed - own, -most), most)
            moved += abs(own - speed) * dt
        return moved


@dataclass(frozen=True, slots=True)
class Pinched:
    """What two pads hold by ``effort`` N each with ``friction``: a part of ``mass`` kg."""

    mass: float
    effort: float
    friction: float

    def slips(self, acceleration: float) -> bool:
        """Whether it slips while the hand accelerates sideways by m/s2: ``m sqrt(g^2 + a^2) > 2 mu F``."""
        return self.mass * math.hypot(GRAVITY, acceleration) > 2 * self.friction * self.effort


@dataclass(frozen=True, slots=True)
class Downhill:
    """Tyres on ground that falls by ``angle`` rad; friction ``sticks`` while they roll, ``slides`` once they lock."""

    angle: float
    sticks: float
    slides: float

    def way(self, speed: float, deceleration: float) -> float:
        """How far a base goes on that brakes by m/s2 from ``speed`` m/s downhill, m; infinite: it does not stop."""
        down, across = GRAVITY * math.sin(self.angle), GRAVITY * math.cos(self.angle)
        if deceleration + down > self.sticks * across:
            deceleration = self.slides * across - down
        return math.inf if deceleration <= 0 else speed**2 / (2 * deceleration)


@dataclass(frozen=True, slots=True)
class Rotors:
    """A body in the air whose greatest thrust is ``lift`` times its weight."""

    lift: float

    def sinks(self, speeds: Sequence[float], dt: float) -> float:
        """How far it has sunk, m, once it has gone at ``speeds``, m/s, ``dt`` s apart, leaning as that asks for.

        A sideways acceleration a leans it by atan(a / g), and thrust T holds up T cos(lean) of it.
        """
        falling = sunk = 0.0
        for before, after in pairwise(speeds):
            lean = math.atan(abs(after - before) / dt / GRAVITY)
            falling += max(1.0 - self.lift * math.cos(lean), 0.0) * GRAVITY * dt
            sunk += falling * dt
        return sunk

    @staticmethod
    def falls(seconds: float) -> float:
        """How far it falls with its motors cut, m."""
        return GRAVITY * seconds**2 / 2
