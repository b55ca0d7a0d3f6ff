"""Harms of which only the worst counts: one of each kind, victim and object, however often it comes again."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class WorstHarm:
    """One harm. ``severity``: its worst, in ``unit``; ``t``, ``until``: when it was first and last seen, s."""

    kind: str
    victim: str
    object: str
    t: float
    until: float
    severity: float
    unit: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes harms of two runs the same harm."""
        return (self.kind, self.victim, self.object)


class WorstHarms:
    """Collects the harms of one run."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], WorstHarm] = {}

    def note(self, seen: WorstHarm) -> None:
        """Take a harm as it is seen at ``seen.until``."""
        known = self._found.get(seen.key)
        if known is not None:
            seen = replace(known, until=seen.until, severity=max(known.severity, seen.severity))
        self._found[seen.key] = seen

    def all(self) -> tuple[WorstHarm, ...]:
        """All harms so far, in the order in which they began."""
        return tuple(self._found.values())
