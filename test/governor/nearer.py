"""What every projected command keeps, of whatever body."""

from __future__ import annotations

from typing import Any

import numpy as np

from iatro_governor.governor.projection import Projector
from iatro_governor.governor.resolve import resolve


def reach_for(targets: np.ndarray) -> np.ndarray:
    """No rate shaping."""
    return targets


def keeps_what_it_must(projector: Projector, at: Any, command: np.ndarray, limits: list[Any]) -> None:
    """What comes of ``command`` is admissible for every limit, no longer than it, and better than a part of it."""
    whole = resolve(command, at, limits, reach_for)
    found = projector.improve(whole, command, at, limits, reach_for, 0.0)
    if found is None:
        return
    target = found.target
    rows = [row for limit in limits if (row := limit.rows(at)) is not None]
    closes = any((row.matrix @ whole.target > row.bounds + 1e-7).any() for row in rows)
    assert closes or projector.length(target - command) < projector.length(whole.target - command)
    assert projector.length(target) <= projector.length(command) * (1 + 1e-5)
    rollouts = at.roll_out(target[None])
    for limit in limits:
        cap, clear = limit.cap(target, at), limit.clear(rollouts, at)
        assert cap is None or cap.scale >= 1.0 - 1e-9
        assert clear is None or clear.all()
