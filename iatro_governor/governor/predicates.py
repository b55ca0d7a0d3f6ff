"""Whether what a contraindication names is so: by trusted sources alone, and what none of them tells counts as so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from iatro_governor.governor.perception import flags_of
from iatro_governor.governor.senses import Senses
from iatro_governor.limits.limit import Limit
from iatro_governor.profile.labels import Contraindication

Present = Callable[[str], bool | None]
"""Whether the body is where, or feels what, the limit of a name is about; None: nobody knows."""


def present_by(limits: Sequence[Limit[Any]], look: Callable[[], Any] | None) -> Present:
    """By the limits themselves. ``look``: at the body as it is now, once it is asked for; None: it is not seen."""
    seen: list[Any] = []

    def present(name: str) -> bool | None:
        limit = next((limit for limit in limits if limit.config.name == name), None)
        if limit is None or look is None:
            return None
        if not seen:
            seen.append(look())
        return limit.present(seen[0])

    return present


def reason(of: Contraindication, senses: Senses, t: float, present: Present) -> str | None:
    """Why ``of`` counts as so at ``t``; None: who is trusted with it says that it is not."""
    if (zone := of.zone) is not None:
        told, said = f"limit {zone}", present(zone)
    elif of.told_by in senses.sources:
        told, said = f"source {of.told_by}", flags_of(senses, of.told_by, t).get(of.when)
    else:
        told, said = f"limit {of.told_by}", present(of.told_by or "")
    if said is False:
        return None
    return f"{of.when} by {told}" if said else f"{of.when} is unknown, {told} does not tell"
