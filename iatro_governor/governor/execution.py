"""A trajectory under way: where it has the joints, whether they follow, and the one stop that may replace it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.path_stop import stop_along
from iatro_governor.body.path_tracking import Tolerance, deviation, nearest
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import SAMPLES
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.trajectory import as_points
from iatro_governor.limits.course import Course

SETTLE_S = 0.2
"""After a stop should be over measured rest is waited for so long, s; then it is sent again."""
MOMENTS = 9
"""Moments of the lag among which the one is looked for that the joints are at."""
LOOK_S = 0.05
"""Between the points of a stop that is only reckoned with, s."""
Stop = Literal["controlled", "protective"]


@dataclass(frozen=True, slots=True)
class Following:
    """How joints (n,) follow a path. decelerations: of each stop, rad/s2 or m/s2. tolerance: how far they may be off.

    lag_s: by how much they may be late. period: s, between the points of a stop. covered_s: how late that may be sent.
    """

    joints: Sequence[str]
    decelerations: dict[Stop, Array]
    tolerance: Array
    lag_s: float
    period: float
    covered_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A path that joints follow from ``began`` on, s. stop: which one it is, None: the planner's own path.

    doubted: since when nobody knows whether it still goes on, s; None: it does.
    """

    path: JointPath
    began: float
    command: Command | None = None
    stop: Stop | None = None
    doubted: float | None = None


