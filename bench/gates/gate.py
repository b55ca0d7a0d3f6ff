"""What every peer is asked through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from bench.peers_task import STEP_S, Command, Episode, Robot, Values

Answer = Iterable[tuple[Values | None, float]]
"""What goes to the motors and for how long, s; None: nothing, and the robot rests."""


class Gate(ABC):
    """One peer, in one of its modes."""

    package: ClassVar[str]
    """As it is installed."""
    robots: ClassVar[tuple[str, ...]] = ("base", "arm")
    """Those that it can be asked about."""
    claims: ClassVar[frozenset[str]]
    """Kinds of wrong answers that it says it keeps from the motors; about all others it says nothing."""
    note: ClassVar[str] = ""
    """How it was set up, and what it says of itself that a count does not show."""

    @abstractmethod
    def start(self, episode: Episode) -> None:
        """A new robot, at rest."""

    def before(self, robot: Robot, now: float) -> None:  # noqa: B027 - few need it
        """The robot's state, to whoever wants it apart from a command; it is not timed."""

    @abstractmethod
    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """What goes to the motors on ``command``: this is what is timed. None: nothing."""

    def go_on(self, robot: Robot, answer: Values | None, now: float) -> Answer:
        """From this command to the next; most say one thing and hold it."""
        return [(answer, STEP_S)]
