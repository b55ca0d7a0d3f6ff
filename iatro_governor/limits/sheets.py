"""Label sheets: of every stop mode and every limit of a profile, what a drug's label says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Literal, get_args

from iatro_governor.limits.limit import Limit
from iatro_governor.limits.registry import build
from iatro_governor.limits.trip import Face
from iatro_governor.profile.channels import StopModePart
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.labels import Contraindication, Mode
from iatro_governor.profile.load import Profile

BY_FACE: dict[Face, str] = {
    "cap": "Slows the whole command, so that whatever is beside what it bounds takes longer, too.",
    "clear": "Keeps the robot waiting where no way is clear; in a narrow place nothing may be admitted (TRAPPED).",
    "alarm": "Calls for a protective stop, with all that this does besides.",
    "rate": "Lets the robot follow its commands later than they ask.",
    "stream": "Stops a planner that sends quickly, whatever it sends, until it begins anew.",
}
"""What a limit does besides, by how it intervenes."""
MEASURED = (
    "not measured for this robot; trials at several strictnesses tell where it costs more than it saves"
)
STOPS = {
    "twist": "Ramps the twist to exact zeros along its own direction",
    "joint_velocity": "Ramps the joints' speeds to exact zeros along their own direction",
    "joint_position": "Ramps the published set-points to rest, and holds them there",
    "joint_effort": "Holds the arm against its weight and damps what moves; the torques are not taken away",
    "joint_trajectory": "Replaces the trajectory by one stop along what remains of its way",
    "pose": "Lets the pose come to rest along its own screw, and freezes it there",
    "wrench": "Takes the approach force away, and keeps what supports the load",
    "gripper": "Brings the fingers to rest, and holds the width with the holding effort",
}
"""How the stop of each type of channel works."""
BESIDES = "The load, and whoever is close behind, feel its deceleration; a softer one takes a longer way."
NONE_KNOWN = "none is given in the profile"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One label. contraindications: of a limit, those of the stop that it may call for."""

    of: Literal["limit", "stop"]
    name: str
    channel: str
    kind: str
    mechanism: str
    side_effects: tuple[str, ...]
    contraindications: tuple[Contraindication, ...]
    remark: str
    window: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """As ``iatro label --json`` has it."""
        return {
            "of": self.of,
            "name": self.name,
            "channel": self.channel,
            "kind": self.kind,
            "mechanism": self.mechanism,
            "side_effects": list(self.side_effects),
            "contraindications": [contraindication(row) for row in self.contraindications],
            "remark": self.remark,
            "window": self.window,
            "source": self.source,
        }


def contraindication(row: Contraindication) -> dict[str, Any]:
    """One contraindication with who tells it, and its value where nobody does."""
    return {
        "when": row.when,
        "told_by": row.told_by or row.zone,
        "unknown_counts_as": True,
        "use": row.use,
        "why": row.why,
        "source": row.source,
    }


def sheets(profile: Profile) -> list[Sheet]:
    """The stops of every channel, then every limit."""
    stops = [sheet for name, channel in profile.data.channels.items() for sheet in _stops(name, channel)]
    return [*stops, *(_limit(limit, profile) for limit in build(profile.limits))]


def _stops(name: str, channel: AnyChannel) -> Iterator[Sheet]:
    for mode in get_args(Mode):
        part: StopModePart = getattr(channel.stop_modes, mode)
        label, numbers = part.label, _numbers(part)
        mechanism = (
            f"{STOPS[channel.type]}; {numbers}." if label is None else f"{label.mechanism} ({numbers})"
        )
        against = () if label is None else label.contraindications
        yield Sheet(
            "stop",
            mode,
            name,
            channel.type,
            mechanism,
            (BESIDES,) if label is None else label.side_effects,
            against,
            "" if against else ("none known" if label is not None else NONE_KNOWN),
            MEASURED if label is None else label.window,
            part.source if label is None else f"{part.source}; label: {label.source}",
        )


def _limit(limit: Limit[Any], profile: Profile) -> Sheet:
    config, label = limit.config, limit.config.label
    against: tuple[Contraindication, ...] = ()
    remark = "none: it makes a command less, and keeps no stop from being used"
    if {"clear", "alarm"} & set(limit.faces):
        stop = profile.data.channels[config.channel].stop_modes.protective.label
        against = () if stop is None else stop.contraindications
        remark = f"of the protective stop of channel {config.channel}, which it may call for"
        remark += ":" if against else f": {NONE_KNOWN}"
    return Sheet(
        "limit",
        config.name,
        config.channel,
        config.kind,
        cleandoc(type(limit).__doc__ or ""),
        tuple(BY_FACE[face] for face in limit.faces) if label is None else label.side_effects,
        against,
        remark,
        f"{_bound(limit)}; {MEASURED}" if label is None else label.window,
        config.source if label is None else f"{config.source}; label: {label.source}",
    )


def _numbers(part: StopModePart) -> str:
    units = {"linear": "m/s2", "angular": "rad/s2", "force": "N/s", "torque": "Nm/s"}
    told = part.model_dump(exclude={"source", "label"})
    return ", ".join(f"{name} {_listed(value)} {units.get(name, '')}".strip() for name, value in told.items())


def _bound(limit: Limit[Any]) -> str:
    if limit.bound is not None:
        return f"{limit.bound:g} {limit.row_unit}"
    return f"{_listed(limit.each)} {limit.row_unit}" if limit.each is not None else "as drawn"


def _listed(value: Any) -> str:
    return ", ".join(f"{each:g}" for each in value) if isinstance(value, tuple | list) else f"{value:g}"
