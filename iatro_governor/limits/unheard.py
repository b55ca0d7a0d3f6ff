"""Sources that nothing listens to: what they tell changes nothing, and whoever named them believes that it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iatro_governor.profile.contradictions import LIMIT_REFERENCES, REFERENCES
from iatro_governor.profile.load import Profile

ONLY_FOR_LIMITS = ("bodies", "scan", "points", "range", "wrench", "map_pose")
"""Types of sources that the governor itself has no other use for."""


def unheard(profile: Profile) -> list[str]:
    """A warning for each source of people, things, forces or places that no limit and no channel names."""
    heard = set(_named(profile))
    return [
        f"source {name}: no limit and no channel listens to it; whatever it tells of changes nothing"
        for name, source in profile.data.sources.items()
        if source.type in ONLY_FOR_LIMITS and name not in heard
    ]


def _named(profile: Profile) -> Iterator[str]:
    for limit in profile.limits:
        for field in LIMIT_REFERENCES:
            named: Any = getattr(limit, field, None) or ()
            yield from (named,) if isinstance(named, str) else named
    for channel in profile.data.channels.values():
        yield from (name for field in REFERENCES if (name := getattr(channel, field, None)) is not None)
        if (pushed := getattr(channel, "pushed_by", None)) is not None:
            yield pushed.wrench
