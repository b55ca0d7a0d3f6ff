"""A simulated world in a node: stepped by the wall clock, its /clock, and the truth about it at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from builtin_interfaces.msg import Time
from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from iatro_governor.errors import ScenarioError
from iatro_governor.nodes import qos
from iatro_governor.nodes.files import write_json
from iatro_governor.nodes.options import Options
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.resources import shared

PERIOD = 0.01
"""From one look at the sensors to the next, s of the world."""
MOST_AT_ONCE = 10
"""Periods; a machine that cannot keep up gets a slower world, not a jumping one."""


class World(Protocol):
    """What is stepped."""

    @property
    def t(self) -> float:
        """Seconds since its start."""
        ...

    def step(self, dt: float) -> None:
        """Let ``dt`` s pass."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters of every world. seed: -1 is the scenario's own; truth: a file, empty: none."""

    scenario: str | Path
    seed: int
    speed: float
    clock: bool
    truth: str

    @classmethod
    def take(cls, options: Options, scenario: str) -> Given:
        """Declare and read them; ``scenario`` is the default. Raises ScenarioError for a speed that cannot be."""
        file = options.take("scenario", "") or shared(scenario)
        seed, speed = options.take("seed", -1), options.take("speed", 1.0)
        given = cls(file, seed, speed, options.take("clock", False), options.take("truth", ""))
        if not 0.1 <= speed <= 100.0:
            raise ScenarioError(f"speed is {speed} (allowed: 0.1 to 100)")
        return given


class Running:
    """``world`` under way in ``node``; ``publish(period, stamp)`` is called after each period."""

    def __init__(self, node: Node, world: World, given: Given, publish: Callable[[int, Time], None]) -> None:
        self._node, self._world, self._given, self._publish = node, world, given, publish
        self._clock = node.create_publisher(Clock, "/clock", qos.SENSOR_OUT) if given.clock else None
        self._periods = 0
        self._late_s = 0.0
        self._began = time.monotonic()
        node.create_timer(PERIOD / given.speed, self._catch_up)

    def end(self, truth: dict[str, Any]) -> None:
        """Write down what truly happened, if that was asked for."""
        if self._given.truth:
            times = {"duration_s": self._world.t, "late_s": round(self._late_s, 3)}
            write_json(Path(self._given.truth), truth | times)

    def _catch_up(self) -> None:
        speed = self._given.speed
        due = int((time.monotonic() - self._began) * speed / PERIOD) - self._periods
        if due > MOST_AT_ONCE:
            behind = (due - MOST_AT_ONCE) * PERIOD
            self._late_s += behind
            self._began += behind / speed
            due = MOST_AT_ONCE
        for _ in range(due):
            self._period()

    def _period(self) -> None:
        self._world.step(PERIOD)
        self._periods += 1
        stamp = self._stamp()
        if self._clock is not None:
            self._clock.publish(Clock(clock=stamp))
        self._publish(self._periods, stamp)

    def _stamp(self) -> Time:
        return self._node.get_clock().now().to_msg() if self._clock is None else stamp_of(self._world.t)
