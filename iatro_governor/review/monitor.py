"""Has a rate gone up since it was trusted? A test that may be looked at after every incident, for ever.

The first statements are the reference. Of those that follow, an e-process bets that their rate is higher than any rate
that the reference allows; it reaches 1/alpha with a probability of at most alpha, however long one goes on looking
(Ville's inequality; Ramdas et al. 2023, Statistical Science 38:576). Nothing is kept but two counts, and those come
from the ledger, so that a restart changes nothing. Only where records of it are gone, retired or lost, the first
statements that are left take the place of the first ones, and whoever is told of the rate is told of that, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
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

GONE = "records are gone, so the first statements that are left stand for the first ones"
"""What is said beside a rate whose reference may be another than it was, and an alarm with it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What is known of one model. ``evidence`` is the e-process at its highest; an alarm from ``1 / ALPHA`` on.

    ``since`` is the time (s) of the statement that raised the alarm; None where there is none.
    ``gone``: records are, so that the first statements may be, and an alarm that was raised by them.
    """

    model: str
    reference: Share
    later: Share
    bound: float
    evidence: float
    since: float | None
    gone: bool = False

    @property
    def alarm(self) -> bool:
        """Whether the rate has gone up."""
        return self.since is not None

    def to_json(self) -> dict[str, Any]:
        """As documents print it."""
        return {
            "model": self.model, "alarm": self.alarm, "since": self.since, "evidence": round(self.evidence, 4),
            "threshold": 1 / ALPHA, "bound": round(self.bound, 4), "reference": self.reference.to_json(),
            "later": self.later.to_json(), "gone": self.gone,
        }  # fmt: skip


def drift(
    model: str, outcomes: Iterable[tuple[float, bool]], reference: int = REFERENCE, *, gone: bool = False
) -> Drift | None:
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
    return Drift(model, share(sum(first), reference), share(parted, count), bound, evidence, since, gone)


def log_evidence(parted: int, count: int, bound: float) -> float:
    """Logarithm of the e-process: the mean likelihood ratio of every rate above ``bound``, uniformly, against it."""
    from scipy.special import betaincc, betaln

    rest = count - parted
    above = float(betaincc(parted + 1, rest + 1, bound))
    if above <= 0.0:
        return -math.inf
    mixture = float(betaln(parted + 1, rest + 1)) + math.log(above) - math.log1p(-bound)
    return mixture - parted * math.log(bound) - rest * math.log1p(-bound)


def drifts(
    rows: Rows, wanted: Filter | None = None, reference: int = REFERENCE, *, gone: bool = False
) -> list[Drift]:
    """The monitor of every model with enough statements, by its name; ``gone``: records of a ledger are.

    Those of one ledger follow each other as they were judged, whatever their clock said: it may have begun anew.
    """
    where, values = clauses(wanted or Filter())
    names = ", ".join(f"'{name}'" for name in sorted(DISAGREE))
    sql = (
        f"SELECT model, begins, t, verdict IN ({names}) FROM incident WHERE {where} AND said = 1 ORDER BY id"
    )
    ledgers: dict[str, dict[float, list[_Judged]]] = {}
    for model, begins, t, parted in rows(sql, values):
        before = ledgers.setdefault(str(model), {}).setdefault(float(begins), [])
        reached = max(float(t), before[-1][0]) if before else float(t)
        before.append((reached, float(t), bool(parted)))
    found = (drift(model, _in_order(ledgers[model]), reference, gone=gone) for model in sorted(ledgers))
    return [one for one in found if one is not None]


_Judged = tuple[float, float, bool]
"""The latest time (s) that its ledger had reached, its own time (s), and whether words and action part."""


def _in_order(ledgers: Mapping[float, list[_Judged]]) -> Iterator[tuple[float, bool]]:
    """Of several ledgers, by their beginnings: those that had reached the earlier time come first."""
    by_beginning = (judged for _, judged in sorted(ledgers.items()))
    return ((t, parted) for _, t, parted in merge(*by_beginning, key=lambda one: one[0]))
