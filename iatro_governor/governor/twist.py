"""The chart of a base: ``u`` = [vx, vy, wz] on the ground, [vx, vy, vz, wz] in the air; zero is rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from iatro_governor.body.drive import Share
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking, Flight
from iatro_governor.body.shape import Shape
from iatro_governor.governor.chart import Plain
from iatro_governor.governor.events import Command
from iatro_governor.governor.in_flight import (
    SHARES,
    InFlight,
    Part,
    nearest_share,
    planar_way,
    told_way,
)
from iatro_governor.governor.outputs import WHOLE, Outputs, Piece
from iatro_governor.governor.perception import people_of
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.situation import Jerk, Situation
from iatro_governor.profile.channels import StopMode, TwistChannel
from iatro_governor.profile.sources import OdomSource

NAMES = ("vx", "vy", "vz", "wx", "wy", "wz")
ABLE = {"differential": (0, 5), "omnidirectional": (0, 1, 5), "ackermann": (0, 5), "aerial": (0, 1, 2, 5)}
"""Components of a 6-D twist that a base can do."""
FASTEST, SLOWEST = 1e3, 1e-9
"""m/s and rad/s."""
ROUNDED = 1e-9
"""A curvature may be so much tighter, as a share, for it is rounded on its way."""
KEPT_S = 1.0
"""Outputs are kept this much longer than any measurement may be old, s."""


class TwistChart(Plain):
    """Reads and writes twists; the body is a footprint that moves by odometry."""

    ready = True
    moves: tuple[str, ...] = ()
    lead: Array | None = None

    def __init__(
        self, config: TwistChannel, figure: Shape | None, rates: Rates, senses: Senses, period: float
    ) -> None:
        odom = senses.sources[config.odom]
        assert isinstance(odom, OdomSource)  # the profile has been checked
        self.config = config
        self.keep_s = odom.timeout_s + config.actuator_delay_s + KEPT_S
        self.controlled = _braking(config.stop_modes.controlled)
        self.protective = _braking(config.stop_modes.protective)
        # A stop may be taken over by a weaker mode, so no way to rest counts on the stronger one.
        self.sure = self.controlled
        self.comfort = _comfort(rates, self.sure)
        self._components = _components(config)
        self.size = len(self._components)
        self.axes = axes(config)
        self.creeps = _creeps(config)
        self.stopping = self.easing = np.full(self.size, np.inf)
        self.slack = 2 * odom.rest_speed
        self._slack = np.full(self.size, self.slack)
        self.speed_noise = odom.speed_noise
        self._ones = np.ones(self.size)
        self._unable = [i for i in range(len(NAMES)) if i not in ABLE[config.base]]
        self._driven = 0.0
        self._rest_speed = odom.rest_speed
        self._track = senses.tracks[config.odom]
        self._in_flight = InFlight(self.size, [Part(slice(0, self.size), config.actuator_delay_s)])
        self._jerk = rates.jerk if rates.smooth else None
        self._figure = figure
        self._reach = 0.0 if figure is None else figure.reach
        self._period = period
        self._senses = senses

    @property
    def measured_rest(self) -> bool:
        """Odometry says so."""
        return all(abs(value) <= self._rest_speed for value in self.measured.tolist())

    @property
    def newest(self) -> float | None:
        """When it was measured last, s; None: never."""
        return self._track.latest.t if self._track.known else None

    @property
    def stands(self) -> Array:
        """Where it is: x, y and height, m, and yaw, rad, in odom."""
        x, y, yaw = self._track.latest.pose.tolist()
        return np.array([x, y, self._track.latest.height, yaw])

    def way(self, before: Array, now: Array) -> list[float]:
        """From where it stood ``before`` to where it stands ``now``, in its own frame half-way: ``u`` times s."""
        x, y, height, turn = (now - before).tolist()
        turn = math.remainder(turn, 2 * math.pi)
        middle = float(before[3]) + turn / 2
        forward = math.cos(middle) * x + math.sin(middle) * y
        left = math.cos(middle) * y - math.sin(middle) * x
        return [forward, left, turn] if self.size == 3 else [forward, left, height, turn]

    def strays(self, motion: Array) -> Array:
        """All of ``motion`` (size,) must have been commanded: 1 for each component."""
        return self._ones

    def component(self, index: int) -> str:
        """What a component of ``u`` is called."""
        return f"the base's {NAMES[self._components[index]]}"

    @property
    def measured(self) -> Array:
        """The measured twist."""
        return self._track.latest.twist if self.size == 3 else self._track.latest.level

    @property
    def measured_values(self) -> tuple[float, ...] | None:
        """The measured twist."""
        return self.values(self.measured) if self._track.known else None

    @property
    def rest(self) -> tuple[float, ...]:
        """No twist."""
        return (0.0,) * len(NAMES)

    def why_garbled(self, command: Command) -> str | None:
        """Six finite numbers, in the base frame, that the base can do."""
        values, config = command.values, self.config
        if command.points is not None:
            return "a trajectory; a twist is needed"
        if len(values) != len(NAMES):
            return f"{len(values)} values; {len(NAMES)} are needed: {', '.join(NAMES)}"
        if not all(map(math.isfinite, values)):
            return "values must be finite, not NaN or infinite"
        if command.frame is not None and command.frame.strip("/") not in ("", config.frame):
            return f"frame {command.frame!r}; {config.frame!r} is needed"
        if cannot := [NAMES[i] for i in self._unable if values[i] != 0]:
            return f"a base that is {config.base} cannot do {', '.join(cannot)}"
        radius = config.turn_radius
        if radius is not None and abs(values[5]) * radius > abs(values[0]) * (1.0 + ROUNDED) + SLOWEST:
            return f"wz {values[5]:g} rad/s at vx {values[0]:g} m/s; the tightest circle has a radius of {radius:g} m"
        return None

    def asks(self, command: Command) -> bool:
        """Any twist."""
        return any(command.values)

    def wanted(self, command: Command, dt: float) -> Array:
        """The components that there are; the rest is zero, or the command would be garbled.

        What no body could tell from rest is rest, and what none could reach keeps its direction: arithmetic on such
        numbers would end in infinities. A steered base comes to rest before it drives the other way: on the straight
        way between the two it would have to turn on the spot.
        """
        asked = bounded([command.values[component] for component in self._components], FASTEST, SLOWEST)
        if self.config.turn_radius is not None and asked[0] * self._driven < 0:
            return np.zeros(self.size)
        return asked

    def values(self, output: Array) -> tuple[float, ...]:
        """The six components of the twist, m/s and rad/s."""
        if self.size == 3:
            vx, vy, wz = output.tolist()
            return vx, vy, 0.0, 0.0, 0.0, wz
        vx, vy, vz, wz = output.tolist()
        return vx, vy, vz, 0.0, 0.0, wz

    def publish(self, output: Array, dt: float) -> tuple[float, ...]:
        """A twist depends on nothing but itself."""
        return self.values(output)

    def resume(self, sent: tuple[float, ...], braked: Array) -> Array:
        """The components of the twist."""
        own = [sent[component] for component in self._components] if sent else [0.0] * self.size
        return bounded(own, FASTEST, SLOWEST)

    def parts(self, wanted: Array) -> list[Array]:
        """First the turn alone, then the way alone, where a command has both and the base may part them."""
        if not self.config.allow_split or wanted[-1] == 0 or not wanted[:-1].any():
            return []
        turn, way = wanted.copy(), wanted.copy()
        turn[:-1], way[-1] = 0.0, 0.0
        return [turn, way]

    def relevant(self, limits: list[Limit[Any]], situation: Situation, wanted: Array) -> list[Limit[Any]]:
        """Those that are not known to be far from mattering."""
        span = situation.span(wanted)
        return limits if span is None else [limit for limit in limits if not limit.idle(situation, span)]

    def joint_map(self, now: Posture, velocity: Array, reaction_s: float, own: Indices) -> Share:
        """A twist in the base's frame is turned to odom by the heading."""
        matrix = np.zeros((len(now.q), self.size))
        yaw = float(now.q[own[-1]])
        matrix[own, np.arange(self.size)] = 1.0
        matrix[:2, :2] = [[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]]
        return Share(matrix, np.zeros(len(now.q)))

    def situation(self, t: float, outputs: Outputs) -> Situation:
        """A base on the ground, from the newest odometry and what was published since."""
        assert self._figure is not None  # the profile has been checked
        latest, delay, reach = self._track.latest, self.config.actuator_delay_s, self._reach
        self._driven = float(outputs.standing[0])
        age, twist = max(t - latest.t, 0.0), self.measured
        pieces = outputs.pieces(t, age, delay, twist, self.sure.seconds(*twist.tolist()))
        return Situation(
            t=t,
            period=outputs.hold_s(self._period),
            pose=latest.pose,
            measured=twist,
            anchor=outputs.standing,
            beyond=outputs.beyond(t, age, twist, self._slack),
            flight=Flight(pieces, reach),
            reaction_s=age + delay,
            age_s=age,
            braking=self.sure,
            comfort=self.comfort,
            footprint=self._figure,
            reach=reach,
            surroundings=self._senses.surroundings,
            height=self._senses.own.height,
            fixes=self._senses.localiser.fixes,
            people=people_of(self._senses, t),
            jerk=self._jerky(t, outputs),
            sooner=partial(self._sooner, outputs, pieces),
        )

    def fitted(self, situation: Situation, outputs: Outputs, since: Situation | None) -> Situation:
        """``situation`` by the delay alone that explains what was measured since ``since``; by all where none does."""
        if since is None:
            return situation
        begun, ended = self._measured_t(since), self._measured_t(situation)
        delays = SHARES * self.config.actuator_delay_s
        ways = np.array([told_way(outputs, WHOLE, begun - d, ended - d) for d in delays])
        moved, lever = planar_way(since.pose, situation.pose), np.array([1.0, 1.0, situation.reach])
        share = nearest_share(moved * lever, ways * lever)
        return situation if share is None else self._view(outputs, situation, share)

    def _sooner(
        self, outputs: Outputs, pieces: list[Piece], situation: Situation, candidates: Array
    ) -> list[Situation]:
        """``situation`` had commands taken effect sooner, as far as that matters to ``candidates`` (c, 3)."""
        none = np.zeros(candidates.shape[1])
        late = sum((np.array(moves) * seconds for moves, seconds in pieces), start=none)
        ahead = candidates * (situation.period + situation.braking.time(candidates) / 2)[:, None]
        age = situation.t - self._measured_t(situation)

        def metres(ways: Array) -> Array:
            far: Array = np.hypot(ways[..., 0], ways[..., 1]) + np.abs(ways[..., 2]) * situation.reach
            return far

        doubts = self._in_flight.doubts(situation.t, [age], outputs, late, ahead, metres)
        return [self._view(outputs, situation, share) for (share,) in doubts]

    def _view(self, outputs: Outputs, situation: Situation, share: float) -> Situation:
        """``situation`` had the base done just what it was told, after this ``share`` of the longest delay."""
        start = self._measured_t(situation) - share * self.config.actuator_delay_s
        return replace(
            situation, flight=Flight(outputs.told(start, situation.t), situation.reach), sooner=None
        )

    def _measured_t(self, situation: Situation) -> float:
        """When the base was measured, s."""
        return situation.t - situation.reaction_s + self.config.actuator_delay_s

    def _jerky(self, t: float, outputs: Outputs) -> Jerk | None:
        if self._jerk is None:
            return None
        dt = outputs.elapsed(t, self._period)
        return Jerk(self._jerk, max(dt, self._period), np.ones(self.size, dtype=bool))


