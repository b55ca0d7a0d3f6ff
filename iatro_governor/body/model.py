"""The model of an arm: a tree of bodies that its moving joints carry, and what hangs on each of them.

Bodies are numbered with parents first; body 0 is the root link, and body ``i + 1`` is what moving joint ``i`` carries,
with its frame at that joint. Links on fixed or locked joints belong to the body that carries them. ``q`` holds the
*commanded* joints alone, in the order of ``joints``; a joint that mimics another moves without a
place in it.
Frames are right-handed, the base frame is that of the root link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.capsules import Capsule
from iatro_governor.body.planar import Array
from iatro_governor.body.urdf import MOVING, Description, Inertial, Joint
from iatro_governor.errors import ModelError

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ArmModel:
    """An arm with ``n`` commanded joints, ``m`` moving ones, ``B = m + 1`` bodies, ``L`` links and ``C`` capsules.

    - lower, upper: (n,) rad or m, infinite where there is none. velocity, effort: (n,) rad/s or m/s, Nm or N, infinite
      where none is stated and that was allowed. rest: (n,) a posture within the limits.
    - parents: (B,) that each body hangs on, body 0 on itself. placements: (B, 4, 4) of each, at zero, in its parent.
      axes: (m, 3) unit. prismatic: (m,). supports: (B, m) whether joint i carries body b.
    - gain (m, n) and offset (m,): position of the moving joints is ``gain @ q + offset``; plain: it is ``q``.
    - link_body: (L,). link_placement: (L, 4, 4) in that body's frame. link_parent: (L,), -1 for the root.
    - capsule_link, capsule_body: (C,). capsule_ends: (C, 2, 3) m, in the body's frame. capsule_radius: (C,) m.
      pairs: (P, 2) capsules to keep apart.
    - inertials: a body, and an inertial in its frame, for each link with a mass.
    - digest names what the model was made of; warnings are what a person should read.
    """

    name: str
    joints: tuple[str, ...]
    lower: Array
    upper: Array
    velocity: Array
    effort: Array
    parents: Indices
    placements: Array
    axes: Array
    prismatic: NDArray[np.bool_]
    gain: Array
    offset: Array
    links: tuple[str, ...]
    link_body: Indices
    link_placement: Array
    link_parent: Indices
    capsule_link: Indices
    capsule_ends: Array
    capsule_radius: Array
    pairs: Indices
    inertials: tuple[tuple[int, Inertial], ...]
    rest: Array
    digest: str
    warnings: tuple[str, ...]
    capsule_body: Indices = field(init=False, repr=False)
    supports: NDArray[np.bool_] = field(init=False, repr=False)
    turn: tuple[Array, Array, Array] = field(init=False, repr=False)
    jumps: tuple[Indices, ...] = field(init=False, repr=False)
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        for name, value in {
            "capsule_body": self.link_body[self.capsule_link],
            "supports": _supports(self.parents),
            "turn": _turn_parts(self.placements, self.axes, self.prismatic),
            "jumps": _jumps(self.parents),
            "plain": np.array_equal(self.gain, np.eye(len(self.axes))),
        }.items():
            object.__setattr__(self, name, value)

    def link(self, name: str) -> int:
        """Number of a link.

        Raises:
            ModelError: there is none of this name.
        """
        if name not in self.links:
            raise ModelError([f"robot {self.name!r} has no link {name!r}; it has {', '.join(self.links)}"])
        return self.links.index(name)

    def order(self, names: Sequence[str]) -> Indices:
        """Where in ``names`` each commanded joint stands: ``values[order(names)]`` is a ``q``.

        Raises:
            ModelError: a joint is missing or there twice: this is the state of another robot.
        """
        missing = [name for name in self.joints if names.count(name) != 1]
        if missing:
            given = ", ".join(names)
            raise ModelError(
                [f"joint {name!r} stands {names.count(name)} times among {given}" for name in missing]
            )
        return np.array([names.index(name) for name in self.joints], dtype=np.int64)


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


def motion(joint: Joint, position: float) -> Array:
    """(4, 4) by which a joint moves its child at ``position``, rad or m; Rodrigues' formula."""
    out: Array = np.eye(4)
    if joint.kind == "prismatic":
        out[:3, 3] = position * joint.axis
        return out
    skew = _skew(joint.axis)
    out[:3, :3] += np.sin(position) * skew + (1 - np.cos(position)) * skew @ skew
    return out


def _skew(v: Array) -> Array:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])


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
                at = at @ motion(joint, held[joint.name])
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
    """0 where the limits hold it, else the middle between them."""
    middle = (np.where(np.isfinite(lower), lower, 0.0) + np.where(np.isfinite(upper), upper, 0.0)) / 2
    return np.where((lower < 0) & (upper > 0), 0.0, middle)


def _supports(parents: Indices) -> NDArray[np.bool_]:
    """(B, m): whether moving joint i carries body b."""
    carries = np.zeros((len(parents), len(parents) - 1), dtype=bool)
    for body in range(1, len(parents)):
        carries[body] = carries[parents[body]]
        carries[body, body - 1] = True
    return carries


def _turn_parts(placements: Array, axes: Array, prismatic: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """(B, 4, 4) each: the pose of a body in its parent is ``constant + x * first + y * second``.

    x, y are sin q, 1 - cos q for a joint that turns (Rodrigues' formula), and q, 0 for one that slides.
    """
    first, second = np.zeros_like(placements), np.zeros_like(placements)
    for body, (axis, slides) in enumerate(zip(axes, prismatic, strict=True), start=1):
        if slides:
            first[body, :3, 3] = placements[body, :3, :3] @ axis
        else:
            skew = _skew(axis)
            first[body, :3, :3] = placements[body, :3, :3] @ skew
            second[body, :3, :3] = placements[body, :3, :3] @ skew @ skew
    return placements, first, second


def _jumps(parents: Indices) -> tuple[Indices, ...]:
    """Ancestors 1, 2, 4, ... steps up, until all are the root: by these a chain is multiplied in log2 of its length."""
    jumps, at = [], parents.copy()
    while at.any():
        jumps.append(at)
        at = at[at]
    return tuple(jumps)
