"""How strict a limit is: its dose. A higher dose admits a subset of the commands that a lower one admits.

Dose 1 is the limit as configured. What a dose changes of it, its configuration says: ``doses``.
"""

from __future__ import annotations

from collections.abc import Mapping

from iatro_governor.limits.doses import changed
from iatro_governor.limits.limit import LimitConfig
from iatro_governor.profile.base import Part


def doseable(config: Part) -> bool:
    """Whether a dose changes ``config``."""
    return isinstance(config, LimitConfig) and not isinstance(config.doses, str)


def dosed(config: Part, dose: float) -> Part:
    """``config`` at the strictness ``dose``, which is more than 0.

    Raises ValueError for another dose, and for a kind that does not say what a dose changes of it; and pydantic's
    ValidationError where the limit takes no number so dosed.
    """
    if not dose > 0:
        raise ValueError(f"a limit's dose is more than 0, got {dose!r}; a limit at dose 0 is left out")
    if dose == 1.0 or not isinstance(config, LimitConfig) or not isinstance(config.doses, Mapping):
        return config
    if not config.doses:
        where = f"{type(config).__name__}.doses"
        raise ValueError(f"limits of kind {config.kind} do not say what a dose changes of them, in {where}")
    return changed(config, config.doses, dose)
