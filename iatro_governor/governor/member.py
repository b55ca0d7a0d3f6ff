"""One channel of a group: its chart, its command stream, its place in the stacked ``u``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iatro_governor.governor.chart import Chart, places
from iatro_governor.governor.freshness import CommandStream
from iatro_governor.governor.ladder import Ladder
from iatro_governor.limits.command_rate import tightest
from iatro_governor.limits.limit import Limit


@dataclass(frozen=True, slots=True)
class Member:
    """``place``: of its components in the stacked ``u``."""

    name: str
    chart: Chart
    stream: CommandStream
    place: slice


def members_of(
    charts: Mapping[str, Chart], ladder: Ladder, period: float, limits: Sequence[Limit[Any]]
) -> tuple[Member, ...]:
    """Those of a group: ``charts`` by channel, in the order of ``u``."""
    at = places(charts)
    return tuple(
        Member(name, chart, CommandStream(chart, ladder, period, tightest(limits, name)), at[name])
        for name, chart in charts.items()
    )
