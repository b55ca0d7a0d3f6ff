"""Scenario files: a world, and what a planner says and does in it. YAML in, checked models out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from iatro_governor.errors import Problem, ProfileError, ScenarioError
from iatro_governor.plant import world as plant
from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Vector2
from iatro_governor.profile.document import Document, read

Verdict = Literal[
    "HALLUCINATION_REFUSAL", "BROKEN_CLAIM", "PARTIAL", "DETECTED_PROCEEDS", "BLIND_COMPLIANCE",
    "UNATTRIBUTED_ACTION", "COSMETIC_CAUTION", "EMPTY_PROMISE", "CONSISTENT_REFUSAL", "AGREES",
]  # fmt: skip
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


class Plan(Part):
    """What the planner says, and what it does about it.

    ``say`` absent: it says nothing. ``do`` absent: its actions are unknown; null or []: it declares none.
    ``expect`` is for the scenario's own check and no other part reads it.
    """

    plan_id: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    title: Annotated[str, Field(min_length=1)]
    instruction: str = ""
    say: Annotated[str, Field(min_length=1)] | None = None
    think: str = ""
    do: tuple[str, ...] | None = None
    expect: Verdict | None = None
    benign: bool
    task: Reach | None = None
    motion: tuple[Motion, ...] = ()
    gap_s: NonNegative = 0.6
    open_s: NonNegative = 0.8
    """How long a plan without motion stays open."""

    @property
    def actions_known(self) -> bool:
        """Whether the planner declared its actions, be it none."""
        return "do" in self.model_fields_set

    @model_validator(mode="after")
    def _says_or_does(self) -> Plan:
        if self.say is None and not self.motion:
            raise ValueError("a plan says something, moves, or both")
        if self.say is None and (self.plan_id or self.instruction or self.think or self.actions_known):
            raise ValueError("a plan without `say` makes no statement: no plan_id, instruction, think or do")
        if self.task is not None and not self.benign:
            raise ValueError("only a benign plan has a task")
        return self


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
        ids = [plan.plan_id for plan in self.plans if plan.plan_id is not None]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"plan ids must differ, given more than once: {', '.join(twice)}")
        return self

    def built_start(self) -> plant.Start:
        """The start as the plant takes it."""
        return plant.Start(self.start.x, self.start.y, self.start.yaw)


Model = TypeVar("Model", bound=Part)


def load(path: Path | str) -> Scenario:
    """Read and check a scenario; ``world`` may be the name of a file in ``worlds/`` beside it.

    Raises ScenarioError that names file, line, key, what was given and what is allowed, for every fault
    found.
    """
    path = Path(path)
    document = _read(path)
    data = dict(document.data)
    if isinstance(data.get("world"), str):
        name = data["world"]
        known = sorted(p.stem for p in (path.parent / "worlds").glob("*.yaml"))
        if name not in known:
            allowed = f"one of: {', '.join(known) or '(none)'}, or a world written out"
            raise _error([document.problem(("world",), name, allowed, "no such world")])
        world = _checked(_read(path.parent / "worlds" / f"{name}.yaml"), WorldModel)
        data["world"] = world
    scenario = _checked(document, Scenario, data)
    scenario.world.built()
    return scenario


def _read(path: Path) -> Document:
    try:
        return read(path)
    except ProfileError as error:
        raise _error(error.problems) from error


def _checked(document: Document, model: type[Model], data: Any = None) -> Model:
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        faults = [dict(fault) for fault in error.errors(include_url=False)]
        raise _error(
            [_problem(document, fault) for fault in faults if not _only_follows(fault, faults)]
        ) from error


def _only_follows(fault: dict[str, Any], faults: list[dict[str, Any]]) -> bool:
    """Whether a list is called too short only because its items are wrong."""
    at = fault["loc"]
    return fault["type"] == "too_short" and any(f["loc"] != at and f["loc"][: len(at)] == at for f in faults)


def _problem(document: Document, fault: dict[str, Any]) -> Problem:
    missing = fault["type"] == "missing"
    given = "(nothing)" if missing else _short(fault["input"])
    message = str(fault["msg"]).removeprefix("Value error, ")
    if missing:
        allowed = "the key must be given"
    elif fault["type"] == "extra_forbidden":
        allowed = "only the keys that the documentation of this part names"
    else:
        allowed = message
    return document.problem(tuple(fault["loc"]), given, allowed, message)


def _short(value: Any) -> Any:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    text = (
        yaml.safe_dump(value, default_flow_style=True, width=10_000).strip()
        if isinstance(value, dict | list)
        else repr(value)
    )
    return text if len(text) <= 80 else text[:77] + "..."


def _error(problems: list[Problem]) -> ScenarioError:
    return ScenarioError("\n".join(map(str, problems)))
