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
from ..review.incidents import shadow_text, start_time
from ..review.index import Index
from ..review.queries import Filter
from ..review.rates import Rates, rates_by
from ..review.wanted import COLUMNS, as_json, query


def listed(
    sources: list[str], wanted: Filter, sort: str, most: int | None, skip: int
) -> tuple[list[dict[str, Any]], float, str]:
    """Incidents as JSON data, the time that tables count from, and what a reader must know first."""
    if is_one_ledger(sources):
        with Reader(sources[0]) as reader, Index(reader) as index:
            rows = index.rows(*query(wanted, ", ".join(COLUMNS), sort, most, skip))
            return [as_json(row) for row in rows], start_time(reader), shadow_text(reader)
    with Fleet(sources) as fleet:
        rows = fleet.rows(*query(wanted, f"{', '.join(COLUMNS)}, source", sort, most, skip))
        (earliest,) = fleet.rows("SELECT min(t) FROM incident")[0]
        return [{**as_json(row[:-1]), "source": row[-1]} for row in rows], float(earliest or 0.0), ""


def counted(sources: list[str], by: str, wanted: Filter) -> list[Rates]:
    """The rates of whatever is given."""
    with incident_rows(sources) as rows:
        return rates_by(rows, by, wanted)


def exported(sources: list[str], out: Path, wanted: Filter, *, everything: bool, redact: bool) -> int:
    """Writes the file and returns its rows."""
    form = out.suffix.removeprefix(".")
    if form not in files.FORMATS:
        raise LedgerError(f"{out}: no known kind of file (allowed: .{', .'.join(files.FORMATS)})")
    if everything:
        if not is_one_ledger(sources):
            raise LedgerError("--records takes one ledger")
        with Reader(sources[0]) as reader:
            return files.export(files.records(reader, redact=redact), files.record_columns(), out, form)
    with incident_rows(sources) as rows:
        found = rows(*query(wanted, ", ".join(COLUMNS)))
        return files.export(
            files.redacted_incidents(found) if redact else found, files.incident_columns(), out, form
        )


@contextmanager
def incident_rows(sources: list[str]) -> Iterator[Any]:
    """What runs a query on the table ``incident``."""
    if is_one_ledger(sources):
        with Reader(sources[0]) as reader, Index(reader) as index:
            yield index.rows
    else:
        with Fleet(sources) as fleet:
            yield fleet.rows
