"""Incidents and records to files that other programs read: JSON lines, CSV, Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import LedgerError, MissingPart
from ..ledger import store
from ..ledger.reader import Reader
from .redaction import Row, redacted_record
from .wanted import COLUMNS

FORMATS = ("jsonl", "csv", "parquet")
RECORD_COLUMNS = store.COLUMNS[store.SCHEMA]
_BATCH = 20_000
_ARROW = {"INTEGER": "int64", "REAL": "float64", "TEXT": "string"}
_RECORD_TYPES = {"id": "int64", "number": "int64", "t": "float64"}


def export(rows: Iterable[Row], columns: dict[str, str], out: Path, form: str) -> int:
    """Writes ``rows`` to ``out`` and returns how many; ``columns``: their names and Arrow types.

    Raises LedgerError where ``out`` cannot be written; what was there before is then still there.
    """
    fresh = out.with_name(f".{out.name}.part")
    try:
        count = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}[form](rows, columns, fresh)
        fresh.replace(out)
    except OSError as error:
        raise LedgerError(f"{out}: cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return count


def incident_columns() -> dict[str, str]:
    """Columns of exported incidents."""
    return {name: _ARROW[kind] for name, kind in COLUMNS.items()}


def record_columns() -> dict[str, str]:
    """Columns of exported records; the body is JSON."""
    return {name: _RECORD_TYPES.get(name, "string") for name in RECORD_COLUMNS}


def records(reader: Reader, *, redact: bool) -> Iterator[Row]:
    """Every record of a ledger, in the order of the chain."""
    for row in reader.each(f"SELECT {', '.join(RECORD_COLUMNS)} FROM record ORDER BY id"):
        yield redacted_record(row) if redact else row


def _jsonl(rows: Iterable[Row], columns: dict[str, str], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8") as file:
        for row in rows:
            line = json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=True, allow_nan=False)
            file.write(line + "\n")
            count += 1
    return count


def _csv(rows: Iterable[Row], columns: dict[str, str], out: Path) -> int:
    count = 0
    with out.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([harmless(value) for value in row])
            count += 1
    return count


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def _parquet(rows: Iterable[Row], columns: dict[str, str], out: Path) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise MissingPart(
            "Parquet needs pyarrow: install it with `pip install iatro_governor[review]`"
        ) from error
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd", compression_level=1) as writer:
        for batch in _batches(rows):
            sides = list(zip(*batch, strict=True))
            arrays = [pa.array(side, kind) for side, kind in zip(sides, schema.types, strict=True)]
            writer.write_table(pa.table(arrays, schema=schema))
            count += len(batch)
    return count


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
