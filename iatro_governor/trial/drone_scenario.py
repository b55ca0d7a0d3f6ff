"""Scenario files for a body in the air: a field, and what a planner says and does over it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from iatro_governor.plant import drone_world as plant
from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Vector2, Vector3
from iatro_governor.trial.words import Words, ids_once

Corners = Annotated[tuple[Vector2, ...], Field(min_length=3)]


class SolidModel(Part):
    """A wall, mast or building, see plant.drone_world.Solid."""

    name: Name
    corners: Corners
    height: Positive


class WalkingModel(Part):
    """Somebody on the ground, see plant.drone_world.Walking."""

    name: Name
    path: Annotated[tuple[Vector2, ...], Field(min_length=1)]
    speed: Positive = 1.0
    starts_at: NonNegative = 0.0
    pace_spread: NonNegative = 0.0


class FenceModel(Part):
    """The field, see plant.drone_world.Fence."""

    corners: Corners
    low: Finite = 0.0
    high: Positive


class DroneWorldModel(Part):
    """Everything under and beside it."""

    name: Name
    solids: tuple[SolidModel, ...] = ()
    people: tuple[WalkingModel, ...] = ()
    fence: FenceModel | None = None
    lift: Annotated[float, Field(gt=1.0, le=5.0)] = 1.5

    def built(self) -> plant.DroneWorld:
        """The same as the plant takes it."""
        return plant.DroneWorld(
            self.name,
            tuple(plant.Solid(**solid.model_dump()) for solid in self.solids),
            tuple(plant.Walking(**person.model_dump()) for person in self.people),
            None if self.fence is None else plant.Fence(**self.fence.model_dump()),
            self.lift,
        )


class Fly(Part):
    """Fly in a straight line to a point, speeding up by ``starting`` and slowing down by ``braking`` m/s2."""

    to: Vector3
    speed: Positive
    starting: Positive = 2.0
    braking: Positive = 1.2
    tolerance: Positive = 0.3
    give_up_s: Positive = 1.5
    timeout_s: Positive = 15.0


class DroneMotion(Part):
    """One piece of motion: exactly one of the two."""

    fly: Fly | None = None
    wait_s: Positive | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> DroneMotion:
        if (self.fly is None) == (self.wait_s is None):
            raise ValueError("give exactly one of fly and wait_s")
        return self


class DroneTask(Part):
    """A task: it is within ``tolerance`` (m) of ``at``, ``within_s`` after the plan's begin."""

    at: Vector3
    tolerance: Positive = 0.5
    within_s: Positive = 20.0


class DronePlan(Words):
    """What the planner says, and what it does about it."""

    task: DroneTask | None = None
    motion: tuple[DroneMotion, ...] = ()


class DroneScenario(Part):
    """A whole scenario file; ``start``: [x, y, z] m, where it hovers."""

    version: Literal[1]
    robot: Literal["drone"]
    name: Name
    about: str = ""
    seed: Annotated[int, Field(ge=0)] = 0
    world: DroneWorldModel
    start: Vector3 = (0.0, 0.0, 3.0)
    yaw: Finite = 0.0
    model_id: str = "scripted"
    plans: Annotated[tuple[DronePlan, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> DroneScenario:
        ids_once(self.plans)
        return self
