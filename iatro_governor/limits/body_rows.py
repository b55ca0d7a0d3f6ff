"""Rows of limits on a jointed body: bounds on what its joints do, and on how fast its links close in on things.

As those of a base (``limits.rows``): a bound on levels gives rows that hold wherever it does; what is kept off may be
closed in on as fast as it can be braked for. A jointed body comes to rest along its own direction, within R s for the
output that stands: whatever that closes in on at v m/s is ``v (P + R / 2)`` nearer then. Everything is looked at in the
posture that the motion in flight leads to, but where a limit itself looks at another.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import SAMPLES
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.rows import SPARE, SPHERE, Rows

AROUND = 0.15
"""What is further than this beyond a margin, and beyond what a way to rest takes, m, gives no row."""
MOST = 24
"""Rows of one limit on distances; the nearest things have them."""
FASTEST = 3
"""Bodies of which one point each is looked at, where speeds are bounded."""


def bounded_rates(situation: BodySituation, matrix: Array, bounds: Array) -> Rows:
    """``matrix @ rates <= bounds`` of joint velocities, (r, m) and (r,); what the stop itself does is never cut."""
    return Rows(matrix @ situation.drive.matrix, np.maximum(bounds - matrix @ situation.still, 0.0))


def joint_box(situation: BodySituation, channel: str, low: Array, high: Array) -> Rows:
    """``low <= rates <= high`` (n,) of the joints of ``channel``."""
    own = np.eye(len(situation.still))[situation.joints[channel]]
    return bounded_rates(situation, np.concatenate([own, -own]), np.concatenate([high, -low]))


def stopping_s(situation: BodySituation) -> float:
    """Seconds that what closes in goes on at its speed: the period, and half of the stop of the output that stands."""
    return float(situation.coast_s(situation.anchor[None])[0])


def travel(situation: BodySituation) -> Array:
    """Ways (C,), m, that no point of each capsule exceeds until the output that stands has come to rest."""
    key = ("rows", "travel")
    if key not in situation.memo:
        speeds = situation.soon.capsule_speeds(situation.rates(situation.anchor))
        situation.memo[key] = speeds * stopping_s(situation)
    out: Array = situation.memo[key]
    return out


def spare(travelled: Array) -> Array:
    """What is kept beyond a margin (...), m, for what may happen between two samples of a way as long."""
    out: Array = np.maximum(travelled / (2 * SAMPLES), SPARE)
    return out


def braked_for(room: Array, travelled: Array, situation: BodySituation) -> Array:
    """Closing speeds (r,), m/s, that come to rest within ``room`` (r,) m, less ``spare`` of ``travelled`` (r,)."""
    speeds: Array = np.maximum(room - spare(travelled), 0.0) / stopping_s(situation)
    return speeds


def tightest(room: Array) -> Indices:
    """Which of ``room`` (r,) m are the least, ``MOST`` of them at most."""
    return np.arange(len(room)) if len(room) <= MOST else np.argpartition(room, MOST)[:MOST]


def closing_rows(
    situation: BodySituation,
    bodies: Indices,
    points: Array,
    toward: Array,
    bounds: Array,
    on_base: bool = False,
) -> Rows:
    """Points (r, 3) m of ``bodies`` (r,) move ``toward`` (r, 3), unit, at most as fast as ``bounds`` (r,), m/s.

    ``on_base``: as seen from the base, which carries the thing along.
    """
    at = situation.soon
    matrix = at.rows(bodies, points, toward)
    if on_base and situation.freedoms:
        matrix = matrix - at.rows(np.full(len(bodies), situation.freedoms), points, toward)
    return bounded_rates(situation, matrix, bounds)


def hardest_braking(situation: BodySituation) -> Array:
    """Decelerations (C,), m/s2, that no stop of ordinary motion exceeds at any point of each capsule.

    A stop within R s undoes joint velocities of ``R b`` at most, b the joints' decelerations, and the speed of a point
    is no more than the sum of what each joint alone gives it.
    """
    key = ("rows", "hardest")
    if key not in situation.memo:
        drive, each = situation.comfort, situation.comfort.braking.copy()
        if drive.base is not None:
            each[: situation.freedoms] = drive.base.linear
            each[situation.freedoms - 1] = drive.base.angular
        each[~drive.matrix.any(axis=1)] = 0.0  # what nobody moves is braked by nobody
        alone = situation.soon.capsule_speeds(np.eye(len(each)))
        situation.memo[key] = each @ alone
    out: Array = situation.memo[key]
    return out


def speed_rows(situation: BodySituation, at: Posture, which: Indices, bounds: Array) -> Rows:
    """Capsules ``which`` (k,) are no faster than ``bounds`` (k,), m/s: the planes that touch it, of a few points.

    Those are the ones that a command moves fastest for their bound, one of each body, ``FASTEST`` bodies at most.
    """
    model = situation.model
    capsule, points = np.repeat(which, 2), at.capsules()[which].reshape(-1, 3)
    jacobians = at.jacobians(model.capsule_body[capsule], points)
    moved = np.square(jacobians @ situation.drive.matrix).sum(axis=(1, 2)) / np.square(np.repeat(bounds, 2))
    chosen: list[int] = []
    seen: set[int] = set()
    for place in np.argsort(-moved):
        if (body := int(model.capsule_body[capsule[place]])) not in seen and moved[place] > 0:
            seen.add(body)
            chosen.append(int(place))
        if len(chosen) == FASTEST:
            break
    matrix = (SPHERE @ jacobians[chosen]).reshape(-1, jacobians.shape[-1])
    return bounded_rates(situation, matrix, np.repeat(np.repeat(bounds, 2)[chosen], len(SPHERE)))