def axes(config: TwistChannel) -> dict[str, Indices]:
    """What rate limits may bound."""
    turn = 3 if config.base == "aerial" else 2
    return {"linear": np.arange(turn), "angular": np.array([turn])}


def can_do(config: TwistChannel) -> list[bool]:
    """Which components of ``u`` the base can do."""
    return [component in ABLE[config.base] for component in _components(config)]


def _components(config: TwistChannel) -> list[int]:
    """The components of ``u`` among the six of a twist."""
    return [0, 1, 2, 5] if config.base == "aerial" else [0, 1, 5]


def bounded(values: Sequence[float], fastest: float, slowest: float) -> Array:
    """``values`` (n,) without negative zeros, in its own direction; at most ``fastest``, and below ``slowest`` zero."""
    largest = max(map(abs, values))
    if largest > fastest:
        values = [value / largest * fastest for value in values]
    return np.array([0.0 if abs(value) < slowest else value + 0.0 for value in values])


def _creeps(config: TwistChannel) -> Array:
    speed = config.creep_speed
    steps = (0.0, speed, -speed)
    if config.turn_radius is not None:
        turns = (0.0, speed / config.turn_radius, -speed / config.turn_radius)
        return np.array([(x, 0.0, w) for x in steps[1:] for w in turns])
    across = (0.0,) if config.base == "differential" else steps
    if config.base == "aerial":
        return np.array([(x, y, z, w) for x in steps for y in across for z in steps for w in steps][1:])
    return np.array([(x, y, w) for x in steps for y in across for w in steps][1:])


def _braking(mode: StopMode) -> Braking:
    return Braking(mode.linear, mode.angular)


def _comfort(rates: Rates, braking: Braking) -> Braking:
    """Deceleration of ordinary driving, never counted as more than a stop is sure to reach."""
    linear, angular = float(rates.decrease[:-1].min()), float(rates.decrease[-1])
    return Braking(min(linear, braking.linear), min(angular, braking.angular))
