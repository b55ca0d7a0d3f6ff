"""What commands share in how they print."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

console = Console(highlight=False, soft_wrap=False)
notes = Console(stderr=True, highlight=False)
# Who reads a pipe looks for whole paths.
notes.soft_wrap = not notes.is_terminal


def print_json(document: Any) -> None:
    """Standard output as one strict JSON document."""
    print(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False))
