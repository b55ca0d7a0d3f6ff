"""How every fault that a base can have is brought about in one process, one row a fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from iatro_governor.errors import EventError
from iatro_governor.governor.decision import Latch
from iatro_governor.governor.events import (
    Backlog,
    Command,
    Endpoint,
    EStop,
    Fault,
    Malformed,
    Odom,
    Publishers,
    Recover,
    Reset,
    Scan,
)
from iatro_governor.governor.permit import recover_token
from iatro_governor.governor.resetting import token_of
from iatro_governor.profile.load import Profile
from test.governor.profiles import BOX, amr
from test.governor.room import STEP_S, Room, obey

KEY = bytes(range(32))
SPEED = 0.4
"""What the planner asks for, m/s; every bound of the profile allows it."""
REARMS_S = 0.7
"""A stream of commands that is silent for so long begins anew, s."""
OPEN, NEAR = 11.0, 0.4
"""All that the lidar sees is so far away, m."""


class Rig(Room):
    """A base, its operator, and senses that can be spoilt."""

    def __init__(self, profile: Profile, latch: Latch | None = None) -> None:
        super().__init__(profile, key=KEY, latch=latch)
        self.ranges: float | np.ndarray = OPEN
        self.lidar = True
        self.calm = False
        """Whether the emergency stop says all the time that it is not pressed."""

    def _sense(self) -> None:
        pose = np.array(
            [*self._pose[:2], 0.0, 0.0, 0.0, math.sin(self._pose[2] / 2), math.cos(self._pose[2] / 2)]
        )
        self.tell(Odom(self.t, "odom", pose, np.array([self.twist[0], 0, 0, 0, 0, self.twist[1]]), self.t))
        if self.lidar:
            ranges, increment = np.full(360, self.ranges), 2 * math.pi / 360
            self.tell(Scan(self.t, "lidar", ranges, -math.pi, increment, 0.05, 12.0, self.t))

        if self.calm:
            button(False, self)

    def spoil(self, event: Any) -> None:
        """Let a message come in that cannot be used."""
        with suppress(EventError):
            self.tell(event)

    def command(self, vx: float = SPEED, ahead: float = 0.0) -> None:
        """One more command, stamped ``ahead`` s from now."""
        self.tell(Command(self.t, "base", (vx, 0.0, 0.0, 0.0, 0.0, 0.0), self.t + ahead, f"plan {SPEED}"))

    def sign(self) -> None:
        """Release what is latched, as the operator does."""
        latch = self.last.latch
        assert latch is not None
        self.tell(Reset(self.t, token_of(KEY, latch.id, latch.nonce)))

    def hold(self) -> None:
        """Move it out of its trap a little, as the operator does."""
        trap = self.last.trap
        assert trap is not None
        values, count = (-0.05, 0.0, 0.0, 0.0, 0.0, 0.0), round(self.t * 1e3)
        token = recover_token(KEY, (trap.id, trap.nonce), count, self.t, "base", values)
        self.tell(Recover(self.t, "base", values, trap.id, count, self.t, token))


Act = Callable[[Rig], object]


def nothing(_rig: Rig) -> None:
    """Not a thing."""


@dataclass(frozen=True)
class Injection:
    """One row. begin, during (in each step), end: of the condition. within_s: the fault is there by then.

    silent: the planner says nothing while it lasts. stays: the fault is in force as long as its condition. moves:
    whether the robot drove before. prepare: how a run is made, other than by driving about in an open room.
    """

    begin: Act = nothing
    during: Act = nothing
    end: Act = nothing
    within_s: float = STEP_S
    silent: bool = False
    stays: bool = True
    moves: bool = True
    prepare: Callable[[Path], Rig] = lambda folder: Rig(amr(folder))


def shell(name: str) -> Injection:
    """What the node sees, and tells the core."""
    begin = lambda rig: rig.tell(Fault(rig.t, name, True, "by the test"))  # noqa: E731
    return Injection(begin, end=lambda rig: rig.tell(Fault(rig.t, name, False, "")))


def backlog(share: float) -> Injection:
    """So much of the record waits."""
    begin = lambda rig: rig.tell(Backlog(rig.t, share))  # noqa: E731
    return Injection(begin, end=lambda rig: rig.tell(Backlog(rig.t, 0.0)))


def boxed(folder: Path) -> Rig:
    """A long robot with walls all around it, which has found no way out."""
    rig = Rig(amr(folder, BOX))
    bearing = -math.pi + 2 * math.pi / 360 * np.arange(360)
    rig.ranges = 1.0 / np.maximum(np.abs(np.cos(bearing)) / 0.45, np.abs(np.sin(bearing)) / 0.30)
    rig.go(3.0, 0.3, turn=0.4)
    return rig


def button(pressed: bool, rig: Rig) -> None:
    """The emergency stop."""
    rig.tell(EStop(rig.t, pressed, "estop"))


def publishers(rig: Rig, *nodes: str) -> None:
    """Who publishes on the output beside the governor."""
    rig.tell(Publishers(rig.t, "cmd_vel", tuple(Endpoint(node, node, False) for node in nodes)))


def no_pose(rig: Rig) -> None:
    """Odometry that is none."""
    rig.spoil(Odom(rig.t, "odom", np.full(7, math.nan), np.zeros(6), rig.t))


def hurry(rig: Rig) -> None:
    """More commands than are allowed."""
    for _ in range(30):
        rig.command()


def twice(rig: Rig) -> None:
    """Two commands in a period."""
    rig.command()
    rig.command()


def stop_again_and_again(rig: Rig) -> None:
    """Five protective stops, each of which clears."""
    for _ in range(5):
        rig.tell(Fault(rig.t, "internal_error", True, "by the test"))
        rig.go(0.1)
        rig.tell(Fault(rig.t, "internal_error", False, ""))
        rig.go(0.7)


def release(rig: Rig) -> None:
    """A latch that stood, and is released."""
    button(True, rig)
    rig.go(0.1)
    button(False, rig)
    rig.go(0.1)
    rig.sign()


def blind(folder: Path) -> Rig:
    """A lidar that has not spoken yet."""
    rig = Rig(amr(folder))
    rig.lidar = False
    return rig


def no_button(folder: Path) -> Rig:
    """An emergency stop that is required and has not spoken yet."""
    return Rig(amr(folder, sources={"estop": {"required": True}}))


def freed(rig: Rig) -> None:
    """The button that latched speaks again, and the operator signs."""
    button(False, rig)
    rig.sign()


def restarted(folder: Path) -> Rig:
    """A governor that comes back to a latch."""
    return Rig(amr(folder), Latch("amr-1-1", "00" * 16, "estop"))


def see(rig: Rig) -> None:
    """The lidar speaks from now on."""
    rig.lidar = True


def calm(rig: Rig) -> None:
    """The emergency stop speaks from now on, and is not pressed."""
    rig.calm = True


def wall(at: float, rig: Rig) -> None:
    """All round, so far away."""
    rig.ranges = at


def run_away(rig: Rig) -> None:
    """The base is faster than it is told to be."""
    rig.follow = lambda _t, _asked, _moves: np.array([1.0, 0.0])


def obey_again(rig: Rig) -> None:
    """It does what it is told."""
    rig.follow = obey


def mute(rig: Rig) -> None:
    """The lidar says no more."""
    rig.lidar = False


ROWS: dict[str, Injection] = {
    "command_malformed": Injection(during=lambda rig: rig.command(math.nan)),
    "command_stale": Injection(silent=True, stays=False, within_s=0.3),
    "command_future": Injection(during=partial(Rig.command, ahead=1.0)),
    "command_backwards": Injection(during=partial(Rig.command, ahead=-0.1)),
    "command_rate": Injection(during=hurry, within_s=0.5),
    "awaiting_command": Injection(no_pose, silent=True, within_s=0.8),
    "awaiting_rearm": Injection(
        lambda rig: rig.command(math.nan), end=lambda rig: rig.go(REARMS_S), within_s=0.8
    ),
    "sensor_never_seen": Injection(end=see, within_s=0.3, moves=False, prepare=blind),
    "sensor_stale": Injection(mute, end=see, within_s=0.25),
    "sensor_malformed": Injection(during=no_pose),
    "input_malformed": Injection(
        lambda rig: rig.tell(Malformed(rig.t, "line", None, "{")), end=lambda rig: rig.governor.good_line(rig.t)
    ),
    "clock_jump": shell("clock_jump"),
    "clock_stands": shell("clock_stands"),
    "loop_overrun": shell("loop_overrun"),
    "ledger_backlog": backlog(0.95),
    "inactive": shell("inactive"),
    "limit_unreachable": Injection(partial(wall, NEAR), end=partial(wall, OPEN), stays=False),
    "foreign_publisher": Injection(
        lambda rig: publishers(rig, "/rogue"), end=publishers, within_s=0.5 + STEP_S
    ),
    "incompatible_qos": shell("incompatible_qos"),
    "estop": Injection(partial(button, True), end=partial(button, False)),
    "estop_never_seen": Injection(
        end=calm, within_s=1.1, moves=False, prepare=no_button
    ),
    "actuator_disobeys": Injection(run_away, end=obey_again, within_s=1.1),
    "self_test": shell("self_test"),
    "self_tested": shell("self_tested"),
    "configuration_changed": shell("configuration_changed"),
    "repeated_stops": Injection(stop_again_and_again, within_s=4.1),
    "latched": Injection(moves=False, prepare=restarted, end=freed),
    "internal_error": shell("internal_error"),
    "closed": Injection(end=see, moves=False, prepare=blind),
    "ledger_half_full": backlog(0.6),
    "command_superseded": Injection(during=twice, stays=False),
    "recover_refused": Injection(
        lambda rig: rig.tell(Recover(rig.t, "base", (0.0,) * 6, "none", 1, rig.t, "00")), stays=False
    ),
    "recovering": Injection(during=Rig.hold, end=partial(wall, OPEN), moves=False, prepare=boxed),
    "reset_refused": Injection(lambda rig: rig.tell(Reset(rig.t, "00")), stays=False),
    "reset_accepted": Injection(release, stays=False, within_s=0.3),
}  # fmt: skip
"""A new fault of the ladder is one row here, or one of ``arm_rows``."""
