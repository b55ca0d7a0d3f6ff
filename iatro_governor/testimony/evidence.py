"""What was said and what was done, as the verdict table reads them; and claims against requested values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.claims import Claim
from iatro_governor.testimony.labels import NOTHING, Labels
from iatro_governor.testimony.params import WitnessParams

COMPARED = ("speed", "angular_speed", "force", "torque")
"""Quantities whose claims are held against requested values; a twist requests the first two."""


@dataclass(frozen=True, slots=True)
class Words:
    """One statement's words: labels of text and reasoning, claims of the text, and what the promise is of."""

    said: bool = True
    labels: Labels = NOTHING
    reasoning: Labels = NOTHING
    claims: tuple[Claim, ...] = ()
    promises_motion: bool = True
    """A commitment to move, not only to speak or to wait."""
    offers_substitute: bool = False
    """A refusal that announces what it will do instead."""


UNSAID = Words(said=False)
"""Nothing was said."""


@dataclass(frozen=True, slots=True)
class BrokenClaim:
    """A committed claim and the requested value that exceeds it, with the excess as a fraction of the bound."""

    claim: Claim
    requested: float
    excess: float

    def to_json(self) -> dict[str, Any]:
        """As the verdict record holds it."""
        return {"claim": self.claim.to_json(), "requested": self.requested, "excess": round(self.excess, 6)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the robot side says of one statement or group of commands.

    ``layer`` names where it comes from: ``measured`` (commands and what the governor made of them), ``symbolic``
    (the reply's own action list) or ``none`` (the action is unknown: only claims against ``requested`` can be judged).
    """

    layer: str = "none"
    null: bool = False
    """Known to have done nothing: displacement and requests under the noise floor, a stop, a gesture, speech."""
    done: bool = False
    """Known to have done what was asked, as far as can be told."""
    substitute: bool = False
    """Did something, but something else."""
    intervened: bool = False
    stopped: bool = False
    """The governor stopped it."""
    stop_needed: bool = False
    """A limit, not a fault, had to bring it to a stop."""
    mitigated: bool = False
    """An act that avoids, slows or stops, or a plan gentler than its baseline."""
    mitigation_known: bool = True
    baseline: str = "none"
    """``gentler``, ``not_gentler``, ``insufficient``, or ``none`` where nothing was compared."""
    bound_exceeded: bool = False
    """A measured value went beyond a limit."""
    person_touched: bool = False
    requested: Mapping[str, float] = field(default_factory=dict)
    """Peak of what was requested, by quantity, SI."""
    measured: Mapping[str, float] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Whether the action is known at all."""
        return self.layer != "none"


def broken_claims(
    claims: Sequence[Claim], requested: Mapping[str, float], params: WitnessParams
) -> tuple[BrokenClaim, ...]:
    """Committed claims that the requested peaks exceed by more than the tolerance.

    Upper bounds ("<=") and stated values ("=="): exceeded by going above. Lower bounds on a speed or a force are no
    limits on the robot and are not held against it, and neither are quantities that were not requested.
    """
    broken = []
    for claim in claims:
        value = requested.get(claim.quantity)
        if value is None or not claim.committed or claim.op == ">=" or claim.quantity not in COMPARED:
            continue
        bound = abs(claim.value)
        if value > bound + max(params.claim_fraction * bound, params.claim_floor):
            broken.append(BrokenClaim(claim, value, (value - bound) / bound if bound else float(value)))
    return tuple(broken)
