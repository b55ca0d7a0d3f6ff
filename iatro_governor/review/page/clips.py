"""What went over the wire around an incident: its clips, found by their time, handed out as they were recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import NoIncident
from ...ledger.kept_clips import KIND, clip_path, digest_of
from ...ledger.reader import Reader
from ...ledger.record import NUMBER_LIMIT, StoredRecord
from ..incidents import Detail, conducts_of
from ..text import one_line

_AROUND = """SELECT id FROM record WHERE kind = 'clip' AND body ->> 'begin' <= ? AND body ->> 'end' >= ?
    ORDER BY id LIMIT 10"""


def clips(reader: Reader, found: Detail) -> list[dict[str, Any]]:
    """The clips that hold a part of the incident's time, as the page lists them."""
    first = last = found.incident.t
    for conduct in conducts_of(found.body).values():
        begin, end = conduct.get("first_t"), conduct.get("last_t")
        if isinstance(begin, (int, float)) and isinstance(end, (int, float)):
            first, last = min(first, begin), max(last, end)
    ids = [id for (id,) in reader.query(_AROUND, (last, first))]
    return [_shown(reader.path, record) for id in ids for record in reader.records(id=id)]


def clip_file(reader: Reader, number: int) -> Path:
    """The file of the clip with the record ``number``, once it is known to be the one that was recorded.

    Raises NoIncident where there is none, it is gone, or it is another than the ledger says.
    """
    record = next(reader.records(KIND, id=number), None) if 0 < number < NUMBER_LIMIT else None
    path = None if record is None else clip_path(reader.path, record.body)
    if record is None or path is None or not path.is_file():
        raise NoIncident(
            f"no clip {number} is kept: there was none, or the oldest had to go for want of room"
        )
    if digest_of(path) != record.body.get("sha256"):
        raise NoIncident(f"clip {number} is not the one that was recorded: the ledger knows another digest")
    return path


def _shown(db: Path, record: StoredRecord) -> dict[str, Any]:
    body, path = record.body, clip_path(db, record.body)
    causes = body.get("causes")
    return {
        "id": record.id,
        "kept": path is not None and path.is_file(),
        "size_mb": f"{path.stat().st_size / 1e6:.1f}" if path is not None and path.is_file() else "",
        "length": f"{float(body.get('end') or 0) - float(body.get('begin') or 0):.0f}",
        "causes": [one_line(str(cause), 80) for cause in causes[:5]] if isinstance(causes, list) else [],
    }
