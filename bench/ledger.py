"""The ledger: durable records a second, a list with three filters, an export to Parquet. Writes out/bench/ledger.json.

``--full`` asks a ledger of ten million records, made without the writer's commits, and writes ledger_full.json; else
one of a million.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.machine import stamp
from bench.written import write
from iatro_governor import __version__
from iatro_governor.ledger import Ledger, Reader, Record, store
from iatro_governor.ledger.record import canonical
from iatro_governor.review import export
from iatro_governor.review.index import Index
from iatro_governor.review.queries import Filter
from iatro_governor.review.rates import rates_by
from iatro_governor.review.wanted import COLUMNS, query

KEY = bytes(32)
GROUP = 500
"""Records in one commit, as the recorder's largest."""
VERDICTS_EVERY = 10
"""One record in so many is an incident: far more than any robot has."""
MODELS, VERDICTS = 20, ("AGREES", "PARTIAL", "BROKEN_CLAIM", "BLIND_COMPLIANCE", "COSMETIC_CAUTION")
DECISIONS = 250
"""Of one incident: five seconds at 50 Hz."""
THREE = Filter(model="model-7", verdict="PARTIAL", severity=3)
ROUNDS = 5


def main(arguments: list[str] | None = None) -> None:
    """Measure, write, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--durable", type=int, default=50_000, help="records that are committed")
    parser.add_argument("--records", type=int, default=1_000_000, help="records that are asked for incidents")
    parser.add_argument("--full", action="store_true", help="ten million of them")
    chosen = parser.parse_args(arguments)
    records = 10_000_000 if chosen.full else chosen.records
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=chosen.out) as folder:
        result = measure(Path(folder), chosen.durable, records)
    write(chosen.out / ("ledger_full.json" if chosen.full else "ledger.json"), result)
    print(json.dumps(result, indent=1))


def measure(folder: Path, durable: int, records: int) -> dict[str, Any]:
    """Every figure; times in s."""
    result: dict[str, Any] = {
        **stamp(), "group": GROUP, "asked": records,
        "records_per_s": round(durable_rate(folder / "durable.db", durable)),
    }  # fmt: skip
    large = folder / "large.db"
    fill(large, records)
    result |= queries(large)
    name = "query_10m_s" if records == 10_000_000 else "query_s"
    result[name] = result.pop("query")
    result["query_10m_s"] = result.get("query_10m_s")
    result |= pages(large)
    result |= exports(large, folder / "all.parquet", records)
    return result


def durable_rate(path: Path, count: int) -> float:
    """Records a second in commits of ``GROUP``, each on the disk when it is acknowledged."""
    with Ledger.open(path, key=KEY, context="simulation", software_version=__version__) as ledger:
        began = time.perf_counter()
        for first in range(0, count, GROUP):
            ledger.append([decision(number) for number in range(first, first + GROUP)])
        return count / (time.perf_counter() - began)


def decision(number: int) -> Record:
    """A decision as large as the governor's own."""
    values = [0.5 + number * 1e-9, 0.0, 0.0, 0.0, 0.0, 0.1]
    limits = [{"name": "cruise", "kind": "speed", "unit": "m/s", "requested": 0.9, "allowed": 0.5, "margin": -0.4,
               "source": "data sheet, page 4"}]  # fmt: skip
    body = {
        "t": number * 0.01, "seq": number, "channel": "base", "state": "LIMITED", "latch": None, "action": "scaled",
        "requested": values, "allowed": values, "plan_id": "plan-1", "limits": limits, "faults": [], "stamp": 1.0,
        "config_hash": "0" * 64, "trigger": "command", "measured": values, "writer": "ring", "channel_type": "twist",
        "rest": [0.0] * 6, "software_version": __version__, "clock_source": "monotonic",
    }  # fmt: skip
    return Record("decision", "ring", number, number * 0.01, "plan-1", "base", body)


