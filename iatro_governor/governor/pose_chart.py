"""The chart of a link's pose: ``u`` is the twist of the published set-point, in its own frame; zero freezes it there.

A pose scaled toward zero would drive to the origin, and a stop that read the measured pose again would let a load pull
the link down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.mobile import of_base
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.rigid import Pose
from iatro_governor.governor.chart import Plain
from iatro_governor.governor.events import Command
from iatro_governor.governor.joint_chart import AHEAD, APPROACH, FURTHEST, LED, SAME, creeps
from iatro_governor.governor.readings import Readings, upright
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stacked import HalvesBrakes
from iatro_governor.governor.stepping import Rates
from iatro_governor.governor.twist import KEPT_S, bounded
from iatro_governor.profile.base import LARGEST
from iatro_governor.profile.sources import JointsSource
from iatro_governor.profile.tool_channels import PoseChannel

FASTEST, SLOWEST = 1e3, 1e-9
"""m/s and rad/s."""
SIZE = 7
"""Values of a command: a place and a quaternion."""
UNIT = 0.01
"""How far from 1 the length of a quaternion may be."""
DAMPING = 0.02
"""Of the inverse near singular postures, in m and rad alike."""
LED_M = 0.01
"""A set-point further than this from a link that is guided by hand, m, or by more than ``LED`` rad, is left behind."""
AHEAD_M = 0.15
"""A set-point further than this ahead of its link, m, or by more than ``AHEAD`` rad, is not followed: it is held."""
LINEAR, ANGULAR = np.arange(3), np.arange(3, 6)


@dataclass(frozen=True)
class Limb:
    """A link of the model, and the joints that carry it. own: (k,) of these among the model's, none of a base."""

    model: ArmModel
    link: str
    own: Indices
    readings: Readings

    @classmethod
    def of(cls, model: ArmModel, link: str, readings: Readings) -> Limb:
        """The limb of ``link``."""
        carries = model.supports[model.link_body[model.link(link)]]
        moves = np.abs(model.gain[carries]).sum(axis=0) > 0
        own = [i for i, joint in enumerate(model.joints) if moves[i] and not of_base(joint)]
        return cls(model, link, np.array(own, dtype=np.int64), readings)

    def posture(self) -> Posture:
        """As measured last, its base at the origin."""
        return posture(self.model, upright(self.model, self.readings))

    def inverse(self, now: Posture) -> Array:
        """Joint velocities (k, 6) for each component of the link's velocity along the base's axes.

        Damped least squares, ``J^T (J J^T + d^2 I)^-1`` (Nakamura and Hanafusa 1986).
        """
        jacobian = now.frame_jacobian(self.link)[:, self.own]
        inverse: Array = jacobian.T @ np.linalg.inv(jacobian @ jacobian.T + DAMPING**2 * np.eye(6))
        return inverse


