"""What a limit has to answer before it is trusted: inputs that violate it, tried in the pure core at every start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from iatro_governor.body.planar import Array

Face = Literal["cap", "clear", "alarm", "rate", "stream"]
"""How a limit intervenes: it caps a command, refuses a way to rest, calls for a stop, shapes a step, or counts."""
SIZES = (0.5, 2.0, 100.0)
"""Sizes of commands that are tried, in the units of ``u``: some bounds are on slow things, some on quick ones."""


class Moment(Protocol):
    """A situation of any view."""

    @property
    def anchor(self) -> Array:
        """The output (N,) that stands."""

    def standing(self, anchor: Array) -> Any:
        """The same moment with another output (N,) standing, and the body moving as that says."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A violating input. situation: as of the limit's view, with what stands in its ``anchor``. command: (N,)."""

    situation: Any
    command: Array


@dataclass(frozen=True, slots=True)
class Challenge:
    """Inputs of which the limit has to answer at least one, by ``face``.

    beyond: why the body can bring none of them about, where that is so: a place that a fixed arm does not reach, say.
    """

    face: Face
    trips: Iterable[Trip]
    beyond: str = ""


def each_way(scenes: Sequence[Any], place: slice) -> Iterator[Trip]:
    """In every scene, each component of ``u`` at ``place`` both ways, from rest and at that speed already."""
    size = len(scenes[0].anchor)
    for amount in SIZES:
        for component in range(size)[place]:
            for way in (amount, -amount):
                command = np.zeros(size)
                command[component] = way
                for scene in scenes:
                    yield Trip(scene.standing(command), command)
                    yield Trip(scene.standing(np.zeros(size)), command)


def beyond_each(scene: Moment, place: slice, bounds: Sequence[float]) -> Iterator[Challenge]:
    """Each component at ``place``, both ways, at twice its bound, from rest: every one has to be capped."""
    size = len(scene.anchor)
    for component, bound in zip(range(size)[place], bounds, strict=False):
        for way in (2.0 * bound, -2.0 * bound):
            command = np.zeros(size)
            command[component] = way
            yield Challenge("cap", [Trip(scene.standing(np.zeros(size)), command)])
