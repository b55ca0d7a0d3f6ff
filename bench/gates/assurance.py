"""run-time-assurance: its explicit active set invariance filter for each robot."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import jax.numpy as jnp
import numpy as np
from run_time_assurance.constraint import ConstraintModule, PolynomialConstraintStrengthener
from run_time_assurance.rta import ExplicitASIFModule

from bench.gates.gate import Gate
from bench.peers_task import (
    BASE_RADIUS,
    DISC,
    DISC_RADIUS,
    JOINT_RANGE,
    SPEED,
    STEP_S,
    Command,
    Episode,
    Robot,
    Values,
)

GAIN = 5.0
"""1/s, as cbfpy's."""


class Gap(ConstraintModule):
    """From the base to the disc, m."""

    def _compute(self, state: Any, params: dict[str, Any]) -> Any:
        return jnp.hypot(state[0] - DISC[0], state[1] - DISC[1]) - BASE_RADIUS - DISC_RADIUS


class End(ConstraintModule):
    """From one joint to one of its ends, rad."""

    def __init__(self, joint: int, end: float, sign: float, **more: Any) -> None:
        self._joint, self._end, self._sign = joint, end, sign
        super().__init__(**more)

    def _compute(self, state: Any, params: dict[str, Any]) -> Any:
        return self._sign * (self._end - state[self._joint])


class Moving(ExplicitASIFModule):
    """A robot that does what it is told."""

    def __init__(self, robot: str) -> None:
        self._robot = robot
        top = np.array(SPEED[robot])
        super().__init__(control_dim=len(top), control_bounds_high=top, control_bounds_low=-top)

    def _setup_constraints(self) -> OrderedDict[str, ConstraintModule]:
        alpha = PolynomialConstraintStrengthener([0, GAIN])
        if self._robot == "base":
            return OrderedDict(disc=Gap(alpha=alpha, alpha_negative=alpha))
        ends = (
            (joint, end, sign)
            for joint, ends in enumerate(JOINT_RANGE)
            for end, sign in zip(ends, (-1.0, 1.0), strict=True)
        )
        return OrderedDict(
            (f"{joint}_{sign:+g}", End(joint, end, sign, alpha=alpha, alpha_negative=alpha))
            for joint, end, sign in ends
        )

    def state_transition_system(self, state: Any) -> Any:
        """It rests by itself."""
        return jnp.zeros(len(SPEED[self._robot]))

    def state_transition_input(self, state: Any) -> Any:
        """The base's frame is turned."""
        if self._robot == "arm":
            return jnp.eye(len(SPEED["arm"]))
        c, s = jnp.cos(state[2]), jnp.sin(state[2])
        return jnp.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


class Assurance(Gate):
    """One module a robot; compiled before anything is timed."""

    package = "run-time-assurance"
    claims = frozenset({"speed", "place"})
    note = (
        f"explicit ASIF, gain {GAIN:g}/s inside too: by default it then asks for more than the robot can do"
    )

    def __init__(self) -> None:
        self._modules = {name: Moving(name) for name in SPEED}
        for name, module in self._modules.items():
            size = len(SPEED[name])
            module.filter_control(np.full(size, -0.5), STEP_S, np.zeros(size))

    def start(self, episode: Episode) -> None:
        """Forget the last episode."""
        self._modules[episode.robot].reset()

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """The filtered speeds."""
        out = self._modules[robot.kind].filter_control(
            np.array(robot.place), STEP_S, np.array(command.values)
        )
        return tuple(float(value) for value in np.asarray(out))
