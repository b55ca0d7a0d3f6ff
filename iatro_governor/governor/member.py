"""One channel of a group: its chart, its command stream, its place in the stacked ``u``."""

from __future__ import annotations

from dataclasses import dataclass

from iatro_governor.governor.chart import Chart
from iatro_governor.governor.freshness import CommandStream


@dataclass(frozen=True, slots=True)
class Member:
    """``place``: of its components in the stacked ``u``."""

    name: str
    chart: Chart
    stream: CommandStream
    place: slice
