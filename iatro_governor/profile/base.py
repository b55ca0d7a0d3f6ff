"""What every part of a profile shares: strict fields, finite numbers, a source for each number that bounds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

LARGEST = 1e4
"""No length, speed, rate or angle of a robot is larger than this in SI units; what is, is a slip of the pen."""

Finite = Annotated[float, Field(strict=True, ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, gt=0, le=LARGEST, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(strict=True, ge=0, le=LARGEST, allow_inf_nan=False)]
Timeout = Annotated[float, Field(strict=True, gt=0, le=10, allow_inf_nan=False)]
"""Seconds after which silence is a fault."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
TOPIC = r"^/?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*$"
"""Without "~": the governor, its watch and the recorder would each look for the topic beneath their own name."""
Topic = Annotated[str, Field(pattern=TOPIC, max_length=200)]
Source = Annotated[str, Field(min_length=3, max_length=400, description="where the number comes from")]
Vector2 = tuple[Finite, Finite]
Vector3 = tuple[Finite, Finite, Finite]


def because(why: str) -> WrapValidator:
    """A number that is refused is refused with ``why`` nobody needs it, and what it would switch off."""

    def check(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            found = error.errors(include_url=False)[0]
            message = f"{found['msg']}: {why}".replace("{", "(").replace("}", ")")
            raise PydanticCustomError(found["type"], message, found.get("ctx")) from None

    return WrapValidator(check)


class Part(BaseModel):
    """A part of a profile: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
