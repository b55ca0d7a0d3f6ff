"""``iatro ledger verify --clips``: what has become of each clip, in words and as data."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..ledger.kept_clips import FINE, RIGHT, clip_states


def judged(db: Path, verified: Mapping[str, Any]) -> dict[str, Any]:
    """The state of each clip, as far as the chain of the ledger ``db`` was ``verified``; what is wrong is told.

    Raises LedgerError where the ledger cannot be read.
    """
    bad = verified["first_bad"] or 1
    states, strange = clip_states(db, sys.maxsize if verified["sound"] else bad)
    for one in states:
        if one.state != FINE:
            print(f"clip {one.record} {one.state}: {one.file}: {one.why}", file=sys.stderr)
    for path in strange:
        print(
            f"no record knows {path}: it is being recorded, its record was retired, or it is not ours",
            file=sys.stderr,
        )
    if not verified["sound"]:
        print(
            f"clips of records from {bad} on are not judged: their hashes cannot be believed", file=sys.stderr
        )
    counts = Counter(one.state for one in states)
    print(
        ", ".join([f"{len(states)} clips", *(f"{counts[name]} {name}" for name in sorted(counts))]),
        file=sys.stderr,
    )
    return {
        "clips": [asdict(one) for one in states],
        "clips_fine": set(counts) <= RIGHT,
        "clips_unknown": strange,
    }
