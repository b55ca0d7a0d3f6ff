"""Shares of a command that a level bound allows, where the bounded quantity is affine in the share."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array


def largest_share(start: Array, change: Array, bound: Array) -> tuple[float, int]:
    """Largest s in [0, 1] for which no ``|start + s * change|`` exceeds ``bound``; (k,) each, ``bound`` >= 0.

    A component that starts beyond its bound may not go further, and may come back. Returns s and the component that
    decides.
    """
    edge = np.where(change > 0, np.maximum(bound, start), np.minimum(-bound, start))
    room = np.abs(edge - start)
    size = np.abs(change)
    # Where there is room for all of it, nothing is divided: a change may be too small to divide by.
    shares = np.where(size > room, room / np.where(size > room, size, 1.0), 1.0)
    least = int(np.argmin(shares))
    return float(shares[least]), least
