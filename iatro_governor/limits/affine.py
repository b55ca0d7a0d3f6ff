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


def convex_shares(value: Array, idle: Array | float, added: Array, allowed: Array) -> Array:
    """Largest s in [0, 1] for which a quantity surely stays within ``allowed``; arrays broadcast.

    ``value``: the quantity at s = 1. At s it is at most ``idle + s * added``, as a norm of ``still + s * change`` is:
    what the body does by itself counts first, and takes nothing from a command that adds nothing.
    """
    room = np.maximum(allowed - idle, 0.0)
    beyond = (value > allowed) & (added > room)
    shares: Array = np.where(beyond, room / np.where(beyond, added, 1.0), 1.0)
    return shares
