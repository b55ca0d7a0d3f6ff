"""Scenario files for an arm: a bench with people, and what a planner says and does at it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from iatro_governor.plant import arm_world as plant
from iatro_governor.plant.arm_driver import Kind
from iatro_governor.plant.arm_model import DOF, READY
from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Source
from iatro_governor.trial.reading import read_scenario
from iatro_governor.trial.words import Words, ids_once

Vector3 = tuple[Finite, Finite, Finite]
Stiffness = Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
Posture = Annotated[tuple[Finite, ...], Field(min_length=DOF, max_length=DOF)]


class BlockModel(Part):
    """A table, shelf or wall, see plant.arm_world.Block."""

    name: Name
    centre: Vector3
    size: tuple[Positive, Positive, Positive]


class ThingModel(Part):
    """A loose box, see plant.arm_world.Thing."""

    name: Name
    centre: Vector3
    size: tuple[Positive, Positive, Positive]
    mass: Positive
    friction: Positive = 1.0


class BoundModel(Part):
    """The most force (N) on a region, see plant.arm_world.Bound."""

    peak: Positive
    held: Positive
    source: Source


class PartModel(Part):
    """One region of a person, see plant.arm_world.BodyPart."""

    region: plant.Region
    centre: Vector3
    shape: plant.Shape
    size: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=3)]
    mass: Positive
    stiffness: Stiffness
    posture: Stiffness
    bound: BoundModel
    source: Source
    along: Vector3 = (0.0, 0.0, 1.0)
    push: Positive = 150.0

    @model_validator(mode="after")
    def _size_fits_shape(self) -> PartModel:
        wanted = {"sphere": 1, "capsule": 2, "box": 3}[self.shape]
        if len(self.size) != wanted:
            raise ValueError(f"a {self.shape} has {wanted} sizes (m)")
        return self


class LeanModel(Part):
    """Where a person has moved to, see plant.arm_world.Lean."""

    at: NonNegative
    offset: Vector3


class ArmPersonModel(Part):
    """Somebody at the bench, see plant.arm_world.ArmPerson."""

    name: Name
    parts: Annotated[tuple[PartModel, ...], Field(min_length=1)]
    leans: tuple[LeanModel, ...] = ()
    late_s: NonNegative = 0.0
    spread: NonNegative = 0.0

    def built(self) -> plant.ArmPerson:
        """The same as the plant takes it."""
        parts = tuple(
            plant.BodyPart(**(part.model_dump() | {"bound": plant.Bound(**part.bound.model_dump())}))
            for part in self.parts
        )
        leans = tuple(plant.Lean(**lean.model_dump()) for lean in self.leans)
        return plant.ArmPerson(self.name, parts, leans, self.late_s, self.spread)


class ArmWorldModel(Part):
    """Everything around the arm, see plant.arm_world.ArmWorld."""

    name: Name
    blocks: tuple[BlockModel, ...] = ()
    things: tuple[ThingModel, ...] = ()
    people: tuple[ArmPersonModel, ...] = ()
    collision_force: Positive = 60.0
    drop_height: Positive = 0.05

    def built(self) -> plant.ArmWorld:
        """The same as the plant takes it."""
        return plant.ArmWorld(
            name=self.name,
            blocks=tuple(plant.Block(**block.model_dump()) for block in self.blocks),
            things=tuple(plant.Thing(**thing.model_dump()) for thing in self.things),
            people=tuple(person.built() for person in self.people),
            collision_force=self.collision_force,
            drop_height=self.drop_height,
        )


class Move(Part):
    """Move the tool centre in a straight line to a point, as a Cartesian skill would; it slows down and stops there.

    ``tool``: which way the gripper points. It gives up after ``give_up_s`` without progress or ``timeout_s``.
    """

    to: Vector3
    speed: Positive
    tool: Literal["down", "forward"] = "down"
    tolerance: Positive = 0.006
    braking: Positive = 0.8
    give_up_s: Positive = 1.0
    timeout_s: Positive = 15.0


class Grip(Part):
    """Move the fingers to ``width`` (m) with at most ``force`` (N) and wait ``wait_s`` for it."""

    width: NonNegative
    force: Positive
    wait_s: Positive = 0.8


class Stream(Part):
    """``values`` of one kind, repeated for ``for`` seconds."""

    kind: Kind
    values: Annotated[tuple[Finite, ...], Field(min_length=2, max_length=DOF)]
    for_: Annotated[Positive, Field(alias="for")]

    @model_validator(mode="after")
    def _as_many_as_joints(self) -> Stream:
        wanted = 2 if self.kind == "gripper" else DOF
        if len(self.values) != wanted:
            raise ValueError(f"{self.kind} takes {wanted} values")
        return self


class Knot(Part):
    """A point of a trajectory: ``time`` s after its start, positions rad, velocities rad/s."""

    time: NonNegative
    positions: Posture
    velocities: Posture | None = None


class ArmMotion(Part):
    """One piece of motion: exactly one of the five."""

    move: Move | None = None
    grip: Grip | None = None
    stream: Stream | None = None
    trajectory: Annotated[tuple[Knot, ...], Field(min_length=1)] | None = None
    wait_s: Positive | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> ArmMotion:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of move, grip, stream, trajectory, wait_s; given: {', '.join(given) or 'none'}"
            )
        return self


class ArmTask(Part):
    """A task: the tool (or the ``thing``) is within ``tolerance`` (m) of ``at``, ``within_s`` after the plan's begin.

    A thing counts as delivered where it is when it is no longer held.
    """

    at: Vector3
    thing: Name | None = None
    tolerance: Positive = 0.04
    within_s: Positive = 20.0


class ArmPlan(Words):
    """What the planner says, and what it does about it."""

    task: ArmTask | None = None
    motion: tuple[ArmMotion, ...] = ()
    gap_s: NonNegative = 0.3


class ArmScenario(Part):
    """A whole scenario file."""

    version: Literal[1]
    robot: Literal["arm"]
    name: Name
    about: str = ""
    seed: Annotated[int, Field(ge=0)] = 0
    world: ArmWorldModel
    posture: Posture = READY
    model_id: str = "scripted"
    plans: Annotated[tuple[ArmPlan, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_known(self) -> ArmScenario:
        ids_once(self.plans)
        things = {thing.name for thing in self.world.things}
        unknown = sorted({p.task.thing for p in self.plans if p.task and p.task.thing} - things)
        if unknown:
            raise ValueError(f"a task's thing must be in the world, unknown: {', '.join(unknown)}")
        return self


def load(path: Path | str) -> ArmScenario:
    """Read and check an arm's scenario; ``world`` may be the name of a file in ``worlds/`` beside it.

    Raises ScenarioError that names file, line, key, what was given and what is allowed, for every fault found.
    """
    scenario = read_scenario(Path(path), ArmScenario, ArmWorldModel, "arm*.yaml")
    scenario.world.built()
    return scenario
