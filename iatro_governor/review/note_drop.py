"""Notes written while a recorder has the ledger: left in a folder beside it, from where the recorder takes them.

The chain keeps its one writer. A note in the folder is sealed with the ledger's key, so nobody without it can put words
into a reader's mouth; it is taken once, also where a crash comes between its record and the end of its file.
"""

from __future__ import annotations

import hmac
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from ..ledger.chain import subkey
from ..ledger.lock import sync_folder
from ..ledger.reader import Reader
from ..ledger.record import MISSHAPEN, Record, canonical
from ..ledger.writer import Ledger

KIND, WRITER = "note", "review"
MOST_AT_ONCE = 50
LARGEST = 100_000
"""Bytes of a note's file."""


def drop_folder(db: Path) -> Path:
    """Where notes wait for the recorder of the ledger ``db``."""
    return db.with_suffix(".notes")


def drop(db: Path, key: bytes, note: dict[str, Any]) -> str:
    """Leaves a note for the recorder, durably, and returns its id. Raises LedgerError where that cannot be done."""
    note_id = uuid.uuid4().hex
    text = canonical({**note, "note_id": note_id})
    folder = drop_folder(db)
    path = folder / f"{note_id}.json"
    fresh = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="ascii") as file:
            file.write(json.dumps({"note": text, "mac": _mac(key, text)}))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        sync_folder(path)
    except OSError as error:
        raise LedgerError(f"{path}: the note cannot be left there: {error.strerror or error}") from error
    return note_id


def take(ledger: Ledger, key: bytes) -> list[str]:
    """Writes the notes that wait into ``ledger``; returns what was refused, and why.

    Raises LedgerError where the disk refuses; the notes then wait on.
    """
    waiting = sorted(drop_folder(ledger.path).glob("*.json"))[:MOST_AT_ONCE]
    if not waiting:
        return []
    refused, known = [], _known(ledger.path)
    for path in waiting:
        note = _read(path, key)
        if note is None:
            refused.append(f"{path}: no note that was sealed with this ledger's key")
            with suppress(OSError):
                path.rename(path.with_suffix(".refused"))
            continue
        if note["note_id"] not in known:
            ledger.append([_record(note, ledger.next_expected(KIND, WRITER))])
        with suppress(OSError):
            path.unlink()
    return refused


def _record(note: dict[str, Any], number: int) -> Record:
    body = {name: note[name] for name in ("incident", "by", "text", "note_id")}
    return Record(KIND, WRITER, number, float(note["t"]), note["plan_id"], note["channel"], body)


def _known(db: Path) -> set[str]:
    with Reader(db) as reader:
        return set(_ids(reader))


def _ids(reader: Reader) -> Iterator[str]:
    for (note_id,) in reader.query("SELECT body ->> 'note_id' FROM record WHERE kind = ?", (KIND,)):
        yield str(note_id or "")


def _read(path: Path, key: bytes) -> dict[str, Any] | None:
    """The note in a file; None for what is none of ours."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        sealed = json.loads(path.read_bytes())
        text, mac = sealed["note"], sealed["mac"]
        if not hmac.compare_digest(_mac(key, text).encode(), str(mac).encode()):
            return None
        note = json.loads(text)
        return note if _whole(note) else None
    except (OSError, *MISSHAPEN):
        return None


def _whole(note: dict[str, Any]) -> bool:
    texts = all(isinstance(note[name], str) for name in ("by", "text", "note_id"))
    named = all(note[name] is None or isinstance(note[name], str) for name in ("plan_id", "channel"))
    return texts and named and isinstance(note["incident"], int) and isinstance(note["t"], float)


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(subkey(key, "notes"), text.encode(), "sha256").hex()
