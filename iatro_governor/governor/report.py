"""Why a command was changed, as data: limit, unit, requested, allowed, margin, source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.decision import LimitReport
from iatro_governor.governor.resolve import Resolution, Sight
from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.limit import Cap, Limit
from iatro_governor.limits.situation import Situation

TOUCHING = 1e-6
"""Clearances differ by rounding below this, m."""


def limit_reports(
    resolution: Resolution, limits: Sequence[Limit[Any]], wanted: Array, situation: Situation
) -> list[LimitReport]:
    """The limits that bound ``wanted`` (3,) or are broken already."""
    scale = resolution.scale or 0.0
    out = [_capped(limit, cap, scale) for limit, cap in resolution.caps if cap.scale < 1.0 or cap.excess > 0]
    for limit in limits:
        clearance = limit.clearance(situation)
        broken = clearance is not None and clearance.now < clearance.required - TOUCHING
        if limit in resolution.blocked or broken:
            out.append(_kept(limit, wanted, resolution.seen.get(limit.config.name, Sight(situation))))
    return out


def _capped(limit: Limit[Any], cap: Cap, scale: float) -> LimitReport:
    config = limit.config
    unused = cap.allowed * (1.0 - min(scale / cap.scale, 1.0)) if cap.scale > 0 else 0.0
    margin = -cap.excess if cap.excess > 0 else unused
    return LimitReport(
        config.name,
        config.kind,
        cap.unit or limit.row_unit,
        cap.requested,
        cap.allowed,
        margin,
        config.source,
    )


def _kept(limit: Limit[Any], wanted: Array, sight: Sight) -> LimitReport:
    config = limit.config
    requested, allowed, margin = limit.blocked(wanted, sight.view, sight.ways)
    return LimitReport(config.name, config.kind, limit.unit, requested, allowed, margin, config.source)


def rate_reports(
    rates: Rates, anchor: Array, pace: Array, target: Array, output: Array, dt: float
) -> Iterable[LimitReport]:
    """The rate limits that kept ``output`` from reaching ``target``, from ``anchor`` within ``dt`` s.

    ``pace``: (n,) how fast the output changed before.
    """
    if output.tolist() == target.tolist():
        return
    for row in rates.rows:
        asked, taken = (
            _rate(
                row.limit.way,
                (end - anchor)[row.components],
                anchor[row.components],
                pace[row.components],
                dt,
            )
            for end in (target, output)
        )
        worst = int(np.argmax(asked - row.bounds))
        if asked[worst] > row.bounds[worst]:
            given = float(taken[worst])
            config, bound = row.limit.config, float(row.bounds[worst])
            yield LimitReport(
                config.name,
                config.kind,
                row.limit.row_unit,
                float(asked[worst]),
                bound,
                bound - given,
                config.source,
            )


def _rate(way: str, change: Array, start: Array, pace: Array, dt: float) -> Array:
    """How much (k,) of what a rate limit bounds lies in ``change`` (k,) from ``start`` (k,) within ``dt`` s."""
    if way == "jerk":
        jerk: Array = np.abs(change / dt - pace) / dt
        return jerk
    slowing = change * start < 0
    rate: Array = np.abs(change) * (slowing if way == "deceleration" else ~slowing) / dt
    return rate
