"""Formulas of power and force limiting (PFL): how fast a robot may touch somebody.

Two masses, robot and body part, and a spring between them, the tissue: at its tightest it holds the energy of their
relative motion, ``mu v^2 / 2 = F^2 / (2 k)``. That is an upper bound where the contact also dissipates. What force and
stiffness are tolerable are numbers with a source of their own (Behrens et al. 2022, 10.3389/frobt.2021.667818, measure
pain thresholds). Everything broadcasts.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array

Number = Array | float

CLAMPED = np.inf
"""Mass of a body part that cannot give way because something is behind it, kg."""
ROTORS = 3.0
"""Times the mass of its links that an arm weighs at the contact where the inertia of its rotors is not known.

Geared rotors make 2 to 3 times of it on a Panda.
"""


def robot_mass(links: Number, payload: Number, rotors_known: bool) -> Array:
    """Mass m_R (...), kg, that a robot brings to a contact.

    ``links`` (...), kg: ``1 / (n^T J M^-1 J^T n)`` in the direction of the contact, as ``Dynamics.effective_mass``
    gives it without payload (Khatib 1995, eq. 9). ``rotors_known``: whether M holds the rotors' inertia; without it
    the mass is taken ``ROTORS`` times. ``payload``: kg carried at the contact.
    """
    mass: Array = np.asarray(links, dtype=float) * (1.0 if rotors_known else ROTORS) + payload
    return mass


def contact_speed(force: Number, stiffness: Number, robot: Number, body: Number) -> Array:
    """Closing speed (...), m/s, of both together, at which a contact reaches ``force`` F_max, N.

    ``v = F_max / sqrt(mu k)``, ``1/mu = 1/m_H + 1/m_R``; ``stiffness`` k, N/m; ``robot`` m_R and ``body`` m_H, kg, more
    than 0, and infinite for what does not give way. For a body part between the robot and something fast, m_H is
    ``CLAMPED`` and F_max the quasi-static bound; that the motors go on pushing then is the contact limit's to bound.
    """
    speed: Array = force * np.sqrt(_mobility(robot, body) / stiffness)
    return speed


def peak_force(speed: Number, stiffness: Number, robot: Number, body: Number) -> Array:
    """Largest force (...), N, of a contact at a closing ``speed``, m/s: ``v sqrt(mu k)``, as of ``contact_speed``.

    Infinite where neither gives way.
    """
    mobility = _mobility(robot, body)
    stuck = mobility == 0
    force: Array = np.where(stuck, np.inf, speed * np.sqrt(stiffness / np.where(stuck, 1.0, mobility)))
    return force


def _mobility(robot: Number, body: Number) -> Array:
    """``1/mu`` (...), 1/kg."""
    mobility: Array = 1.0 / np.asarray(robot, dtype=float) + 1.0 / np.asarray(body, dtype=float)
    return mobility
