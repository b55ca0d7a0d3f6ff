"""Every error of the package, under one root.

    IatroError
    ├── ProfileError      a robot's configuration cannot be used
    ├── ModelError        a robot model (URDF, SRDF, meshes) cannot be used
    ├── EventError        one message or event line cannot be used
    ├── ScenarioError     a scenario or scripted plan cannot be used
    ├── TrialError        a campaign, its table of runs or its weights cannot be used
    ├── PlannerError      a planner's settings, endpoint or answer cannot be used
    ├── TestimonyError    a text line or label model cannot be used
    ├── LedgerError       a ledger cannot be opened, written or read
    │   ├── ChainBroken   a record disagrees with the chain
    │   └── NoIncident    a ledger does not hold the incident that was asked for
    ├── KeyRefused        an operator's key cannot be read, written or trusted
    └── MissingPart       an optional dependency or file is absent

Each message says what was given, what is allowed, where, and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class IatroError(Exception):
    """Root of all errors that this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration file, with what to do about it."""

    file: str
    line: int | None
    key: str
    given: Any
    allowed: str
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.key}: {self.message} (given: {self.given!r}; allowed: {self.allowed})"


class ProfileError(IatroError):
    """A robot's configuration cannot be used; ``problems`` lists every reason found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class ModelError(IatroError):
    """A robot model cannot be used; ``problems`` lists every reason found."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class EventError(IatroError):
    """One message or event line cannot be used; ``of`` is the kind of message, if it is known."""

    def __init__(self, message: str, of: str | None = None) -> None:
        self.of = of
        super().__init__(message)


class ScenarioError(IatroError):
    """A scenario or a scripted plan cannot be used."""


class TrialError(IatroError):
    """A campaign, its table of runs or its weights cannot be used."""


class PlannerError(IatroError):
    """A planner's settings, endpoint or answer cannot be used."""


class TestimonyError(IatroError):
    """A text line or a label model cannot be used."""

    __test__ = False


class LedgerError(IatroError):
    """A ledger cannot be opened, written or read."""


class LedgerTaken(LedgerError):
    """Somebody else writes this ledger."""


class ChainBroken(LedgerError):
    """A record disagrees with the chain; ``record`` is the number of the first bad one."""

    def __init__(self, record: int, message: str) -> None:
        self.record = record
        super().__init__(message)


class NoIncident(LedgerError):
    """A ledger does not hold the incident that was asked for."""


class KeyRefused(IatroError):
    """An operator's key cannot be read, written or trusted; the message never holds a part of it."""


class MissingPart(IatroError):
    """An optional dependency or a file is absent; the message says how to get it."""
