"""The index of incidents beside a ledger: where it is, and how what was retired goes out of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from .store import DAMAGED


def index_path(ledger: Path) -> Path:
    """Where a ledger's index is."""
    return ledger.with_name(f"{ledger.stem}.index{ledger.suffix}")


def forget(ledger: Path, last: int) -> None:
    """Takes every incident up to record ``last`` out of the index of ``ledger``, bytes and all.

    Waits for nobody: an index that somebody uses, or that is none, is left to whoever opens it next.
    """
    where = f"{index_path(ledger).absolute().as_uri()}?mode=rw"
    with suppress(*DAMAGED), closing(sqlite3.connect(where, uri=True, timeout=0.0)) as db, db:
        db.execute("PRAGMA secure_delete = ON")
        db.execute("DELETE FROM incident WHERE id <= ?", (last,))
