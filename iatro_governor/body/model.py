"""The model of an arm: a tree of bodies that its moving joints carry, and what hangs on each of them.

Bodies are numbered with parents first; body 0 is the root link, and body ``i + 1`` is what moving joint ``i`` carries,
with its frame at that joint. Links on fixed or locked joints belong to the body that carries them. ``q`` holds the
*commanded* joints alone, in the order of ``joints``; a joint that mimics another moves without a place in it. The base
frame is that of the root link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.description import Inertial
from iatro_governor.body.planar import Array
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
    capsule_reach: Array = field(init=False, repr=False)
    """Radius (C,), m, of the ball around each capsule, about the middle of its segment."""
    supports: NDArray[np.bool_] = field(init=False, repr=False)
    turn: tuple[Array, Array, Array] = field(init=False, repr=False)
    turn_rows: Array = field(init=False, repr=False)
    """The same (B, 3, 16): constant, first and second, one a row."""
    slides: bool = field(init=False)
    """Whether any joint does."""
    jumps: tuple[Indices, ...] = field(init=False, repr=False)
    plain: bool = field(init=False)
    capsule_columns: Array = field(init=False, repr=False)
    """Ends (C, 4, 2) as columns, with a 1 below each: a body's frame times these has them in its parent."""
    turning: Array = field(init=False, repr=False)
    """1 for each commanded joint (n,) that turns anything, 0 for those that only slide."""

    def __post_init__(self) -> None:
        for name, value in {
            "capsule_body": self.link_body[self.capsule_link],
            "capsule_reach": np.linalg.norm(np.diff(self.capsule_ends, axis=1)[:, 0], axis=1) / 2
            + self.capsule_radius,
            "supports": _supports(self.parents),
            "turn": _turn_parts(self.placements, self.axes, self.prismatic),
            "slides": bool(self.prismatic.any()),
            "jumps": _jumps(self.parents),
            "plain": np.array_equal(self.gain, np.eye(len(self.axes))),
            "capsule_columns": _columns(self.capsule_ends),
            "turning": np.minimum((~self.prismatic).astype(float) @ np.abs(self.gain), 1.0),
        }.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "turn_rows", np.stack(self.turn, axis=1).reshape(-1, 3, 16))

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


def skew(v: Array) -> Array:
    """The matrix (3, 3) with which ``v`` (3,) makes a cross product."""
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])


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
            across = skew(axis)
            first[body, :3, :3] = placements[body, :3, :3] @ across
            second[body, :3, :3] = placements[body, :3, :3] @ across @ across
    return placements, first, second


def _columns(ends: Array) -> Array:
    """Homogeneous coordinates (C, 4, 2) of ``ends`` (C, 2, 3)."""
    columns = np.ones((len(ends), 4, 2))
    columns[:, :3] = np.swapaxes(ends, 1, 2)
    return columns


def _jumps(parents: Indices) -> tuple[Indices, ...]:
    """Ancestors 1, 2, 4, ... steps up, until all are the root: by these a chain is multiplied in log2 of its length."""
    jumps, at = [], parents.copy()
    while at.any():
        jumps.append(at)
        at = at[at]
    return tuple(jumps)
