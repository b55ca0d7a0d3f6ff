"""What is wrong with a path, limit by limit: found in the joints' bounds, or told by one who knows the limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.path_bounds import Excess, JointBounds
from iatro_governor.body.path_sampling import Samples
from iatro_governor.body.planar import Array

POWERS = {"joint_position": 0, "joint_velocity": 1, "joint_acceleration": 2, "joint_jerk": 3}
"""Of a second, by which each kind of excess is measured."""


@dataclass(frozen=True, slots=True)
class Offence:
    """A limit that a path breaks, at the first moment it does. time: s of the path. limit: its name.

    joint, link: which one, where there is one. margin: what is left of the limit, negative. slows: going the same way
    more slowly would cure it.
    """

    time: float
    limit: str
    joint: str | None
    link: str | None
    requested: float
    allowed: float
    margin: float
    unit: str
    slows: bool

    def __str__(self) -> str:
        which = self.joint or self.link
        return (
            f"{self.limit}{f' of {which}' if which else ''} at {self.time:.3f} s: {self.requested:.4g} {self.unit} "
            f"requested, {self.allowed:.4g} {self.unit} allowed"
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """One limit's view of s samples. requested, allowed: (s,) what the path asks for and what the limit allows there.

    at_least: ``allowed`` is a least value (a clearance) and not a largest one. Whoever gives a clearance has widened
    ``allowed`` by what lies between the samples (``Samples.reach``), and has lessened it to the clearance of now where
    that is already smaller. speed: ``requested`` is proportional to the joints' velocities, so that going more slowly
    cures it. links, link: names, and which of them (s,) the value is about.
    """

    limit: str
    unit: str
    requested: Array
    allowed: Array
    at_least: bool = False
    speed: bool = False
    links: tuple[str, ...] = ()
    link: NDArray[np.intp] | None = None

    @property
    def margin(self) -> Array:
        """(s,) what is left, negative where the limit is broken."""
        return self.requested - self.allowed if self.at_least else self.allowed - self.requested

    def broken(self, slack: float, share: float) -> NDArray[np.bool_]:
        """Where (s,) less than ``-slack`` is left, or for a speed less than ``-share`` of it. No number is broken."""
        allowance = np.abs(self.allowed) * share if self.speed else slack
        return ~(self.margin >= -np.maximum(allowance, slack))

    def pace(self) -> Array:
        """The part (s,) of the joints' velocities that is allowed, 0 to 1; 1 for what is no speed."""
        if not self.speed:
            return np.ones_like(self.requested)
        inside = self.requested <= self.allowed
        part = np.maximum(self.allowed, 0.0) / np.where(self.requested > 0, self.requested, np.inf)
        return np.where(inside, 1.0, np.where(np.isfinite(part), np.minimum(part, 1.0), 0.0))


Check = Callable[[Samples], Sequence[Reading]]
"""Every limit's view of the samples of a path: clearances, link speeds, whatever is no bound of a single joint."""


def of_joint(excess: Excess, bounds: JointBounds) -> Offence:
    """A joint's excess as an offence."""
    power = POWERS[excess.kind]
    unit = bounds.unit(excess.joint) + ("" if power == 0 else "/s" if power == 1 else f"/s{power}")
    return Offence(
        excess.time,
        excess.kind,
        bounds.joints[excess.joint],
        None,
        excess.requested,
        excess.allowed,
        -abs(excess.requested - excess.allowed),
        unit,
        power > 0,
    )


def of_reading(reading: Reading, sample: int, time: float, slows: bool) -> Offence:
    """A limit broken at one sample, as an offence."""
    link = reading.links[int(reading.link[sample])] if reading.link is not None else None
    requested, allowed = float(reading.requested[sample]), float(reading.allowed[sample])
    margin = float(reading.margin[sample])
    return Offence(time, reading.limit, None, link, requested, allowed, margin, reading.unit, slows)
