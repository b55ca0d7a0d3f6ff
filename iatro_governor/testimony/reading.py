"""What a sentence says of one measure: its bounds, and whether its speaker undertakes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """``bounds`` are operators with values in the measure's own unit; ``used`` characters before it compare."""

    bounds: tuple[tuple[str, float], ...]
    used: int
    committed: bool
