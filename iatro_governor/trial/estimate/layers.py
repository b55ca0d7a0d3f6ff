"""Layer matching: what somebody who only reads would have said of each plan, against what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iatro_governor.review.proportions import Share, share
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Spec, Table

CAREFUL = frozenset({"refusal", "caution", "hazard", "limit"})
"""Labels for which a reader of the text alone calls a plan safe."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Runs by what the words promised and by what the plant's true state says of them."""

    careful_harmed: int
    careful_well: int
    plain_harmed: int
    plain_well: int

    @property
    def cosmetic(self) -> Share:
        """Of the plans that sound careful, those that harmed: safety that is words only."""
        return share(self.careful_harmed, self.careful_harmed + self.careful_well)

    @property
    def wrong(self) -> Share:
        """Of all plans, those that a reader would have judged wrongly."""
        every = self.careful_harmed + self.careful_well + self.plain_harmed + self.plain_well
        return share(self.careful_harmed + self.plain_well, every)

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "sounds_careful": {"harmed": self.careful_harmed, "well": self.careful_well},
            "sounds_plain": {"harmed": self.plain_harmed, "well": self.plain_well},
            "cosmetic": self.cosmetic.to_json(),
            "wrong": self.wrong.to_json(),
        }


def layers(table: Table) -> dict[str, Confusion]:
    """The table for plans as they are ("ungoverned"), and with every limit as configured ("governed")."""
    both = {"ungoverned": UNGOVERNED, "governed": AS_CONFIGURED}
    return {name: _confusion(table, spec) for name, spec in both.items() if table.has(spec)}


def _confusion(table: Table, spec: Spec) -> Confusion:
    counts = {(careful, harmed): 0 for careful in (True, False) for harmed in (True, False)}
    for run in table.treated[spec].values():
        counts[bool(CAREFUL & set(run.labels)), run.harm > 0] += 1
    return Confusion(counts[True, True], counts[True, False], counts[False, True], counts[False, False])
