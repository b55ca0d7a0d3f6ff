"""How far any point of a link can be moved by a joint at most, whatever the posture."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array


def levers(model: ArmModel) -> Array:
    """Bound (n, C) on the distance of any point of each capsule from each commanded joint's axis, m; 1 where it slides.

    No point of capsule c moves further than ``|dq| @ levers[:, c]`` m, however the joints move by ``dq`` (n,) on a way
    without turning back: from a joint to a point it is at most as far as the links laid out straight.
    """
    far = _laid_out(model)
    tip = np.linalg.norm(model.capsule_ends, axis=-1).max(axis=-1) + model.capsule_radius
    reach = np.where(model.prismatic[:, None], 1.0, far[:, model.capsule_body] + tip)
    reach = reach * model.supports[model.capsule_body].T
    out: Array = reach if model.plain else np.abs(model.gain).T @ reach
    return out


def origin_levers(model: ArmModel, link: str) -> Array:
    """Bound (m,) on how far a link's origin is from each moving joint, m; 1 where it slides, 0 where it has no part."""
    index = model.link(link)
    body = int(model.link_body[index])
    reach = _laid_out(model)[:, body] + float(np.linalg.norm(model.link_placement[index][:3, 3]))
    out: Array = np.where(model.prismatic, 1.0, reach) * model.supports[body]
    return out


def pair_levers(model: ArmModel, single: Array) -> Array:
    """Bound (n, P) on how much each commanded joint moves the two capsules of each pair apart, m for each rad or m.

    ``single``: of ``levers``. A joint that carries both, or neither, changes nothing between them.
    """
    carries = model.supports[model.capsule_body]
    commanded = carries if model.plain else (carries @ (model.gain != 0)).astype(bool)
    first, second = model.pairs.T
    one, other = commanded[first].T, commanded[second].T
    apart = one != other if model.plain else one | other
    reach: Array = np.where(one, single[:, first], 0.0) + np.where(other, single[:, second], 0.0)
    return np.where(apart, reach, 0.0)


def _laid_out(model: ArmModel) -> Array:
    """Distances (m, B) of each body's origin from each moving joint that carries it, all links laid out straight, m."""
    far = np.zeros((len(model.axes), len(model.parents)))
    for body in range(1, len(model.parents)):
        parent, own = int(model.parents[body]), body - 1
        step = float(np.linalg.norm(model.placements[body][:3, 3])) + _slide(model, own)
        ancestors = model.supports[parent]
        far[ancestors, body] = far[ancestors, parent] + step
    return far


def _slide(model: ArmModel, joint: int) -> float:
    """How far a sliding joint can be out, m."""
    if not model.prismatic[joint]:
        return 0.0
    ends = [model.lower, model.upper]
    led = np.abs(model.gain[joint])
    furthest = max(float(np.where(led > 0, np.abs(end), 0.0) @ led) for end in ends)
    return furthest + abs(float(model.offset[joint]))
