"""Charts of joint velocities and joint positions: ``u`` is the velocity of the joints, zero is rest."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.joint_track import JointTrack, TrackPart
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.chart import Plain, Ramp
from iatro_governor.governor.events import Command
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stacked import Brakes
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.twist import KEPT_S, bounded
from iatro_governor.profile.every_channel import JointChannel
from iatro_governor.profile.sources import JointsSource

FASTEST, SLOWEST = 1e3, 1e-9
"""rad/s or m/s."""
FURTHEST = 1e6
"""No way is longer than this, rad or m: what is asked for beyond keeps its direction."""
SAME = 1e-9
"""Set-points closer than this are one, rad or m."""
LED = 0.02
"""A set-point further than this from joints that are guided by hand is left behind, rad or m."""
AHEAD = 0.3
"""A set-point further than this ahead of its joint, rad or m, is not followed: the joint is held by something."""
APPROACH = 0.7
"""Share of the ordinary deceleration that an approach to a set-point is planned with: steps of time are not exact."""


class JointChart(Plain):
    """What all charts of joints share. ``names``: the channel's joints, in the order of its values."""

    fixed_map = True
    ready = True
    lead: Array | None = None

    def __init__(self, config: JointChannel, rates: Rates, senses: Senses) -> None:
        source = senses.sources[config.state]
        assert isinstance(source, JointsSource)  # the profile has been checked
        self.config = config
        self.size = len(config.joints)
        self.axes = {"joint": np.arange(self.size)}
        self.keep_s = source.timeout_s + config.actuator_delay_s + KEPT_S
        modes = config.stop_modes
        self.controlled: Ramp = Brakes(np.array(modes.controlled.deceleration))
        self.protective: Ramp = Brakes(np.array(modes.protective.deceleration))
        self.moves = config.joints
        # A stop may be taken over by a weaker mode, so no way to rest counts on the stronger one.
        self.stopping = np.array(modes.controlled.deceleration)
        self.easing = np.minimum(rates.decrease, self.stopping)
        self.creeps = creeps(self.size, config.creep_speed)
        self.slack = 2 * source.rest_speed
        self._ones = np.ones(self.size)
        self.speed_noise = source.speed_noise
        self._rest_speed = source.rest_speed
        self._track: JointTrack = senses.joint_tracks[config.state]
        self._own = TrackPart(self._track, config.joints)

    @property
    def measured_rest(self) -> bool:
        """The joint states say so."""
        return all(abs(value) <= self._rest_speed for value in self.measured.tolist())

    @property
    def newest(self) -> float | None:
        """When the joints were measured last, s; None: never."""
        return self._track.latest.t if self._track.known else None

    @property
    def stands(self) -> Array:
        """Where it is: positions (size,)."""
        return self.positions

    def way(self, before: Array, now: Array) -> list[float]:
        """From where it stood ``before`` to where it stands ``now``, in ``u`` times s."""
        difference: list[float] = (now - before).tolist()
        return difference

    def strays(self, motion: Array) -> Array:
        """1 (size,) for each joint whose ``motion`` must have been commanded, 0 for one that makes up for its lag."""
        return self._ones

    def component(self, index: int) -> str:
        """What a component of ``u`` is called."""
        return f"joint {self.config.joints[index]}"

    @property
    def measured(self) -> Array:
        """Measured velocities."""
        return self._own.latest.velocity

    @property
    def positions(self) -> Array:
        """Measured positions (size,)."""
        return self._own.latest.position

    def why_garbled(self, command: Command) -> str | None:
        """As many finite numbers as there are joints."""
        if command.points is not None:
            return f"a trajectory; {self.size} values are needed"
        if len(command.values) != self.size:
            names = ", ".join(self.config.joints)
            return f"{len(command.values)} values; {self.size} are needed: {names}"
        if not all(map(math.isfinite, command.values)):
            return "values must be finite, not NaN or infinite"
        return None

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """``u`` is the velocity of the joints."""
        matrix = np.zeros((len(now.q), self.size))
        matrix[own, np.arange(self.size)] = 1.0
        return Share(matrix, np.zeros(len(now.q)))

    def parts(self, wanted: Array) -> list[Array]:
        """Each joint alone."""
        if not self.config.allow_split or np.count_nonzero(wanted) < 2:
            return []
        return [np.where(np.arange(self.size) == joint, wanted, 0.0) for joint in np.flatnonzero(wanted)]


class JointVelocityChart(JointChart):
    """Velocities in, velocities out."""

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured velocities."""
        return tuple(self.measured.tolist()) if self._track.known else None

    @property
    def rest(self) -> tuple[float, ...]:
        """No velocity."""
        return (0.0,) * self.size

    def asks(self, command: Command) -> bool:
        """Any velocity."""
        return any(command.values)

    def wanted(self, command: Command, dt: float) -> Array:
        """The velocities themselves."""
        return bounded(command.values, FASTEST, SLOWEST)

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The velocities themselves."""
        return tuple(output.tolist())

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """The velocities themselves."""
        return bounded(sent or self.rest, FASTEST, SLOWEST)


