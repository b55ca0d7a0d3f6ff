"""The chart of a tool's wrench: ``u`` is what it exerts beyond the wrench that holds, N and Nm; zero only holds."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Plain
from iatro_governor.governor.events import Command
from iatro_governor.governor.joint_chart import creeps
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stacked import HalvesBrakes
from iatro_governor.governor.twist import KEPT_S, bounded
from iatro_governor.profile.sources import JointsSource, WrenchSource
from iatro_governor.profile.tool_channels import WrenchChannel

LARGEST, SLIGHTEST = 1e4, 1e-9
"""N and Nm."""
NAMES = ("fx", "fy", "fz", "tx", "ty", "tz")


class WrenchChart(Plain):
    """Wrenches in, wrenches out. A stop lets go of what is pressed at the rates of its mode, and carries on carrying.

    It moves no joints of its own: where a force leads depends on what gives way. What the joints are measured to do
    counts all the same.
    """

    fixed_map = True
    size = 6
    moves: tuple[str, ...] = ()
    lead: Array | None = None
    ready = True

    def __init__(self, config: WrenchChannel, senses: Senses) -> None:
        state, measured = senses.sources[config.state], senses.sources[config.measured]
        assert isinstance(state, JointsSource) and isinstance(
            measured, WrenchSource
        )  # the profile was checked
        modes = config.stop_modes
        self.config = config
        self.axes = {"force": np.arange(3), "torque": np.arange(3, 6)}
        self.keep_s = state.timeout_s + config.actuator_delay_s + KEPT_S
        self.controlled = HalvesBrakes(modes.controlled.force, modes.controlled.torque)
        self.protective = HalvesBrakes(modes.protective.force, modes.protective.torque)
        self.stopping = self.easing = np.zeros(0)
        self.creeps = creeps(self.size, config.creep_speed)
        self.slack = 1.0
        self._rest_speed = state.rest_speed
        self._track = senses.joint_tracks[config.state]
        self._felt = senses.wrenches
        self._same_frame = measured.frame == config.frame
        self._hold = np.array(config.hold)

    @property
    def measured_rest(self) -> bool:
        """The joint states say so."""
        return bool((np.abs(self._track.latest.velocity) <= self._rest_speed).all())

    @property
    def measured(self) -> Array:
        """Nothing: a force that nobody commanded is for the limits on contact."""
        return np.zeros(self.size)

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """What the tool exerts: the opposite of what it feels. None where that is felt in another frame."""
        felt = self._felt.get(self.config.measured)
        if felt is None or not self._same_frame:
            return None
        return tuple((-np.concatenate([felt.force, felt.torque])).tolist())

    @property
    def rest(self) -> tuple[float, ...]:
        """The wrench that holds."""
        return self.config.hold

    def why_garbled(self, command: Command) -> str | None:
        """Six finite numbers, in the channel's frame."""
        values, frame = command.values, command.frame
        if command.points is not None:
            return "a trajectory; a wrench is needed"
        if len(values) != len(NAMES):
            return f"{len(values)} values; {len(NAMES)} are needed: {', '.join(NAMES)}"
        if not all(math.isfinite(value) for value in values):
            return "values must be finite, not NaN or infinite"
        if frame is not None and frame.strip("/") not in ("", self.config.frame):
            return f"frame {frame!r}; {self.config.frame!r} is needed"
        return None

    def asks(self, command: Command) -> bool:
        """Anything but to hold."""
        return bool((np.abs(np.array(command.values) - self._hold) > SLIGHTEST).any())

    def wanted(self, command: Command, dt: float) -> Array:
        """What the command adds to holding."""
        return bounded((np.array(command.values) - self._hold).tolist(), LARGEST, SLIGHTEST)

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The wrench that holds, and ``output``."""
        return tuple((self._hold + output).tolist())

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """A force moves no joints by itself."""
        return Share(np.zeros((len(now.q), self.size)), np.zeros(len(now.q)))

    def parts(self, wanted: Array) -> list[Array]:
        """Force and torque are one."""
        return []
