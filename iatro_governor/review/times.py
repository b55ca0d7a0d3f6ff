"""Times as readers give and see them: seconds after the first record of a ledger, and the date (UTC).

The same in the terminal, on the page and for exported files. A number below ``EPOCH_BEGINS`` is seconds after the first
record, a larger one seconds since 1970.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

EPOCH_BEGINS, EPOCH_ENDS = 1e9, 1e11
"""Between these a time counts from 1970, outside from whatever a simulation began with."""
ALLOWED = "a date as 2026-03-01 or 2026-03-01T12:00 (UTC), or seconds after the first record"


@dataclass(frozen=True, slots=True)
class Asked:
    """A time that somebody asked for, s: since 1970, or after the first record of its ledger."""

    t: float
    after_start: bool

    def since(self, start: float) -> float:
        """The time on record, where the first record is of ``start`` (s)."""
        return start + self.t if self.after_start else self.t


def read(text: str) -> Asked:
    """The time that ``text`` asks for. Raises ValueError for anything else than ``ALLOWED``."""
    if re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,9})?", text.strip()):
        seconds = float(text)
        return Asked(seconds, seconds < EPOCH_BEGINS)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"a time is {ALLOWED}") from error
    return Asked((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp(), False)


def date(t: float) -> str:
    """The date (UTC) of a time on record (s), to the second; empty where the clock is not the wall's."""
    if not EPOCH_BEGINS <= t <= EPOCH_ENDS:
        return ""
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d %H:%M:%S")


def shown(t: float, start: float, digits: int = 1) -> str:
    """A time on record (s): seconds after ``start``, and the date where there is one."""
    when = date(t)
    return f"{t - start:.{digits}f} s after the first record" + (f", {when} UTC" if when else "")
