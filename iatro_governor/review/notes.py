"""What readers say about an incident: records of the chain like any other, added and never changed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from iatro_governor import __version__

from ..errors import LedgerError, NoIncident
from ..ledger import Ledger, Record
from ..ledger.reader import Reader

KIND, WRITER = "note", "review"
LONGEST_NOTE, LONGEST_NAME = 4000, 80


@dataclass(frozen=True, slots=True)
class Note:
    """A note on the incident with the record ``incident``; ``t`` is the wall time (s) at which it was written."""

    id: int
    incident: int
    by: str
    text: str
    t: float


def notes(reader: Reader, incident: int) -> list[Note]:
    """The notes on the incident with this record, oldest first."""
    ids = reader.query(
        "SELECT id FROM record WHERE kind = ? AND body ->> 'incident' = ? ORDER BY id", (KIND, incident)
    )
    found = (record for (number,) in ids for record in reader.records(id=number))
    return [
        Note(one.id, incident, str(one.body.get("by", "")), str(one.body.get("text", "")), one.t)
        for one in found
    ]


def annotate(db: Path, key: bytes, incident: int, by: str, text: str) -> Note:
    """Adds a note to the chain of the ledger ``db``, durably.

    The ledger has one writer at a time. While a recorder has it, nothing is written and LedgerError says so, as it does
    for a note without a name or a text, or with too long ones. Raises NoIncident where there is no such incident.
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
    with Ledger.open(db, key=key, context=about.context, software_version=__version__) as ledger:
        number = ledger.next_expected(KIND, WRITER)
        body = {"incident": incident, "by": by, "text": text}
        ledger.append([Record(KIND, WRITER, number, now, about.plan_id, about.channel, body)])
        return Note(ledger.head()[0], incident, by, text, now)
