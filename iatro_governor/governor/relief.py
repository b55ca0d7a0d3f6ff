"""Limits that give way to an operator who brings a trapped body out by hand, and by how much.

A limit that traps may be broken no further than the worst of its kind is when the recovery begins, but for the noise of
measurements; what counts as touching is kept always. Limits that the profile does not name, and those that no operator
may overrule, stay whole.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from iatro_governor.governor.resolve import Limits
from iatro_governor.limits.limit import Limit


def relieved(limits: Limits, names: Collection[str], speed: float, situation: Any) -> list[Limit[Any]]:
    """``limits`` as they hold from ``situation`` on for motion at ``speed`` m/s; those called ``names`` give way."""
    worst = _violations([limit for limit in limits if limit.config.name in names], situation)
    return [_eased(limit, worst, speed) if limit.config.name in names else limit for limit in limits]


def _violations(limits: Limits, situation: Any) -> dict[str, float]:
    """By how much the worst limit of each kind is broken, m; zero: none is."""
    out: dict[str, float] = {}
    for limit in limits:
        if (gap := limit.clearance(situation)) is not None:
            kind = limit.config.kind
            out[kind] = max(out.get(kind, 0.0), gap.required - gap.now)
    return out


def _eased(limit: Limit[Any], worst: dict[str, float], speed: float) -> Limit[Any]:
    config = limit.config
    kept = getattr(config, "margin", 0.0) - worst.get(config.kind, 0.0) - getattr(config, "noise", 0.0)
    return limit.eased(kept, speed) or limit
