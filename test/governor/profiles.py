"""Profiles for tests: the shipped one, changed where a test needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from test.shipped import shipped

AMR = Path(__file__).parents[2] / "config/amr.yaml"
BOX = {"polygon": {"corners": [[0.4, 0.25], [-0.4, 0.25], [-0.4, -0.25], [0.4, -0.25]]}}
ZONES = ("zone", "slow_zone")


def amr(
    folder: Path,
    footprint: dict[str, Any] | None = None,
    limits: list[dict[str, Any]] | None = None,
    drop: tuple[str, ...] = ZONES,
    **changes: dict[str, Any],
) -> Profile:
    """config/amr.yaml without the kinds in ``drop``, with ``limits`` appended and ``changes`` merged in."""
    data = shipped(AMR)
    if footprint is not None:
        data["robot"]["footprint"] = footprint
    data["limits"] = [row for row in data["limits"] if row["kind"] not in drop] + (limits or [])
    recover, left = data["channels"]["base"]["recover"], [row["name"] for row in data["limits"]]
    recover["eases"] = [name for name in recover["eases"] if name in left]
    if not recover["eases"]:
        del data["channels"]["base"]["recover"]
    for key, change in changes.items():
        _merge(data.setdefault(key, {}), change)
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(data))
    return load_profile(path)


def seeing(
    folder: Path,
    sources: dict[str, dict[str, Any]],
    footprint: dict[str, Any] | None = None,
    limits: list[dict[str, Any]] | None = None,
    others: dict[str, dict[str, Any]] | None = None,
    **changes: dict[str, Any],
) -> Profile:
    """config/amr.yaml without zones and its lidar: ``sources`` see in its place; ``others`` tell other things."""
    data = shipped(AMR)
    del data["sources"]["lidar"]
    data["sources"] |= sources | (others or {})
    data["limits"] = [row for row in data["limits"] if row["kind"] not in ZONES] + (limits or [])
    for row in data["limits"]:
        if row.get("sources") == ["lidar"]:
            row["sources"] = list(sources)
    if footprint is not None:
        data["robot"]["footprint"] = footprint
    for key, change in changes.items():
        _merge(data.setdefault(key, {}), change)
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(data))
    return load_profile(path)


def _merge(target: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value
