"""All that a limit on a jointed body may look at: trusted measurements and geometry, no words, no names of planners."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from iatro_governor.body.drive import Drive
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.mechanics import Mechanics
from iatro_governor.body.mobile import Base, base_joints
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array, arc, compose
from iatro_governor.body.rollout import Flight, Rollouts
from iatro_governor.body.ways import FRACTIONS, Ways, half_step_share
from iatro_governor.limits.course import Course
from iatro_governor.limits.landmarks import Landmarks, Reach
from iatro_governor.limits.sensed import Sensed
from iatro_governor.limits.situation import Jerk, Situation
from iatro_governor.limits.survey import Survey


@dataclass(eq=False)
class BodySituation:
    """A jointed body at one moment; ``u`` (N,) stacks the components of all channels of its group.

    t, period, reaction_s: as of ``Situation``. now: measured posture; its model has m joints, those of the base first.
    soon_q: (m,) its joints once commands in flight are carried out. velocity: (m,) measured. effort: (m,) measured,
    NaN: not. anchor, beyond: (N,) as of ``Situation``. drive, comfort: what ``u`` does to the joints, and how a stop,
    or ordinary motion, brakes it. base: what is under the arm, None: it stands still, or flies. places: where each
    channel's components are in ``u``. joints: the model's joints (n,) of each channel, in its own order.
    levers (m, C), pair_levers (m, P): see ``body.levers``. sensed: what the other sources say. landmarks: what is kept
    out of. tool: the link of the hand, None: not said. mechanics: where a limit asks for it.

    Nobody writes to it. It is not frozen, for one is made every cycle, and that would take three times as long.
    """

    t: float
    period: float
    reaction_s: float
    now: Posture
    velocity: Array
    effort: Array
    anchor: Array
    beyond: Array
    soon_q: Array
    drive: Drive
    comfort: Drive
    kind: Base
    base: Situation | None
    base_flight: Flight | None
    places: Mapping[str, slice]
    joints: Mapping[str, Indices]
    levers: Array
    pair_levers: Array
    sensed: Sensed
    landmarks: Landmarks | None = None
    courses: Mapping[str, Course] = field(default_factory=dict)
    """Of each channel that follows a path whatever is commanded, how that comes to rest."""
    tool: str | None = None
    mechanics: Mechanics | None = None
    rest: Mapping[str, Array] = field(default_factory=dict)
    """Of each channel whose stop is no zero of its values, those values (n,): stop torques, a holding wrench."""
    jerk: Jerk | None = None
    """What a stop's deceleration builds up by, None: at once."""
    build_up_s: float = 0.0
    """The longest that it takes to, s."""
    ages: Array | None = None
    """How long ago each joint (m,) was measured, s."""
    in_flight: Array | None = None
    """The furthest that each joint (m,) goes, by any delay, while commands in flight are carried out; None: to soon."""
    apart_s: float = 0.0
    """One channel may do what is decided now this much before another does, s."""
    only: slice | None = None
    """The components of ``u`` that act meanwhile; None: all do."""
    lag: Array | None = None
    """How far behind their set-points joints (m,) start, to go straight to where those end; None: the way of those."""
    sooner: Callable[[BodySituation, Array], Sequence[BodySituation]] | None = None
    """The same moment, had commands taken effect sooner, as far as that matters to outputs (c, N)."""
    memo: dict[tuple[object, str], Any] = field(default_factory=dict, repr=False)
    """What a limit worked out about ``now`` or ``soon``, for its next question; by whose it is, and what."""

    @property
    def model(self) -> ArmModel:
        """The body."""
        return self.now.model

    @cached_property
    def soon(self) -> Posture:
        """The posture once commands in flight are carried out."""
        return posture(self.model, self.soon_q)

    @cached_property
    def delay_s(self) -> float:
        """From ``t`` to the effect of a command decided now, s; no age is known to be none."""
        return self.reaction_s - (0.0 if self.ages is None else float(self.ages.max(initial=0.0)))

    @property
    def flying(self) -> Array:
        """Bound (m,) on how far each joint moves while commands in flight are carried out, rad or m."""
        return np.abs(self.soon_q - self.now.q) if self.in_flight is None else self.in_flight

    @cached_property
    def flown(self) -> Array:
        """Bound (C,) on how far each capsule moves while commands in flight are carried out, m."""
        bound: Array = self.flying @ self.levers
        return bound

    def reach(self, wanted: Array) -> Reach:
        """What any output between the standing one and ``wanted`` (N,) can reach, with what is in flight.

        Twice the way: half a step between samples is no longer than the way itself. Where the steps of every joint are
        even, it is known better.
        """
        asked = np.array([wanted, self.anchor, self.beyond])
        most = np.abs(asked).max(axis=0)
        rates = self.drive.most @ most
        if not self.drive.rests:
            rates += np.abs(self.drive.start)
        ramp = max(self.drive.seconds(most, rates), self.comfort.seconds(most, rates))
        ramp += self.build_up_s
        flown, seconds = self.flying, self.period + ramp
        way = rates * (max(self.period, self.apart_s) + ramp / 2)
        moved = flown + 2 * way
        swept = moved
        if not self.freedoms and not self.courses:
            swept = flown + way  # all in one, where joints cut the corners of what is in flight
            swept = swept * (1.0 + min(half_step_share(float(swept @ self.model.turning)), 1.0))
        for channel, course in self.courses.items():
            own = self.joints[channel]
            way = np.abs(np.diff(course.positions, axis=0, prepend=self.soon_q[None, own])).sum(axis=0)
            way += np.abs(course.aside)
            moved[own] = np.maximum(moved[own], flown[own] + 2 * way)
            seconds = max(seconds, course.seconds)
        ends = self.rates(asked[:2])
        return Reach(self.now, moved, swept, self.levers, seconds, self.landmarks, ends, most)

    @property
    def held_s(self) -> float:
        """Seconds that an output goes on at full speed, for closed forms that let a stop brake evenly after that.

        A deceleration that builds up within ``c`` s, and is let go of as slowly, leads ``v c / 2`` further than one
        that is there at once, and takes ``c`` longer.
        """
        return self.period + self.build_up_s

    def coast_s(self, outputs: Array) -> Array:
        """Seconds (c,) at full speed that lead at least as far as ``outputs`` (c, N) do until they are at rest."""
        coast: Array = self.held_s + self.drive.time(outputs, self.rates(outputs)) / 2
        return coast

    @cached_property
    def freedoms(self) -> int:
        """Joints of the base."""
        return len(base_joints(self.kind))

    @cached_property
    def still(self) -> Array:
        """Joint velocities (m,) of the stop itself."""
        return self.drive.rates(np.zeros(len(self.anchor)))

    @property
    def survey(self) -> Survey | None:
        """How it is to all that it is kept out of, by its posture now; None where that is nothing."""
        if self.landmarks is None:
            return None
        key = (self.landmarks, "survey")
        if key not in self.memo:
            self.memo[key] = self.landmarks.survey(self.now)
        survey: Survey = self.memo[key]
        return survey

    def place(self, channel: str) -> slice:
        """The components of ``u`` that are ``channel``'s."""
        return self.places[channel]

    def standing(self, anchor: Array) -> BodySituation:
        """The same moment with another output standing (N,), and the body moving as that says."""
        rates, size = self.rates(anchor), self.drive.base_size
        base, flight = None, self.base_flight
        if self.base is not None:
            base = self.base.standing(anchor[:size])
            flight = base.flight
        elif size:
            twist = float(anchor[0]), float(anchor[1]), float(anchor[size - 1])
            flight = Flight([(twist, self.reaction_s)], float(self.levers[self.freedoms - 1].max()))
        return replace(
            self,
            anchor=anchor,
            velocity=rates,
            beyond=np.zeros(len(anchor)),
            soon_q=self.now.q + rates * self.reaction_s,
            base=base,
            base_flight=flight,
            in_flight=None,
            sooner=None,
            memo={},
        )

    def at(self, q: Array) -> BodySituation:
        """The same moment at rest with the joints at ``q`` (m,), and around the body what was."""
        now = posture(self.model, q)
        still = {"velocity": np.zeros(len(q)), "in_flight": None, "sooner": None}
        return replace(self, now=now, soon_q=q, memo={}, **still)  # type: ignore[arg-type]

    def own(self, channel: str, stacked: Array) -> Array:
        """The components (..., n) of ``channel`` in ``stacked`` (..., N)."""
        return stacked[..., self.places[channel]]

    def rates(self, outputs: Array) -> Array:
        """Joint velocities (..., m) that ``outputs`` (..., N) lead to."""
        return self.drive.rates(outputs)

    def fastest(self, output: Array) -> float:
        """Speed, m/s, that no point of the body exceeds by what ``output`` (N,) adds to a stop."""
        return float(self.now.capsule_speeds(self.rates(output) - self.still).max())

    def views(self, outputs: Array) -> tuple[BodySituation, ...]:
        """All that may be so, as far as it matters to ``outputs`` (c, N): a delay is known by its longest alone."""
        return (self,) if self.sooner is None else (self, *self.sooner(self, outputs))

    def lasting(self, period: float) -> BodySituation:
        """The same moment, with outputs held for ``period`` s."""
        base = None if self.base is None else self.base.lasting(period)
        return replace(self, period=period, base=base)

    def changing(self, pace: Array) -> BodySituation:
        """The same moment, for outputs that change at ``pace`` (c, N) per second."""
        return self if self.jerk is None else replace(self, jerk=replace(self.jerk, pace=pace))

    def following(self, verified: BodySituation) -> BodySituation:
        """The same moment, on a way to rest that was ``verified`` then."""
        if self.base is None or verified.base is None:
            return self
        return replace(self, base=self.base.following(verified.base))

    def alone(self, channel: str) -> BodySituation:
        """The same moment, where ``channel`` does what is decided, or follows its path, ``apart_s`` before others."""
        own = {name: course for name, course in self.courses.items() if name == channel}
        return replace(self.lasting(max(self.period, self.apart_s)), only=self.places[channel], courses=own)

    def aside(self) -> BodySituation:
        """The same moment, where joints that follow a path stay as far beside it as they are measured."""
        return replace(self, courses={name: course.shifted() for name, course in self.courses.items()})

    def behind(self, lag: Array) -> BodySituation:
        """The same moment, where joints that are ``lag`` (m,) behind a set-point cut its corners."""
        return replace(self, soon_q=self.soon_q - lag, lag=lag)

    def roll_out(self, outputs: Array) -> Ways:
        """Ways to rest of ``outputs`` (c, N); where the body moves faster by itself, that is what has to stop."""
        if self.only is not None:
            every, outputs = outputs, np.zeros_like(outputs)
            outputs[:, self.only] = every[:, self.only]
        moving = outputs
        if np.count_nonzero(self.beyond):
            faster = (outputs * self.beyond >= 0) & (np.abs(self.beyond) > np.abs(outputs))
            moving = np.where(faster, self.beyond, outputs)
        rates = self.rates(moving)
        ramp, coast = self.drive.time(moving, rates), None
        if self.jerk is not None:
            eased = self.jerk.stops(ramp, moving, outputs, self.anchor)
            ramp, coast = eased.time, eased.coast
        lasts = self.period + (ramp / 2 if coast is None else coast)
        way = rates * lasts[:, None]
        if self.lag is not None:
            way += self.lag
        ahead = self.soon_q + way[:, None] * FRACTIONS[:, None]
        for channel, course in self.courses.items():
            ahead[..., self.joints[channel]] = course.positions
            ramp = np.maximum(ramp, course.seconds)
        planar = None
        if self.freedoms:
            planar = self._on_ground(moving, lasts, None if coast is None else ramp, ahead)
        return Ways(outputs, self.model, self.soon_q, ahead, self.period, ramp, self.levers, planar, coast)

    def _on_ground(self, moving: Array, lasts: Array, ramp: Array | None, ahead: Array) -> Rollouts | None:
        """Let the base follow its arcs in ``ahead``; its own rollouts, where it is on the ground.

        ramp: (c,) s of stops that are no even braking.
        """
        size = self.drive.base_size
        twist = moving[:, [0, 1, size - 1]]
        total = twist * lasts[:, None]
        assert self.base_flight is not None
        poses = compose(self.base_flight.end, arc(total[:, None] * FRACTIONS[:, None]))
        start = self.now.q[[0, 1, self.freedoms - 1]]
        ahead[..., [0, 1, self.freedoms - 1]] = compose(start, poses)
        if self.base is None:
            return None
        moved = np.hypot(total[:, 0], total[:, 1]) + np.abs(total[:, 2]) * self.base.reach
        flown = np.broadcast_to(self.base_flight.poses, (len(moving), *self.base_flight.poses.shape))
        half_step = np.maximum(moved / len(FRACTIONS), self.base_flight.step) / 2
        everything = np.concatenate([flown, poses], axis=1)
        travel, coast = moved + self.base_flight.travel, lasts - self.period
        before = len(self.base_flight.poses)
        lasting = 2 * coast if ramp is None else ramp
        ways = everything, half_step, travel, before, self.period, lasting, coast
        return Rollouts(moving[:, :size], *ways)
