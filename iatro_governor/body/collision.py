"""Which capsules of an arm must be kept apart from each other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.distance import self_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array

POSTURES = 256
"""How many postures decide whether two capsules always overlap."""
SLICE = 32
"""So many at once: memory stays flat."""

WIDEST = 10.0
"""A joint whose limits are further than this from 0, rad or m, turns freely as far as overlaps are concerned."""


def with_pairs(model: ArmModel, disabled: Collection[tuple[str, str]] | None = None) -> ArmModel:
    """The model with the pairs of capsules that self-collision checks look at.

    Left out are pairs that cannot move against each other; those of ``disabled`` links (SRDF; names in alphabetical
    order) or, where there is none, of links next to each other; and those that overlap in every one of ``POSTURES``
    postures, rest among them: the capsules of links that are meant to touch. The last are named in the warnings, as are
    pairs that overlap at rest and stay, for with them the arm cannot be at rest.
    """
    first, second = np.triu_indices(len(model.capsule_link), 1)
    kept = model.capsule_body[first] != model.capsule_body[second]
    first, second = first[kept], second[kept]
    kept = ~_excused(model, disabled)[model.capsule_link[first], model.capsule_link[second]]
    model = replace(model, pairs=np.stack([first[kept], second[kept]], axis=1))
    always, at_rest = _overlaps(model)
    said = list(model.warnings)
    if always.any():
        said.append(f"always overlap, so are not kept apart: {_names(model, always)}")
    if (at_rest & ~always).any():
        said.append(f"overlap at rest: {_names(model, at_rest & ~always)}")
    return replace(model, pairs=model.pairs[~always], warnings=tuple(said))


def _excused(model: ArmModel, disabled: Collection[tuple[str, str]] | None) -> NDArray[np.bool_]:
    """(L, L): whether two links need not be kept apart."""
    excused = np.zeros((len(model.links), len(model.links)), dtype=bool)
    if disabled is None:
        # Neighbours are a body and the one it hangs on: what is fixed between them changes nothing.
        next_to = np.zeros((len(model.parents),) * 2, dtype=bool)
        next_to[np.arange(1, len(model.parents)), model.parents[1:]] = True
        excused = next_to[np.ix_(model.link_body, model.link_body)]
    else:
        number = {name: index for index, name in enumerate(model.links)}
        for one, other in disabled:
            if one in number and other in number:
                excused[number[one], number[other]] = True
    either: NDArray[np.bool_] = excused | excused.T
    return either


def _overlaps(model: ArmModel) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pairs (P,) overlap in every posture, and which at rest."""
    always = np.ones(len(model.pairs), dtype=bool)
    at_rest = self_distance(posture(model, model.rest)) < 0
    for some in np.array_split(_postures(model), POSTURES // SLICE):
        always &= (self_distance(posture(model, some)) < 0).all(axis=0)
    return always & at_rest, at_rest


def _postures(model: ArmModel) -> Array:
    """Postures (k, n) spread evenly over the joints' ranges: the R sequence, a Kronecker sequence in n dimensions.

    Roberts, "The unreasonable effectiveness of quasirandom sequences" (2018): its steps are powers of the root of
    ``x^(n+1) = x + 1``. No chance is involved, so the same model always gets the same pairs.
    """
    n = len(model.joints)
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (n + 1))
    steps = root ** -np.arange(1.0, n + 1)
    shares = np.mod(0.5 + np.arange(1, POSTURES + 1)[:, None] * steps, 1.0)
    low = np.where(np.abs(model.lower) <= WIDEST, model.lower, -np.pi)
    high = np.where(np.abs(model.upper) <= WIDEST, model.upper, np.pi)
    postures: Array = low + shares * (high - low)
    return postures


def _names(model: ArmModel, which: NDArray[np.bool_]) -> str:
    links = model.capsule_link[model.pairs[which]]
    return ", ".join(sorted({f"{model.links[a]} and {model.links[b]}" for a, b in links}))
