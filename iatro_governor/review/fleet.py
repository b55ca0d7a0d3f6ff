"""Incidents of many ledgers and Parquet folders as one: the same filter, the same columns, through DuckDB."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..errors import LedgerError, MissingPart
from ..ledger.reader import Reader
from ..ledger.store import DAMAGED
from .index import Index
from .wanted import COLUMNS, folded

_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}
_BATCH = 50_000


class Fleet:
    """A table ``incident`` with the incidents of every source. Use it as a context manager.

    A source is a ledger, a Parquet file, a folder (every ledger and Parquet file in it), or a pattern or address that
    DuckDB reads (``s3://bucket/*.parquet``). One that cannot be read is left out and named in ``problems``; raises
    LedgerError where not one can be.
    ``gone``: of one of the ledgers records are, retired or lost.
    """

    def __init__(self, sources: Sequence[str | Path]) -> None:
        self._db = _duckdb().connect(":memory:")
        columns = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in COLUMNS.items())
        self._db.execute(f"CREATE TABLE incident ({columns}, source VARCHAR)")
        self._db.create_function("folded", folded, ["VARCHAR"], "VARCHAR")
        self.sources, self.problems = expanded(sources)
        self.gone = False
        try:
            for source in list(self.sources):
                self._add(source)
            if not self.sources:
                raise LedgerError("; ".join(self.problems))
        except BaseException:
            self._db.close()
            raise

    def _add(self, source: str) -> None:
        try:
            if is_export(source):
                self._add_parquet(source)
            else:
                self._add_ledger(Path(source))
        except (LedgerError, OSError, *DAMAGED) as error:
            self._drop(source)
            self.sources.remove(source)
            said = str(error) if isinstance(error, LedgerError) else f"{source}: {error}"
            self.problems.append(said)

    def _drop(self, source: str) -> None:
        self._db.execute("DELETE FROM incident WHERE source = ?", (source,))

    def _add_ledger(self, path: Path) -> None:
        with Reader(path) as reader, Index(reader) as index:
            index.read(lambda db: self._add_indexed(db, str(path)))
            self.gone |= index.gone

    def _add_indexed(self, db: sqlite3.Connection, source: str) -> None:
        import pyarrow as pa

        self._drop(source)  # what was read before the index turned out to be damaged
        found = db.execute(f"SELECT {', '.join(COLUMNS)} FROM incident")
        while rows := found.fetchmany(_BATCH):
            batch = pa.table(dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))
            self._db.register("batch", batch)
            self._db.execute("INSERT INTO incident SELECT *, ? FROM batch", (source,))
            self._db.unregister("batch")

    def _add_parquet(self, source: str) -> None:
        try:
            about = self._db.execute("SELECT * FROM read_parquet(?) LIMIT 0", (source,)).description
            there = {column[0] for column in about}
            if missing := COLUMNS.keys() - there - {"begins"}:
                raise LedgerError(
                    f"{source}: no incidents: columns are missing ({', '.join(sorted(missing))}); "
                    "iatro review export writes them all"
                )
            # Files of before "begins" was kept count from their first incident.
            names = (
                name if name in there else f"min(t) OVER (PARTITION BY filename) AS {name}"
                for name in COLUMNS
            )
            sql = f"INSERT INTO incident SELECT {', '.join(names)}, filename FROM read_parquet(?, filename = true)"
            self._db.execute(sql, (source,))
        except _duckdb().Error as error:
            raise LedgerError(
                f"{source}: cannot be read as Parquet: {' '.join(str(error).split())}"
            ) from error

    def alike(self) -> list[str]:
        """A sentence for each two sources that tell of the same incidents, so that these count twice."""
        pairs = self._db.execute(
            "SELECT a.source, b.source, count(*) FROM incident a JOIN incident b"
            " ON a.source < b.source AND a.id = b.id AND a.t = b.t AND a.begins = b.begins AND a.verdict = b.verdict"
            " AND a.plan_id IS NOT DISTINCT FROM b.plan_id AND a.channel IS NOT DISTINCT FROM b.channel"
            " GROUP BY a.source, b.source ORDER BY a.source, b.source"
        ).fetchall()
        return [
            f"{one} and {other} have {count} incidents of the same number, time and plan, which count twice; "
            "where one is a copy or an export of the other, name only one"
            for one, other, count in pairs
        ]

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query on the table ``incident``."""
        return list(self._db.execute(sql, list(values)).fetchall())

    def close(self) -> None:
        """Lets go of everything."""
        self._db.close()

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_one_ledger(sources: Sequence[str | Path]) -> bool:
    """Whether ``sources`` are a single ledger, which needs no DuckDB."""
    return len(sources) == 1 and not is_export(str(sources[0])) and not Path(sources[0]).is_dir()


def is_export(source: str) -> bool:
    """Whether ``source`` is for DuckDB to read: a Parquet file or an address of some."""
    return source.endswith(".parquet") or "://" in source


def expanded(sources: Sequence[str | Path]) -> tuple[list[str], list[str]]:
    """Every ledger and Parquet file of ``sources``, each once, and a sentence for each folder without any.

    Raises LedgerError for a path that is not there: a name mistyped is no damage.
    """
    found: list[str] = []
    problems: list[str] = []
    for source in map(str, sources):
        path = Path(source)
        if not path.is_dir():
            if not is_export(source) and not path.exists():
                raise LedgerError(f"{source}: no such ledger")
            found.append(source)
            continue
        inside = [*path.rglob("*.parquet"), *(one for one in path.rglob("*.db") if _is_ledger(one))]
        found += sorted(map(str, inside))
        if not inside:
            problems.append(f"{source}: no ledger and no Parquet file in this folder")
    return list(dict.fromkeys(found)), problems


def _is_ledger(path: Path) -> bool:
    """Not what belongs to a ledger beside it: its index, or a sealed segment, which is read with it."""
    stem, _, part = path.stem.rpartition(".")
    belongs = part == "index" or re.fullmatch(r"[0-9]{6}", part)
    return not (belongs and path.with_name(f"{stem}{path.suffix}").exists())


def _duckdb() -> Any:
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise MissingPart("several sources need DuckDB: `pip install iatro_governor[review]`") from error
    return duckdb
