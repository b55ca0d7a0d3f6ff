"""Formulas that limits share: how fast something may be approached."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.planar import Array


def approach_speed(distance: float, end_speed: float, deceleration: float, reaction_s: float) -> float:
    """Largest speed, m/s, from which ``end_speed`` is reached within ``distance`` m.

    ``v = max(v_e, -aT + sqrt((aT)^2 + v_e^2 + 2 a d))``: ``v T`` is travelled before the deceleration ``a`` begins.
    (Torricelli's equation solved for the initial speed.) Inside, ``distance < 0``, it is ``end_speed``.
    """
    if distance <= 0:
        return end_speed
    at = deceleration * reaction_s
    return max(end_speed, -at + math.sqrt(at * at + end_speed * end_speed + 2 * deceleration * distance))


def approach_speeds(distance: Array, end_speed: Array, deceleration: Array, reaction_s: float) -> Array:
    """As ``approach_speed``, m/s, for many at once; the arguments broadcast."""
    at = deceleration * reaction_s
    way = np.maximum(distance, 0.0)
    speed = np.sqrt(at * at + end_speed * end_speed + 2 * deceleration * way) - at
    allowed: Array = np.where(distance > 0, np.maximum(speed, end_speed), end_speed)
    return allowed
