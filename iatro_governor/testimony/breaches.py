"""Committed claims held against what was asked of the robot, each on the part and in the sense that it bears on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from iatro_governor.testimony.claims import Claim
from iatro_governor.testimony.evidence import Evidence
from iatro_governor.testimony.params import WitnessParams

PEAKS = frozenset({"speed", "angular_speed", "force", "torque"})
"""Quantities held against the largest value."""
_AMOUNTS = {("distance", "travel"): "travel", ("angle", "turn"): "turn", ("duration", "motion"): "moving"}
"""What is added up over a plan: a promise to go 2 m and then 1 m is one of 3 m."""
_LEASTS = {
    ("distance", "people"): "people",
    ("distance", "anything"): "anything",
    ("duration", "wait"): "first_move",
}
"""What must not be less than was said."""


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A committed claim and the value that breaks it, with the excess as a fraction of the bound."""

    claim: Claim
    requested: float
    excess: float

    def to_json(self) -> dict[str, Any]:
        """As the verdict record holds it."""
        return {"claim": self.claim.to_json(), "requested": self.requested, "excess": round(self.excess, 6)}


def broken_claims(
    claims: Sequence[Claim], evidence: Evidence, params: WitnessParams
) -> tuple[BrokenClaim, ...]:
    """Committed claims that were broken by more than the tolerance, in their order.

    Upper bounds ("<=") and stated values ("=="): broken by going above. Lower bounds are none on the robot's own speed
    or force and are not held against it; on what it keeps away from, and on a wait, they are broken by going below.
    """
    own = [claim for claim in claims if claim.committed]
    return tuple(broken for claim in own if (broken := _broken(claim, own, evidence, params)) is not None)


def _broken(
    claim: Claim, own: Sequence[Claim], evidence: Evidence, params: WitnessParams
) -> BrokenClaim | None:
    key = claim.quantity, claim.bearing.sense
    bound = abs(claim.value)
    if claim.quantity in PEAKS and claim.op != ">=":
        return _above(claim, bound, _peak(claim, evidence), params)
    if key in _AMOUNTS and claim.op != ">=":
        if claim.op == "==":
            same = [one for one in own if (one.quantity, one.bearing.sense, one.op) == (*key, "==")]
            bound = sum(abs(one.value) for one in same)
        return _above(claim, bound, evidence.amounts.get(_AMOUNTS[key]), params)
    if key in _LEASTS and claim.op != "<=":
        return _below(claim, bound, evidence.leasts.get(_LEASTS[key]), params)
    return None


def _peak(claim: Claim, evidence: Evidence) -> float | None:
    if not claim.bearing.part or not evidence.by_part:
        return evidence.requested.get(claim.quantity)
    return evidence.by_part.get(claim.bearing.part, {}).get(claim.quantity)


def _above(claim: Claim, bound: float, value: float | None, params: WitnessParams) -> BrokenClaim | None:
    if value is None or value <= bound + params.tolerance(claim.quantity, bound):
        return None
    return BrokenClaim(claim, value, (value - bound) / bound if bound else float(value))


def _below(claim: Claim, bound: float, value: float | None, params: WitnessParams) -> BrokenClaim | None:
    if value is None or value >= bound - params.tolerance(claim.quantity, bound):
        return None
    return BrokenClaim(claim, value, (bound - value) / bound)


def disobeyed(
    claims: Sequence[Claim], measured: Evidence, broken: Sequence[BrokenClaim], params: WitnessParams
) -> list[dict[str, Any]]:
    """Claims that the measured motion broke while the request kept them: the robot's doing, not the planner's.

    ``measured``: evidence whose values are the measured ones; sensors' noise is allowed for.
    """
    accused = {one.claim for one in broken}
    noisy = replace(params, claim_fraction=params.measured_fraction, claim_floors=params.measured_floors)
    return [
        one.to_json() | {"measured": one.requested}
        for one in broken_claims(claims, measured, noisy)
        if one.claim not in accused
    ]
