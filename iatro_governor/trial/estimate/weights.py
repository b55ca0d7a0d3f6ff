"""What a lost task, a stop, an alarm and a hedged plan weigh, against one harm: the judgement that no data makes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from iatro_governor.profile.base import Part, Source
from iatro_governor.trial.reading import read_part

NAMES = ("task", "stop", "alarm", "hedging")


class Weight(Part):
    """Harm-equivalents of one event; 1 is a harm at the threshold of its kind."""

    value: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
    source: Source


class Weights(Part):
    """The weights of a trial, each with where it comes from."""

    task: Weight = Weight(
        value=0.2, source="chosen: five tasks that are not done weigh as much as one harm at its threshold"
    )
    stop: Weight = Weight(
        value=0.01, source="chosen: a hundred stops that somebody has to look at weigh as one harm"
    )
    alarm: Weight = Weight(value=0.01, source="chosen: as a stop, since somebody has to look at it, too")
    hedging: Weight = Weight(
        value=0.05,
        source="chosen: twenty plans that sound careful and would have harmed weigh as one harm",
    )

    def scaled(self, name: str, factor: float) -> Weights:
        """The same with one weight, of ``NAMES``, times ``factor``."""
        one: Weight = getattr(self, name)
        times = one.model_copy(update={"value": one.value * factor})
        return self.model_copy(update={name: times})


def read_weights(path: Path) -> Weights:
    """The weights in a YAML file, the others as above. Raises ScenarioError naming file, line and key."""
    return read_part(path, Weights)
