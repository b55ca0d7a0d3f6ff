"""From a robot's description and the capsules of its links to the model of the arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.capsules import Capsule
from iatro_governor.body.description import MOVING, Description, Inertial, Joint
from iatro_governor.body.model import ArmModel, skew
from iatro_governor.body.planar import Array
from iatro_governor.errors import ModelError


@dataclass(slots=True)
class _Tree:
    """A model in the making."""

    parents: list[int]
    placements: list[Array]
    moving: list[Joint]
    link_body: dict[str, int]
    link_placement: dict[str, Array]
    link_parent: dict[str, str]


def assemble(
    description: Description,
    capsules: Mapping[str, Sequence[Capsule]],
    *,
    joints: Sequence[str] | None = None,
    locked: Mapping[str, float] | None = None,
    allow_missing_limits: bool = False,
    digest: str = "",
    warnings: Sequence[str] = (),
) -> ArmModel:
    """The model of ``description`` without pairs of capsules (``collision.with_pairs`` adds them).

    Args:
        description: the robot.
        capsules: of each link that has a shape, in the link's frame.
        joints: the commanded joints, in order; all that move and mimic none by default. Every other moving joint is
            locked: at its value in ``locked``, else at the place nearest to 0 within its limits.
        locked: positions of locked joints, rad or m.
        allow_missing_limits: a limit that is not stated counts as infinite, with a warning.
        digest: names what the model was made of.
        warnings: what there was to say before.

    Raises:
        ModelError: names that do not exist, limits that are missing or make no sense.
    """
    problems: list[str] = []
    said = list(warnings)
    chosen = _chosen(description, joints, locked or {}, problems)
    by_name = {joint.name: joint for joint in description.joints}
    bounds = _bounds([by_name[name] for name in chosen], allow_missing_limits, problems, said)
    if problems:
        raise ModelError(problems)
    follow = {joint.name: _follow(joint, by_name) for joint in description.joints if joint.kind in MOVING}
    held = _held(description, chosen, follow, locked or {}, said)
    tree = _grow(description, held)
    gain, offset = np.zeros((len(tree.moving), len(chosen))), np.zeros(len(tree.moving))
    for row, joint in enumerate(tree.moving):
        leader, factor, shift = follow[joint.name]
        gain[row, chosen.index(leader)], offset[row] = factor, shift
    names = tuple(tree.link_body)
    link_of = {name: index for index, name in enumerate(names)}
    flat = [(name, capsule) for name in names for capsule in capsules.get(name, ())]
    place = tree.link_placement
    return ArmModel(
        name=description.name,
        joints=tuple(chosen),
        lower=bounds[0],
        upper=bounds[1],
        velocity=bounds[2],
        effort=bounds[3],
        parents=np.array(tree.parents, dtype=np.int64),
        placements=np.array(tree.placements),
        axes=np.array([joint.axis for joint in tree.moving]).reshape(-1, 3),
        prismatic=np.array([joint.kind == "prismatic" for joint in tree.moving], dtype=bool),
        gain=gain,
        offset=offset,
        links=names,
        link_body=np.array([tree.link_body[name] for name in names], dtype=np.int64),
        link_placement=np.array([place[name] for name in names]),
        link_parent=np.array(
            [link_of.get(tree.link_parent.get(name, ""), -1) for name in names], dtype=np.int64
        ),
        capsule_link=np.array([link_of[name] for name, _ in flat], dtype=np.int64),
        capsule_ends=np.array([_carried(place[name], capsule) for name, capsule in flat]).reshape(-1, 2, 3),
        capsule_radius=np.array([capsule.radius for _, capsule in flat]),
        pairs=np.zeros((0, 2), dtype=np.int64),
        inertials=tuple(_inertials(description, tree)),
        rest=_rest(bounds[0], bounds[1]),
        digest=digest,
        warnings=tuple(said),
    )


def _chosen(
    description: Description, joints: Sequence[str] | None, locked: Mapping[str, float], problems: list[str]
) -> list[str]:
    moving = {joint.name: joint for joint in description.joints if joint.kind in MOVING}
    free = [name for name, joint in moving.items() if joint.mimic is None and name not in locked]
    problems += [
        f"joint {name!r} is to be locked, but is no moving joint" for name in locked if name not in moving
    ]
    if joints is None:
        return free
    for name in joints:
        if name not in moving:
            problems.append(
                f"joint {name!r} is no moving joint of {description.name!r}; those are {', '.join(moving)}"
            )
        elif moving[name].mimic is not None:
            problems.append(f"joint {name!r} mimics {moving[name].mimic.joint!r} and cannot be commanded")  # type: ignore[union-attr]
        elif name in locked or list(joints).count(name) > 1:
            problems.append(f"joint {name!r} is to be commanded twice, or commanded and locked")
    return [name for name in joints if name in moving]


def _bounds(
    joints: list[Joint], allow_missing: bool, problems: list[str], warnings: list[str]
) -> tuple[Array, Array, Array, Array]:
    """lower, upper, velocity, effort (n,) each."""
    rows = np.empty((len(joints), 4))
    for row, joint in zip(rows, joints, strict=True):
        limit = joint.limit
        stated = {
            "lower": limit.lower,
            "upper": limit.upper,
            "velocity": limit.velocity,
            "effort": limit.effort,
        }
        if joint.kind == "continuous":
            stated |= {"lower": -np.inf, "upper": np.inf}
        elif limit.lower is not None or limit.upper is not None:  # one alone: the other is 0, as URDF says
            stated |= {"lower": limit.lower or 0.0, "upper": limit.upper or 0.0}
        missing = [key for key, value in stated.items() if value is None]
        if missing:
            message = f"joint {joint.name!r} states no limit for {', '.join(missing)}"
            (warnings if allow_missing else problems).append(message)
        unlimited = {"lower": -np.inf, "upper": np.inf, "velocity": np.inf, "effort": np.inf}
        row[:] = [unlimited[key] if value is None else value for key, value in stated.items()]
        if row[0] >= row[1]:
            problems.append(
                f"joint {joint.name!r}: its lower limit {row[0]:g} is not below its upper limit {row[1]:g}"
            )
        if min(row[2], row[3]) <= 0:
            problems.append(
                f"joint {joint.name!r}: velocity {row[2]:g} and effort {row[3]:g} must be more than 0"
            )
    lower, upper, velocity, effort = rows.T.copy()
    return lower, upper, velocity, effort


def _follow(joint: Joint, by_name: Mapping[str, Joint]) -> tuple[str, float, float]:
    """The joint that leads this one, and the gain and offset of its position."""
    factor, shift = 1.0, 0.0
    while joint.mimic is not None:
        shift += factor * joint.mimic.offset
        factor *= joint.mimic.multiplier
        joint = by_name[joint.mimic.joint]
    return joint.name, factor, shift


def _held(
    description: Description,
    chosen: Sequence[str],
    follow: Mapping[str, tuple[str, float, float]],
    locked: Mapping[str, float],
    warnings: list[str],
) -> dict[str, float]:
    """Position of every joint that does not move."""
    by_name = {joint.name: joint for joint in description.joints}
    held = {}
    for name, (leader, factor, shift) in follow.items():
        if leader not in chosen:
            limit = by_name[leader].limit
            low, high = (
                (-np.inf, np.inf) if by_name[leader].kind == "continuous" else (limit.lower, limit.upper)
            )
            near_zero = min(max(0.0, low or 0.0), high or 0.0)
            held[name] = factor * locked.get(leader, near_zero) + shift
    unsaid = [name for name in held if follow[name][0] not in locked]
    if unsaid:
        warnings.append(f"taken as immobile, as near to 0 as they can be: {', '.join(unsaid)}")
    return held


def _grow(description: Description, held: Mapping[str, float]) -> _Tree:
    root = description.root
    tree = _Tree([0], [np.eye(4)], [], {root: 0}, {root: np.eye(4)}, {})
    for joint in description.joints:
        body, at = tree.link_body[joint.parent], tree.link_placement[joint.parent] @ joint.placement
        if joint.kind == "fixed" or joint.name in held:
            if joint.kind != "fixed":
                at = at @ _motion(joint, held[joint.name])
        else:
            tree.parents.append(body)
            tree.placements.append(at)
            tree.moving.append(joint)
            body, at = len(tree.moving), np.eye(4)
        tree.link_body[joint.child], tree.link_placement[joint.child] = body, at
        tree.link_parent[joint.child] = joint.parent
    return tree


def _carried(placement: Array, capsule: Capsule) -> Array:
    ends: Array = np.stack([capsule.start, capsule.end]) @ placement[:3, :3].T + placement[:3, 3]
    return ends


def _inertials(description: Description, tree: _Tree) -> list[tuple[int, Inertial]]:
    found = []
    for name, body in tree.link_body.items():
        inertial = description.links[name].inertial
        if inertial is not None and inertial.mass > 0:
            place = tree.link_placement[name]
            turn = place[:3, :3]
            centre = turn @ inertial.centre + place[:3, 3]
            found.append((body, Inertial(inertial.mass, centre, turn @ inertial.inertia @ turn.T)))
    return found


def _rest(lower: Array, upper: Array) -> Array:
    """0 where it lies between the limits, else the middle of them."""
    middle = (np.where(np.isfinite(lower), lower, 0.0) + np.where(np.isfinite(upper), upper, 0.0)) / 2
    return np.where((lower < 0) & (upper > 0), 0.0, middle)


def _motion(joint: Joint, position: float) -> Array:
    """(4, 4) by which a joint moves its child at ``position``, rad or m; Rodrigues' formula."""
    out: Array = np.eye(4)
    if joint.kind == "prismatic":
        out[:3, 3] = position * joint.axis
        return out
    across = skew(joint.axis)
    out[:3, :3] += np.sin(position) * across + (1 - np.cos(position)) * across @ across
    return out
