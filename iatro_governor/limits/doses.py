"""Rules by which a dose changes the numbers of a limit: it gets stricter as the dose grows.

Speeds, forces and accelerations of commands are divided by the dose; clearances and times that are kept free grow with
it: ``c + (d - 1) c_ref``, where ``c_ref`` is the configured clearance itself, or ``REFERENCE`` where none is
configured. A range of joints is the clearance to its ends. What tells how a body comes to rest, what it weighs or how
it gives way is never dosed: it is so, whatever anybody wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iatro_governor.profile.base import Part

REFERENCE = 0.05
"""Clearance by which the dose moves what keeps none as configured, m."""

Rule = Callable[[Any, float], Any]
Doses = Mapping[str, Rule] | str
"""Which numbers of a limit a dose changes, and how; or why it changes none."""


def divided(value: Any, dose: float) -> Any:
    """A bound, or one for each joint; None stays none."""
    if value is None:
        return None
    return tuple(each / dose for each in value) if isinstance(value, tuple) else value / dose


def grown(value: float, dose: float) -> float:
    """A clearance, m."""
    return max(value + (dose - 1.0) * (value or REFERENCE), 0.0)


def times(value: float | None, dose: float) -> float | None:
    """What is stricter the larger it is; None stays none."""
    return None if value is None else value * dose


def share(value: float, dose: float) -> float:
    """A share, which is 1 at most."""
    return min(value / dose, 1.0)


def inside(rules: Mapping[str, Rule]) -> Rule:
    """The rules for a part, or for each part of a mapping."""

    def rule(value: Any, dose: float) -> Any:
        if isinstance(value, Mapping):
            return {name: rule(each, dose) for name, each in value.items()}
        return None if value is None else changed(value, rules, dose)

    return rule


def changed(part: Part, rules: Mapping[str, Rule], dose: float) -> Part:
    """``part`` with what ``rules`` name changed. Raises pydantic's ValidationError where it takes none so."""
    new = {name: rule(getattr(part, name), dose) for name, rule in rules.items()}
    given = {name: getattr(part, name) for name in part.model_fields_set} | new
    return type(part).model_validate(given)
