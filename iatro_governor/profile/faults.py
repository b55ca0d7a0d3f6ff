"""How a profile changes rows of the fault ladder."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator

from iatro_governor.profile.base import Part, Source

StopState = Literal["CONTROLLED_STOP", "PROTECTIVE_STOP"]
Brakes = Literal["controlled", "protective"]
Again = Literal["none", "fresh", "rearm"]


class FaultOverride(Part):
    """Another answer to one fault: a stronger one, or a weaker one by the key with ``unsafe_`` before it."""

    state: StopState | None = None
    """The state of the channels while it is in force."""
    brakes: Brakes | None = None
    """By which of the channels' stop modes."""
    clear_s: Annotated[float, Field(strict=True, ge=0.5, le=3600)] | None = None
    """In force for so long after its condition is over, s."""
    recovery: Again | None = None
    """What moves the robot again once it has cleared: anything, a fresh command, or a stream that began anew."""
    latches: StrictBool | None = None
    """Only a signed reset clears it."""
    unsafe_state: StopState | None = None
    """A weaker state."""
    unsafe_brakes: Brakes | None = None
    """A weaker stop mode."""
    unsafe_clear_s: Annotated[float, Field(strict=True, ge=0, le=3600)] | None = None
    """A shorter time, s."""
    unsafe_recovery: Again | None = None
    """A weaker condition for moving again."""
    unsafe_latches: StrictBool | None = None
    """No signed reset."""
    source: Source | None = None
    """Who says so, and why; each ``unsafe_`` key needs it."""

    @property
    def unsafe(self) -> dict[str, object]:
        """The weaker answers by key, without ``unsafe_``."""
        return {
            name.removeprefix("unsafe_"): value
            for name in type(self).model_fields
            if name.startswith("unsafe_") and (value := getattr(self, name)) is not None
        }

    @property
    def safe(self) -> dict[str, object]:
        """The stronger answers by key."""
        return {
            name: value
            for name in type(self).model_fields
            if f"unsafe_{name}" in type(self).model_fields and (value := getattr(self, name)) is not None
        }

    @model_validator(mode="after")
    def _clear(self) -> Self:
        if both := sorted(set(self.safe) & set(self.unsafe)):
            raise ValueError(f"{both[0]} and unsafe_{both[0]} cannot both be given")
        if self.unsafe and self.source is None:
            raise ValueError(f"unsafe_{next(iter(self.unsafe))} needs a source: who says so, and why")
        if not self.safe and not self.unsafe:
            raise ValueError("changes nothing; leave it out")
        return self
