"""What a channel cannot be governed without."""

from __future__ import annotations

from collections.abc import Sequence

from iatro_governor.errors import Problem
from iatro_governor.limits.obstacle import ObstacleConfig
from iatro_governor.limits.speed import SpeedConfig
from iatro_governor.limits.unseen import UnseenConfig
from iatro_governor.profile.load import Profile


def missing_limits(profile: Profile) -> list[Problem]:
    """One problem for each channel whose speed is not bounded in every direction, or that trusts what nobody saw."""
    out = []
    for name in profile.data.channels:
        mine = [limit for limit in profile.limits if getattr(limit, "channel", None) == name]
        bounded = _bounded(mine)
        for axis, wanted in (
            ("travel", "planar, or vx in both directions"),
            ("turn", "wz in both directions"),
        ):
            if axis not in bounded:
                out.append(
                    _problem(
                        profile,
                        name,
                        f"a speed limit on {wanted}",
                        f"channel {name} has no bound on its {axis}",
                    )
                )
        watched = {source for limit in mine if isinstance(limit, ObstacleConfig) for source in limit.sources}
        seen = {source for limit in mine if isinstance(limit, UnseenConfig) for source in limit.sources}
        if watched - seen:
            allowed = f"a limit of kind unseen with sources [{', '.join(sorted(watched))}]"
            out.append(_problem(profile, name, allowed, f"channel {name} would take unseen space for free"))
    return out


def _bounded(limits: Sequence[object]) -> set[str]:
    """Which of travel and turn are bounded both ways. A base that drives sideways needs the planar bound."""
    ways = {(x.axis, way) for x in limits if isinstance(x, SpeedConfig) for way in _ways(x)}
    out = set()
    if ("planar", "positive") in ways or {("vx", "positive"), ("vx", "negative")} <= ways:
        out.add("travel")
    if {("wz", "positive"), ("wz", "negative")} <= ways:
        out.add("turn")
    return out


def _ways(limit: SpeedConfig) -> tuple[str, ...]:
    return ("positive", "negative") if limit.direction == "both" else (limit.direction,)


def _problem(profile: Profile, channel: str, allowed: str, message: str) -> Problem:
    return Problem(profile.file, None, f"limits (channel {channel})", "(missing)", allowed, message)
