"""Formulas of speed and separation monitoring (SSM): how far a robot must be from a person, and how fast it may close.

The form of ISO/TS 15066 with constant speeds and deceleration, as Marvel and Norcross ("Implementing speed and
separation monitoring in collaborative robot workcells", Robotics and Computer-Integrated Manufacturing 44, 2017)
discuss it: ``S_p = S_h + S_r + S_s + C + Z_d + Z_r``. Everything broadcasts: links (..., C, 1) against bodies (Z,).
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.distance import length
from iatro_governor.body.planar import Array

Number = Array | float


def protective_separation(
    robot_speed: Number, human_speed: Number, reaction: Number, braking: Number, reserve: Number
) -> Array:
    """Separation S_p (...), m, that lets a robot come to rest before ``reserve`` is used up.

    ``robot_speed`` v_r and ``human_speed`` v_h, m/s, both towards the other and not negative; ``reaction`` T, s, from
    the measurement to the first braking; ``braking`` a, m/s2; ``reserve`` = C + Z_d + Z_r, m: how far a hand reaches
    past what is seen, and how far the person and the robot may be from where they are measured.

    ``S_h = v_h (T + v_r / a)``, the person until the robot rests; ``S_r = v_r T``, the robot before it brakes;
    ``S_s = v_r^2 / (2 a)``, while it does.
    """
    stopping = np.asarray(robot_speed) / braking
    human = human_speed * (reaction + stopping)
    separation: Array = human + robot_speed * (reaction + stopping / 2) + reserve
    return separation


def allowed_closing_speed(
    distance: Number, human_speed: Number, reaction: Number, braking: Number, reserve: Number
) -> Array:
    """Closing speed (...), m/s, of which ``protective_separation`` is ``distance`` m; the arguments are as there.

    ``b = a T + v_h; v = max(0, sqrt(b^2 + 2 a (d - C - Z_d - Z_r - v_h T)) - b)``, the positive root of
    ``v^2 + 2 b v = 2 a (d - C - Z_d - Z_r - v_h T)``; 0 where none is real.
    """
    b = braking * np.asarray(reaction) + human_speed
    square = b * b + 2 * braking * (distance - np.asarray(reserve) - human_speed * reaction)
    speed: Array = np.maximum(np.sqrt(np.maximum(square, 0.0)) - b, 0.0)
    return speed


def largest_closing_speed(velocity: Array, toward: Array, distance: Number, uncertainty: Number) -> Array:
    """How fast (...) a point may be closing in, m/s, on a body that is not exactly where it is measured.

    ``velocity`` (..., 3) m/s of the point; ``toward`` (..., 3) the unit vector from it to the body as measured, which
    is ``distance`` (...) m away and truly within ``uncertainty`` Z_d (...) m of there.

    The true direction lies within a cone of half-angle ``arcsin(Z_d / d)`` about ``toward``. Of the directions in it,
    the one nearest to the velocity closes fastest: ``|v| cos(max(0, angle(v, toward) - arcsin(Z_d / d)))``; a body
    within ``Z_d`` may be in any direction. Negative where the point recedes from all of them.
    """
    speed = length(velocity)
    ahead = (velocity * toward).sum(axis=-1)
    sideways = length(velocity - ahead[..., None] * toward)
    away = np.asarray(distance)
    around = away <= uncertainty
    sine = np.where(around, 1.0, uncertainty / np.where(around, 1.0, away))
    cosine = np.sqrt(1.0 - sine * sine)
    within = around | (ahead >= speed * cosine)
    closing: Array = np.where(within, speed, ahead * cosine + sideways * sine)
    return closing
