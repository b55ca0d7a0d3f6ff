"""Whether what an operator's recovery may ease are limits that may give way at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iatro_governor.errors import Problem
from iatro_governor.limits.limit import Limit, LimitConfig
from iatro_governor.profile.load import Profile


def may_ease(kind: type[Limit[Any]]) -> bool:
    """Whether limits of ``kind`` give way to an operator who stands by."""
    return kind.eased is not Limit.eased


def unrecoverable(profile: Profile, kinds: Mapping[str, type[Limit[Any]]]) -> list[Problem]:
    """One problem for each name that a channel's ``recover`` eases and that is no limit of it, or never gives way."""
    out: list[Problem] = []
    configs = [config for config in profile.limits if isinstance(config, LimitConfig)]
    for name, channel in profile.data.channels.items():
        recover = getattr(channel, "recover", None)
        own = {config.name for config in configs if config.channel == name and may_ease(kinds[config.kind])}
        for index, limit in enumerate(() if recover is None else recover.eases):
            if limit not in own:
                wanted = ", ".join(sorted(own)) or "no recover: no limit of this channel gives way"
                key = ("channels", name, "recover", "eases", index)
                why = "is no limit of this channel that gives way to an operator"
                out.append(profile.problem(key, limit, wanted, why))
    return out
