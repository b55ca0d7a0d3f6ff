"""What every part of a profile shares: strict fields, finite numbers, a source for each number that bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
Topic = Annotated[str, Field(pattern=r"^[/~]?[A-Za-z_][A-Za-z0-9_/]*$", max_length=200)]
Source = Annotated[str, Field(min_length=3, max_length=400, description="where the number comes from")]
Vector2 = tuple[Finite, Finite]


class Part(BaseModel):
    """A part of a profile: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
