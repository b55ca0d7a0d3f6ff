"""The chart of a gripper: ``u`` is how fast its width changes, m/s; zero holds what it holds.

The effort is no part of ``u``: to scale it would let go. It is kept between the least that holds and the largest that
is allowed, and it is the least one while a stop is in force.
"""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.joint_track import JointTrack, TrackPart
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Plain
from iatro_governor.governor.decision import LimitReport
from iatro_governor.governor.events import Command
from iatro_governor.governor.joint_chart import SAME, approach, creeps
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stacked import Brakes
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.twist import KEPT_S, bounded
from iatro_governor.profile.sources import JointsSource
from iatro_governor.profile.tool_channels import GripperChannel

FASTEST, SLOWEST = 1e2, 1e-9
"""m/s."""
SIZE = 2
"""Values of a command: width, m, and largest effort, N."""
GRIPPED = 0.5
"""Share of the holding effort from which on fingers that press count as holding something."""
OPEN = 0.02
"""Share of all widths within which a gripper is as open as it gets: nothing is between its fingers."""


class GripperChart(Plain):
    """Widths in, widths out. What is published moves from what was published, and not from what is measured.

    A stop that read the width again would set the fingers where the thing keeps them, without any force on it.
    """

    fixed_map = True
    size = 1
    moves: tuple[str, ...] = ()
    lead: Array | None = None

    def __init__(self, config: GripperChannel, rates: Rates, senses: Senses) -> None:
        source = senses.sources[config.state]
        assert isinstance(source, JointsSource)  # the profile has been checked
        self.config = config
        self.axes = {"width": np.arange(1)}
        self.keep_s = source.timeout_s + config.actuator_delay_s + KEPT_S
        self.controlled = Brakes(np.array([config.stop_modes.controlled.deceleration]))
        self.protective = Brakes(np.array([config.stop_modes.protective.deceleration]))
        self.stopping = self.easing = np.zeros(0)
        self.creeps = creeps(1, config.creep_speed)
        self.slack = 2 * source.rest_speed * len(config.fingers)
        self._easing = np.minimum(rates.decrease, self.controlled.deceleration)
        self._rest_speed = source.rest_speed
        self._track: JointTrack = senses.joint_tracks[config.state]
        self._fingers = TrackPart(self._track, config.fingers)
        self._published: float | None = None
        self._effort = config.hold_effort

    @property
    def ready(self) -> bool:
        """Once the fingers were seen."""
        return self._published is not None or self._track.known

    @property
    def measured_rest(self) -> bool:
        """Every finger stands still."""
        return all(abs(value) <= self._rest_speed for value in self._fingers.latest.velocity.tolist())

    @property
    def measured(self) -> Array:
        """How fast the measured width changes."""
        return np.array([sum(self._fingers.latest.velocity.tolist())])

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured width and effort; the effort that is asked for, where none is measured."""
        if not self._track.known:
            return None
        pressed = max(map(abs, self._told), default=self._effort)
        return (sum(self._fingers.latest.position.tolist()), pressed)

    @property
    def _told(self) -> list[float]:
        """Efforts, N, of the fingers of which they are measured."""
        effort = self._fingers.latest.effort
        return [] if effort is None else effort[~np.isnan(effort)].tolist()

    @property
    def width(self) -> float:
        """The width that stands, m."""
        if self._published is None:
            self._published = self._first_width()
        return self._published

    def _first_width(self) -> float:
        """Where the fingers are measured; the least width where they stand and press, for a thing is between them.

        A finger that tells no effort presses like the others: what is between them stands.
        """
        fingers, told, (least, most) = self._fingers.latest, self._told, self.config.width
        width = float(fingers.position.sum())
        pressed = -sum(told) / len(told) * len(fingers.position) if told else 0.0
        opened = width > most - OPEN * (most - least)
        if pressed > GRIPPED * self.config.hold_effort and self.measured_rest and not opened:
            return least
        return self._within(width)

    def _within(self, width: float) -> float:
        return min(max(width, self.config.width[0]), self.config.width[1])

    @property
    def rest(self) -> tuple[float, ...]:
        """The width that stands, and the effort that holds."""
        return (self.width, self.config.hold_effort)

    def why_garbled(self, command: Command) -> str | None:
        """A width and an effort, finite, the effort not negative."""
        values = command.values
        if command.points is not None:
            return "a trajectory; a width and an effort are needed"
        if len(values) != SIZE:
            return f"{len(values)} values; {SIZE} are needed: width in m, largest effort in N"
        if not all(math.isfinite(value) for value in values):
            return "values must be finite, not NaN or infinite"
        if values[1] < 0:
            return f"an effort of {values[1]:g} N; none below 0 is allowed"
        return None

    def asks(self, command: Command) -> bool:
        """Any other width than the one that stands."""
        return self.ready and abs(self._within(command.values[0]) - self.width) > SAME

    def clamps(self, command: Command) -> list[LimitReport]:
        """The channel's own range of width and of effort."""
        width, effort = command.values
        config = self.config
        rows = (
            ("width", "m", width, config.width),
            ("effort", "N", effort, (config.hold_effort, config.max_effort)),
        )
        return [
            LimitReport(name, "gripper", unit, asked, allowed, 0.0, config.effort_source)
            for name, unit, asked, (least, most) in rows
            if asked != (allowed := min(max(asked, least), most))
        ]

    def wanted(self, command: Command, dt: float) -> Array:
        """The speed towards the commanded width, able to stop there; its effort stands from now on."""
        width, effort = command.values
        self._effort = min(max(effort, self.config.hold_effort), self.config.max_effort)
        way = np.array([self._within(width) - self.width])
        return bounded(approach(way, self._easing, dt).tolist(), FASTEST, SLOWEST)

    def halt(self, hard: bool) -> None:
        """A stop holds with the effort that is configured to hold."""
        self._effort = self.config.hold_effort

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The width that ``output`` has led to, and the effort that stands."""
        self._published = self._within(self.width + float(output[0]) * dt)
        return (self._published, self._effort)

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """The width stands where it was sent; where none was, it begins anew where the fingers are."""
        self._published = sent[0] if sent else None
        return np.zeros(self.size)

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """Fingers are no joints of the model."""
        return Share(np.zeros((len(now.q), 1)), np.zeros(len(now.q)))

    def parts(self, wanted: Array) -> list[Array]:
        """One component has none."""
        return []
