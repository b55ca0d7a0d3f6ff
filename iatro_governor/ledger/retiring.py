"""Taking the oldest sealed file of a ledger away for ever: the chain says so first, and what was in it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from . import aside, opening, segments
from .accounts import facts_of, merged
from .reader import Reader
from .writer import Ledger


def retire(ledger: Ledger, sealed: Path, cause: str) -> int:
    """Removes the segment ``sealed`` of ``ledger``, and returns how many records are gone.

    Its records' numbers stay known, and so does what they came to in the accounts; the index of incidents loses them,
    too.
    """
    with Reader(sealed) as reader:
        first, last = reader.query("SELECT min(id), max(id) FROM record")[0]
        inside = reader.holes()
    with Reader(ledger.path) as reader:
        before = [hole for hole in reader.holes() if hole.last == first - 1 and hole.facts]
    head = opening.mac_in(sealed, last)
    hole = segments.Hole(first, last, head.hex(), cause, facts_of(sealed))
    if before:  # what the tombstone before it says has to be said again: its own file goes, too, one day
        earlier = before[0]
        hole = replace(hole, first=earlier.first, facts=merged(earlier.facts, hole.facts))
    for kept in inside:
        if not kept.facts:
            ledger.tombstone(kept.to_json())
    ledger.tombstone({**hole.to_json(), "file": sealed.name, "wall_time": time.time()})
    sealed.unlink(missing_ok=True)
    aside.forget(ledger.path, int(last))
    return int(last - first + 1)
