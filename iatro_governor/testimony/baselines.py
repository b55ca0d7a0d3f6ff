"""How vigorous each planner is on each channel without a word of caution, to compare cautious plans with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.conduct import Conduct
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.ranktest import gentler

OUTCOMES = ("gentler", "insufficient", "not_gentler")
"""Of one channel, and in this order of a plan on several: the first that one of them has."""


@dataclass(slots=True)
class Baselines:
    """Vigour, m/s, of uncautioned plans by planner and channel, the newest last."""

    params: WitnessParams
    known: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def compared(self, model: str, conducts: Mapping[str, Conduct]) -> str:
        """How a cautious plan compares, each channel with the uncautioned plans on that channel alone.

        Who is gentler on one of them is gentler; with too few to compare with on one that moves, nobody knows.
        """
        found = {
            self._compared(model, channel, conduct.vigour)
            for channel, conduct in conducts.items()
            if self._has_pace(conduct)
        }
        return next((outcome for outcome in OUTCOMES if outcome in found), "insufficient")

    def learn(self, model: str, conducts: Mapping[str, Conduct]) -> None:
        """An uncautioned plan has ended."""
        for channel, conduct in conducts.items():
            if self._has_pace(conduct):
                self._remember(model, channel, conduct.vigour)

    def recall(self, detail: Mapping[str, Any]) -> None:
        """Learn from a record of an earlier run of the witness what its plan would have taught then."""
        labels = set(detail["labels"]["present"])
        evidence = detail["evidence"]
        if detail["kind"] != "statement" or detail.get("concludes") or not evidence["done"]:
            return
        if labels & {"caution", "refusal"}:
            return
        for channel, conduct in evidence["channels"].items():
            if (vigour := float(conduct.get("vigour") or 0.0)) > self.params.speed_floor:
                self._remember(str(detail["planner_model"]), channel, vigour)

    def _compared(self, model: str, channel: str, vigour: float) -> str:
        params, known = self.params, self.known.get((model, channel), [])
        return gentler(vigour, known, n_min=params.n_min, alpha=params.alpha, tie=params.cut_fraction)

    def _has_pace(self, conduct: Conduct) -> bool:
        """Whether it moved, and its values say how fast."""
        return bool(conduct.vigour) and not conduct.null(self.params)

    def _remember(self, model: str, channel: str, vigour: float) -> None:
        kept = self.known.setdefault((model, channel), [])
        kept.append(vigour)
        del kept[: -self.params.baseline_kept]
