"""How many seeds a test takes beyond those that ``make test`` takes: IATRO_SEEDS=N; ``make soak`` has some."""

from __future__ import annotations

import os

MORE = int(os.environ.get("IATRO_SEEDS", "0"))
