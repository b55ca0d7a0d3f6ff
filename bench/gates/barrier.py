"""cbfpy: a control barrier function for each robot, built as its demos of an obstacle and of joint limits are."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from cbfpy import CBF, CBFConfig

from bench.gates.gate import Gate
from bench.peers_task import (
    BASE_RADIUS,
    DISC,
    DISC_RADIUS,
    JOINT_RANGE,
    SPEED,
    Command,
    Episode,
    Robot,
    Values,
)

GAIN = 5.0
"""1/s: how fast the way to the edge may be used up; less keeps further away."""


class BaseConfig(CBFConfig):
    """State (x, y, yaw), speeds in the base's own frame."""

    def __init__(self) -> None:
        top = np.array(SPEED["base"])
        super().__init__(n=3, m=3, u_min=-top, u_max=top)

    def f(self, z: jax.Array) -> jax.Array:
        """It rests by itself."""
        return jnp.zeros(3)

    def g(self, z: jax.Array) -> jax.Array:
        """Its frame is turned."""
        c, s = jnp.cos(z[2]), jnp.sin(z[2])
        return jnp.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    def h_1(self, z: jax.Array) -> jax.Array:
        """The gap to the disc, m."""
        return jnp.array([jnp.hypot(z[0] - DISC[0], z[1] - DISC[1]) - BASE_RADIUS - DISC_RADIUS])

    def alpha(self, h: jax.Array) -> jax.Array:
        """How fast it may shrink."""
        return GAIN * h


class ArmConfig(CBFConfig):
    """State: the joints' positions; their speeds."""

    def __init__(self) -> None:
        top = np.array(SPEED["arm"])
        self.low, self.high = np.array(JOINT_RANGE).T
        super().__init__(n=len(top), m=len(top), u_min=-top, u_max=top)

    def f(self, z: jax.Array) -> jax.Array:
        """They rest by themselves."""
        return jnp.zeros(len(z))

    def g(self, z: jax.Array) -> jax.Array:
        """Each moves alone."""
        return jnp.eye(len(z))

    def h_1(self, z: jax.Array) -> jax.Array:
        """The way to each end, rad."""
        return jnp.concatenate([self.high - z, z - self.low])

    def alpha(self, h: jax.Array) -> jax.Array:
        """How fast it may be used up."""
        return GAIN * h


class Barrier(Gate):
    """The filter of one configuration; compiled before anything is timed."""

    package = "cbfpy"
    claims = frozenset({"speed", "place"})
    note = f"default solver and relaxation, gain {GAIN:g}/s"

    def __init__(self) -> None:
        jax.config.update("jax_enable_x64", True)
        self._filters = {
            name: CBF.from_config(make()) for name, make in (("base", BaseConfig), ("arm", ArmConfig))
        }
        for name, one in self._filters.items():
            size = len(SPEED[name])
            one.safety_filter(np.full(size, -0.5), np.zeros(size)).block_until_ready()

    def start(self, episode: Episode) -> None:
        """It remembers nothing."""

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """The filtered speeds."""
        filtered = self._filters[robot.kind].safety_filter(np.array(robot.place), np.array(command.values))
        return tuple(float(value) for value in np.asarray(filtered))
