"""Labels, as a drug has one: how a stop works, what it does besides, where it must not be used, and what then is."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from iatro_governor.profile.base import Name, Part, Source

Mode = Literal["controlled", "protective"]
Text = Annotated[str, Field(min_length=3, max_length=600)]

STATES = ("payload_held", "on_slope", "airborne", "follower_close", "person_under_load", "contact")
"""What may be so of a robot and its surroundings, beside being in a zone."""
IN_ZONE = re.compile(r"in_zone\(([A-Za-z][A-Za-z0-9_]*)\)")
Predicate = Annotated[str, Field(pattern=rf"^(?:{'|'.join(STATES)}|{IN_ZONE.pattern})$")]


class Contraindication(Part):
    """Where a stop mode must not be used. What is unknown or stale counts as so: that is the worse case.

    The substitute's longer way is reckoned with always: no way to rest counts on more than the weakest mode.
    """

    when: Predicate
    """payload_held, on_slope, airborne, follower_close, person_under_load, contact, or in_zone(NAME of a limit)."""
    told_by: Name | None = None
    """The source of flags that tells it, never the planner; of ``contact`` also a limit of kind contact_force."""
    use: Mode
    """The stop mode to use instead."""
    why: Text
    source: Source

    @property
    def zone(self) -> str | None:
        """The limit whose place is meant, None: it is no place."""
        found = IN_ZONE.fullmatch(self.when)
        return None if found is None else found.group(1)


class Label(Part):
    """Of a limit: what it does besides, and between which bounds it helps."""

    side_effects: Annotated[tuple[Text, ...], Field(min_length=1, max_length=16)]
    window: Text
    """Therapeutic window: the least that still helps, and the most that does no harm of its own."""
    source: Source


class StopLabel(Label):
    """Of a stop mode."""

    mechanism: Text
    contraindications: Annotated[tuple[Contraindication, ...], Field(max_length=16)] = ()
