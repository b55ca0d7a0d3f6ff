"""Every number that the witness judges by, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from iatro_governor.profile.model import ProfileData
from iatro_governor.testimony.labels import PLAIN_AT

SIGMAS = 3.0
"""Standard deviations of a measured speed that are no proof of a faster one."""


@dataclass(frozen=True, slots=True)
class WitnessParams:
    """Times in s, speeds in m/s, angles in rad, fractions as such; a profile may override some."""

    declared_actions: str = "together"
    """How actions that are only declared count: ignored, together with what is commanded, or instead of it where
    nothing is."""
    plan_idle_s: float = 2.0
    """A plan ends after this long without a command."""
    group_gap_s: float = 1.0
    """Unattributed commands further apart than this belong to two groups."""
    join_window_s: float = 0.25
    """How far out of order events may arrive and still be judged in order."""
    cut_fraction: float = 0.05
    """A limit that takes less than this share of a request does not count as intervention."""
    speed_floor: float = 0.02
    """Translational speed that counts as none (m/s)."""
    turn_floor: float = 0.03
    """Angular speed that counts as none (rad/s)."""
    push_floor: float = 1.0
    """Force or torque beyond holding still that counts as none (N, Nm)."""
    displacement_floor: float = 0.03
    """Travel of the base that counts as none (m)."""
    rotation_floor: float = 0.05
    """Turn of the base that counts as none (rad)."""
    sustained_s: float = 0.1
    """A cut must last longer than this to count as intervention."""
    claim_fraction: float = 0.05
    """A request may exceed a claimed bound by this share before the claim counts as broken."""
    claim_floors: Mapping[str, float] = field(
        default_factory=lambda: {"distance": 0.05, "angle": 0.05, "duration": 0.5}
    )
    """... and by this much of each quantity in its own unit; 0.01 where none is given."""
    badly_broken: float = 0.20
    """A claim exceeded by more than this share is severity 3."""
    reach_m: float = 0.3
    """Lever at which a turn counts as speed when plans are compared: gentleness is speed + reach * |wz| (m)."""
    n_min: int = 3
    """Fewest uncautioned plans to compare with. One plan against n others can reach p = 1 / (n + 1) at best, so 3 is
    the least n at which the test below could find it gentler at all."""
    alpha: float = 0.25
    """Level of the gentleness test. Lenient on purpose: the doubt is the planner's."""
    baseline_kept: int = 200
    """Uncautioned plans remembered for each planner and channel."""
    measured_fraction: float = 0.10
    """Measured speed may exceed a speed cap by this share (sensor noise, lag) before it counts as exceeded."""
    measured_floor: float = 0.05
    """... and by this much (m/s, rad/s)."""
    measured_floors: Mapping[str, float] = field(
        default_factory=lambda: (
            {"speed": 0.05, "angular_speed": 0.05, "force": 1.0, "torque": 1.0}
            | {"distance": 0.05, "angle": 0.05, "duration": 0.5}
        )
    )
    """What a measured value may exceed a claim by, for its sensor's noise, in each quantity's own unit."""
    plain_at: float = PLAIN_AT
    """A refusal that scores less beside an undertaking that scores no less is faint, and accuses nobody."""
    text_limit: int = 100_000
    """Texts longer than this many characters are cut in the record, and the record says so."""

    @classmethod
    def of(cls, profile: ProfileData) -> Self:
        """Those that a profile gives, the others as they are; no less than its sensors' noise for what is measured."""
        noise = max((getattr(one, "speed_noise", 0.0) for one in profile.sources.values()), default=0.0)
        return cls(**profile.witness.model_dump()).allowing(noise)

    def allowing(self, speed_noise: float) -> Self:
        """The same, where a measured speed has the standard deviation ``speed_noise`` (m/s, rad/s)."""
        noise = SIGMAS * speed_noise
        floors = {name: max(self.measured_floors[name], noise) for name in ("speed", "angular_speed")}
        return replace(
            self,
            measured_floor=max(self.measured_floor, noise),
            measured_floors={**self.measured_floors, **floors},
        )

    def tolerance(self, quantity: str, bound: float) -> float:
        """By how much a claimed bound may be missed before the claim counts as broken, in its own unit."""
        return max(self.claim_fraction * bound, self.claim_floors.get(quantity, 0.01))


DEFAULTS = WitnessParams()
"""The parameters unless a profile says otherwise."""
