"""How an operator brings a robot out of a trap by hand: how slowly, for how long at a word, past which limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from iatro_governor.profile.base import Name, Part, Source


class Recover(Part):
    """What ``iatro recover`` may do with a channel while it is TRAPPED. A channel without it cannot be recovered."""

    speed: Annotated[float, Field(strict=True, gt=0, le=0.25, allow_inf_nan=False)]
    """The largest component of the motion, m/s or rad/s. At most the reduced speed at which people may stand by."""
    hold_s: Annotated[float, Field(strict=True, ge=0.1, le=1.0, allow_inf_nan=False)]
    """One signed message holds for so long, s; silence after that ends the motion."""
    eases: Annotated[tuple[Name, ...], Field(min_length=1, max_length=64)]
    """Limits of this channel that give way, where they are what traps it: no further than they are broken already."""
    source: Source
    """Where the numbers come from, and why an operator who stands by may overrule these limits."""
