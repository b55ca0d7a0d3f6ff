"""rtamt: an STL monitor. It says how well a rule holds and enforces nothing: where it does not, the robot rests."""

from __future__ import annotations

import rtamt

from bench.gates.gate import Gate
from bench.peers_task import (
    SPEED,
    STEP_S,
    Command,
    Episode,
    Robot,
    Values,
)


class Temporal(Gate):
    """The rule: no speed beyond its bound, and the next place is one where the robot may be."""

    package = "rtamt"
    claims = frozenset({"speed", "place"})
    note = "a monitor: that the robot rests on a negative robustness is this bench's own, not the package's"

    def start(self, episode: Episode) -> None:
        """A new rule, online."""
        spec = rtamt.StlDiscreteTimeSpecification()
        self._names = [f"u{index}" for index in range(len(SPEED[episode.robot]))]
        for name in (*self._names, "gap"):
            spec.declare_var(name, "float")
        bounds = zip(self._names, SPEED[episode.robot], strict=True)
        rules = [f"({name} <= {bound} and {name} >= -{bound})" for name, bound in bounds]
        spec.spec = " and ".join([*rules, "(gap >= 0.0)"])
        spec.parse()
        self._spec, self._step = spec, 0

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """The command, or rest."""
        if len(command.values) != len(self._names):
            return None
        ahead = Robot(robot.kind, list(robot.place))
        ahead.go(command.values, STEP_S)
        signals = [*zip(self._names, command.values, strict=True), ("gap", -ahead.trespass())]
        robustness = self._spec.update(self._step, signals)
        self._step += 1
        return command.values if robustness >= 0.0 else None
