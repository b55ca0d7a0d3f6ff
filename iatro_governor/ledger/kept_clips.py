"""Whether the clips beside a ledger are those that its chain knows: fine, cut, altered, cleared or gone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import LedgerError, MissingPart
from . import clips
from .reader import Reader
from .record import StoredRecord

KIND = "clip"
FINE, CUT, ALTERED, CLEARED, GONE = "fine", "cut", "altered", "cleared", "gone"
RIGHT = frozenset({FINE, CLEARED})
"""As it was recorded, or gone for want of room, as a later clip's record says."""


@dataclass(frozen=True, slots=True)
class ClipState:
    """What has become of the clip with the record ``record``; ``why`` says what is wrong, and what can be done."""

    record: int
    file: str
    state: str
    why: str = ""


def clip_path(db: Path, body: Mapping[str, Any]) -> Path | None:
    """Where a clip of the ledger ``db`` is: in the folder beside it and nowhere else, whatever its record says."""
    name = Path(str(body.get("file") or "")).name
    return folder_of(db) / name if name.endswith(".mcap") and not name.startswith(".") else None


def folder_of(db: Path) -> Path:
    """Where the clips of the ledger ``db`` are."""
    return db.with_suffix(".clips")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clip_states(db: Path, before: int) -> tuple[list[ClipState], list[str]]:
    """Each clip whose record is before record ``before``, in the chain's order, and files that no record knows.

    Only a walk along the chain shows up to which record it can be believed.
    """
    with Reader(db) as reader:
        records = list(reader.records(KIND))
    known = {path.name for one in records if (path := clip_path(db, one.body)) is not None}
    strange = sorted(str(path) for path in folder_of(db).glob("*.mcap") if path.name not in known)
    believed = [one for one in records if one.id < before]
    cleared = {str(name) for one in believed for name in one.body.get("cleared") or ()}
    return [_state(db, one, cleared) for one in believed], strange


def _state(db: Path, record: StoredRecord, cleared: Set[str]) -> ClipState:
    path = clip_path(db, record.body)
    if path is None:
        return ClipState(record.id, str(record.body.get("file")), ALTERED, "its record names no clip")
    try:
        if digest_of(path) == record.body.get("sha256"):
            return ClipState(record.id, str(path), FINE)
    except FileNotFoundError:
        if path.name in cleared:
            return ClipState(record.id, str(path), CLEARED, "it had to go for want of room (keep: clips_mb)")
        return ClipState(record.id, str(path), GONE, "it is not there, and no record says that it had to go")
    except OSError as error:
        return ClipState(record.id, str(path), GONE, f"it cannot be read: {error.strerror or error}")
    if (left := _cut(path, record.body.get("bytes"))) is not None:
        return ClipState(record.id, str(path), CUT, left)
    return ClipState(record.id, str(path), ALTERED, "its SHA-256 is not the one that was recorded")


def _cut(path: Path, size: Any) -> str | None:
    """What is left of a clip that was cut; None for one that is whole, or at least as long as it was."""
    left = path.stat().st_size
    if isinstance(size, int) and left >= size:
        return None
    of = f"{left} bytes of {size} are left" if isinstance(size, int) else f"{left} bytes are left"
    try:
        clips.check(path)
    except MissingPart:
        return of if isinstance(size, int) else None
    except LedgerError as error:
        return f"{of}: {str(error).removeprefix(f'{path}: ')}"
    return None
