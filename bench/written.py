"""Where the figures of a bench go: one file of JSON, for tools/benchmarks.py and for who wants to compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(path: Path, result: Mapping[str, Any]) -> None:
    """Write ``result`` to ``path``, whose folder is made where it is missing, and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"written: {path}")
