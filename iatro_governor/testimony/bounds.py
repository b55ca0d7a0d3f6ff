"""What was measured beyond a bound: faster than a cap of speed, or pressed harder than a contact may be."""

from __future__ import annotations

import math

from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.records import LimitSample, Sample

COLLISION = "contact_collision"
"""The fault of a body that pushes on against more than ``contact_force.stop``."""
UNTOLD = "nobody tells the effort"
"""The same fault says so where nothing was measured at all."""
_SAME = 1e-6


def too_fast(cap: LimitSample, sample: Sample, params: WitnessParams) -> bool:
    """Whether the measured twist is faster than ``cap`` allows, along what it bounds, by more than noise."""
    most = abs(cap.allowed) * (1 + params.measured_fraction) + params.measured_floor
    return _along(cap, sample) > most


def collides(sample: Sample) -> bool:
    """Whether the body pushes on against a contact that was felt beyond its bound."""
    return any(name == COLLISION and UNTOLD not in detail for name, detail in sample.faults)


def _along(cap: LimitSample, sample: Sample) -> float:
    """How fast the body is along what ``cap`` bounds, m/s or rad/s.

    A row names no axis. It tells what the command asked for along its own, and only some axes of the command are that:
    where several are, the least of what was measured along them counts, for nobody is accused on a guess. Where none
    is, the row is about another command, or another channel of the group, and nothing is known.
    """
    if sample.kind != "twist":
        return 0.0
    does = _ways(sample.measured, cap.unit)
    if math.isnan(cap.requested):
        return max(does, default=0.0)
    fitting = (
        done
        for asked, done in zip(_ways(sample.requested, cap.unit), does, strict=False)
        if math.isclose(asked, cap.requested, rel_tol=_SAME, abs_tol=_SAME)
    )
    return min(fitting, default=0.0)


def _ways(twist: tuple[float, ...] | None, unit: str) -> tuple[float, ...]:
    """All that a cap in ``unit`` can bound of ``twist`` (6,): each axis one way, the other and both, and the norms."""
    if twist is None or len(twist) != 6:
        return ()
    vx, vy, vz, _, _, wz = (value if math.isfinite(value) else 0.0 for value in twist)
    if unit == "rad/s":
        return _each_way(wz)
    return (*_each_way(vx), *_each_way(vy), *_each_way(vz), math.hypot(vx, vy), math.hypot(vx, vy, vz))


def _each_way(value: float) -> tuple[float, float, float]:
    return max(value, 0.0), max(-value, 0.0), abs(value)
