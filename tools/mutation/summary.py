"""What a run found, by room, for docs/benchmarks.md: out/bench/mutation.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.machine import stamp

Found = dict[str, dict[str, bool]]
"""By file and change, whether a test noticed."""
Accepted = Mapping[str, Mapping[str, str]]


def row(found: Found, accepted: Accepted, shard: str) -> dict[str, Any]:
    """The counts of one room."""
    left = [
        (file, name) for file, changes in found.items() for name, noticed in changes.items() if not noticed
    ]
    allowed = sum(name in accepted.get(file, {}) for file, name in left)
    changes = sum(len(each) for each in found.values())
    return {
        "files": len(found),
        "shard": shard,
        "changes": changes,
        "noticed": changes - len(left),
        "accepted": allowed,
        "survived": len(left) - allowed,
    }


def keep(path: Path, room: str, counts: dict[str, Any]) -> None:
    """Put the counts of ``room`` in their place in the file ``path``, beside those of other rooms."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    now = stamp()
    rooms = {**before.get("rooms", {}), room: {**counts, "commit": now["commit"], "date": now["date"]}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**now, "rooms": rooms}, indent=1) + "\n", encoding="utf-8")
