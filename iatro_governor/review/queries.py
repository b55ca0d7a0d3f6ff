"""Which incidents are wanted; ``wanted`` makes SQL of it, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents to show; what is None does not matter.

    ``severity`` is the least one, ``since`` and ``until`` bound the time (s) at which it began, the latter excluded;
    ``since_s`` and ``until_s`` do so in seconds after the first record of its own ledger;
    ``limit`` is the name of one that bound, ``policy`` the hash of the configuration in force, ``version`` that of the
    program; ``text`` is looked for in what the planner said and thought, whatever
    the case of its letters.
    """

    verdict: str | None = None
    severity: int | None = None
    plan: str | None = None
    model: str | None = None
    text: str | None = None
    since: float | None = None
    until: float | None = None
    robot: str | None = None
    context: str | None = None
    limit: str | None = None
    policy: str | None = None
    version: str | None = None
    since_s: float | None = None
    until_s: float | None = None
