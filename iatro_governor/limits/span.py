"""How far a base can get: what spares the limits that this cannot matter to a closer look."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """All outputs between the standing one and the wanted one, each followed to rest. Plain numbers, never too small.

    most: magnitudes (n,) of the components, of the body's own motion too. travel: how far any point of the body may
    move, m. room: that, and half of the largest step between two samples.
    """

    most: tuple[float, ...]
    travel: float
    room: float
