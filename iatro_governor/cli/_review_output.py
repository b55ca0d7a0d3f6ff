"""How ``iatro review`` prints lists for other programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import Any

from ..review.export import harmless


def print_csv(found: Sequence[dict[str, Any]]) -> None:
    """Incidents with a head line; of several names in one cell each is on its own behind a bar."""
    if not found:
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(found[0])
    for one in found:
        writer.writerow([harmless("|".join(v) if isinstance(v, list | tuple) else v) for v in one.values()])
