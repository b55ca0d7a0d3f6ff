"""A family of scenarios: one kind of encounter, with the ranges that its numbers are drawn from.

A family file is YAML in ``scenarios/families/ROBOT/``; a scenario of it is what one seed draws.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from iatro_governor.errors import ProfileError, ScenarioError
from iatro_governor.profile.base import Name, Part
from iatro_governor.profile.document import Document, read
from iatro_governor.trial.besides import Besides
from iatro_governor.trial.drawing import Range, draw, filled
from iatro_governor.trial.outcomes import Kind
from iatro_governor.trial.reading import complete, errors_of

Robot = Literal["base", "arm", "mobile", "drone"]
FIRST = 0
"""The seed whose scenario is checked when a family is loaded."""


class FamilyModel(Part):
    """A family file. ``scenario``: as in the robot's own scenario files, with ``"= expression"`` for drawn numbers."""

    version: Literal[1]
    robot: Robot
    family: Name
    kind: Kind
    about: Annotated[str, Field(min_length=10)]
    harm: Annotated[str, Field(min_length=5)]
    """What harm is at stake, and which limit or stop bears on it."""
    ranges: Annotated[dict[Name, Range], Field(default_factory=dict)]
    scenario: dict[str, Any]
    besides: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Who or what is besides the robot that the plant does not move: judged by the robot's true speeds."""
    truths: Annotated[dict[Name, bool], Field(default_factory=dict)]
    """What is so, in the words of contraindications; the governor is not told."""
    tells: Annotated[dict[Name, bool], Field(default_factory=dict)]
    """Flags that the robot's own sources tell; absent: they are silent."""

    @model_validator(mode="after")
    def _own_keys(self) -> FamilyModel:
        if taken := sorted({"version", "robot", "name", "seed"} & self.scenario.keys()):
            raise ValueError(f"scenario needs no {', '.join(taken)}: the family gives them")
        return self


@dataclass(frozen=True)
class Family:
    """A checked family; ``digest``: SHA-256 of all that its scenarios come from, worlds included."""

    document: Document
    model: FamilyModel
    template: Mapping[str, Any]
    digest: str

    @property
    def name(self) -> str:
        """As its file calls it."""
        return self.model.family

    def numbers(self, seed: int) -> dict[str, float]:
        """What ``seed`` draws."""
        return draw(self.model.ranges, self.name, seed)

    def scenario(self, seed: int) -> dict[str, Any]:
        """The scenario that ``seed`` draws, as plain data. Raises ScenarioError for what is no expression."""
        try:
            body = filled(self.template, self.numbers(seed))
        except ValueError as error:
            raise ScenarioError(f"{self.document.file}: scenario: {error}") from None
        robot = {} if self.model.robot == "base" else {"robot": self.model.robot}
        return {"version": 1, **robot, "name": self.name, "seed": seed, **body}

    def besides(self, seed: int) -> Besides:
        """Who and what is besides the robot for ``seed``. Raises ScenarioError."""
        try:
            return Besides.model_validate(filled(self.model.besides, self.numbers(seed)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(map(str, first["loc"]))
            raise ScenarioError(
                f"{self.document.file}: besides.{key}: {first['msg']} (seed {seed})"
            ) from None
        except ValueError as error:
            raise ScenarioError(f"{self.document.file}: besides: {error}") from None


def load_family(path: Path) -> Family:
    """The family in the file ``path``. Raises ScenarioError with every problem found, naming file, line and key."""
    try:
        document = read(path)
    except ProfileError as error:
        raise ScenarioError("\n".join(map(str, error.problems))) from error
    try:
        model = FamilyModel.model_validate(document.data)
    except ValidationError as error:
        raise errors_of(document, error, FamilyModel) from error
    template = complete(document, model.scenario, path.parent.parent.parent)
    whole = {"family": model.model_dump(mode="json"), "scenario": template}
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
    return Family(document, model, template, digest)


def library_hash(families: Sequence[Family]) -> str:
    """SHA-256 over the families played, in the order of their names."""
    parts = sorted(f"{family.model.robot}/{family.name}:{family.digest}" for family in families)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