class PoseChart(Plain):
    """Poses in, poses out.

    Nobody tells how a pose becomes joint motion. It is taken to follow the set-point closely, and with the joint
    velocities of least squares: what the joints do beyond that, without moving the link, is not foreseen.
    """

    size = 6

    def __init__(self, config: PoseChannel, rates: Rates, senses: Senses, limb: Limb) -> None:
        source = senses.sources[config.state]
        assert isinstance(source, JointsSource)  # the profile has been checked
        modes = config.stop_modes
        self.config = config
        self.axes = {"linear": LINEAR, "angular": ANGULAR}
        self.keep_s = source.timeout_s + config.actuator_delay_s + KEPT_S
        self.controlled = HalvesBrakes(modes.controlled.linear, modes.controlled.angular)
        self.protective = HalvesBrakes(modes.protective.linear, modes.protective.angular)
        self.moves = tuple(limb.model.joints[i] for i in limb.own)
        # Its stop brakes the link, and not each joint: how long that takes is what the brakes say.
        self.stopping = self.easing = np.full(len(self.moves), np.inf)
        self.creeps = creeps(self.size, config.creep_speed)
        self.slack = 4 * source.rest_speed
        self._easing = (
            min(float(rates.decrease[LINEAR].min()), modes.controlled.linear),
            min(float(rates.decrease[ANGULAR].min()), modes.controlled.angular),
        )
        self._rest_speed = source.rest_speed
        self._track = senses.joint_tracks[config.state]
        self._limb = limb
        self._now = limb.posture()
        self._published: Pose | None = None
        self._lost = False

    @property
    def ready(self) -> bool:
        """Once the joints were seen."""
        return self._published is not None or self._track.known

    def look(self, t: float) -> None:
        """Where the link is."""
        self._now = self._limb.posture()

    @property
    def _measured_pose(self) -> Pose:
        return Pose.of(self._now.link(self._limb.link))

    @property
    def _velocity(self) -> Array:
        """Of the joints that carry the link (k,)."""
        velocity = self._limb.readings.velocity
        own: Array = velocity[self._limb.own - (len(self._limb.model.joints) - len(velocity))]
        return own

    @property
    def measured_rest(self) -> bool:
        """The joint states say so."""
        return bool((np.abs(self._velocity) <= self._rest_speed).all())

    @property
    def measured(self) -> Array:
        """Twist of the link, as the set-point's frame has it."""
        moved = self._now.frame_jacobian(self._limb.link)[:, self._limb.own] @ self._velocity
        back = self.setpoint.rotation.T
        return np.concatenate([back @ moved[:3], back @ moved[3:]])

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """Measured pose of the link."""
        return tuple(self._measured_pose.values().tolist()) if self._track.known else None

    @property
    def setpoint(self) -> Pose:
        """The set-point that stands; the measured pose before the joints were seen."""
        if self._published is None and self._track.known:
            self._published = self._measured_pose
        return self._published or self._measured_pose

    @property
    def lead(self) -> Array | None:
        """Joints (k,) at the set-point: what the link lags behind, it will still make up for."""
        here = self._measured_pose
        way = here.way_to(self.setpoint)
        left = np.concatenate([here.rotation @ way[:3], here.rotation @ way[3:]])
        q: Array = self._now.q[self._limb.own] + self._limb.inverse(self._now) @ left
        return q

    @property
    def rest(self) -> tuple[float, ...]:
        """The set-point that stands."""
        return tuple(self.setpoint.values().tolist())

    def take(self) -> None:
        """Whoever had the joints has moved the link away from the set-point: it begins anew where it is."""
        self._published, self._lost = None, False

    def lose(self) -> None:
        """The set-point stands, and means nothing until the joints are taken back."""
        self._lost = True

    def guide(self) -> None:
        """A set-point that the link was led away from begins anew where it is; what a load takes is less, and stays."""
        led = self._measured_pose.way_to(self.setpoint)
        if any(np.linalg.norm(led[half]) > most for half, most in ((LINEAR, LED_M), (ANGULAR, LED))):
            self._published = None

    def why_garbled(self, command: Command) -> str | None:
        """A place and a unit quaternion, finite, in the channel's frame."""
        values, frame = command.values, command.frame
        if command.points is not None:
            return "a trajectory; a pose is needed"
        if len(values) != SIZE:
            return f"{len(values)} values; {SIZE} are needed: x, y, z, qx, qy, qz, qw"
        if not all(math.isfinite(value) for value in values):
            return "values must be finite, not NaN or infinite"
        if max(map(abs, values)) > LARGEST:
            return f"a place {max(map(abs, values)):g} m away; at most {LARGEST:g} m is allowed"
        length = math.hypot(*values[3:])
        if not abs(length - 1.0) <= UNIT:
            return f"a quaternion of length {length:.4g}; 1 is needed, within {UNIT}"
        if frame is not None and frame.strip("/") not in ("", self.config.frame):
            return f"frame {frame!r}; {self.config.frame!r} is needed"
        return None

    def asks(self, command: Command) -> bool:
        """Any other pose than the one that stands."""
        return self._lost or bool((np.abs(self._way(command)) > SAME).any())

    def _way(self, command: Command) -> Array:
        place, turn = bounded(command.values[:3], FURTHEST, 0.0), command.values[3:]
        return self.setpoint.way_to(Pose.read(np.append(place, turn)))

    def wanted(self, command: Command, dt: float) -> Array:
        """The twist toward the commanded pose along one screw, able to stop there (Torricelli's equation)."""
        way = self.unheld(self._way(command))
        whole, share = way / dt, 1.0
        for half, easing in zip((LINEAR, ANGULAR), self._easing, strict=True):
            fast = float(np.linalg.norm(whole[half]))
            able = math.sqrt(2 * APPROACH * easing * float(np.linalg.norm(way[half])))
            share = min(share, able / fast) if fast > able else share
        return bounded((share * whole).tolist(), FASTEST, SLOWEST)

    def unheld(self, motion: Array) -> Array:
        """A set-point that the link no longer follows goes no further ahead of it: what holds it may let go."""
        return motion if self._held(motion) is None else np.zeros(self.size)

    def lagging(self, command: Command) -> str | None:
        """The link, where it is too far behind its set-point to be led on."""
        way = self._way(command)
        behind = self._held(np.where(np.abs(way) > SAME, way, 0.0))
        if behind is None:
            return None
        return f"link {self._limb.link} is {behind} behind its set-point, which goes no further"

    def _held(self, motion: Array) -> str | None:
        """How far the link is behind, where ``motion`` (size,) would lead the set-point further ahead than it goes."""
        ahead = self._measured_pose.way_to(self.setpoint)
        for half, most, unit in ((LINEAR, AHEAD_M, "m"), (ANGULAR, AHEAD, "rad")):
            if (behind := float(np.linalg.norm(ahead[half]))) > most and ahead[half] @ motion[half] > 0:
                return f"{behind:.2g} {unit}"
        return None

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """The set-point that ``output`` has led to."""
        if output.any() and dt > 0:
            self._published = self.setpoint.moved(output * dt)
        return self.rest

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """The set-point stands where it was sent; where none was, it begins anew where the link is."""
        self._published = Pose.read(np.array(sent)) if sent else None
        return np.zeros(self.size)

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """The joint velocities of least squares that move the link as the set-point moves."""
        turn = self.setpoint.rotation
        both = np.zeros((6, 6))
        both[:3, :3] = both[3:, 3:] = turn
        matrix = np.zeros((len(now.q), self.size))
        matrix[own] = self._limb.inverse(self._now) @ both
        return Share(matrix, np.zeros(len(now.q)))

    def parts(self, wanted: Array) -> list[Array]:
        """The way alone, and the turn alone, where a command has both."""
        if not self.config.allow_split or not (wanted[LINEAR].any() and wanted[ANGULAR].any()):
            return []
        way, turn = wanted.copy(), wanted.copy()
        way[ANGULAR], turn[LINEAR] = 0.0, 0.0
        return [way, turn]
