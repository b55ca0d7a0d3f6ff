"""Incidents that survive: one chained, numbered, append-only record of what was said and done.

The names below are loaded on first use, so that the governor can import ``ledger.ring`` without loading
SQLite.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accounts import reconcile
    from .check import VerifyResult, verify
    from .reader import Reader
    from .record import Record, StoredRecord
    from .ring import Ring
    from .writer import AppendResult, Ledger

_HOMES = {
    "AppendResult": "writer",
    "Ledger": "writer",
    "Reader": "reader",
    "Record": "record",
    "Ring": "ring",
    "StoredRecord": "record",
    "VerifyResult": "check",
    "reconcile": "accounts",
    "verify": "check",
}
__all__ = [
    "AppendResult",
    "Ledger",
    "Reader",
    "Record",
    "Ring",
    "StoredRecord",
    "VerifyResult",
    "reconcile",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
