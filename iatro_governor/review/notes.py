"""What readers say about an incident: records of the chain like any other, added and never changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from iatro_governor import __version__

from ..errors import LedgerError, LedgerTaken, NoIncident
from ..ledger import Ledger
from ..ledger.reader import Reader
from .note_drop import KIND, drop, drop_folder, take

PATIENCE_S = 5.0
LONGEST_NOTE, LONGEST_NAME = 4000, 80


@dataclass(frozen=True, slots=True)
class Note:
    """A note on the incident with the record ``incident``; ``t`` is the wall time (s) at which it was written."""

    id: int
    incident: int
    by: str
    text: str
    t: float
    note_id: str = ""


def notes(reader: Reader, incident: int) -> list[Note]:
    """The notes on the incident with this record, oldest first."""
    ids = reader.query(
        "SELECT id FROM record WHERE kind = ? AND body ->> 'incident' = ? ORDER BY id", (KIND, incident)
    )
    found = (record for (number,) in ids for record in reader.records(id=number))
    return [
        Note(
            one.id,
            incident,
            str(one.body.get("by", "")),
            str(one.body.get("text", "")),
            one.t,
            str(one.body.get("note_id", "")),
        )
        for one in found
    ]


def annotate(db: Path, key: bytes, incident: int, by: str, text: str, patience: float = PATIENCE_S) -> Note:
    """Adds a note to the chain of the ledger ``db``, durably.

    The ledger has one writer at a time: while a recorder has it, the recorder is handed the note, and waited for,
    ``patience`` s at most. Raises LedgerError where it does not take it, and for a note without a name or a text, or
    with too long ones; NoIncident where there is no such incident.
    """
    by, text = " ".join(by.split()), text.replace("\r\n", "\n").strip()
    if not by or len(by) > LONGEST_NAME:
        raise LedgerError(f"a note needs the name of who writes it, of at most {LONGEST_NAME} characters")
    if not text or len(text) > LONGEST_NOTE:
        raise LedgerError(
            f"a note needs a text, of at most {LONGEST_NOTE:,} characters (given: {len(text):,})"
        )
    with Reader(db) as reader:
        about = next(reader.records("verdict", id=incident), None)
    if about is None:
        raise NoIncident(f"{db}: no incident {incident}")
    now = time.time()
    note = {
        "incident": incident,
        "by": by,
        "text": text,
        "t": now,
        "plan_id": about.plan_id,
        "channel": about.channel,
    }
    note_id = drop(db, key, note)
    if not _written(db, key, about.context):
        _wait(db, note_id, patience)
    with Reader(db) as reader:
        return next(one for one in notes(reader, incident) if one.note_id == note_id)


def _written(db: Path, key: bytes, context: str) -> bool:
    """Writes what waits, itself; False while a recorder has the ledger."""
    try:
        ledger = Ledger.open(db, key=key, context=context, software_version=__version__, afterwards=True)
    except LedgerTaken:
        return False
    with ledger:
        take(ledger, key)
    return True


def _wait(db: Path, note_id: str, patience: float) -> None:
    """Until the recorder has taken the note; LedgerError where it has not within ``patience`` (s)."""
    end = time.monotonic() + patience
    sql = "SELECT count(*) FROM record WHERE kind = ? AND body ->> 'note_id' = ?"
    while time.monotonic() < end:
        with Reader(db) as reader:
            if reader.scalar(sql, (KIND, note_id)):
                return
        time.sleep(0.1)
    raise LedgerError(
        f"the recorder has not taken the note within {patience:g} s; it waits in {drop_folder(db)}, nothing is lost"
    )
