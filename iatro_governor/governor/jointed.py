"""The body of a group whose robot has a model: from the newest measurements to what its limits look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from iatro_governor.body.drive import Drive
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.levers import levers, pair_levers
from iatro_governor.body.mechanics import mechanics
from iatro_governor.body.mobile import Base, base_joints
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array, compose
from iatro_governor.body.rollout import Flight
from iatro_governor.body.shape import Shape
from iatro_governor.governor.chart import Chart, places
from iatro_governor.governor.claims import Claims
from iatro_governor.governor.clouds import Clouds
from iatro_governor.governor.flights import Flights, Going
from iatro_governor.governor.outputs import WHOLE, Outputs
from iatro_governor.governor.perception import people_of, perceive
from iatro_governor.governor.readings import Readings
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.smooth import SmoothStop
from iatro_governor.governor.twist import TwistChart
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.landmarks import Landmarks
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.link_obstacle import LinkObstacleLimit
from iatro_governor.limits.link_zone import LinkZoneLimit
from iatro_governor.limits.situation import Jerk, Situation
from iatro_governor.profile.robot import ModelPart
from iatro_governor.profile.sources import JointsSource

HOLDING = ("joint_effort", "wrench")
"""Types of channel whose limits have to know which values mean rest."""
SETTING = ("joint_position", "pose", "gripper")
"""Types of channel whose commands are places."""


class JointedBody:
    """Joints, on a base that stands, drives or flies. ``charts``: by channel, in the order of ``u``; a base's first."""

    def __init__(
        self,
        model: ArmModel,
        charts: Mapping[str, Chart],
        figure: Shape | None,
        senses: Senses,
        period: float,
        limits: Sequence[Limit[Any]] = (),
        part: ModelPart | None = None,
        claims: Claims | None = None,
        smooth: SmoothStop | None = None,
    ) -> None:
        self.model = model
        self._claims = claims or Claims.of(charts)
        self._smooth = smooth
        self._build_up_s = 0.0 if smooth is None else smooth.build_up_s
        self._tool = None if part is None else part.tool
        weighed = part is not None and any(limit.weighs for limit in limits)
        self._mechanics = mechanics(model, part) if part is not None and weighed else None
        self._charts = dict(charts)
        self._senses, self._period = senses, period
        first = next(iter(charts.values()))
        self._twist = first if isinstance(first, TwistChart) else None
        self.kind: Base = _kind(self._twist)
        self._freedoms = len(base_joints(self.kind))
        told = [s.rest_speed for s in senses.sources.values() if isinstance(s, JointsSource)]
        self._rest_speed = max(told, default=0.0)
        names = model.joints[self._freedoms :]
        self._readings = Readings(names, senses.joint_tracks)
        self._figure = figure
        self.levers = levers(model)
        self._pair_levers = pair_levers(model, self.levers)
        self._reach = float(self.levers[self._freedoms - 1].max()) if self._freedoms else 0.0
        self.places = places(self._charts)
        self.joints = {
            name: np.arange(self._freedoms)
            if chart is self._twist
            else np.array([model.joints.index(joint) for joint in chart.moves], dtype=np.int64)
            for name, chart in self._charts.items()
        }
        base = "" if self._twist is None else next(iter(self._charts))
        self._flights = Flights(self._charts, self.places, self.joints, self.levers, base)
        self._delay = max(chart.config.actuator_delay_s for chart in self._charts.values())
        self._slack = np.concatenate([np.full(c.size, c.slack) for c in self._charts.values()])
        self._map: Array | None = None
        self._settled: tuple[Drive, Drive] | None = None
        """As of ``_drives``, where the map is fixed and channels lead every joint."""
        self._loose: tuple[tuple[str, ...], Indices] | None = None
        """The channels that lead joints, and the joints (k,) that then none of them leads."""
        self._holding = [name for name, chart in charts.items() if chart.config.type in HOLDING]
        self._setting = [name for name, chart in charts.items() if chart.config.type in SETTING]
        self._going_on = [name for name in charts if name not in self._setting]
        self._landmarks = _landmarks(limits, model)
        looked_at = {
            name for limit in limits if isinstance(limit, LinkObstacleLimit) for name in limit.config.sources
        }
        self._clouds = Clouds(sorted(looked_at), senses.surroundings, self.kind)
        self._sure = self._braking({name: chart.stopping for name, chart in charts.items()})
        self._ease = self._braking({name: chart.easing for name, chart in charts.items()})
        self._stops = [
            (self.places[name], chart.controlled)
            for name, chart in charts.items()
            if len(chart.moves) and np.isinf(chart.stopping).any()
        ]

    def _braking(self, decelerations: Mapping[str, Array]) -> Array:
        """Decelerations (m,) of the joints, the least of all channels that move them; infinite for a base."""
        out = np.full(len(self.model.joints), np.inf)
        for name, each in decelerations.items():
            at = self.joints[name]
            out[at] = np.minimum(out[at], each)
        return out

    def situation(self, t: float, outputs: Outputs) -> BodySituation:
        """From the newest measurements, and what was published since."""
        ages = self._ages(t)
        age = max(ages.tolist(), default=0.0)
        q, velocity = self._measured()
        now = posture(self.model, q)
        measured = self._attributed()
        beyond = outputs.beyond(t, age, measured, self._slack)
        drive, comfort = self._drives(now, velocity, age)
        since = self._flights.ages(ages)
        late = self._flights.late(t, since, outputs, measured)
        soon, base_flight = self._landing(q, late, ages + self._delay, drive)
        period = self._lasts(outputs)
        return BodySituation(
            t=t,
            period=period,
            reaction_s=age + self._delay,
            now=now,
            velocity=velocity,
            effort=self._efforts(),
            anchor=outputs.standing,
            beyond=beyond,
            soon_q=soon,
            drive=drive,
            comfort=comfort,
            kind=self.kind,
            base=self._on_ground(t, period, age, outputs, beyond, base_flight),
            base_flight=base_flight,
            places=self.places,
            joints=self.joints,
            levers=self.levers,
            pair_levers=self._pair_levers,
            sensed=perceive(self._senses, t, self._clouds.seen(t - age, q)),
            landmarks=self._landmarks,
            courses={n: course for n, c in self._charts.items() if (course := c.course) is not None},
            tool=self._tool,
            mechanics=self._mechanics,
            rest={
                name: np.array(self._charts[name].rest) for name in self._holding if self._charts[name].ready
            },
            jerk=self._jerky(t, outputs),
            build_up_s=self._build_up_s,
            ages=ages,
            in_flight=np.maximum(np.abs(soon - q), self._flights.farthest(t, ages, since, outputs, drive)),
            apart_s=self._flights.apart_s,
            sooner=partial(self._sooner, outputs, late),
        )

    def _lasts(self, outputs: Outputs) -> float:
        """How long an output may go on, s; of set-points a period, however late the loop is."""
        late = any(self._claims.has(name) for name in self._going_on)
        return outputs.hold_s(self._period) if late else self._period

    def fitted(
        self, situation: BodySituation, outputs: Outputs, since: BodySituation | None
    ) -> BodySituation:
        """``situation`` by the delays alone that explain what was measured since ``since``; by all where none do."""
        shares = None if since is None else self._flights.fitting(situation, since, outputs)
        return situation if shares is None else self._view(situation, outputs, shares)

    def _sooner(
        self, outputs: Outputs, late: Going, situation: BodySituation, candidates: Array
    ) -> list[BodySituation]:
        """``situation`` had commands taken effect sooner, as far as that matters to ``candidates`` (c, N).

        And had any of the channels that move together taken them up before the others. And where joints are beside a
        path that they follow, they may stay there.
        """
        doubts = self._flights.doubts(situation, outputs, late, candidates)
        views = [self._view(situation, outputs, shares) for shares in doubts]
        if first := self._flights.first(candidates, situation.courses):
            done = self._view(situation, outputs, dict.fromkeys(self._charts, 0.0))
            views += [done.alone(name) for name in first]
        lag = self._lag(situation)
        if lag is not None and self._flights.cut(lag, situation, candidates):
            views += [view.behind(lag) for view in (situation, *views)]
        if self._flights.beside(situation.courses):
            views += [view.aside() for view in (situation, *views)]
        return views

    def _lag(self, situation: BodySituation) -> Array | None:
        """How far joints (m,) are behind the set-points that they follow; None where none follows one."""
        led = [self.joints[name] for name in self._setting if self._claims.has(name)]
        if not led:
            return None
        own, lag = np.concatenate(led), np.zeros(len(situation.soon_q))
        lag[own] = (situation.soon_q - situation.now.q)[own]
        return lag

    def _view(self, situation: BodySituation, outputs: Outputs, shares: Mapping[str, float]) -> BodySituation:
        """``situation`` had the body done just what it was told, by these ``shares`` of the longest delays."""
        ages, q = situation.ages, situation.now.q
        assert ages is not None
        going = self._flights.told(situation.t, ages, outputs, shares)
        soon, flight = self._landing(q, going, self._flights.lasting(ages, shares), situation.drive)
        base = situation.base
        if base is not None and flight is not None:
            base = replace(base, flight=flight)
        return replace(situation, soon_q=soon, base_flight=flight, base=base, sooner=None)

    def relevant(
        self, limits: Sequence[Limit[Any]], situation: BodySituation, wanted: Array
    ) -> list[Limit[Any]]:
        """The limits that may say anything about outputs between the standing one and ``wanted``."""
        reach = situation.reach(wanted)
        return [limit for limit in limits if not limit.idle(situation, reach)]

    def _attributed(self) -> Array:
        """What the body does, in ``u`` (N,): the doing of whoever has the joints, and of nobody else."""
        out = np.zeros(len(self._slack))
        for name, chart in self._charts.items():
            if self._claims.has(name):
                out[self.places[name]] = chart.measured
        return out

    def _efforts(self) -> Array:
        """Efforts (m,), NaN where they are not measured: of a base they never are."""
        return np.concatenate([np.full(self._freedoms, np.nan), self._readings.effort])

    def _measured(self) -> tuple[Array, Array]:
        """Positions and velocities (m,)."""
        if self._twist is None:
            return self._readings.position, self._readings.velocity
        q, velocity = np.zeros(len(self.model.joints)), np.zeros(len(self.model.joints))
        q[self._freedoms :] = self._readings.position
        velocity[self._freedoms :] = self._readings.velocity
        where = self._senses.tracks[self._twist.config.odom].latest
        pose, level = where.pose, where.level
        c, s = np.cos(pose[2]), np.sin(pose[2])
        along = [c * level[0] - s * level[1], s * level[0] + c * level[1]]
        up = [where.height] if self.kind == "aerial" else []
        rise = [level[2]] if self.kind == "aerial" else []
        q[: self._freedoms] = [pose[0], pose[1], *up, pose[2]]
        velocity[: self._freedoms] = [*along, *rise, level[3]]
        return q, velocity

    def _drives(self, now: Posture, velocity: Array, age: float) -> tuple[Drive, Drive]:
        """What ``u`` does to the joints, and how a stop that is sure, or ordinary motion, brakes it."""
        if self._settled is not None and not self._unclaimed().size:
            return self._settled
        drive = self._drive(now, self._unled(velocity), velocity, age)
        gentle = None if self._twist is None else self._twist.comfort
        parts = drive.matrix, drive.start, self._ease, gentle, drive.base_size
        comfort = Drive(*parts, self._stops, drive.least_s)
        if self._map is not None and not self._unclaimed().size:
            self._settled = drive, comfort
        return drive, comfort

    def _drive(self, now: Posture, start: Array, velocity: Array, age: float) -> Drive:
        """``start``: (m,) what the joints do that no channel leads."""
        if self._map is not None:
            return Drive(self._map, start, self._sure, None, 0, self._stops)
        matrix = np.zeros((len(self.model.joints), sum(chart.size for chart in self._charts.values())))
        reaction, least_s = age + self._delay + self._period, 0.0
        for name, chart in self._charts.items():
            if len(self.joints[name]):
                share = chart.joint_map(now, velocity, reaction, self.joints[name])
                matrix[:, self.places[name]] = share.matrix
                start += share.start * self._claims.has(name)
                least_s = max(least_s, share.least_s * self._claims.has(name))
        if all(chart.fixed_map for chart in self._charts.values()):
            self._map = matrix
        base, size = (None, 0) if self._twist is None else (self._twist.sure, self._twist.size)
        return Drive(matrix, start, self._sure, base, size, self._stops, least_s)

    def _unled(self, velocity: Array) -> Array:
        """Of joints that no channel has, what is measured (m,): they will go on with it, whatever is commanded."""
        out = np.zeros(len(velocity))
        if (loose := self._unclaimed()).size:
            own = velocity[loose]
            out[loose] = np.where(np.abs(own) > self._rest_speed, own, 0.0)
        return out

    def _unclaimed(self) -> Indices:
        """The joints (k,), a base's own apart, that no channel leads."""
        holders = self._claims.holders
        if self._loose is None or self._loose[0] != holders:
            led = {j for name in self._charts if name in holders for j in self.joints[name].tolist()}
            every = range(self._freedoms, len(self.model.joints))
            self._loose = holders, np.array([j for j in every if j not in led], dtype=np.int64)
        return self._loose[1]

    def _ages(self, t: float) -> Array:
        """How long ago each joint (m,) was measured, s."""
        ages = self._readings.ages(t)
        if self._twist is None:
            return ages
        age = max(t - self._senses.tracks[self._twist.config.odom].latest.t, 0.0)
        return np.concatenate([np.full(self._freedoms, age), ages])

    def _landing(self, q: Array, going: Going, lasting: Array, drive: Drive) -> tuple[Array, Flight | None]:
        """Positions (m,) at the end of what is ``going``, and what the base does meanwhile."""
        soon = self._flights.land(q, going, lasting, drive)
        for name, chart in self._charts.items():
            if self._claims.has(name) and (lead := chart.lead) is not None:
                soon[self.joints[name]] = lead
        reach = self._figure.reach if self._figure is not None else self._reach
        flight = self._flights.base_flight(going, reach)
        if flight is not None:
            plane = [0, 1, self._freedoms - 1]
            soon[plane] = compose(q[plane], flight.end)
        return soon, flight

    def _on_ground(
        self, t: float, period: float, age: float, outputs: Outputs, beyond: Array, flight: Flight | None
    ) -> Situation | None:
        """The base as the limits on the ground see it."""
        twist = self._twist
        if twist is None or self._figure is None or self.kind != "planar":
            return None
        assert flight is not None
        own = self.places[next(iter(self._charts))]
        return Situation(
            t=t,
            period=period,
            pose=self._senses.tracks[twist.config.odom].latest.pose,
            measured=twist.measured,
            anchor=outputs.standing[own],
            beyond=beyond[own],
            flight=flight,
            reaction_s=age + self._delay,
            age_s=age,
            braking=twist.sure,
            comfort=twist.comfort,
            footprint=self._figure,
            reach=self._figure.reach,
            surroundings=self._senses.surroundings,
            height=self._senses.own.height,
            fixes=self._senses.localiser.fixes,
            people=people_of(self._senses, t),
            jerk=self._jerky(t, outputs, own),
        )

    def _jerky(self, t: float, outputs: Outputs, own: slice = WHOLE) -> Jerk | None:
        """Of the components ``own``; None where they are bounded by no jerk."""
        if self._smooth is None or np.isinf(self._smooth.jerk[own]).all():
            return None
        dt = outputs.elapsed(t, self._period)
        return Jerk(self._smooth.jerk[own], max(dt, self._period), self._smooth.eased[own])


def _landmarks(limits: Sequence[Limit[Any]], model: ArmModel) -> Landmarks | None:
    """The volumes over ground of ``limits``."""
    zones = [limit for limit in limits if isinstance(limit, LinkZoneLimit) and limit.config.frame == "odom"]
    if not zones:
        return None
    kept = [zone.capsules(model) for zone in zones]
    return Landmarks([zone.volume for zone in zones], [zone.config.margin for zone in zones], kept)


def _kind(twist: TwistChart | None) -> Base:
    if twist is None:
        return "fixed"
    return "aerial" if twist.config.base == "aerial" else "planar"
