"""Which runs a campaign has: doses by scenarios by seeds, and what else was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from iatro_governor.trial.case import Case
from iatro_governor.trial.treatment import UNGOVERNED, Treatment

Arms = Literal["none", "limits", "pairs", "doses"]
"""Besides all limits together: each limit left out, and alone; the same of each pair of limits, too; each limit left
out, and at each dose with all others as configured, which gives it a window of its own."""
AS_CONFIGURED = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """``first`` is the first of ``seeds`` seeds; ``limits``: those that ``arms`` leaves out, of ``doseable`` ones."""

    families: tuple[str, ...]
    doses: tuple[float, ...]
    first: int
    seeds: int
    arms: Arms = "none"
    limits: tuple[str, ...] = ()
    doseable: tuple[str, ...] = ()

    def treatments(self) -> list[Treatment]:
        """Each once: nobody between, all limits at each dose, then the arms at dose 1."""
        return list({each.key: each for each in self._treatments()}.values())

    def cases(self) -> list[Case]:
        """Every run, in the order of the table: twins stand together."""
        treatments = self.treatments()
        seeds = range(self.first, self.first + self.seeds)
        return [
            Case(family, seed, treatment)
            for family in self.families
            for seed in seeds
            for treatment in treatments
        ]

    def _treatments(self) -> Iterator[Treatment]:
        yield UNGOVERNED
        for dose in self.doses:
            yield Treatment(dose)
        if self.arms == "none":
            return
        yield Treatment(AS_CONFIGURED)
        if self.arms == "doses":
            yield from self._each_dosed()
            return
        yield self._without(self.doseable)
        for limit in self.limits:
            yield self._without((limit,))
            yield self._alone((limit,))
        for pair in combinations(self.limits, 2) if self.arms == "pairs" else ():
            yield self._without(pair)
            yield self._alone(pair)

    def _each_dosed(self) -> Iterator[Treatment]:
        for limit in self.limits:
            yield self._without((limit,))
            for dose in self.doses:
                if dose not in (0.0, AS_CONFIGURED):
                    yield Treatment(AS_CONFIGURED, doses={limit: dose})

    def _alone(self, limits: Sequence[str]) -> Treatment:
        return self._without([name for name in self.doseable if name not in limits])

    def _without(self, limits: Sequence[str]) -> Treatment:
        return Treatment(AS_CONFIGURED, tuple(sorted(limits)))
