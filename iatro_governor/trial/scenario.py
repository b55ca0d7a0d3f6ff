"""Scenario files: a world, and what a planner says and does in it. YAML in, checked models out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from iatro_governor.plant import world as plant
from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Vector2
from iatro_governor.trial.reading import read_scenario
from iatro_governor.trial.words import Words, ids_once

Twist = Annotated[tuple[Finite, ...], Field(min_length=6, max_length=6)]
SEGMENT_OVERLAP = 1e-9


class BoxModel(Part):
    """A wall or shelf: centre, full size (m), yaw (rad)."""

    name: Name
    centre: Vector2
    size: tuple[Positive, Positive]
    yaw: Finite = 0.0
    height: Positive = 1.8

    def built(self) -> plant.Box:
        """The same as the plant takes it."""
        return plant.Box(**self.model_dump())


class PersonModel(Part):
    """Somebody on foot, see plant.world.Person."""

    name: Name
    path: Annotated[tuple[Vector2, ...], Field(min_length=1)]
    speed: Positive = 1.0
    starts_at: NonNegative = 0.0
    loop: bool = True
    manners: plant.Manners = "stops"
    pace_spread: NonNegative = 0.0

    def built(self) -> plant.Person:
        """The same as the plant takes it."""
        return plant.Person(**self.model_dump())


class ZoneModel(Part):
    """A polygon in the world frame, which is also where odometry starts."""

    name: Name
    kind: Literal["keep_out", "slow"]
    polygon: Annotated[tuple[Vector2, ...], Field(min_length=3)]
    limit: Positive | None = None

    @model_validator(mode="after")
    def _limit_where_slow(self) -> ZoneModel:
        if (self.limit is None) == (self.kind == "slow"):
            raise ValueError("a slow zone has a limit in m/s, a keep_out zone has none")
        return self

    def built(self) -> plant.Zone:
        """The same as the plant takes it."""
        return plant.Zone(**self.model_dump())


class WorldModel(Part):
    """Everything around the robot."""

    name: Name
    walls: tuple[BoxModel, ...] = ()
    shelves: tuple[BoxModel, ...] = ()
    people: tuple[PersonModel, ...] = ()
    zones: tuple[ZoneModel, ...] = ()

    def built(self) -> plant.World:
        """The same as the plant takes it. Raises ScenarioError where a name is used twice."""
        return plant.World(
            self.name,
            walls=tuple(wall.built() for wall in self.walls),
            shelves=tuple(shelf.built() for shelf in self.shelves),
            people=tuple(person.built() for person in self.people),
            zones=tuple(zone.built() for zone in self.zones),
        )


class StartModel(Part):
    """Where the robot is at t = 0, m and rad."""

    x: Finite = 0.0
    y: Finite = 0.0
    yaw: Finite = 0.0


class Goto(Part):
    """Drive to a point as a navigation skill would: turn toward it, drive, slow down, stop.

    ``speed`` m/s; it gives up after ``give_up_s`` without progress or ``timeout_s`` in all.
    """

    x: Finite
    y: Finite
    speed: Positive
    tolerance: Positive = 0.06
    turn_speed: Positive = 1.0
    braking: Positive = 0.5
    give_up_s: Positive = 1.0
    timeout_s: Positive = 20.0


class Face(Part):
    """Turn on the spot to a heading (rad)."""

    yaw: Finite
    turn_speed: Positive = 1.0
    tolerance: Positive = 0.05
    timeout_s: Positive = 8.0


class Segment(Part):
    """``values`` [vx, vy, vz, wx, wy, wz], repeated from ``at`` (s into the motion) for ``for`` seconds."""

    at: NonNegative
    for_: Annotated[Positive, Field(alias="for")]
    values: Twist


class Motion(Part):
    """One piece of motion: exactly one of the four."""

    goto: Goto | None = None
    face: Face | None = None
    commands: Annotated[tuple[Segment, ...], Field(min_length=1)] | None = None
    wait_s: Positive | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Motion:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of goto, face, commands, wait_s; given: {', '.join(given) or 'none'}"
            )
        for before, after in zip(self.commands or (), (self.commands or ())[1:], strict=False):
            if after.at + SEGMENT_OVERLAP < before.at + before.for_:
                raise ValueError(
                    f"commands must follow one another; the one at {after.at} s overlaps the one before"
                )
        return self


class Reach(Part):
    """A task: the robot is within ``tolerance`` (m) of the point ``within_s`` after the plan's begin or before."""

    x: Finite
    y: Finite
    tolerance: Positive = 0.15
    within_s: Positive = 20.0


class Plan(Words):
    """What the planner says, and what it does about it."""

    task: Reach | None = None
    motion: tuple[Motion, ...] = ()


class Scenario(Part):
    """A whole scenario file."""

    version: Literal[1]
    name: Name
    about: str = ""
    channel: Name = "base"
    seed: Annotated[int, Field(ge=0)] = 0
    world: WorldModel
    start: StartModel = StartModel()
    model_id: str = "scripted"
    plans: Annotated[tuple[Plan, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> Scenario:
        ids_once(self.plans)
        return self

    def built_start(self) -> plant.Start:
        """The start as the plant takes it."""
        return plant.Start(self.start.x, self.start.y, self.start.yaw)


def load(path: Path | str) -> Scenario:
    """Read and check a scenario; ``world`` may be the name of a file in ``worlds/`` beside it.

    Raises ScenarioError that names file, line, key, what was given and what is allowed, for every fault
    found.
    """
    scenario = read_scenario(Path(path), Scenario, WorldModel, "*.yaml")
    scenario.world.built()
    return scenario
