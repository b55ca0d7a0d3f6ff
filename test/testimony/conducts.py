"""Decisions of one channel and what a plan makes of them, for the tests of conduct."""

from __future__ import annotations

from typing import Any

from iatro_governor.testimony.conduct import Conduct
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import Sample
from test.testimony.events import twist

PARAMS = WitnessParams(
    cut_fraction=0.25,
    speed_floor=0.25,
    turn_floor=0.5,
    push_floor=1.0,
    displacement_floor=0.125,
    rotation_floor=0.25,
    sustained_s=0.125,
    reach_m=0.5,
    measured_fraction=0.25,
    measured_floor=0.0625,
)
"""Of which binary fractions hold every sum and product."""
STEP = 0.125


def limit(kind: str = "speed", **more: Any) -> dict[str, Any]:
    """A limit that gives no numbers but those of ``more``."""
    return {"name": kind, "kind": kind, "unit": "m/s", **more}


def sample(t: float = 0.0, speed: float = 0.0, turn: float = 0.0, **body: Any) -> Sample:
    """A command for a twist, unless ``body`` says otherwise; what is allowed and measured is what was asked for."""
    requested = body.pop("requested", twist(speed, turn))
    given = {"trigger": "command", "writer": "ring", "channel": "base", "seq": round(t / STEP)}
    values = {"requested": requested, "allowed": requested, "measured": body.get("allowed", requested)}
    return Sample.of({"t": t, **given, **values, **body})


def taken(*samples: Sample, params: WitnessParams = PARAMS) -> Conduct:
    """What comes of ``samples``, one after another."""
    conduct = Conduct()
    for one in samples:
        conduct.take(one, params)
    return conduct


def lasting(*times: float, params: WitnessParams = PARAMS, **body: Any) -> Conduct:
    """What comes of one and the same decision at each of ``times``."""
    return taken(*(sample(t, **dict(body)) for t in times), params=params)
