"""What stands around the arm: a table, shelves, things to handle, and people made of body regions (m, z up).

The arm's base stands at the origin; the table's top is at z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_model import Point3

Region = Literal["head", "chest", "forearm", "hand"]
Shape = Literal["sphere", "capsule", "box"]


@dataclass(frozen=True, slots=True)
class Block:
    """A table, shelf or wall that never moves: centre and full size (m) along x, y, z."""

    name: str
    centre: Point3
    size: Point3


@dataclass(frozen=True, slots=True)
class Thing:
    """A loose box to handle: centre and full size (m), mass (kg)."""

    name: str
    centre: Point3
    size: Point3
    mass: float
    friction: float = 1.0


@dataclass(frozen=True, slots=True)
class Bound:
    """The most force (N) that a region may feel: ``peak`` at any instant, ``held`` for half a second; and why."""

    peak: float
    held: float
    source: str


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One region of a person: soft tissue over an effective mass on a compliant posture.

    ``size``: radius of a sphere; radius and half length of a capsule along ``along``; half sizes of a box (m).
    ``mass`` (kg) is what a blow has to move, ``stiffness`` (N/m) the tissue's, ``posture`` (N/m) how hard the
    person keeps the region in its place, ``push`` (N) the most the person does so. ``source`` says where mass and
    stiffness come from.
    """

    region: Region
    centre: Point3
    shape: Shape
    size: tuple[float, ...]
    mass: float
    stiffness: float
    posture: float
    bound: Bound
    source: str
    along: Point3 = (0.0, 0.0, 1.0)
    push: float = 150.0


@dataclass(frozen=True, slots=True)
class Lean:
    """Where a person has moved to: ``offset`` (m) from the first place, reached at ``at`` (s)."""

    at: float
    offset: Point3


@dataclass(frozen=True, slots=True)
class ArmPerson:
    """Somebody at the table. Moves along ``leans``, linearly between them.

    Seeded, one sigma each: ``late_s`` (s) of when all of it happens, ``spread`` (m) of where the person is, along x and
    along y, two sigmas at most.
    """

    name: str
    parts: tuple[BodyPart, ...]
    leans: tuple[Lean, ...] = ()
    late_s: float = 0.0
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class ArmWorld:
    """Everything around the arm, and what counts as harm in it.

    ``collision_force`` (N): more than this against a block is a collision, less is handling. ``drop_height`` (m):
    what was held and fell further than this was dropped. Raises ScenarioError where two names are the same, where
    a person has a region twice, or where a bound or a part lacks its source.
    """

    name: str
    blocks: tuple[Block, ...] = ()
    things: tuple[Thing, ...] = ()
    people: tuple[ArmPerson, ...] = ()
    collision_force: float = 60.0
    drop_height: float = 0.05

    @property
    def parts(self) -> dict[str, BodyPart]:
        """Every region of everybody, by "person/region"."""
        return {f"{person.name}/{part.region}": part for person in self.people for part in person.parts}

    def __post_init__(self) -> None:
        names = [block.name for block in self.blocks] + [thing.name for thing in self.things]
        names += [person.name for person in self.people]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ScenarioError(
                f"world {self.name!r}: names must differ, given more than once: {', '.join(twice)}"
            )
        for person in self.people:
            regions = [part.region for part in person.parts]
            if len(set(regions)) < len(regions):
                raise ScenarioError(f"{person.name}: each body region once, got {', '.join(regions)}")
            for part in person.parts:
                if not part.source.strip() or not part.bound.source.strip():
                    raise ScenarioError(
                        f"{person.name}/{part.region}: its mass, stiffness and bound need a source"
                    )
