"""Where ``iatro review`` reads: one ledger by its index, several sources through DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from ..ledger.reader import Reader
from ..review import export as files
from ..review.fleet import Fleet, is_one_ledger
from ..review.incidents import shadow_text
from ..review.index import Index
from ..review.known import absent, check
from ..review.queries import Filter
from ..review.rates import Rates, Rows, rates_by
from ..review.redaction import redacted_incidents
from ..review.wanted import COLUMNS, as_json, query
from ._apart import apart
from ._review_told import Told


def listed(
    sources: list[str], wanted: Filter, sort: str, most: int | None, skip: int
) -> tuple[list[dict[str, Any]], Told]:
    """Incidents as JSON data, and what a reader must know beside them."""
    with incident_rows(sources, wanted) as (rows, told):
        if is_one_ledger(sources):
            found = rows(*query(wanted, ", ".join(COLUMNS), sort, most, skip))
            return [as_json(row) for row in found], told
        found = rows(*query(wanted, f"{', '.join(COLUMNS)}, source", sort, most, skip))
        return [{**as_json(row[:-1]), "source": row[-1]} for row in found], told


def counted(sources: list[str], by: str, wanted: Filter) -> tuple[list[Rates], Told]:
    """The rates of whatever is given."""
    with incident_rows(sources, wanted) as (rows, told):
        return rates_by(rows, by, wanted), told


def exported(
    sources: list[str], out: Path, wanted: Filter, *, everything: bool, redact: bool
) -> tuple[int, Told]:
    """Writes the file and returns its rows."""
    form = out.suffix.removeprefix(".")
    if form not in files.FORMATS:
        raise LedgerError(f"{out}: no known kind of file (allowed: .{', .'.join(files.FORMATS)})")
    apart(out, sources)
    if everything:
        if not is_one_ledger(sources):
            raise LedgerError("--records takes one ledger")
        with Reader(sources[0]) as reader:
            records = files.records(reader, redact=redact)
            return files.export(records, files.record_columns(), out, form), Told()
    with incident_rows(sources, wanted) as (rows, told):
        found = rows(*query(wanted, ", ".join(COLUMNS)))
        shown = redacted_incidents(found) if redact else found
        return files.export(shown, files.incident_columns(), out, form), told


@contextmanager
def incident_rows(sources: list[str], *filters: Filter) -> Iterator[tuple[Rows, Told]]:
    """What runs a query on the table ``incident``; names in ``filters`` that it does not know are told.

    Raises LedgerError for a filter that nothing can pass, and where no source can be read.
    """
    for wanted in filters:
        check(wanted)
    if is_one_ledger(sources):
        with Reader(sources[0]) as reader, Index(reader) as index:
            shadow = shadow_text(reader)
            yield index.rows, _told(index.rows, filters, [shadow] if shadow else [], [], index.gone)
    else:
        with Fleet(sources) as fleet:
            yield fleet.rows, _told(fleet.rows, filters, fleet.alike(), fleet.problems, fleet.gone)


def _told(rows: Rows, filters: tuple[Filter, ...], notes: list[str], problems: list[str], gone: bool) -> Told:
    unknown = [text for wanted in filters for text in absent(rows, wanted)]
    return Told([*notes, *dict.fromkeys(unknown)], problems, gone)
