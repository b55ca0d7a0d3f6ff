"""One incident by its name among many sources: ledgers with everything, exports with one line of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import LedgerError, NoIncident
from ..ledger.reader import Reader
from .action import Action
from .fleet import Fleet, expanded, is_export
from .incidents import NO_WORDS, Detail, Incident, detail, shadow_text, start_time
from .wanted import COLUMNS, as_json


@dataclass(frozen=True, slots=True)
class Found:
    """An incident, the source that has it, when that begins (s), and what its reader must know first."""

    detail: Detail
    source: str
    start: float
    shadow: str = ""

    @property
    def is_export(self) -> bool:
        """Whether there is no more of it than a line."""
        return is_export(self.source)


def find_among(sources: Sequence[str], name: str) -> tuple[Found, list[str]]:
    """The incident ``name`` (a number or a plan id) and a sentence for each source that cannot be read.

    A ledger goes before an export of it.

    Raises NoIncident where there is none, LedgerError where several are meant or
    nothing can be read.
    """
    places, problems = expanded(sources)
    hits: list[Found] = []
    absent: list[NoIncident] = []
    for source in places:
        try:
            hits += _in(source, name)
        except NoIncident as error:
            absent.append(error)
        except LedgerError as error:
            problems.append(str(error))
    hits = [hit for hit in hits if not hit.is_export] or hits
    if len(hits) == 1:
        return hits[0], problems
    if hits:
        where = ", ".join(f"{hit.source} (record {hit.detail.incident.id})" for hit in hits[:10])
        raise LedgerError(f"incident {name[:80]!r} is in {len(hits)} places: {where}; name one of them alone")
    if len(absent) == 1 and len(places) == 1:
        raise absent[0]
    if absent:
        told = f"; not read: {'; '.join(problems)}" if problems else ""
        raise NoIncident(f"no incident {name[:80]!r} in {len(absent)} sources; see iatro review list{told}")
    raise LedgerError("; ".join(problems))


def _in(source: str, name: str) -> Iterator[Found]:
    if not is_export(source):
        with Reader(Path(source)) as reader:
            yield Found(detail(reader, name), source, start_time(reader), shadow_text(reader))
        return
    with Fleet([source]) as fleet:
        sql = f"SELECT {', '.join(COLUMNS)} FROM incident WHERE plan_id = ? OR CAST(id AS VARCHAR) = ? ORDER BY id"
        rows = fleet.rows(sql, (name, name))
    if not rows:
        raise NoIncident(f"{source}: no incident {name[:80]!r} in this export; see iatro review list")
    for row in rows:
        one = as_json(row)
        own = {key: one[key] for key in Incident.__dataclass_fields__}
        words = replace(NO_WORDS, text=one["text"], reasoning=one["reasoning"])
        planner = {"model_id": one["model"], "digest": one["digest"], "parent_digest": one["parent"]}
        found = Detail(
            Incident(**own),
            words,
            Action(),
            {},
            planner,
            policy=one["config_hash"],
            limits=tuple(one["limits"]),
        )
        yield Found(found, source, float(one["begins"]))
