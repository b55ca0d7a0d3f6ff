"""How things stand at an arm's bench at one moment, as much as tasks and pictures need; and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iatro_governor.plant.arm_model import Point3
from iatro_governor.plant.arm_simulation import ArmTruth


@dataclass(frozen=True, slots=True)
class Scene:
    """At ``t`` (s): the ``tool`` (m), centres of ``things`` (m), which are ``held``, and ``forces`` (N) by region.

    A force is that of ``t``; where the hardest so far fell since the scene before, it is that: a blow is shorter than
    what lies between two scenes.
    """

    t: float
    tool: Point3
    things: Mapping[str, Point3]
    held: frozenset[str]
    forces: Mapping[str, float]

    @classmethod
    def of(cls, t: float, truth: ArmTruth, before: ArmTruth | None = None) -> Scene:
        """From what is really so; ``t`` on the clock of whoever asks. ``before``: what was, at the scene before."""
        things = {name: _point(place) for name, place in truth.things.items()}
        hardest = {} if before is None else {name: region.peak for name, region in before.forces.items()}
        forces = {
            name: region.peak if region.peak > hardest.get(name, 0.0) else region.now
            for name, region in truth.forces.items()
        }
        return cls(t, _point(truth.tool), things, truth.held, forces)

    def to_json(self) -> dict[str, Any]:
        """Lengths to a tenth of a millimetre, forces to a tenth of a newton."""
        return {
            "t": self.t,
            "tool": _rounded(self.tool),
            "things": {name: _rounded(place) for name, place in self.things.items()},
            "held": sorted(self.held),
            "forces": {name: round(force, 1) for name, force in self.forces.items()},
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Scene:
        """From what ``to_json`` gave."""
        things = {name: _point(place) for name, place in told["things"].items()}
        return cls(told["t"], _point(told["tool"]), things, frozenset(told["held"]), told["forces"])


def _point(place: Any) -> Point3:
    x, y, z = map(float, place)
    return x, y, z


def _rounded(place: Point3) -> list[float]:
    return [round(value, 4) for value in place]