class JointPositionChart(JointChart):
    """Set-points in, set-points out; ``u`` is how fast the published set-point moves.

    The first set-point is where the joints are measured. From then on only what was published counts: a stop that read
    the joints again would let a load pull them down, a step at a time.
    """

    def __init__(self, config: JointChannel, rates: Rates, senses: Senses) -> None:
        super().__init__(config, rates, senses)
        self._jerk = rates.jerk
        self._published: Array | None = None
        self._lost = False

    @property
    def ready(self) -> bool:  # type: ignore[override]
        """Once the joints were seen."""
        return self._published is not None or self._track.known

    def take(self) -> None:
        """Whoever had the joints has moved them away from the set-point: it begins anew where they are."""
        self._published, self._lost = None, False

    def lose(self) -> None:
        """The set-point stands, and means nothing until the joints are taken back."""
        self._lost = True

    def guide(self) -> None:
        """A set-point that the joints were led away from begins anew where they are: the drive would go back at once.

        What is no further off is what a load takes, and stays: following that, the joints would sink.
        """
        if (np.abs(self.setpoint - self.positions) > LED).any():
            self._published = None

    def asks(self, command: Command) -> bool:
        """Any other set-point than the one that stands; before the joints were seen, any at all."""
        return (
            self._lost
            or not self.ready
            or bool((np.abs(np.array(command.values) - self.setpoint) > SAME).any())
        )

    @property
    def lead(self) -> Array | None:  # type: ignore[override]
        """The set-point: what the joints lag behind, they will still make up for."""
        return self._published

    def strays(self, motion: Array) -> Array:
        """A joint that closes in on its set-point makes up for its lag, however fast."""
        return ((self.setpoint - self.positions) * motion <= 0).astype(float)

    @property
    def setpoint(self) -> Array:
        """The set-point (size,) that stands; the measured place before the joints were seen, and not for good."""
        if self._published is None and self._track.known:
            self._published = self.positions.copy()
        return self.positions if self._published is None else self._published

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured positions."""
        return tuple(self.positions.tolist()) if self._track.known else None

    @property
    def rest(self) -> tuple[float, ...]:
        """The set-point that stands."""
        return tuple(self.setpoint.tolist())

    def wanted(self, command: Command, dt: float) -> Array:
        """The velocity towards the commanded set-point, along a straight way and able to stop there."""
        way = self.unheld(self._way(command))
        return bounded(approach(way, self.easing, dt, self._jerk).tolist(), FASTEST, SLOWEST)

    def unheld(self, motion: Array) -> Array:
        """A set-point that the joints no longer follow goes no further ahead of them: what holds them may let go."""
        return motion if self._held(motion) is None else np.zeros(self.size)

    def lagging(self, command: Command) -> str | None:
        """The joint that is too far behind its set-point to be led on."""
        way = self._way(command)
        joint = self._held(np.where(np.abs(way) > SAME, way, 0.0))
        if joint is None:
            return None
        behind = abs(float((self.setpoint - self.positions)[joint]))
        return f"{self.component(joint)} is {behind:.2g} rad or m behind its set-point, which goes no further"

    def _way(self, command: Command) -> Array:
        """From the set-point to the commanded one (size,)."""
        way: Array = np.array(command.values) - self.setpoint
        return way

    def _held(self, motion: Array) -> int | None:
        """The joint that ``motion`` (size,) would lead on, too far ahead already; of several the furthest behind."""
        ahead = self.setpoint - self.positions
        held = (np.abs(ahead) > AHEAD) & (ahead * motion > 0)
        return int(np.argmax(np.where(held, np.abs(ahead), 0.0))) if held.any() else None

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The set-point that ``output`` has led to."""
        self._published = self.setpoint + output * dt
        return self.rest

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """The set-point stands where it was sent; where none was, it begins anew where the joints are."""
        self._published = np.array(sent) if sent else None
        return np.zeros(self.size)


def approach(way: Array, easing: Array, dt: float, jerk: Array | float = math.inf) -> Array:
    """Velocity (n,) along the straight ``way`` (n,) that is left, able to stop at its end.

    ``v <= sqrt(c^2 + 2 a d) - c`` for each component, and no more than gets there within ``dt`` s. With ``c = a^2 / j``
    braking by ``a`` fades towards the end no faster than by the jerk ``j``, where that is bounded (n,); where it is
    not, c is 0 (Torricelli's equation).
    """
    way = bounded(way.tolist(), FURTHEST, 0.0)
    whole = way / dt
    size = np.abs(whole)
    braking = APPROACH * easing
    lag = braking**2 / jerk
    able = np.sqrt(lag**2 + 2 * braking * np.abs(way)) - lag
    share = float(np.min(np.where(size > able, able / np.where(size > 0, size, 1.0), 1.0)))
    return share * whole


def creeps(size: int, speed: float) -> Array:
    """Each component alone, both ways (2 size, size)."""
    each = np.eye(size) * speed
    return np.concatenate([each, -each])