class Execution:
    """At most one path at a time. Whatever is to be published waits in ``outgoing`` until it is taken."""

    def __init__(self, how: Following) -> None:
        self._how = how
        unbounded = np.full(len(how.joints), np.inf)
        self._tolerance = Tolerance(how.tolerance, unbounded, how.lag_s)
        self._run: Run | None = None
        self._before: Run | None = None
        self._outgoing: tuple[Knot, ...] | None = None
        self.astray: str | None = None
        """How the joints leave the path, None: they follow."""

    @property
    def command(self) -> Command | None:
        """Whose trajectory goes on; None where none does, or a stop."""
        return None if self._run is None else self._run.command

    @property
    def under_way(self) -> bool:
        """Whether a trajectory or a stop goes on."""
        return self._run is not None

    def take_outgoing(self) -> tuple[Knot, ...] | None:
        """What is to be published now, once."""
        out, self._outgoing = self._outgoing, None
        return out

    def begin(self, t: float, path: JointPath, points: Sequence[Knot], command: Command) -> None:
        """Follow ``path``, which ``points`` describe to a controller, from ``t`` on."""
        self._go_on(Run(path, t, command), points)

    def _go_on(self, run: Run, points: Sequence[Knot]) -> None:
        if self._outgoing is None:
            self._before = self._run
        self._run, self._outgoing, self.astray = run, tuple(points), None

    def cancel(self) -> None:
        """Take back what has begun last, or was to stop, and was not published; what went on before goes on."""
        self._run, self._before, self._outgoing = self._before, None, None

    def doubt(self, t: float) -> None:
        """From ``t`` on, s, what goes on may have been replaced by somebody else's stop, or may not.

        So it is nobody's any more, and the joints brake from where they are, once they are measured after that. Rest is
        no end of it: a path that nobody has replaced may only pause there.
        """
        if self._run is not None:
            self._run = replace(self._run, command=None, doubted=t)
        self._before = self._outgoing = self.astray = None

    def suspect(self, t: float, measured: JointState) -> None:
        """Until ``t``, s, anything may have begun that was never told of: the joints brake as where it is doubted."""
        self._run = self._run or Run(self._brake(measured, "controlled"), t, stop="controlled")
        self.doubt(t)

    def state(self, t: float) -> JointState | None:
        """Where the path has the joints, and how fast they are there; None where there is none, or it is doubted."""
        if self._run is None or self._run.doubted is not None:
            return None
        at = np.array(t - self._run.began)
        return JointState(self._run.path.positions(at), self._run.path.velocities(at))

    def watch(self, t: float, measured: JointState, measured_t: float, rests: bool) -> Array | None:
        """Look whether the joints follow, and whether the path is over; returns where it leaves them then (n,).

        ``measured``: the newest measurement, of ``measured_t``. ``rests``: whether that is rest.
        """
        run = self._run
        if run is None:
            return None
        if run.doubted is not None:
            if measured_t > run.doubted:
                stop: Stop = run.stop or "controlled"
                self._replace(t, self._brake(measured, stop), stop)
            return None
        since = t - run.began
        if run.stop is not None:
            return self._watch_stop(run, since, measured, measured_t, rests)
        if measured_t > run.began:
            self.astray = self._off(run, measured_t - run.began, measured)
        if self.astray is None and since >= run.path.duration + self._how.lag_s:
            self._run = None
            return run.path.positions(np.array(run.path.duration))
        return None

    def _off(self, run: Run, since: float, measured: JointState) -> str | None:
        found = deviation(run.path, since, measured, self._tolerance)
        if not found.exceeded:
            return None
        joint = found.joint
        return (
            f"{self._how.joints[joint]} is {found.position[joint]:.4g} rad or m off its trajectory {since:.3f} s after "
            f"its start; {self._how.tolerance[joint]:g} is allowed"
        )

    def _watch_stop(
        self, run: Run, since: float, measured: JointState, measured_t: float, rests: bool
    ) -> Array | None:
        if since < run.path.duration or measured_t <= run.began:
            return None
        if rests:
            self._run = None
            return run.path.positions(np.array(run.path.duration))
        if since >= run.path.duration + SETTLE_S:
            assert run.stop is not None
            self._replace(run.began + since, self._brake(measured, run.stop), run.stop)
        return None

    def halt(self, t: float, stop: Stop, measured: JointState) -> None:
        """Replace what goes on by its stop, once; by a stronger one, where a weaker one goes on already.

        The stop goes along the path, unless the joints have left it: then they brake from where they are measured.
        Where it is doubted, ``watch`` has to have them do so first.
        """
        run = self._run
        if run is None or run.doubted is not None or run.stop in (stop, "protective"):
            return
        if self.astray is not None:
            self._replace(t, self._brake(measured, stop), stop)
        elif (since := t - run.began) < run.path.duration:
            brakes = self._how.decelerations[stop]
            self._replace(t, stop_along(run.path, since, brakes, self._how.period), stop)

    def _replace(self, t: float, path: JointPath, stop: Stop) -> None:
        self._go_on(Run(path, t, stop=stop), as_points(path))

    def _brake(self, measured: JointState, stop: Stop) -> JointPath:
        """Every joint brakes evenly, in the time that the slowest needs."""
        speeds = np.abs(measured.velocities)
        time = max(float((speeds / self._how.decelerations[stop]).max()), self._how.period)
        ends = measured.positions + measured.velocities * time / 2
        knots = Knots.cubic(
            np.array([0.0, time]),
            np.stack([measured.positions, ends]),
            np.stack([measured.velocities, np.zeros_like(ends)]),
        )
        return JointPath.through(knots, measured)

    def phase(self, t: float, measured: JointState) -> tuple[float, Array]:
        """The path's own time, s, at which the joints are, and how far they are beside it then (n,).

        Not later than now, not earlier than the lag allows.
        """
        assert self._run is not None
        since = t - self._run.began
        moments = np.maximum(np.linspace(since, since - self._how.lag_s, MOMENTS), 0.0)
        return nearest(moments, self._run.path.positions(moments), measured.positions)

    def velocities(self, phase: float) -> Array:
        """Of the path (n,) at its own time ``phase``, rad/s or m/s."""
        assert self._run is not None
        velocities: Array = self._run.path.velocities(np.array(phase))
        return velocities

    def course(self, t: float, phase: float, aside: Array) -> Course:
        """The way that is left where the stop is sent in a period, or as late as is covered; of a stop, its rest.

        aside: (n,) how far the joints are beside it.
        """
        run = self._run
        assert run is not None
        since = t - run.began
        if run.stop is not None:
            times = since + _braked(SAMPLES) * max(run.path.duration - since, 0.0)
            return Course(run.path.positions(times), max(run.path.duration - since, 0.0), aside)
        turn = since + max(self._how.period, self._how.covered_s)
        stop = stop_along(run.path, turn, self._how.decelerations["controlled"], LOOK_S)
        first = _before(turn - phase, stop.duration)
        before = np.linspace(phase, turn, first + 1)[1:]
        ahead = stop.positions(_braked(SAMPLES - first) * stop.duration)
        positions = np.concatenate([run.path.positions(before), ahead])
        return Course(positions, turn - phase + stop.duration, aside)


def _before(seconds: float, stop_s: float) -> int:
    """How many samples of equal distance are on a way that goes on for ``seconds`` and then brakes evenly."""
    return min(max(round(SAMPLES * seconds / (seconds + stop_s / 2)), 1), SAMPLES - 1)


def _braked(count: int) -> Array:
    """Shares (count,) of the time of even braking after which equal distances are behind."""
    shares: Array = 1.0 - np.sqrt(1.0 - np.arange(1, count + 1) / count)
    return shares
