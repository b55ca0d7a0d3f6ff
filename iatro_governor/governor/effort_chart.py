"""The chart of joint efforts: ``u`` is the effort beyond that of a stop, Nm or N; zero brakes the joints and holds.

A stop is not zero effort, under which an arm falls: it is what holds the arm against its weight, where its driver does
not, a damping of what still moves, and where there is one the hold of the place at which the joints come to rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.events import Command
from iatro_governor.governor.joint_chart import JointChart
from iatro_governor.governor.readings import Readings, upright
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stacked import AtOnce
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.twist import bounded
from iatro_governor.profile.joint_channels import JointEffortChannel

LARGEST, SLIGHTEST = 1e4, 1e-9
"""Nm or N."""


@dataclass(frozen=True)
class Weight:
    """What the joints of a channel have to move and to hold. own: (n,) its joints among those of the model."""

    dynamics: Dynamics
    readings: Readings
    own: Indices

    def gravity(self, q: Array) -> Array:
        """Efforts (n,) that hold the joints still."""
        efforts: Array = self.dynamics.gravity(q)[self.own]
        return efforts

    def inertia(self, q: Array) -> Array:
        """(n, n), with the rotors, while every other joint stands."""
        inertia: Array = self.dynamics.mass_matrix(q)[np.ix_(self.own, self.own)]
        return inertia


class EffortChart(JointChart):
    """Efforts in, efforts out.

    Damped, ``M a = -D v``: momentum M v falls as it moves on, so a motion goes on for ``D^-1 M v``, and in the modes of
    ``D^1/2 M^-1 D^1/2`` a velocity falls as ``exp(-rate t)``.
    """

    fixed_map = False

    def __init__(
        self, config: JointEffortChannel, rates: Rates, senses: Senses, weight: Weight, period: float
    ) -> None:
        super().__init__(config, rates, senses)
        self._weight = weight
        self._period = period
        self._compensated = config.gravity_compensated
        self._damping = np.array(config.damping)
        self._stiffness = np.zeros(self.size) if config.stiffness is None else np.array(config.stiffness)
        self.controlled = self.protective = AtOnce()
        self._inertia = np.eye(self.size)
        self._most = weight.dynamics.model.effort[weight.own]
        self._q = self._v = self._base = np.zeros(self.size)
        self._held: Array | None = None

    @property
    def ready(self) -> bool:  # type: ignore[override]
        """Once the joints were seen: before that nobody knows what holds them."""
        return self._track.known

    @property
    def measured(self) -> Array:
        """Nothing: what the joints do already is where ``joint_map`` starts."""
        return np.zeros(self.size)

    @property
    def measured_rest(self) -> bool:
        """The joint states say so."""
        return bool((np.abs(self._own.latest.velocity) <= self._rest_speed).all())

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured efforts."""
        effort = self._own.latest.felt
        return None if effort is None else tuple(effort.tolist())

    def look(self, t: float) -> None:
        """Reckon what a stop takes, from the newest joints.

        Of a velocity that is older than a period only what damping has left of it counts: damped as if it were new, it
        would soon drive the joints back.
        """
        posture, sample = upright(self._weight.dynamics.model, self._weight.readings), self._own.latest
        self._inertia = self._weight.inertia(posture)
        measured = sample.velocity
        rates, modes = self._modes()
        root = np.sqrt(self._damping)
        left = np.exp(-rates * max(t - sample.t - self._period, 0.0)) * (modes.T @ (root * measured))
        self._v = (modes @ left) / root
        self._q = self.positions + self._inertia @ (measured - self._v) / self._damping
        weight = np.zeros(self.size) if self._compensated else self._weight.gravity(posture)
        self._base = weight - self._damping * self._v

    def _modes(self) -> tuple[Array, Array]:
        """Rates (n,) at which damped motion dies away, the slowest first, 1/s, and their modes (n, n)."""
        root = np.sqrt(self._damping)
        sizes, modes = np.linalg.eigh(self._inertia / root / root[:, None])
        return 1.0 / sizes[::-1], modes[:, ::-1]

    @property
    def rest(self) -> tuple[float, ...]:
        """The effort of a stop now: ``g(q) - D v``, and the pull to the place that is held, if one is."""
        held = self._q if self._held is None else self._held
        return self._bounded(self._base + self._stiffness * (held - self._q))

    def _bounded(self, effort: Array) -> tuple[float, ...]:
        """No more than the joints are described to bear, whatever was measured."""
        return tuple(np.clip(effort, -self._most, self._most).tolist())

    def asks(self, command: Command) -> bool:
        """Any effort, also none: without one an arm falls. Where the driver holds it, none asks for nothing."""
        return not self._compensated or any(command.values)

    def wanted(self, command: Command, dt: float) -> Array:
        """What the command adds to weight and damping."""
        return bounded((np.array(command.values) - self._base).tolist(), LARGEST, SLIGHTEST)

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The stop's effort and ``output``; where that is none, the joints are held where damping lets them rest."""
        if output.any():
            self._held = None
            return self._bounded(self._base + output)
        if self._held is None:
            self._held = self._q + self._inertia @ self._v / self._damping
        return self.rest

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """``qd + T M^-1 u``: what the joints do already, and what ``u`` adds within the time of a reaction.

        What goes on for ``v / rate`` in the slowest mode is covered by a ramp that lasts twice as long.
        """
        matrix, start = np.zeros((len(now.q), self.size)), np.zeros(len(now.q))
        matrix[own] = np.linalg.inv(self._inertia) * reaction_s
        start[own] = velocity[own]
        rates, _ = self._modes()
        return Share(matrix, start, 2 / float(rates[0]))
