"""Slow zones: places, or figures around the body, in which speed is bounded; they may be entered, at that speed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.ground import Ground, GroundConfig
from iatro_governor.limits.ground_trips import on_the_edge
from iatro_governor.limits.limit import ROUNDING, Cap, Example, Limit, excess
from iatro_governor.limits.returns import gaps
from iatro_governor.limits.rows import Rows, norm
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.base import Name, Positive


class SlowZoneConfig(GroundConfig):
    """``speed``: translational, m/s, inside ``figure``; in the body frame, while a return of ``sources`` is inside."""

    example: ClassVar[Example] = {
        "frame": "odom",
        "figure": {"polygon": {"corners": [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5], [1.0, 0.5]]}},
        "speed": 0.3,
    }
    doses: ClassVar[Doses] = {"speed": divided}

    kind: Literal["slow_zone"]
    speed: Positive
    sources: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sources(self) -> SlowZoneConfig:
        if (self.frame == "body") != bool(self.sources):
            raise ValueError("a zone in the body frame needs sources, one on the ground takes none")
        return self


class SlowZoneLimit(Limit[SlowZoneConfig]):
    """A level limit with an approach: the zone is reached at its speed without braking harder than comfort."""

    model = SlowZoneConfig
    unit = "m/s"

    def __init__(self, config: SlowZoneConfig) -> None:
        super().__init__(config)
        self._ground = Ground(config)
        self._round: float | None = None
        """By how much the outline is away from a disc about the base's origin, m."""

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """At its edge; where the body carries it, whatever may come near."""
        if self.config.frame == "body":
            yield from super().trips(scenes)
            return
        area = self._ground.shape(scenes[0])
        assert area is not None  # the profile has been checked
        yield Challenge("cap", on_the_edge(area, scenes[0]))

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Scale the translational norm down to the speed from which the zone can still be entered slowly."""
        value = math.hypot(*command[:2].tolist())
        now = math.hypot(*situation.anchor[:2].tolist())
        allowed = self._allowed(situation, -math.inf)
        if allowed is not None and max(value, now) > allowed:  # it matters how far the zone is
            turn = max(abs(float(command[-1])), abs(float(situation.anchor[-1])))
            allowed = self._allowed(situation, turned=self._turned(max(value, now), turn, situation))
        if allowed is None:
            return None
        return Cap(1.0 if value <= allowed else allowed / value, value, allowed, excess(now, allowed))

    def idle(self, situation: Situation, reach: Span) -> bool:
        """The place is too far to slow down for; a figure that the body carries is looked at."""
        if self.config.frame == "body":
            return False
        fastest = math.hypot(reach.most[0], reach.most[1]) + ROUNDING
        return fastest <= self._from(self._ground.at_least(situation), situation.flight.most, situation)

    def rows(self, situation: Situation) -> Rows | None:
        """The planes that touch the bound of now; what can be entered however the footprint turns needs no less."""
        speed, turn = math.hypot(*situation.anchor[:2].tolist()), abs(float(situation.anchor[-1]))
        allowed = self._allowed(situation, turned=self._turned(speed, turn, situation))
        if allowed is None:
            return None
        anyhow = self._allowed(situation, -math.inf)
        assert anyhow is not None  # known by the same measurements
        return norm(2, len(situation.anchor), max(allowed, anyhow))

    def present(self, situation: Situation) -> bool:
        """Whether any part of the footprint is in the zone, or what is watched in a figure that is carried."""
        distance = self._distance(situation, math.inf)
        return distance is not None and distance <= 0.0

    def _allowed(self, situation: Situation, enough: float = math.inf, turned: float = 0.0) -> float | None:
        """Translational speed, m/s, from which the zone can be entered at its own; None: nothing is in it.

        ``enough``: as of ``Gauge.distance``; a smaller distance gives a smaller speed. ``turned``: m, how much nearer
        the footprint comes by turning.
        """
        distance = self._distance(situation, enough)
        if distance is None:
            return None
        return self._from(distance - turned, situation.flight.travel, situation)

    def _turned(self, speed: float, turn: float, situation: Situation) -> float:
        """How much nearer to a place, m, ``turn`` rad/s brings the footprint while it slows down from ``speed`` m/s.

        A corner of it is where its nearest side was, at the most.
        """
        if self.config.frame == "body":
            return 0.0
        if self._round is None:
            inner = -float(situation.footprint.distance(np.zeros((1, 2)))[0])
            self._round = situation.reach - max(inner, 0.0)
        slowing_s = max(speed - self.config.speed, 0.0) / self._slows(situation)
        lasts = situation.reaction_s + situation.period + slowing_s
        return min(turn * situation.reach * lasts, self._round)

    @staticmethod
    def _slows(situation: Situation) -> float:
        return min(situation.comfort.linear, situation.braking.linear)

    def _from(self, distance: float, flown: float, situation: Situation) -> float:
        """Translational speed, m/s, from which the zone ``distance`` m ahead can be entered at its own.

        ``flown``: m, how far what is in flight leads before that: while a body slows down it is faster than what is
        asked for now.
        """
        deceleration = self._slows(situation)
        # Half of the build-up would do where it is let go of again; all of it is never too little.
        held = situation.period + situation.build_up_s(deceleration)
        late = approach_speed(distance - flown, self.config.speed, deceleration, held)
        even = approach_speed(distance, self.config.speed, deceleration, situation.reaction_s + held)
        return min(late, even)

    def _distance(self, situation: Situation, enough: float) -> float | None:
        if self.config.frame == "body":
            obstacles, figure = situation.obstacles(self.config.sources), self._ground.shape(situation)
            assert figure is not None  # the profile has been checked
            return float(gaps(obstacles, figure).min()) if len(obstacles.points) else None
        if not self._ground.known(situation):
            return 0.0
        distance = self._ground.now(situation, enough)
        return distance - float(self._ground.unsure(situation, max(distance, 0.0)))
