"""The governor's time: it never goes back, and runs on when the ROS clock stands still, so that ages always grow."""

from __future__ import annotations

import math
from collections.abc import Callable

JUMP_S = 0.02
"""The machine's clock may be set by this much between two looks before it counts as a jump, s."""
SIM_JUMP_S = 1.0
"""A step of /clock beyond this is a jump, s."""
SIM_DOUBT_S = 1.0
"""For so long after /clock went back, s, time runs by the machine's: going back and forth makes none pass."""
SIM_STALL_S = 0.5
"""After /clock has stood still for so long, time runs on by the machine's clock, s."""
SIM_STANDS_S = 1.0
"""What comes in when /clock has stood still for so long, s, is stamped by a clock that tells nothing any more."""

AT_ONCE_S = 0.001
"""Two clocks that are read within this, s, are read at once ..."""
LOOKS = 3
"""... and so often it is tried: a busy machine may hold the process up in between."""

ReadClock = Callable[[], float]


class Timeline:
    """Governor time ``now`` in s, and how far the ROS clock is ahead of it (``offset``, s).

    It starts as the ROS clock. From then on it follows the monotonic clock or, where ``sim``, /clock, which tells 0
    until its first message: however late a simulation is joined, that is where it begins, and no jump.
    """

    def __init__(self, ros: ReadClock, monotonic: ReadClock, sim: bool) -> None:
        """``ros``: the node's clock, s. ``monotonic``: one that cannot be set, s."""
        self._ros, self._monotonic, self._sim = ros, monotonic, sim
        self._last_ros, self._last_mono, self._last_doubt = self._look()
        self._moved, self._went_back = self._last_mono, -math.inf
        self._goes = self._heard = False
        self.now = self._last_ros
        self.offset = 0.0
        self.jump: str | None = None
        """What the ROS clock did that it must not do, since this was last asked by :meth:`take_jump`."""

    def read(self) -> float:
        """Look at the clocks; returns the governor's time, s."""
        ros, mono, doubt = self._look()
        by_ros, by_mono = ros - self._last_ros, mono - self._last_mono
        allowed = JUMP_S + doubt + self._last_doubt
        self._last_ros, self._last_mono, self._last_doubt = ros, mono, doubt
        if self._sim:
            self.now += self._sim_step(by_ros, by_mono, mono)
        else:
            if abs(by_ros - by_mono) > allowed:
                self.jump = f"the clock was set by {by_ros - by_mono:+.3f} s"
            self.now += max(by_mono, 0.0)
        self.offset = ros - self.now
        return self.now

    def _look(self) -> tuple[float, float, float]:
        """Both clocks, s, and how far from each other they may have been read, s."""
        looks = []
        for _ in range(LOOKS):
            before = self._monotonic()
            ros = self._ros()
            between = self._monotonic() - before
            looks.append((between, ros, before + between / 2))
            if between <= AT_ONCE_S:
                break
        between, ros, mono = min(looks)
        return ros, mono, between / 2

    def _sim_step(self, by_ros: float, by_mono: float, mono: float) -> float:
        begins = not self._goes and self._last_ros == by_ros > 0
        if not begins and not 0 <= by_ros <= SIM_JUMP_S:
            self.jump = f"/clock went by {by_ros:+.3f} s in one step"
        if by_ros < 0:
            self._went_back = mono
        doubted = begins or mono - self._went_back < SIM_DOUBT_S
        if by_ros != 0:
            self._moved, self._goes, self._heard = mono, True, False
            return by_mono if doubted else by_ros
        return by_mono if doubted or mono - self._moved > SIM_STALL_S else 0.0

    def heard(self) -> None:
        """Somebody's message came in now, stamped by the ROS clock."""
        self._heard = self._heard or self._stood_s > SIM_STANDS_S

    @property
    def stands(self) -> str | None:
        """Why stamps tell no age: messages come in under a /clock that stands. A paused simulation sends none."""
        if not self._heard:
            return None
        return f"/clock has stood still for {self._stood_s:.1f} s, and messages come in: none of them can look old"

    @property
    def _stood_s(self) -> float:
        """For how long /clock has stood still, s; 0 where it is the machine's clock, or has not begun to go."""
        return self._last_mono - self._moved if self._sim and self._goes else 0.0

    def take_jump(self) -> str | None:
        """The last jump not yet taken, or None."""
        jump, self.jump = self.jump, None
        return jump

    def of_stamp(self, stamp: float) -> float:
        """A stamp of the ROS clock in the governor's time, s."""
        return stamp - self.offset
