"""What the hand may carry just now: the most that the profile says, and nothing once it is told to be empty."""

from __future__ import annotations

from dataclasses import dataclass

from iatro_governor.governor.perception import flags_of
from iatro_governor.governor.senses import Senses
from iatro_governor.limits.payload import Held, PayloadConfig
from iatro_governor.limits.tip_over import TipOverConfig
from iatro_governor.profile.load import Profile


@dataclass(frozen=True)
class Payload:
    """mass: kg, the largest. held: what says each that the hand is empty; none: nobody does, and it may never be."""

    mass: float = 0.0
    held: tuple[Held, ...] = ()

    @classmethod
    def of(cls, profile: Profile) -> Payload:
        """The largest mass that the model, or any limit, reckons with."""
        part = profile.data.robot.model
        payloads = [limit for limit in profile.limits if isinstance(limit, PayloadConfig)]
        upright = [limit.payload for limit in profile.limits if isinstance(limit, TipOverConfig)]
        own = 0.0 if part is None else part.payload
        told = tuple(limit.held for limit in payloads if limit.held is not None)
        mass = max([own, *upright, *(limit.mass for limit in payloads)])
        return cls(mass, told if len(told) == len(payloads) else ())

    def most(self, senses: Senses, t: float) -> float:
        """The most that the hand may carry at ``t``, kg; a flag that is unknown or stale does not say it is empty."""
        empty = [flags_of(senses, held.flags, t).get(held.flag) is False for held in self.held]
        return 0.0 if empty and all(empty) else self.mass


NOTHING = Payload()
