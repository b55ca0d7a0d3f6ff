"""The index beside a ledger: whoever retires a file does not wait for who reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger.aside import forget


def test_an_index_that_is_in_use_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder retires while records wait for it."""
    waits: list[float] = []

    def connect(*_: object, timeout: float = 5.0, **__: object) -> Any:
        waits.append(timeout)
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(sqlite3, "connect", connect)
    forget(tmp_path / "ledger.db", 5)
    assert waits == [0.0]
