"""Pieces of motion under way, whatever the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Seen = TypeVar("Seen", contravariant=True)
Order = TypeVar("Order", covariant=True)
Still = TypeVar("Still")


class Skill(Protocol[Seen, Order]):
    """A piece of motion: time and what the planner sees of its robot come in, one command goes out.

    Skills look only at where the robot is, so they still arrive when somebody scales their commands, and give up when
    they are held.
    """

    def command(self, t: float, seen: Seen, /) -> Order | None:
        """The command at ``t`` (s since the skill began); None once it is over."""
        ...


@dataclass(slots=True)
class Progress:
    """Says when something has not come closer by ``least`` (m or rad) for ``patience`` seconds."""

    patience: float
    least: float
    _best: float = math.inf
    _since: float = 0.0

    def stuck(self, t: float, remaining: float) -> bool:
        """Whether it is so at ``t`` (s), with so much of the way remaining."""
        if remaining < self._best - self.least:
            self._best, self._since = remaining, t
        return t - self._since > self.patience


@dataclass(slots=True)
class Waiting(Generic[Still]):
    """Commands ``still`` for so many seconds."""

    seconds: float
    still: Still

    def command(self, t: float, _seen: object, /) -> Still | None:
        """Nothing but rest."""
        return self.still if t < self.seconds else None