def fill(path: Path, count: int) -> None:
    """A file with the layout of a ledger and ``count`` records: nothing here looks at the chain."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        store.create(db)
        db.executemany(store.insert(), rows(count))
        db.execute("COMMIT")


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """One verdict among nine decisions."""
    usual, mac = canonical(decision(0).body), bytes(32)
    origin = ("field", "0" * 64, __version__, "monotonic")
    for number in range(count):
        t = number * 0.01
        if number % VERDICTS_EVERY:
            yield (number + 1, "decision", "ring", number, t, "plan-1", "base", *origin, usual, mac)
        else:
            body = canonical(verdict(number // VERDICTS_EVERY))
            yield (number + 1, "verdict", "w", number, t, f"plan-{number}", "base", *origin, body, mac)


def verdict(number: int) -> dict[str, Any]:
    """A verdict as the witness writes them, short."""
    conduct = {
        "writer": "ring",
        "first_seq": number,
        "last_seq": number + DECISIONS,
        "commands": 3,
        "limits": [{"name": "cruise"}],
    }
    mixed = number * 2654435761 % 2**32
    return {
        "kind": "statement", "planner_model": f"model-{(mixed >> 4) % MODELS}",
        "verdict": VERDICTS[(mixed >> 13) % len(VERDICTS)],
        "severity": (mixed >> 21) % 5, "statement_t": number * 0.1, "channel": "base", "statement_seqs": [number],
        "plan_id": "plan-1", "text": f"I will go carefully to place {number}, below 0.3 m/s.",
        "evidence": {"channels": {"base": conduct}},
    }  # fmt: skip


def queries(path: Path) -> dict[str, Any]:
    """The first look makes the index; after that every command only adds to it, and that is in the times."""

    def asked(wanted: Filter, most: int | None = None) -> list[tuple[Any, ...]]:
        with Reader(path) as reader, Index(reader) as index:
            return index.rows(*query(wanted, ", ".join(COLUMNS), "time", most))

    began = time.perf_counter()
    asked(Filter(), 1)
    built = time.perf_counter() - began
    found, first_hundred = best(lambda: asked(THREE, 100))
    matching, whole = best(lambda: asked(THREE))
    _, text = best(lambda: asked(Filter(text="place 77777", verdict="PARTIAL"), 100))
    with Reader(path) as reader, Index(reader) as index:
        _, stats = best(lambda: rates_by(index.rows, "model"))
        (there,) = index.rows("SELECT count(*) FROM incident")[0]
    if not found:
        raise SystemExit("the three filters let nothing pass: this measures nothing")
    return {
        "incidents": there, "index_built_s": round(built, 2), "query": round(first_hundred, 4),
        "query_all_matches_s": round(whole, 3), "matches": len(matching), "stats_s": round(stats, 3),
        "free_text_s": round(text, 3),
    }  # fmt: skip


def pages(path: Path) -> dict[str, Any]:
    """What a browser waits for, without the way there: each page as text, of a ledger whose index is there.

    The page of an incident has its curves, and looks for notes and clips; the chain is checked beside it, and not here.
    """
    from iatro_governor.review.page.comparing import comparing
    from iatro_governor.review.page.desk import Desk
    from iatro_governor.review.page.fleet import fleet
    from iatro_governor.review.page.incident import incident
    from iatro_governor.review.page.listing import listing
    from iatro_governor.review.page.render import page
    from iatro_governor.review.page.wanted import Wanted

    def shown(template: str, values: Any) -> Any:
        with Reader(path) as reader:
            return page(template, **values(reader))

    wanted = Wanted.model_validate({"model": "model-7", "verdict": "PARTIAL", "severity": 3})
    desk = Desk.lay(path, "these records have no chain")
    with desk.reader() as reader:
        one_of_them = middle(reader)
        if not incident(reader, desk, one_of_them, wanted)["moved"]:
            raise SystemExit("the incident has no decision: its page measures nothing")
    asked = {
        "page_list_s": ("list.html.j2", lambda reader: listing(reader, Wanted.model_validate({}))),
        "page_filtered_s": ("list.html.j2", lambda reader: listing(reader, wanted)),
        "page_fleet_s": ("fleet.html.j2", fleet),
        "page_compare_s": ("compare.html.j2", lambda reader: comparing(reader, "context")),
        "page_incident_s": (
            "incident.html.j2",
            lambda reader: {**incident(reader, desk, one_of_them, wanted), "form_mark": ""},
        ),
    }
    return {name: round(best(lambda one=one: shown(*one))[1], 3) for name, one in asked.items()}


def middle(reader: Reader) -> int:
    """The record of an incident in the middle of the ledger."""
    sql = "SELECT id FROM record WHERE kind = 'verdict' AND id >= (SELECT max(id) / 2 FROM record) LIMIT 1"
    return int(reader.scalar(sql))


def exports(path: Path, out: Path, records: int) -> dict[str, Any]:
    """The first million records to Parquet."""
    most = min(records, 1_000_000)
    began = time.perf_counter()
    with Reader(path) as reader:
        sql = f"SELECT {', '.join(export.RECORD_COLUMNS)} FROM record ORDER BY id LIMIT {most}"
        count = export.export(reader.each(sql), export.record_columns(), out, "parquet")
    return {"export_records": count, "export_s": round(time.perf_counter() - began, 2)}


def best(work: Any) -> tuple[Any, float]:
    """What ``work`` returns, and the median of its times in s."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - began)
    return found, sorted(times)[len(times) // 2]


if __name__ == "__main__":
    main()
