"""The chart of joint trajectories: ``u`` is the velocity of the joints along the one that is executed; zero is rest.

A trajectory is published once and then goes on by itself. So there is no next command to scale: it goes on as it was
vetted, or it is replaced by one stop along its own way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.planar import Array
from iatro_governor.errors import EventError
from iatro_governor.governor.braking import only_brakes
from iatro_governor.governor.events import Command, Knot
from iatro_governor.governor.execution import Execution, Following
from iatro_governor.governor.joint_chart import JointChart
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.trajectory import Shape, as_points, check_shape
from iatro_governor.limits.course import Course
from iatro_governor.profile.joint_channels import JointTrajectoryChannel

LAG_S = 0.1
"""A controller may follow its trajectory by this much beyond its delay, s."""


class TrajectoryChart(JointChart):
    """Whole trajectories in; each of them, or its stop, out once. ``allowed`` is where that has the joints now."""

    def __init__(
        self,
        config: JointTrajectoryChannel,
        rates: Rates,
        senses: Senses,
        period: float,
        covered_s: float,
    ) -> None:
        """``covered_s``: how late the loop may be that would stop a trajectory."""
        super().__init__(config, rates, senses)
        modes = config.stop_modes
        self.trajectories = config
        self.execution = Execution(
            Following(
                config.joints,
                {
                    "controlled": np.array(modes.controlled.deceleration),
                    "protective": np.array(modes.protective.deceleration),
                },
                np.full(self.size, config.tracking_tolerance),
                config.actuator_delay_s + LAG_S,
                period,
                covered_s,
            )
        )
        self._t, self._phase, self._aside = 0.0, 0.0, np.zeros(self.size)
        self._stand: Array | None = None

    @property
    def ready(self) -> bool:  # type: ignore[override]
        """Once the joints were seen."""
        return self._track.known

    @property
    def state(self) -> JointState:
        """Where a new trajectory begins: where one that goes on has the joints, or else where they are measured."""
        return self.execution.state(self._t) or self._measured_state

    @property
    def _measured_state(self) -> JointState:
        return JointState(self.positions, self.measured)

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured positions."""
        return tuple(self.positions.tolist()) if self._track.known else None

    @property
    def astray(self) -> str | None:  # type: ignore[override]
        """How the joints leave their trajectory."""
        return self.execution.astray

    @property
    def going(self) -> Array | None:  # type: ignore[override]
        """Velocities of the joints where they are on their way; None where no trajectory goes on."""
        return self.execution.velocities(self._phase) if self.execution.under_way else None

    @property
    def course(self) -> Course | None:  # type: ignore[override]
        """The way to rest along the trajectory."""
        return self.execution.course(self._t, self._phase, self._aside) if self.execution.under_way else None

    @property
    def executed(self) -> Command | None:  # type: ignore[override]
        """Whose trajectory goes on."""
        return self.execution.command

    @property
    def rest(self) -> tuple[float, ...]:
        """Where the trajectory has the joints now; where they stand, without one."""
        if (state := self.execution.state(self._t)) is not None:
            return tuple(state.positions.tolist())
        return tuple((self.positions if self._stand is None else self._stand).tolist())

    def look(self, t: float) -> None:
        """Where the trajectory is, and whether the joints follow."""
        self._t = t
        if self._stand is None and not self.execution.under_way:
            return
        left = self.execution.watch(t, self._measured_state, self._track.latest.t, self.measured_rest)
        self._stand = self._stand if left is None else left
        if self.execution.under_way:
            self._phase, self._aside = self.execution.phase(t, self._measured_state)
        else:
            assert self._stand is not None  # what has ended leaves a place behind
            away = np.abs(self._stand - self.positions).max()
            self._stand = None if away > self.trajectories.tracking_tolerance else self._stand

    def lose(self) -> None:
        """Where the last trajectory ended means nothing once others move the joints."""
        self._stand = None

    def absent(self, t: float) -> None:
        """The trajectory may have been replaced meanwhile: it is stopped from where the joints are measured next."""
        self.execution.doubt(t)
        self._stand = None

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """Its stop was sent as a trajectory of its own, along which the joints brake."""
        return braked

    def passed(self, t: float) -> None:
        """Whatever is executed, it is stopped from where the joints are measured next."""
        self.execution.suspect(t, self._measured_state)
        self._stand = None

    def halt(self, hard: bool) -> None:
        """Replace the trajectory by its stop."""
        self.execution.halt(self._t, "protective" if hard else "controlled", self._measured_state)
        if self.execution.under_way:
            self._phase, self._aside = self.execution.phase(self._t, self._measured_state)

    def why_garbled(self, command: Command) -> str | None:
        """A trajectory of the channel's joints; where it starts is for the vetting."""
        if command.points is None:
            return f"{len(command.values)} values; names and points of a trajectory are needed"
        try:
            self.path(command)
        except EventError as error:
            return str(error)
        return None

    def path(self, command: Command) -> JointPath:
        """What a controller makes of ``command`` from here on. Raises EventError where it is no trajectory."""
        config = self.trajectories
        shape = Shape(config.joints, np.inf, config.max_duration_s, config.max_points)
        return check_shape(command.names, command.points or (), shape, self.state)

    def points(self, command: Command) -> tuple[Knot, ...]:
        """The points of a command that is not garbled as they were sent, joints in the channel's order."""
        order = [command.names.index(joint) for joint in self.trajectories.joints]

        def row(values: tuple[float, ...]) -> tuple[float, ...]:
            return tuple(float(values[at]) for at in order) if values else ()

        return tuple(
            Knot(float(k.time), row(k.positions), row(k.velocities), row(k.accelerations))
            for k in command.points or ()
        )

    def ordered(self, command: Command) -> Command:
        """``command`` with its values in the channel's order, where it has one for each of its joints."""
        names, joints = command.names, self.trajectories.joints
        if sorted(names) != sorted(joints) or len(command.values) != len(joints):
            return command
        return replace(command, values=tuple(command.values[names.index(joint)] for joint in joints))

    def begin(self, path: JointPath, points: tuple[Knot, ...] | None, command: Command) -> None:
        """Execute ``path`` from now on; ``points`` describe it, by default its own."""
        self.execution.begin(self._t, path, as_points(path) if points is None else points, command)
        self._phase, self._aside = 0.0, np.zeros(self.size)

    def outgoing(self) -> tuple[Knot, ...] | None:
        """What is to be published now, once."""
        return self.execution.take_outgoing()

    def unsent(self) -> None:
        """The trajectory that went on before goes on, and so does what was to be stopped."""
        self.execution.cancel()

    def asks(self, command: Command) -> bool:
        """Any trajectory."""
        return True

    def brakes(self, command: Command) -> bool:
        """A trajectory that leads what goes on to rest, and nowhere else."""
        if self.executed is None:
            return False
        slows = np.array(self.trajectories.stop_modes.controlled.deceleration)
        return only_brakes(self.path(command), self.state, slows)

    def wanted(self, command: Command, dt: float) -> Array:
        """Nothing: what goes on is ``going``."""
        return np.zeros(self.size)

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """Where the trajectory has the joints."""
        return self.rest

    def parts(self, wanted: Array) -> list[Array]:
        """A trajectory has none."""
        return []
