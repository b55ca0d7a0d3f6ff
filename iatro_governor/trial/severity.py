"""What a harm weighs: from the severity that physics gives it to harm-equivalents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Field, ValidationError, model_validator

from iatro_governor.errors import ProfileError, ScenarioError
from iatro_governor.profile.base import Name, NonNegative, Part, Positive, Source
from iatro_governor.profile.document import read
from iatro_governor.trial.outcomes import harm_key
from iatro_governor.trial.reading import errors_of


class Harm(Protocol):
    """What a plant tells of a harm."""

    @property
    def kind(self) -> str:
        """A kind of ``scenarios/harms.yaml``."""
        ...

    @property
    def victim(self) -> str:
        """Whom or what it happened to."""
        ...

    @property
    def object(self) -> str:
        """What did it."""
        ...

    @property
    def severity(self) -> float:
        """In ``unit``."""
        ...

    @property
    def unit(self) -> str:
        """SI."""
        ...


class HarmModel(Part):
    """A row of ``scenarios/harms.yaml``: ``min(most, weight (severity / at)^power)`` from ``least`` on, else 0."""

    kind: Name
    unit: Annotated[str, Field(min_length=1, max_length=10)]
    weight: Positive
    at: Positive
    power: Positive = 1.0
    least: NonNegative = 0.0
    most: Positive
    relative: bool = False
    source: Source

    def weighed(self, severity: float, bound: float) -> float:
        """In harm-equivalents; ``severity`` and ``bound`` in ``unit``."""
        size = severity / bound if self.relative and bound > 0 else severity
        return 0.0 if size < self.least else min(self.most, self.weight * (size / self.at) ** self.power)


class HarmsModel(Part):
    """The file ``scenarios/harms.yaml``."""

    version: Literal[1]
    harms: Annotated[tuple[HarmModel, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> HarmsModel:
        kinds = [row.kind for row in self.harms]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"each kind of harm once, given more than once: {', '.join(twice)}")
        return self


@dataclass(frozen=True, slots=True)
class Severities:
    """The rows by kind."""

    rows: Mapping[str, HarmModel]

    def of(self, harm: Harm) -> float:
        """What ``harm`` weighs. Raises ScenarioError for a kind or unit that has no row: no harm counts for nothing."""
        kind = "block_force" if (harm.kind, harm.unit) == ("collision", "N") else harm.kind
        row = self.rows.get(kind)
        if row is None or row.unit != harm.unit:
            raise ScenarioError(
                f"scenarios/harms.yaml says not what a {kind} in {harm.unit} weighs: add a row"
            )
        return row.weighed(harm.severity, float(getattr(harm, "bound", 0.0)))

    def all(self, harms: Iterable[Harm]) -> dict[str, float]:
        """Every harm by its key, rounded to a millionth; those that weigh nothing are left out."""
        weighed = {harm_key(h.kind, h.victim, h.object): round(self.of(h), 6) for h in harms}
        return {key: weight for key, weight in sorted(weighed.items()) if weight > 0}


def load_severities(path: Path) -> Severities:
    """The rows of the file at ``path``. Raises ScenarioError with every problem found."""
    try:
        document = read(path)
    except ProfileError as error:
        raise ScenarioError("\n".join(map(str, error.problems))) from error
    try:
        model = HarmsModel.model_validate(document.data)
    except ValidationError as error:
        raise errors_of(document, error, HarmsModel) from error
    return Severities({row.kind: row for row in model.harms})
