"""From what the sources said last to what the limits of a jointed body look at, at one moment and in one frame."""

from __future__ import annotations

import math
from collections.abc import Mapping

from iatro_governor.governor.senses import Senses
from iatro_governor.limits.sensed import Cloud, Felt, People, Sensed
from iatro_governor.profile.sources import WrenchSource


def perceive(senses: Senses, t: float, points: Mapping[str, Cloud]) -> Sensed:
    """What every source says at ``t``; places in the model's base frame. ``points``: of ``Clouds``."""
    people = people_of(senses, t)
    felt = {name: _felt(senses, name, t) for name in senses.of_wrenches if name in senses.wrenches}
    flags = {name: flags_of(senses, name, t) for name in senses.of_flags}
    return Sensed(people, felt, points, flags, senses.localiser.fixes, dict(senses.silence.longest))


def people_of(senses: Senses, t: float) -> dict[str, People]:
    """Whom each tracker sees at ``t``, by source."""
    return {name: _aged(seen, t - stamp) for name, (stamp, seen) in senses.tracked.items()}


def _aged(seen: People, age_s: float) -> People:
    if not seen.ids:
        return seen
    age_s = max(age_s, 0.0)
    return People(seen.positions, seen.velocities, age_s, seen.radius, seen.ids, seen.regions)


def _felt(senses: Senses, name: str, t: float) -> Felt:
    source, said = senses.sources[name], senses.wrenches[name]
    assert isinstance(source, WrenchSource)
    return Felt(said.force, said.torque, source.frame, max(t - said.stamp, 0.0))


def flags_of(senses: Senses, name: str, t: float) -> dict[str, bool]:
    """What a source of flags says; nothing once it is stale, for who reads a flag knows the worse case."""
    stamp, said = senses.flags.get(name, (-math.inf, {}))
    return said if t - stamp <= senses.sources[name].timeout_s else {}
