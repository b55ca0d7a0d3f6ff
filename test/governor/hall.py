"""A small exact world for closed loops: round posts, a lidar, a base that does just what it is told, a delay later."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.body.planar import arc, compose, inverse, transform
from iatro_governor.body.shape import Shape
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, Look, Odom, Scan

BEAMS = 720
STEP = 2 * math.pi / BEAMS
RANGE_MAX = 12.0
SUBSTEPS = 5


@dataclass
class Hall:
    """Posts (n, 3) as x, y, radius in odom; the base at ``pose``, moving by ``twist``."""

    posts: np.ndarray
    pose: np.ndarray = field(default_factory=lambda: np.zeros(3))
    twist: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def ranges(self, place: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """What a lidar at ``place`` on the base sees, straight behind first."""
        bearing = -math.pi + STEP * np.arange(BEAMS)
        out = np.full(BEAMS, np.inf)
        centres = transform(inverse(self.pose), self.posts[:, :2]) - place
        for (x, y), radius in zip(centres, self.posts[:, 2], strict=True):
            along = x * np.cos(bearing) + y * np.sin(bearing)
            across2 = x * x + y * y - along * along
            hit = (along > 0) & (across2 < radius * radius)
            entry = along - np.sqrt(np.where(hit, radius * radius - across2, 0.0))
            out = np.where(hit, np.minimum(out, entry), out)
        return np.where(out > RANGE_MAX, np.inf, out)

    def gap(self, footprint: Shape) -> float:
        """True distance between the footprint and the nearest post, m."""
        if not len(self.posts):
            return math.inf
        local = transform(inverse(self.pose), self.posts[:, :2])
        return float((footprint.distance(local) - self.posts[:, 2]).min())

    def move(self, seconds: float) -> None:
        """Drive the present twist."""
        self.pose = compose(self.pose, arc(self.twist * seconds))


def lidar(hall: Hall, t: float) -> list[Look]:
    """The scan of a lidar at the base origin."""
    return [Scan(t, "lidar", hall.ranges(), -math.pi, STEP, 0.01, RANGE_MAX, t)]


@dataclass
class Drive:
    """A closed loop of governor and hall, in steps finer than the governor's loop."""

    governor: Governor
    hall: Hall
    channel: str = "base"
    delay_s: float = 0.04
    scan_every: int = 5
    odom_every: int = 1
    skip: Callable[[int], bool] | None = None
    """Ticks that are missed."""
    looks: Callable[[Hall, float], list[Look]] | None = None
    """What other sensors than the lidar see of the hall at a time."""
    k: int = 0
    gaps: list[float] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    poses: list[np.ndarray] = field(default_factory=list)
    _sent: deque = field(default_factory=deque)

    def run(self, seconds: float, command, every: int = 5) -> None:
        """Drive for ``seconds`` by ``command``: a constant (3,), a function of time that gives one, or silence."""
        governor, period = self.governor, self.governor.period
        figure = governor.profile.data.robot.footprint
        assert figure is not None
        footprint = figure.shape()
        for _ in range(round(seconds / period)):
            t = self.k * period
            if self.k % self.odom_every == 0:
                governor.handle(self._odom(t))
            if self.k % self.scan_every == 0:
                for look in (self.looks or lidar)(self.hall, t):
                    governor.handle(look)
            wanted = command(t) if callable(command) else command
            late = self.skip is not None and self.skip(self.k)
            if wanted is not None and self.k % every == 0 and not late:
                vx, vy, wz = wanted
                self.decisions += governor.handle(Command(t, self.channel, (vx, vy, 0.0, 0.0, 0.0, wz), t))
            if self.skip is None or not self.skip(self.k):
                self.decisions += governor.tick(t)
            self._sent.append((t + self.delay_s, np.array(self.decisions[-1].allowed)[[0, 1, 5]]))
            for part in range(SUBSTEPS):
                while self._sent and self._sent[0][0] <= t + part * period / SUBSTEPS + 1e-9:
                    self.hall.twist = self._sent.popleft()[1]
                self.hall.move(period / SUBSTEPS)
                self.gaps.append(self.hall.gap(footprint))
            self.poses.append(self.hall.pose.copy())
            self.k += 1

    def _odom(self, t: float) -> Odom:
        x, y, yaw = self.hall.pose
        vx, vy, wz = self.hall.twist
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        return Odom(t, "odom", pose, np.array([vx, vy, 0.0, 0.0, 0.0, wz]), t)

    @property
    def last(self) -> Decision:
        """The newest decision."""
        return self.decisions[-1]
