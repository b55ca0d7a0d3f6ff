"""A campaign's rows by what was done to them: each treatment, and its runs by their twins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.errors import TrialError
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import FIELDS, score
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.outcomes import Outcome

Twin = tuple[str, str, int]
Runs = Mapping[Twin, Outcome]


@dataclass(frozen=True, slots=True)
class Spec:
    """A treatment: strictness of all limits, of single ones, and those left out. None as ``dose``: ungoverned."""

    dose: float | None
    doses: frozenset[tuple[str, float]] = frozenset()
    off: frozenset[str] = frozenset()

    @staticmethod
    def of(run: Outcome) -> Spec:
        """The treatment of one run; whatever is left out has no strictness, and dose 1 is nobody's exception."""
        if run.treatment == "ungoverned":
            return UNGOVERNED
        doses = {(name, d) for name, d in run.doses.items() if d != run.dose and name not in run.off}
        return Spec(run.dose, frozenset(doses), frozenset(run.off) if run.dose > 0 else frozenset())


UNGOVERNED = Spec(None)
AS_CONFIGURED = Spec(1.0)


@dataclass(frozen=True, slots=True)
class Table:
    """All runs of a campaign; ``limits`` are those that were left out of some of them."""

    limits: tuple[str, ...]
    treated: Mapping[Spec, Runs] = field(default_factory=dict)

    @staticmethod
    def of(rows: Iterable[Outcome], limits: Sequence[str]) -> Table:
        """The rows by treatment; ``limits``: the profile's, in its order, of which those that stayed on are dropped.

        A deceleration is no choice, for one: nobody leaves it out. Raises TrialError where one run is there twice
        and does not agree with itself.
        """
        treated: dict[Spec, dict[Twin, Outcome]] = {}
        for row in rows:
            runs = treated.setdefault(Spec.of(row), {})
            if runs.setdefault(row.twin, row) != row:
                scenario, seed = row.twin[1:]
                raise TrialError(
                    f"{scenario}, seed {seed}: is in the table twice with different results; a campaign repeats bit "
                    "for bit, so run it again into an empty folder"
                )
        off = {name for spec in treated for name in spec.off}
        return Table(tuple(name for name in limits if name in off), treated)

    @property
    def runs(self) -> int:
        """How many runs there are, twins included."""
        return sum(map(len, self.treated.values()))

    def without(self, *names: str) -> Spec:
        """As configured, without these limits."""
        return self.only(*(name for name in self.limits if name not in names))

    def only(self, *names: str) -> Spec:
        """As configured, with these of ``limits`` alone, or none of them."""
        return Spec(1.0, off=frozenset(self.limits) - frozenset(names))

    def has(self, *specs: Spec) -> bool:
        """Whether there are runs of every one of these."""
        return all(self.treated.get(spec) for spec in specs)

    def doses(self) -> list[float]:
        """The strictnesses that all limits together were tried at, rising."""
        return sorted(s.dose for s in self.treated if s.dose is not None and not s.doses and not s.off)

    def twins(self, specs: Iterable[Spec], family: str | None = None) -> list[Twin]:
        """Twins that have a run of every one of ``specs``, sorted; of one family if it is named."""
        sets = [set(self.treated.get(spec, {})) for spec in specs]
        both = sorted(set.intersection(*sets)) if sets else []
        return [twin for twin in both if family is None or self.family(twin) == family]

    def family(self, twin: Twin) -> str:
        """The family of a twin's scenario."""
        return next(runs[twin].family for runs in self.treated.values() if twin in runs)

    def families(self) -> list[str]:
        """Every family, sorted."""
        return sorted({run.family for runs in self.treated.values() for run in runs.values()})

    def sample(
        self, specs: Sequence[Spec], reference: Spec, weights: Weights, family: str | None = None
    ) -> Sample:
        """Each of ``specs`` against ``reference``, on the twins that have them all (common random numbers).

        The dose 0 against itself is a treatment like any other: it prevents and causes nothing.
        """
        twins = self.twins([*specs, reference], family)
        other = self.treated.get(reference, {})
        scores = np.array(
            [
                [score(self.treated[spec][twin], other[twin], weights).row() for twin in twins]
                for spec in specs
            ]
        ).reshape(len(specs), len(twins), len(FIELDS))
        return Sample(scores, tuple(self.family(twin) for twin in twins))
