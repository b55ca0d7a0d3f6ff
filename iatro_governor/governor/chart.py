"""Charts: coordinates ``u`` of a channel's command whose origin is its stop.

Limits, scaling and rate shaping act on ``u``; a chart says how it is read from a command and written to an output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import LimitReport
from iatro_governor.governor.events import Command, Knot
from iatro_governor.limits.course import Course
from iatro_governor.profile.every_channel import AnyChannel


class Ramp(Protocol):
    """How a stop takes ``u`` to its origin."""

    def time(self, outputs: Array) -> Array:
        """Seconds (...,) from ``outputs`` (..., n) to rest."""

    def ramp(self, anchor: Array, dt: float) -> Array:
        """The output (n,) after ``dt`` s of a stop from ``anchor`` (n,), ending in exact zeros."""


class Chart(Protocol):
    """The chart of one channel, with what it knows of the body."""

    @property
    def config(self) -> AnyChannel:
        """The channel."""

    @property
    def size(self) -> int:
        """Components of ``u``."""

    @property
    def axes(self) -> Mapping[str, Indices]:
        """The components (k,) that a rate limit may bound, by name."""

    @property
    def keep_s(self) -> float:
        """How long past outputs may still matter, s."""

    @property
    def controlled(self) -> Ramp:
        """The stop that keeps the load and the follower safe."""

    @property
    def protective(self) -> Ramp:
        """The strongest stop that is allowed."""

    @property
    def moves(self) -> tuple[str, ...]:
        """The joints of the model that it moves, a base's own apart."""

    @property
    def stopping(self) -> Array:
        """Decelerations of these joints that any stop is sure to reach, rad/s2 or m/s2."""

    @property
    def easing(self) -> Array:
        """Decelerations of these joints in ordinary motion, rad/s2 or m/s2."""

    @property
    def slack(self) -> float:
        """Measured motion below this needs no explanation, in the units of ``u``."""

    @property
    def creeps(self) -> Array:
        """Slow motions (m, size) that are tried before the state is called TRAPPED."""

    @property
    def ready(self) -> bool:
        """Whether an output can be formed: the body was seen where that is needed."""

    @property
    def measured_rest(self) -> bool:
        """Whether the body is measured to stand still."""

    @property
    def measured(self) -> Array:
        """``u`` (size,) of what the body does."""

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """What the body does, in the channel's values; None before it was measured."""

    @property
    def lead(self) -> Array | None:
        """Where its joints will go without another command, rad or m; None: where the motions in flight lead."""

    @property
    def going(self) -> Array | None:
        """``u`` (size,) of what goes on without another command, None: nothing does."""

    @property
    def course(self) -> Course | None:
        """How what goes on comes to rest."""

    @property
    def executed(self) -> Command | None:
        """The command that what goes on comes from, None: none, or it is being stopped."""

    @property
    def astray(self) -> str | None:
        """How the body leaves what goes on, None: it follows."""

    @property
    def rest(self) -> tuple[float, ...]:
        """The channel's values for the origin of ``u``, now."""

    @property
    def fixed_map(self) -> bool:
        """Whether ``joint_map`` is the same at every moment, and starts from rest."""

    def look(self, t: float) -> None:
        """A decision at ``t`` begins, s."""

    def take(self) -> None:
        """It has its joints from now on; another channel had them until now."""

    def lose(self) -> None:
        """Another channel has its joints from now on."""

    def guide(self) -> None:
        """Somebody moves the body by hand."""

    def halt(self, hard: bool) -> None:
        """A stop is in force, the protective one where ``hard``."""

    def absent(self, t: float) -> None:
        """Nothing was decided for long until ``t``, s, and whoever watches may have stopped what goes on by itself."""

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """``u`` (size,) of the values ``sent`` in the place of what was decided: it goes on from there.

        Empty: none were. ``braked``: (size,) what a stop leaves of ``u``, for what goes on by itself.
        """

    def passed(self, t: float) -> None:
        """Until ``t``, s, commands went out as they came, whatever was decided: they may go on by themselves."""

    def why_garbled(self, command: Command) -> str | None:
        """What makes ``command`` no command for this channel, or None."""

    def asks(self, command: Command) -> bool:
        """Whether a command that is not garbled asks for anything but the origin of ``u``."""

    def brakes(self, command: Command) -> bool:
        """Whether a command that is not garbled asks for more than the origin only to lead what goes on to rest."""

    def clamps(self, command: Command) -> list[LimitReport]:
        """What the channel's own numbers, and no limit, cut off of a command that is not garbled."""

    def wanted(self, command: Command, dt: float) -> Array:
        """``u`` (size,) of a command that is not garbled, for an output that stands for ``dt`` s."""

    def unheld(self, motion: Array) -> Array:
        """``motion`` (size,) in ``u``, or rest where it would lead a set-point on ahead of what something holds."""

    def lagging(self, command: Command) -> str | None:
        """What something holds, where a command that is not garbled leads a set-point on no further for that."""

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The channel's values for ``u`` = ``output``, which stands from now on; ``dt`` s since the last one."""

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """What ``u`` does to the joints of the model.

        ``own``: its joints in the model. ``velocity``: (m,) measured. ``reaction_s``: until a command decided now has
        lasted a period.
        """

    def outgoing(self) -> tuple[Knot, ...] | None:
        """What is to be published now beside its values, once: a trajectory."""

    def unsent(self) -> None:
        """What it said last that is to be published beside its values was not."""

    def parts(self, wanted: Array) -> list[Array]:
        """Parts (size,) of ``wanted`` that may go on alone where the whole is stuck."""


class Plain:
    """What most charts have in common: nothing goes on without a command, and nothing is cut by them."""

    size: int
    going: Array | None = None
    course: Course | None = None
    executed: Command | None = None
    astray: str | None = None
    fixed_map = False

    def look(self, t: float) -> None:
        """A decision begins."""

    def take(self) -> None:
        """It has its joints from now on."""

    def lose(self) -> None:
        """Another channel has its joints from now on."""

    def guide(self) -> None:
        """Somebody moves the body by hand."""

    def halt(self, hard: bool) -> None:
        """A stop is in force."""

    def absent(self, t: float) -> None:
        """Nothing goes on by itself."""

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """What is no speed is sent at its origin."""
        return np.zeros(self.size)

    def passed(self, t: float) -> None:
        """No command goes on by itself."""

    def brakes(self, command: Command) -> bool:
        """Nothing goes on."""
        return False

    def clamps(self, command: Command) -> list[LimitReport]:
        """Nothing but limits cuts a command."""
        return []

    def unheld(self, motion: Array) -> Array:
        """Where there is no set-point, all of it."""
        return motion

    def lagging(self, command: Command) -> str | None:
        """Where there is no set-point, nothing."""
        return None

    def outgoing(self) -> tuple[Knot, ...] | None:
        """Its values are all."""
        return None

    def unsent(self) -> None:
        """There is nothing beside its values."""


def places(charts: Mapping[str, Chart]) -> dict[str, slice]:
    """The components of each chart in the ``u`` of all, stacked in their order."""
    out, offset = {}, 0
    for name, chart in charts.items():
        out[name] = slice(offset, offset + chart.size)
        offset += chart.size
    return out
