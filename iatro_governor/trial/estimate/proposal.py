"""Which of the tried strictnesses has the best proved TI-S, and is no looser than anything that has a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iatro_governor.trial.estimate.interval import rounded
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Spec, Table
from iatro_governor.trial.estimate.ti_s import TiS, ti_s
from iatro_governor.trial.estimate.weights import Weights

SOURCED = 1.0
"""Every bound of a configuration has a source, so no dose under this is ever proposed."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One strictness that was run with all limits on; ``doses`` are those of single limits that differ."""

    dose: float
    doses: dict[str, float]
    index: TiS
    refused: str
    """Why it is not proposed whatever its TI-S; empty: it may be."""

    @property
    def proved(self) -> float:
        """The lower bound of TI-S; nothing known is nothing proved."""
        return self.index.value.low or 0.0

    def dose_of(self, limit: str) -> float:
        """How strict ``limit`` is in it."""
        return self.doses.get(limit, self.dose)

    def text(self) -> str:
        """For people: "dose 1, obstacles at 2"."""
        return ", ".join(
            [f"dose {self.dose:g}", *(f"{name} at {dose:g}" for name, dose in sorted(self.doses.items()))]
        )

    def to_json(self) -> dict[str, Any]:
        """As ``iatro trial tune --json`` has it."""
        return {
            "dose": self.dose,
            "doses": dict(sorted(self.doses.items())),
            "ti_s": self.index.value.to_json(),
            "runs": self.index.runs,
            "refused": self.refused or None,
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best of what may be proposed, ``present``: as configured, and everything that was tried, the best first."""

    best: Tried
    present: Tried
    tried: tuple[Tried, ...]

    @property
    def changes(self) -> bool:
        """Whether anything better than the present was proved."""
        return self.best.proved > self.present.proved

    def to_json(self) -> dict[str, Any]:
        """As ``iatro trial tune --json`` has it."""
        return {
            "changes": self.changes,
            "proposed": self.best.to_json(),
            "present": self.present.to_json(),
            "gain": rounded(self.best.proved - self.present.proved),
            "tried": [one.to_json() for one in self.tried],
        }


def propose(table: Table, weights: Weights, least: float, most: float, seed: int = 0) -> Proposal | None:
    """The tried strictness between ``least`` and ``most`` with the largest lower bound of TI-S.

    Only what was run is proposed: how doses of several limits go together is known of no other. Of equals the one
    nearest to the present. None where nothing was run as configured.
    """
    specs = [spec for spec in table.treated if spec.dose and not spec.off and table.twins([spec, UNGOVERNED])]
    if AS_CONFIGURED not in specs:
        return None
    both = table.twins([*specs, UNGOVERNED])
    tried = [_tried(table, spec, specs if both else [spec], weights, least, most, seed) for spec in specs]
    tried.sort(key=lambda one: (-one.proved, _distance(one)))
    present = next(one for one in tried if one.dose == 1 and not one.doses)
    allowed = [one for one in tried if not one.refused]
    return Proposal(allowed[0] if allowed else present, present, tuple(tried))


def _tried(
    table: Table, spec: Spec, together: list[Spec], weights: Weights, least: float, most: float, seed: int
) -> Tried:
    """``spec`` on the twins that all of ``together`` have, so that no dose has the easier scenarios."""
    sample = table.sample(together, UNGOVERNED, weights)
    index = ti_s(sample, weights, together.index(spec), seed)
    doses = dict(spec.doses)
    return Tried(spec.dose or 0.0, doses, index, _refused([spec.dose or 0.0, *doses.values()], least, most))


def _refused(doses: list[float], least: float, most: float) -> str:
    if min(doses) < SOURCED:
        return "looser than a bound that has a source"
    return "outside the given bounds" if min(doses) < least or max(doses) > most else ""


def _distance(one: Tried) -> float:
    return abs(one.dose - 1) + sum(abs(dose - one.dose) for dose in one.doses.values())
