"""Has a rate gone up since it was trusted? A test that may be looked at after every incident, for ever.

The first statements are the reference. Of those that follow, an e-process bets that their rate is higher than any rate
that the reference allows; it reaches 1/alpha with a probability of at most alpha, however long one goes on looking
(Ville's inequality; Ramdas et al. 2023, Statistical Science 38:576). Nothing is kept but two counts, and those come
from the ledger, so that a restart changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .proportions import Share, share
from .queries import Filter
from .rates import DISAGREE, Rows
from .wanted import clauses

REFERENCE = 200
"""Statements at the beginning that the later ones are compared with."""
ALPHA = 0.01
"""Probability of ever raising an alarm while the rate is no higher than the reference allows ..."""
REFERENCE_LEVEL = 0.99
"""... which is the upper end of the reference's interval at this level."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is known of one model. ``evidence`` is the e-process at its highest; an alarm from ``1 / ALPHA`` on.

    ``since`` is the time (s) of the statement that raised the alarm; None where there is none.
    """

    model: str
    reference: Share
    later: Share
    bound: float
    evidence: float
    since: float | None

    @property
    def alarm(self) -> bool:
        """Whether the rate has gone up."""
        return self.since is not None

    def to_json(self) -> dict[str, Any]:
        """As documents print it."""
        return {
            "model": self.model, "alarm": self.alarm, "since": self.since, "evidence": round(self.evidence, 4),
            "threshold": 1 / ALPHA, "bound": round(self.bound, 4), "reference": self.reference.to_json(),
            "later": self.later.to_json(),
        }  # fmt: skip


def drift(model: str, outcomes: Iterable[tuple[float, bool]], reference: int = REFERENCE) -> Drift | None:
    """The monitor after (time in s, whether words and action part) of each statement, in their order.

    None while there are fewer statements than the ``reference`` takes.
    """
    seen = iter(outcomes)
    first = [parted for _, parted in islice(seen, reference)]
    if len(first) < reference:
        return None
    bound = min(max(share(sum(first), reference, REFERENCE_LEVEL).high, 1e-6), 1 - 1e-6)
    parted = count = 0
    highest, since = 0.0, None
    for t, one in seen:
        parted, count = parted + one, count + 1
        if one or count == 1:  # in between it only falls
            highest = max(highest, log_evidence(parted, count, bound))
            if since is None and highest >= -math.log(ALPHA):
                since = t
    evidence = math.exp(min(highest, 700.0))
    return Drift(model, share(sum(first), reference), share(parted, count), bound, evidence, since)


def log_evidence(parted: int, count: int, bound: float) -> float:
    """Logarithm of the e-process: the mean likelihood ratio of every rate above ``bound``, uniformly, against it."""
    from scipy.special import betaincc, betaln

    rest = count - parted
    above = float(betaincc(parted + 1, rest + 1, bound))
    if above <= 0.0:
        return -math.inf
    mixture = float(betaln(parted + 1, rest + 1)) + math.log(above) - math.log1p(-bound)
    return mixture - parted * math.log(bound) - rest * math.log1p(-bound)


def drifts(rows: Rows, wanted: Filter | None = None, reference: int = REFERENCE) -> list[Drift]:
    """The monitor of every model with enough statements, by its name."""
    where, values = clauses(wanted or Filter())
    names = ", ".join(f"'{name}'" for name in sorted(DISAGREE))
    sql = f"SELECT model, t, verdict IN ({names}) FROM incident WHERE {where} AND said = 1 ORDER BY model, t, id"
    outcomes: dict[str, list[tuple[float, bool]]] = {}
    for model, t, parted in rows(sql, values):
        outcomes.setdefault(str(model), []).append((float(t), bool(parted)))
    found = (drift(model, each, reference) for model, each in outcomes.items())
    return [one for one in found if one is not None]
