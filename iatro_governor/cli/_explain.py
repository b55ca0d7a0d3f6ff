"""``iatro check --explain``: what each limit does, how far a robot goes on until it rests, and what nothing bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.text import Text

from ..limits.registry import KINDS
from ..limits.sheets import sheets
from ..profile.channels import TwistChannel
from ..profile.load import Profile
from .output import console

PEOPLE = {"separation", "link_separation", "power_and_force"}
"""Kinds of limits that know people."""
GUESSED = ("not measured", "an example")
"""What the source of a number says that still has to be found out."""


def explained(profile: Profile) -> dict[str, Any]:
    """``limits``: what each does. ``rest``: of each channel that drives, the way to rest. ``open``: what to look at."""
    does = {
        kind: " ".join((limit.__doc__ or "").split("\n\n")[0].replace("``", "").split())
        for kind, limit in KINDS.items()
    }
    return {
        "limits": [
            {"name": one.name, "channel": one.channel, "does": does[one.kind]} for one in _limits(profile)
        ],
        "rest": [_rest(profile, name, channel) for name, channel in _driving(profile)],
        "open": list(_open(profile)),
    }


def print_explained(found: dict[str, Any]) -> None:
    """The same in words."""
    console.print("\n[bold]What each limit does[/]")
    for row in found["limits"]:
        console.print(Text(f"  {row['name']} (channel {row['channel']})"))
        console.print(Padding(Text(row["does"]), (0, 0, 0, 4), expand=False))
    for row in found["rest"]:
        console.print(Text(f"\nFrom {row['speed']:g} m/s to rest on channel {row['channel']}", style="bold"))
        for mode, ways in row["stops"].items():
            way = f"{mode}: {ways['at_once_m']:.2f} m, and {ways['blind_m']:.2f} m where a source dies just then"
            console.print(Padding(Text(way), (0, 0, 0, 2), expand=False))
    console.print("\n[bold]What nobody has answered yet[/]" if found["open"] else "\nNothing is left open.")
    for line in found["open"]:
        console.print(Padding(Text(f"- {line}"), (0, 0, 0, 2), expand=False))


def _limits(profile: Profile) -> list[Any]:
    return list(profile.limits)


def _driving(profile: Profile) -> Iterator[tuple[str, TwistChannel]]:
    for name, channel in profile.data.channels.items():
        if isinstance(channel, TwistChannel):
            yield name, channel


def _rest(profile: Profile, name: str, channel: TwistChannel) -> dict[str, Any]:
    """How far the base goes on from its fastest, m: ``v T + v2 / 2a``, T the delay and a period, or a time-out more."""
    speeds = [
        one.bound
        for one in _limits(profile)
        if one.kind == "speed" and one.channel == name and one.axis != "wz"
    ]
    v = min(speeds, default=math.nan)
    period = 1.0 / profile.data.loop.rate_hz
    fresh = channel.actuator_delay_s + period
    oldest = max(
        (source.timeout_s for source in profile.data.sources.values() if source.required), default=0.0
    )
    modes = {
        "controlled stop": channel.stop_modes.controlled,
        "protective stop": channel.stop_modes.protective,
    }
    stops = {
        mode: {
            "at_once_m": round(v * fresh + v * v / (2 * stop.linear), 4),
            "blind_m": round(v * (fresh + oldest) + v * v / (2 * stop.linear), 4),
        }
        for mode, stop in modes.items()
    }
    return {"channel": name, "speed": v, "stops": stops}


def _open(profile: Profile) -> Iterator[str]:
    data = profile.data
    for sheet in sheets(profile):
        if any(word in sheet.source for word in GUESSED):
            yield f"{sheet.name} ({sheet.kind}, channel {sheet.channel}): {sheet.source}"
    for name, channel in data.channels.items():
        kinds = {one.kind for one in _limits(profile) if one.channel == name}
        if channel.type == "wrench":
            yield (
                f"channel {name}: how the arm moves under a force is not foreseen, so nothing bounds its speed or "
                "keeps its links from places, people, their ends and each other; only the wrench itself is bounded"
            )
        if not kinds & PEOPLE and not {"obstacle", "link_obstacle"} & kinds:
            yield f"channel {name}: no limit knows people or obstacles; keep everybody away by other means"
        elif not kinds & PEOPLE:
            yield f"channel {name}: people are obstacles like any other; no limit knows how fast they come nearer"
        if not (channel.actuator.topics or channel.actuator.actions or channel.actuator.services):
            yield f"channel {name}: no other way to its actuator is named, so none is watched"
        if getattr(channel, "recover", None) is None and hasattr(channel, "recover"):
            yield f"channel {name}: has no recover, so nobody can drive it out of a trap through the governor"
    stops = [source for source in data.sources.values() if source.type == "estop"]
    if not any(stop.required for stop in stops):
        yield "no emergency stop is required: the robot moves also where none can be heard"
    if data.operator_key is None:
        yield "no operator_key: only IATRO_OPERATOR_KEY can name the key that releases a latch"
