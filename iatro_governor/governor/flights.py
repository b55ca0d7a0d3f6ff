"""Commands in flight of a body with joints: by every channel's own delay, and by the age of its own measurement."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from iatro_governor.body.drive import Drive
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Flight
from iatro_governor.governor.chart import Chart
from iatro_governor.governor.in_flight import (
    ASIDE,
    SHARES,
    InFlight,
    Part,
    nearest_share,
    planar_way,
    told_way,
)
from iatro_governor.governor.outputs import Outputs, Piece
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.course import Course

LEAST_LEVER = 0.4
"""Every joint counts as if something stood out from it this far, m: its own stop is as near, whatever it moves."""


@dataclass(frozen=True, slots=True)
class Going:
    """What channels have yet to do. led: all of it (N,), in ``u`` times s. pieces: of a base's channel, its motions."""

    pieces: Mapping[str, Sequence[Piece]]
    led: Array


class Flights:
    """Of the channels of ``charts`` that move joints.

    places, joints: of each, in ``u`` (``size``,) and in the model. levers: (m, C) of the model. base: the channel of
    the base, "" where there is none.
    """

    def __init__(
        self,
        charts: Mapping[str, Chart],
        places: Mapping[str, slice],
        joints: Mapping[str, Indices],
        levers: Array,
        base: str,
    ) -> None:
        self._charts = {name: chart for name, chart in charts.items() if len(joints[name])}
        self._places, self._joints, self._base = places, joints, base
        self._own = {name: joints[name].tolist() for name in self._charts}
        self._levers = np.concatenate([levers, LEAST_LEVER * np.eye(len(levers))], axis=1)
        self._size = sum(chart.size for chart in charts.values())
        movers = [frozenset(own) for own in self._own.values()]
        self._several = any(a.isdisjoint(b) for a, b in combinations(movers, 2))
        """Whether channels with joints of their own, not several for the same ones, may move together."""
        self._delays = {name: chart.config.actuator_delay_s for name, chart in self._charts.items()}
        self._reach: tuple[Drive, Array] | None = None
        """How far (N, C) each component of ``u`` moves the capsules, m, and by which drive."""
        self._delay = max(chart.config.actuator_delay_s for chart in charts.values())
        self._known: dict[tuple[str, ...], InFlight] = {}

    def late(self, t: float, since: Mapping[str, float], outputs: Outputs, measured: Array) -> Going:
        """All that may be yet to do, on its way, of what was published and of what is ``measured`` (N,).

        What an older measurement or a slower actuator has yet to do is not done by the others. ``since``: of ``ages``.
        """
        moves, slowing_s = measured.tolist(), -1.0
        pieces: dict[str, Sequence[Piece]] = {}
        led = [0.0] * self._size
        for name, age in since.items():
            at, delay = self._places[name], self._delays[name]
            if name != self._base and not any(moves[at]) and outputs.rested_since(t - age - delay, at):
                continue  # most channels rest most of the time
            steady = outputs.steady_ahead(t, age + delay, moves[at], at)
            if steady is not None and name != self._base:
                led[at] = steady
                continue
            if slowing_s < 0.0:
                slowing_s = self._slowing_s(measured)
            pieces[name] = outputs.pieces(t, age, delay, measured[at], slowing_s, at)
            for own, seconds in pieces[name]:
                led[at] = [so_far + value * seconds for so_far, value in zip(led[at], own, strict=True)]
        return Going(pieces, np.array(led))

    def _slowing_s(self, measured: Array) -> float:
        """How long a stop takes to bring what is ``measured`` (N,) to rest, s."""
        every = ((chart, measured[self._places[name]]) for name, chart in self._charts.items())
        return max((float(chart.controlled.time(own)) for chart, own in every if own.any()), default=0.0)

    def told(self, t: float, ages: Array, outputs: Outputs, shares: Mapping[str, float]) -> Going:
        """What was published and not carried out yet, by these ``shares`` of the channels' longest delays; else all."""
        pieces, led, until = {}, np.zeros(self._size), outputs.led_until(t)
        for name, age in self.ages(ages).items():
            at, start = self._places[name], t - age - shares.get(name, 1.0) * self._delays[name]
            pieces[name] = outputs.told(start, t, at) if name == self._base else []
            led[at] = (until - outputs.led_until(start))[at]
        return Going(pieces, led)

    @property
    def apart_s(self) -> float:
        """How much before another channel one may do what is decided, s."""
        return self._delay if self._several else 0.0

    def first(self, candidates: Array, courses: Collection[str]) -> list[str]:
        """The channels that may begin with ``candidates`` (c, N) before others that move, too.

        courses: those that follow a path, which they have perhaps not begun yet.
        """
        if not self.apart_s:
            return []
        moves = {
            name: candidates[:, self._places[name]].any(axis=1) | (name in courses) for name in self._charts
        }
        together = np.sum(list(moves.values()), axis=0) > 1
        return [name for name, own in moves.items() if (own & together).any()]

    def cut(self, lag: Array, situation: BodySituation, candidates: Array) -> bool:
        """Whether joints that are ``lag`` (m,) behind a set-point cut a corner of it that counts, for ``candidates``.

        Their way is that of joints of one time constant: between where they are, the set-point, and its end (c, N).
        """
        if (np.abs(lag) @ self._levers).max() <= ASIDE:
            return False
        ends = lag + situation.rates(candidates) * situation.coast_s(candidates)[:, None]
        size = (ends * ends).sum(axis=1)
        along = np.divide(ends @ lag, size, out=np.zeros(len(ends)), where=size > 0)
        corners = np.abs(lag - along[:, None] * ends) @ self._levers
        return bool((corners > ASIDE).any())

    def beside(self, courses: Mapping[str, Course]) -> bool:
        """Whether joints are so far beside the paths of ``courses`` that it counts."""
        off = [(name, np.abs(course.aside)) for name, course in courses.items()]
        return any(bool((each @ self._levers[self._joints[name]]).max() > ASIDE) for name, each in off)

    def lasting(self, ages: Array, shares: Mapping[str, float]) -> Array:
        """How long the joints (m,) go on with what they do whatever is commanded, s."""
        return ages + max((shares.get(name, 1.0) for name in self._charts), default=1.0) * self._delay

    def land(self, q: Array, going: Going, lasting: Array, drive: Drive) -> Array:
        """Positions (m,) at the end of what is ``going``, from ``q`` on; a base's are for ``base_flight`` to tell."""
        landed: Array = q + drive.matrix @ going.led
        return landed if drive.rests else landed + drive.start * lasting

    def base_flight(self, going: Going, reach: float) -> Flight | None:
        """What the base does meanwhile; ``reach``: largest distance of the body from its origin, m."""
        if not self._base:
            return None
        return Flight([((m[0], m[1], m[-1]), seconds) for m, seconds in going.pieces[self._base]], reach)

    def farthest(
        self, t: float, ages: Array, since: Mapping[str, float], outputs: Outputs, drive: Drive
    ) -> Array:
        """How far each joint (m,) goes at most, by any delay, while commands in flight are carried out."""
        gone = np.zeros(self._size)
        known: dict[float, Array] = {}  # channels that are measured and act together have one
        for name, age in since.items():
            at, start = self._places[name], t - age - self._delays[name]
            if start not in known:
                known[start] = outputs.gone_since(start, t)
            gone[at] = known[start][at]
        far: Array = drive.most @ gone
        if not drive.rests:
            far += np.abs(drive.start) * (ages + self._delay)
        if self._base:
            far[:2] = np.hypot(
                gone[0], gone[1]
            )  # on a way that turns, all of it may come to be along one axis
        return far

    def doubts(
        self, situation: BodySituation, outputs: Outputs, late: Going, candidates: Array
    ) -> list[dict[str, float]]:
        """Of each channel, the delays that have to be looked at beside the longest, for ``candidates`` (c, N).

        A set-point holds whatever the delay: joints that follow one are where it is in the end.
        """
        ages = situation.ages
        names = [name for name, chart in self._charts.items() if chart.lead is None]
        if ages is None or not names:
            return []
        since = self.ages(ages)
        begun = situation.t - max(since[name] + self._delays[name] for name in names)
        # What has gone forth and back within the longest delay leads nowhere by it, and elsewhere by a shorter one.
        if outputs.steady_since(begun) and not late.led.any():
            return []
        drive = situation.drive
        if self._reach is None or self._reach[0] is not drive:
            self._reach = drive, drive.most.T @ self._levers
        reach = self._reach[1]

        def metres(ways: Array) -> Array:
            far: Array = (np.abs(ways) @ reach).max(axis=-1)
            return far

        flights = self._in_flight(tuple(names))
        lately = situation.t, [since[n] for n in names], outputs, late.led
        if flights.goes_on(*lately, candidates, metres):
            return []
        found = flights.turned(*lately, candidates * situation.coast_s(candidates)[:, None], metres)
        return [dict(zip(names, shares, strict=True)) for shares in found]

    def _in_flight(self, names: tuple[str, ...]) -> InFlight:
        """Commands in flight of the channels ``names``."""
        if names not in self._known:
            parts = [Part(self._places[name], self._delays[name]) for name in names]
            self._known[names] = InFlight(self._size, parts)
        return self._known[names]

    def fitting(
        self, situation: BodySituation, since: BodySituation, outputs: Outputs
    ) -> dict[str, float] | None:
        """The shares of the delays that explain best what the joints did from ``since`` on; None where none do."""
        assert (
            situation.ages is not None and since.ages is not None
        )  # a body that moves by joints has told them
        begun, ended, out = self.ages(since.ages), self.ages(situation.ages), {}
        for name, own in ((name, self._joints[name]) for name in self._charts):
            times = since.t - begun[name], situation.t - ended[name]
            delays, at = SHARES * self._delays[name], self._places[name]
            if name == self._base:
                moved = planar_way(since.now.q[own], situation.now.q[own])
                ways = [told_way(outputs, at, times[0] - d, times[1] - d) for d in delays]
            else:
                moved = situation.now.q[own] - since.now.q[own]
                matrix = situation.drive.matrix[own, at]
                always = situation.drive.start[own] * (times[1] - times[0])
                led = [
                    (outputs.led_until(times[1] - d) - outputs.led_until(times[0] - d))[at] for d in delays
                ]
                ways = [matrix @ each + always for each in led]
            lever = self._levers[own].max(axis=1)
            share = nearest_share(moved * lever, np.array(ways) * lever)
            if share is None:
                return None
            out[name] = share
        return out

    def ages(self, ages: Array) -> dict[str, float]:
        """How long ago each channel's joints were measured, s; ``ages``: (m,) of each joint."""
        every = ages.tolist()
        return {name: max([every[joint] for joint in own]) for name, own in self._own.items()}
