"""Two kinds of incidents side by side: models, contexts, policies, versions, periods; whatever a filter tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from .differences import Difference, Paired, difference, holm, paired
from .queries import Filter
from .rates import DISAGREE, GROUPS, NEEDED_A_LIMIT, Rates, Rows, overall, rates_by
from .wanted import clauses

MEASURES = ("disagreement", "override", "limited")
"""Shares of ``Rates`` that are compared."""
MOST = 12
"""Groups that are compared each with each."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Side ``a`` beside side ``b``: a difference for each of ``MEASURES``, and in pairs where plans are the same."""

    a: str
    b: str
    differences: tuple[Difference, ...]
    pairs: dict[str, Paired]
    lineage: str = ""
    """Of two models: ``derived`` where b names a as its parent."""

    def to_json(self) -> dict[str, Any]:
        """As ``iatro compare --json`` prints it."""
        return {
            "a": self.a,
            "b": self.b,
            "lineage": self.lineage or None,
            "differences": [one.to_json() for one in self.differences],
            "paired": {name: one.to_json() for name, one in self.pairs.items()},
        }


def compare(rows: Rows, a: Filter, b: Filter, names: tuple[str, str] = ("a", "b")) -> Comparison:
    """The incidents that pass ``a`` beside those that pass ``b``; p values are corrected for the measures together."""
    return corrected([_compared(rows, (overall(rows, a), overall(rows, b)), (a, b), names)])[0]


def compare_groups(rows: Rows, by: str, wanted: Filter | None = None) -> list[Comparison]:
    """Every two groups of ``GROUPS[by]``, the p values corrected for all of them together.

    Of models with a declared descent only a parent and what was derived from it are compared.
    """
    wanted = wanted or Filter()
    found = {one.name: one for one in rates_by(rows, by, wanted) if one.statements and one.name}
    derived = _descent(rows) if by == "model" else {}
    couples = [(a, b) for a, b in derived if a in found and b in found]
    couples = couples or list(combinations(sorted(found, key=lambda name: -found[name].statements)[:MOST], 2))
    sides = [(_sides(found, by, wanted, couple), couple) for couple in couples]
    made = [_compared(rows, rates, filters, couple) for (rates, filters), couple in sides]
    return corrected([replace(one, lineage="derived" if (one.a, one.b) in derived else "") for one in made])


def corrected(found: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with Holm's correction for all tests in them."""
    adjusted = iter(holm([one.p for comparison in found for one in comparison.differences]))
    return [
        replace(
            comparison,
            differences=tuple(replace(one, adjusted=next(adjusted)) for one in comparison.differences),
        )
        for comparison in found
    ]


def undeclared(rows: Rows) -> list[dict[str, Any]]:
    """Models under one name with several digests, none of which names another as its parent."""
    sql = "SELECT DISTINCT model, digest, parent FROM incident WHERE digest <> '' ORDER BY 1, 2, 3"
    digests: dict[str, dict[str, str]] = {}
    for model, digest, parent in rows(sql, ()):
        digests.setdefault(str(model), {})[str(digest)] = str(parent)
    return [
        {"model": model, "digests": sorted(own)}
        for model, own in digests.items()
        if len(own) > 1 and sum(parent in own for parent in own.values()) < len(own) - 1
    ]


def _descent(rows: Rows) -> dict[tuple[str, str], None]:
    """(parent's model, derived model), by the digests that statements declare."""
    sql = """SELECT DISTINCT one.model, other.model FROM incident AS one JOIN incident AS other
        ON other.parent = one.digest WHERE one.digest <> '' AND other.digest <> '' AND one.model <> other.model
        ORDER BY 1, 2"""
    return dict.fromkeys((str(a), str(b)) for a, b in rows(sql, ()))


def _sides(
    found: dict[str, Rates], by: str, wanted: Filter, couple: tuple[str, str]
) -> tuple[tuple[Rates, Rates], tuple[Filter, Filter] | None]:
    rates = found[couple[0]], found[couple[1]]
    if by not in Filter.__dataclass_fields__:
        return rates, None
    chosen: list[dict[str, Any]] = [{by: name} for name in couple]
    return rates, (replace(wanted, **chosen[0]), replace(wanted, **chosen[1]))


def _compared(
    rows: Rows, rates: tuple[Rates, Rates], filters: tuple[Filter, Filter] | None, names: tuple[str, str]
) -> Comparison:
    shares = [(name, getattr(rates[0], name), getattr(rates[1], name)) for name in MEASURES]
    pairs = _pairs(rows, *filters) if filters else {}
    return Comparison(*names, tuple(difference(*one) for one in shares), pairs)


def _pairs(rows: Rows, a: Filter, b: Filter) -> dict[str, Paired]:
    """Plans whose id each side has exactly once."""
    sides = [dict(_plans(rows, wanted)) for wanted in (a, b)]
    both = sorted(sides[0].keys() & sides[1].keys())
    if not both:
        return {}
    outcomes = [(sides[0][plan], sides[1][plan]) for plan in both]
    return {
        name: paired([(one[place], other[place]) for one, other in outcomes])
        for place, name in enumerate(("disagreement", "limited"))
    }


def _plans(rows: Rows, wanted: Filter) -> Iterator[tuple[str, tuple[bool, bool]]]:
    where, values = clauses(wanted)
    sql = (
        f"SELECT plan_id, min(verdict), max(severity) FROM incident WHERE {where} AND said = 1 AND plan_id <> ''"
        " GROUP BY plan_id HAVING count(*) = 1"
    )
    for plan, verdict, severity in rows(sql, values):
        yield str(plan), (verdict in DISAGREE, int(severity) >= NEEDED_A_LIMIT)


BY = tuple(name for name in GROUPS if name != "all")
