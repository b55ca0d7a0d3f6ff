"""Writing a file so that a reader finds the old one or the whole new one, never a part."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from iatro_governor.errors import IatroError


def write_json(path: Path, document: Any) -> None:
    """Write ``document`` as strict JSON; raises IatroError where it cannot be written."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise IatroError(f"{path}: cannot be written: {error.strerror or error}") from error
