"""Whether the labels of a profile's stops can be followed: who tells what they name, and that none sends back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from iatro_governor.errors import Problem
from iatro_governor.limits.contact_force import ContactForceConfig
from iatro_governor.limits.link_slow_zone import LinkSlowZoneConfig
from iatro_governor.limits.link_zone import LinkZoneConfig
from iatro_governor.limits.slow_zone import SlowZoneConfig
from iatro_governor.limits.zone import ZoneConfig
from iatro_governor.profile.document import Key
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.labels import Contraindication, Mode
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import FlagsSource

PLACES = (ZoneConfig, SlowZoneConfig, LinkZoneConfig, LinkSlowZoneConfig)
"""Limits on a place that the body may be in."""
PLANNERS = ("planner", "witness", "recorder")
"""First parts of the topics on which words come in."""
MODES = get_args(Mode)

Each = tuple[Key, Contraindication]


def contradicting(profile: Profile) -> list[Problem]:
    """One problem for each contraindication that nobody tells, or that leaves no stop to use."""
    out: list[Problem] = []
    for name, channel in profile.data.channels.items():
        rows = {mode: list(_rows(name, channel, mode)) for mode in MODES}
        for mode, each in rows.items():
            for key, row in each:
                out += _untold(profile, name, key, row)
                if row.use == mode:
                    why = f"channel {name}: {mode} is to replace itself where {row.when}"
                    out.append(profile.problem((*key, "use"), row.use, "the other stop mode", why))
        out += _circles(profile, name, rows["controlled"], rows["protective"])
    return out


def _rows(name: str, channel: AnyChannel, mode: str) -> Iterator[Each]:
    label = getattr(channel.stop_modes, mode).label
    for index, row in enumerate(() if label is None else label.contraindications):
        yield ("channels", name, "stop_modes", mode, "label", "contraindications", index), row


def _circles(profile: Profile, name: str, gentle: list[Each], hard: list[Each]) -> Iterator[Problem]:
    """While nobody tells them, all predicates count as so: then each mode must have one to fall back on."""
    for key, row in hard:
        for _, other in gentle:
            if row.use == "controlled" and other.use == "protective":
                same = row.when == other.when
                why = (
                    f"channel {name}: where {row.when}, protective gives way to controlled, which is "
                    + ("contraindicated by the same" if same else f"contraindicated where {other.when}")
                    + ("" if same else "; both may be so, or unknown, at once")
                )
                wanted = "contraindications of one of the two stop modes alone"
                yield profile.problem((*key, "use"), row.use, wanted, why)


def _untold(profile: Profile, channel: str, key: Key, row: Contraindication) -> Iterator[Problem]:
    limits = {getattr(limit, "name", ""): limit for limit in profile.limits}
    if row.zone is not None:
        if row.told_by is not None:
            yield profile.problem((*key, "told_by"), row.told_by, "nothing", f"the limit {row.zone} tells it")
        known = [name for name, limit in limits.items() if isinstance(limit, PLACES)]
        # Channels of a robot with a model are decided together; others know their own limits alone.
        together = profile.data.robot.model is not None
        own = together or getattr(limits.get(row.zone), "channel", None) == channel
        if row.zone not in known or not own:
            why = f"{row.when} names no place that this channel's group knows"
            yield profile.problem((*key, "when"), row.when, ", ".join(known) or "a limit on a place", why)
        return
    if row.when == "contact" and isinstance(limits.get(row.told_by or ""), ContactForceConfig):
        return
    source = profile.data.sources.get(row.told_by or "")
    told = [
        name
        for name, each in profile.data.sources.items()
        if isinstance(each, FlagsSource) and row.when in each.names
    ]
    wanted = ", ".join(told) or f"a source of flags that names {row.when}"
    if not isinstance(source, FlagsSource):
        why = f"{row.when} needs a trusted source, and it is not the planner"
        yield profile.problem((*key, "told_by"), row.told_by or "(missing)", wanted, why)
    elif row.when not in source.names:
        yield profile.problem((*key, "told_by"), row.told_by, wanted, f"the source tells no flag {row.when}")
    elif source.topic.strip("/").split("/")[0] in PLANNERS:
        why = f"{row.when} would be told by whoever says words"
        at: Key = ("sources", row.told_by or "", "topic")
        yield profile.problem(at, source.topic, "a topic of a trusted node", why)
