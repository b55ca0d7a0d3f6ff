"""The chart of a mobile base: ``u`` = [vx, vy, wz], zero is rest."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.body.shape import Shape
from iatro_governor.governor.events import Command
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.situation import Situation
from iatro_governor.profile.channels import StopMode, TwistChannel
from iatro_governor.profile.sources import OdomSource

NAMES = ("vx", "vy", "vz", "wx", "wy", "wz")
PLANAR = [0, 1, 5]
"""Components of a 6-D twist that a ground vehicle has."""
FASTEST, SLOWEST = 1e3, 1e-9
"""m/s and rad/s."""
KEPT_S = 1.0
"""Outputs are kept this much longer than any measurement may be old, s."""


class TwistChart:
    """Reads and writes twists; the body is a footprint that moves by odometry."""

    size = 3

    def __init__(
        self, config: TwistChannel, figure: Shape, rates: Rates, senses: Senses, period: float
    ) -> None:
        odom = senses.sources[config.odom]
        assert isinstance(odom, OdomSource)  # the profile has been checked
        self.config = config
        self.keep_s = odom.timeout_s + config.actuator_delay_s + KEPT_S
        self.controlled = _braking(config.stop_modes.controlled)
        self.protective = _braking(config.stop_modes.protective)
        self.creeps = _creeps(config.creep_speed, config.base == "omnidirectional")
        self._able = {0, 1, 5} if config.base == "omnidirectional" else {0, 5}
        self._rest_speed = odom.rest_speed
        self._track = senses.tracks[config.odom]
        self._figure = figure
        self._period = period
        self._surroundings = senses.surroundings
        # A stop may be taken over by a weaker mode, so no way to rest counts on the stronger one.
        self._sure = self.controlled
        self._comfort = rates.comfort(self._sure)

    @property
    def measured_rest(self) -> bool:
        """Odometry says so."""
        return bool((np.abs(self._track.latest.twist) <= self._rest_speed).all())

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """The measured twist."""
        return self.values(self._track.latest.twist) if self._track.known else None

    def why_garbled(self, command: Command) -> str | None:
        """Six finite numbers, in the base frame, that the base can do."""
        values, config = command.values, self.config
        if len(values) != len(NAMES):
            return f"{len(values)} values; {len(NAMES)} are needed: {', '.join(NAMES)}"
        if not all(math.isfinite(value) for value in values):
            return "values must be finite, not NaN or infinite"
        if command.frame is not None and command.frame.strip("/") not in ("", config.frame):
            return f"frame {command.frame!r}; {config.frame!r} is needed"
        if cannot := [NAMES[i] for i in range(len(NAMES)) if values[i] != 0 and i not in self._able]:
            return f"a {config.base} base cannot do {', '.join(cannot)}"
        return None

    def wanted(self, command: Command) -> Array:
        """The planar part; the rest is zero, or the command would be garbled.

        What no body could tell from rest is rest, and what none could reach keeps its direction: arithmetic on such
        numbers would end in infinities.
        """
        wanted = np.array(command.values)[PLANAR] + 0.0
        largest = float(np.abs(wanted).max())
        if largest > FASTEST:
            wanted = wanted / largest * FASTEST
        wanted[np.abs(wanted) < SLOWEST] = 0.0
        return wanted

    def values(self, output: Array) -> tuple[float, ...]:
        """The six components of the twist."""
        vx, vy, wz = (float(v) for v in output)
        return vx, vy, 0.0, 0.0, 0.0, wz

    def parts(self, wanted: Array) -> list[Array]:
        """First the turn alone, then the way alone, where a command has both and the base may part them."""
        if not self.config.allow_split or wanted[2] == 0 or not wanted[:2].any():
            return []
        return [wanted * [0, 0, 1], wanted * [1, 1, 0]]

    def situation(self, t: float, outputs: Outputs) -> Situation:
        """From the newest odometry, and what was published since."""
        latest, delay = self._track.latest, self.config.actuator_delay_s
        age = max(t - latest.t, 0.0)
        return Situation(
            t=t,
            period=outputs.hold_s(self._period),
            pose=latest.pose,
            measured=latest.twist,
            anchor=outputs.standing,
            beyond=outputs.beyond(t, age, latest.twist, 2 * self._rest_speed),
            flight=outputs.flight(t, age, latest.twist, self._figure.reach),
            reaction_s=age + delay,
            braking=self._sure,
            comfort=self._comfort,
            footprint=self._figure,
            reach=self._figure.reach,
            surroundings=self._surroundings,
        )


def _creeps(speed: float, sideways: bool) -> Array:
    steps = (0.0, speed, -speed)
    across = steps if sideways else (0.0,)
    return np.array([(x, y, w) for x in steps for y in across for w in steps][1:])


def _braking(mode: StopMode) -> Braking:
    return Braking(mode.linear, mode.angular)
