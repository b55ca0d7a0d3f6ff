"""One light base that sees nothing behind a core, step by step, and a limit that a test has feel and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, Fault, Flags, Odom
from iatro_governor.limits.limit import Clearance, Limit, LimitConfig, Strain
from iatro_governor.limits.registry import build
from iatro_governor.profile.load import Profile
from test.governor.profiles import amr

STEP_S = 0.01
SEEING = ("zone", "slow_zone", "obstacle", "time_to_collision", "unseen")
SOFT, HARD = 0.8 * STEP_S, 1.6 * STEP_S
"""What the controlled and the protective stop of config/amr.yaml take off the speed in a step, m/s."""
WELL = {"payload_held": False, "follower_close": False, "on_slope": False}


def unseeing(folder: Path) -> Profile:
    """The base of config/amr.yaml without any limit on what it would have to see."""
    return amr(folder, drop=SEEING, sources={"lidar": {"required": False}})


class Felt(Limit[Any]):
    """Alarms for as long as ``why`` says something, and refuses every way where there is no ``room``.

    last_resort: whether a way that was verified before is let pass all the same.
    """

    model, unit, fault = LimitConfig, "N", "contact_collision"

    def __init__(self) -> None:
        super().__init__(LimitConfig(name="felt", kind="felt", channel="base", source="a test"))
        self.why: str | None = None
        self.asked = 0
        self.room, self.last_resort = 9.0, False
        self.pushes: Strain | None = None

    def alarm(self, situation: Any) -> str | None:
        self.asked += 1
        return self.why

    def strain(self, situation: Any) -> Strain | None:
        return self.pushes

    def clear(self, rollouts: Any, situation: Any, tolerance: float = 0.0) -> Any:
        fine = self.room > 0.0 or (self.last_resort and tolerance > 0.0)
        return np.full(len(rollouts.outputs), fine)

    def clearance(self, *_: Any) -> Clearance:
        return Clearance(self.room, 0.5)


def feeling_cart(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> tuple[Cart, Felt]:
    """A cart, and the limit that feels for it beside those of its profile."""
    felt = Felt()
    monkeypatch.setattr("iatro_governor.governor.core.build", lambda configs: [*build(configs), felt])
    return Cart(profile), felt


class Cart:
    """One base behind a core, in steps of a period; it does what it is told, or what a test says."""

    def __init__(self, profile: Any, **more: Any) -> None:
        self.governor = Governor(profile, **more)
        (self.group,) = self.governor.groups
        self.t, self.x, self.moves = 0.0, 0.0, 0.0
        self.slips: float | None = None
        """What it is measured to do whatever it is told, m/s."""
        self.last: Decision = self.tick()

    def tick(self, command: float | None = None, stamp: float | None = None) -> Decision:
        """One step; the command's own decision where there is one."""
        pose, moves = np.array([self.x, 0, 0, 0, 0, 0, 1.0]), self.moves if self.slips is None else self.slips
        self.governor.handle(Odom(self.t, "odom", pose, np.array([moves, 0, 0, 0, 0, 0.0]), self.t))
        self.governor.handle(Flags(self.t, "flags", dict(WELL), self.t))
        if command is None:
            (self.last,) = self.governor.tick(self.t)
        else:
            self.last = self.command(command, stamp)
        self.moves = self.last.allowed[0]
        self.x += moves * STEP_S
        self.t = round(self.t + STEP_S, 6)
        return self.last

    def command(self, speed: float, stamp: float | None = None) -> Decision:
        told = (speed, 0.0, 0.0, 0.0, 0.0, 0.0)
        (decision,) = self.governor.handle(
            Command(self.t, "base", told, self.t if stamp is None else stamp, "a plan")
        )
        return decision

    def go(self, steps: int, command: float | None = None) -> Decision:
        for _ in range(steps):
            self.tick(command)
        return self.last

    def fault(self, name: str, active: bool = True) -> None:
        self.governor.handle(Fault(self.t, name, active, "by the test"))

    @property
    def faults(self) -> set[str]:
        return {fault.name for fault in self.last.faults}
