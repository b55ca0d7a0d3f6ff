"""A differential base in an open room, behind the governor, in one process; it follows its commands as a test says."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, EStop, Event, Flags, Odom, Reset, Scan
from iatro_governor.profile.load import Profile

STEP_S = 0.02
WELL = {"payload_held": False, "follower_close": False, "on_slope": False}
Follow = Callable[[float, Array, Array], Array]
"""From the time, s, what is commanded and how the base moves, (vx, wz) each, to how it moves a step later."""


def obey(t: float, asked: Array, moves: Array) -> Array:
    """A base without any lag."""
    return asked


class Room:
    """Steps base and governor together."""

    def __init__(self, profile: Profile, follow: Follow = obey, **governor: Any) -> None:
        self.governor = Governor(profile, **governor)
        self.follow = follow
        self.t = 0.0
        self.twist = np.zeros(2)
        self.noise: Callable[[], Array] = lambda: np.zeros(2)
        self.stir: Callable[[], Array] = lambda: np.zeros(3)
        """What the measured pose [x, y, yaw] is wrong by."""
        self.decisions: list[Decision] = []
        told = getattr(profile.data.sources.get("flags"), "names", ())
        self.well = {} if "hand_guided" in told else dict(WELL)
        """What a trusted source tells all the time."""
        self._pose = np.zeros(3)
        self._asked = np.zeros(2)

    @property
    def last(self) -> Decision:
        """The newest decision."""
        return self.decisions[-1]

    @property
    def faults(self) -> set[str]:
        """Names of the faults of the newest decision."""
        return {fault.name for fault in self.last.faults}

    def detail(self, fault: str) -> str:
        """What the newest decision says of ``fault``; empty: it is not in force."""
        return next((f.detail for f in self.last.faults if f.name == fault), "")

    def tell(self, *events: Event) -> None:
        """Let the governor know."""
        for event in events:
            self._take(self.governor.handle(event))

    def go(
        self, seconds: float, command: float | None = None, step: float = STEP_S, turn: float = 0.0
    ) -> None:
        """Let time pass, with the command (``command``, ``turn``) in every step or with none."""
        for _ in range(round(seconds / step)):
            self._sense()
            if self.well:  # or hard stops would give way to softer ones
                self.tell(Flags(self.t, "flags", dict(self.well), self.t))
            if command is not None:
                values = (command, 0.0, 0.0, 0.0, 0.0, turn)
                self.tell(Command(self.t, "base", values, self.t, f"plan {command}"))
            self._take(self.governor.tick(self.t))
            self.twist = self.follow(self.t, self._asked, self.twist)
            self._pose[0] += math.cos(self._pose[2]) * self.twist[0] * step
            self._pose[1] += math.sin(self._pose[2]) * self.twist[0] * step
            self._pose[2] += self.twist[1] * step
            self.t = round(self.t + step, 9)

    def latched_and_released(self, token: Callable[[Any], str]) -> Any:
        """Press and release the emergency stop, and reset; returns the latch that was."""
        self.tell(EStop(self.t, True), EStop(self.t, False))
        self.go(0.1)
        latch = self.last.latch
        assert latch is not None
        self.tell(Reset(self.t, token(latch)))
        self.go(0.1)
        assert self.last.latch is None
        return latch

    def _sense(self) -> None:
        x, y, yaw = self._pose + self.stir()
        half = yaw / 2
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(half), math.cos(half)])
        told = self.twist + self.noise()
        twist = np.array([told[0], 0.0, 0.0, 0.0, 0.0, told[1]])
        increment = 2 * math.pi / 360
        self.tell(
            Odom(self.t, "odom", pose, twist, self.t),
            Scan(self.t, "lidar", np.full(360, 11.0), -math.pi, increment, 0.05, 12.0, self.t),
        )

    def _take(self, decisions: list[Decision]) -> None:
        self.decisions += decisions
        for decision in decisions:
            self._asked = np.array([decision.allowed[0], decision.allowed[5]])
