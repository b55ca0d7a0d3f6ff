"""What an answer asks the robot to do, as numbers: all that is left of it once its words are apart."""

from __future__ import annotations

from dataclasses import dataclass

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """``values`` of ``channel``, in its order and units, for ``duration_s``."""

    channel: str
    values: Values
    duration_s: float


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a trajectory, ``time`` s after its start; positions rad or m, velocities per s, empty: not given."""

    time: float
    positions: Values
    velocities: Values = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """A joint trajectory of ``channel``, sent once."""

    channel: str
    names: tuple[str, ...]
    points: tuple[Point, ...]

    @property
    def duration_s(self) -> float:
        """Until its last point."""
        return self.points[-1].time


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing moves for ``duration_s``."""

    duration_s: float


Step = Move | Follow | Rest
