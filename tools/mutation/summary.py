"""What a run found, by room, for docs/benchmarks.md: out/bench/mutation.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.machine import stamp

Found = dict[str, dict[str, bool | None]]
"""By file and change, whether a test noticed; None: it was not tried."""
Accepted = Mapping[str, Mapping[str, str]]


def row(found: Found, accepted: Accepted) -> dict[str, Any]:
    """The counts of one room."""
    all_of_them = [
        (file, name, noticed) for file, changes in found.items() for name, noticed in changes.items()
    ]
    left = [(file, name) for file, name, noticed in all_of_them if noticed is False]
    allowed = sum(name in accepted.get(file, {}) for file, name in left)
    return {
        "files": len(found),
        "changes": len(all_of_them),
        "not tried": sum(noticed is None for _, _, noticed in all_of_them),
        "noticed": sum(noticed is True for _, _, noticed in all_of_them),
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
