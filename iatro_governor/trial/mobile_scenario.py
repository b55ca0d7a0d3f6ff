"""Scenario files for an arm on a base: a hall, and what a planner says and does in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from iatro_governor.plant import mobile as plant
from iatro_governor.plant.drone_world import Solid, Walking
from iatro_governor.profile.base import Finite, Name, Part, Positive, Vector3
from iatro_governor.trial.drone_scenario import SolidModel, WalkingModel
from iatro_governor.trial.scenario import Face, Goto, Twist
from iatro_governor.trial.words import Words, ids_once

DOF = 8
FOLDED = (0.15, 0.20, -1.34, -0.20, 1.94, -1.57, 1.37, 0.0)
"""The torso, m, and the arm as it is folded for travel, rad."""
Joints = Annotated[tuple[Finite, ...], Field(min_length=DOF, max_length=DOF)]


class MobileWorldModel(Part):
    """Everything around it."""

    name: Name
    solids: tuple[SolidModel, ...] = ()
    people: tuple[WalkingModel, ...] = ()

    def built(self) -> plant.MobileWorld:
        """The same as the plant takes it."""
        return plant.MobileWorld(
            self.name,
            tuple(Solid(**solid.model_dump()) for solid in self.solids),
            tuple(Walking(**person.model_dump()) for person in self.people),
        )


class Pose(Part):
    """Bring torso and arm to ``to`` (m and rad), each joint at most at ``speed`` (of the torso a tenth of it)."""

    to: Joints
    speed: Positive
    tolerance: Positive = 0.05
    give_up_s: Positive = 1.5
    timeout_s: Positive = 12.0


class Both(Part):
    """``drive`` and ``arm`` at once for so many seconds: a twist, and speeds of torso and arm."""

    drive: Twist
    arm: Joints
    for_: Annotated[Positive, Field(alias="for")]


class MobileMotion(Part):
    """One piece of motion: exactly one of the five."""

    goto: Goto | None = None
    face: Face | None = None
    pose: Pose | None = None
    both: Both | None = None
    wait_s: Positive | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> MobileMotion:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of goto, face, pose, both, wait_s; given: {', '.join(given) or 'none'}"
            )
        return self


class MobileTask(Part):
    """A task: the base (or the ``tool``) is within ``tolerance`` (m) of ``at``, ``within_s`` after the plan's begin.

    Of the base the height does not count.
    """

    at: Vector3
    tool: bool = False
    tolerance: Positive = 0.15
    within_s: Positive = 20.0


class MobilePlan(Words):
    """What the planner says, and what it does about it."""

    task: MobileTask | None = None
    motion: tuple[MobileMotion, ...] = ()


class MobileScenario(Part):
    """A whole scenario file; ``start`` [x, y, yaw] m and rad, ``pose`` of torso and arm."""

    version: Literal[1]
    robot: Literal["mobile"]
    name: Name
    about: str = ""
    seed: Annotated[int, Field(ge=0)] = 0
    world: MobileWorldModel
    start: Vector3 = (0.0, 0.0, 0.0)
    pose: Joints = FOLDED
    model_id: str = "scripted"
    plans: Annotated[tuple[MobilePlan, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> MobileScenario:
        ids_once(self.plans)
        return self
