"""What governing did, over all robots and for each: the part of a trial's summary that a report shows."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from .text import quantity, visible

Json = Mapping[str, Any]
BOTH = ("ungoverned", "governed")
NAMES = {"harms": "Harms", "tasks": "Tasks done"}


def rows(summary: Json | None) -> list[dict[str, str]]:
    """Harms and tasks, governed and ungoverned, as the rows of a table."""
    found = []
    for name, title in NAMES.items():
        if isinstance(values := (summary or {}).get(name), Mapping):
            found.append({"name": title, **{side: _outcome(values.get(side)) for side in BOTH}})
    return found


def robots(summary: Json | None, pictures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each robot of the summary: its rows, with the bounds of what was measured, and its picture (SVG) as a URL."""
    return [
        {
            "name": visible(name),
            "rows": [*({**row, "bound": ""} for row in rows(robot)), *map(_peak, robot.get("peaks") or ())],
            "picture": _embedded(pictures[name]) if name in pictures else "",
        }
        for name, robot in _robots(summary).items()
    ]


def robot_of(summary: Json | None) -> dict[str, str]:
    """The robot of each channel; empty where there is one robot only, which needs no name."""
    known = _robots(summary)
    if len(known) < 2:
        return {}
    return {str(channel): name for name, robot in known.items() for channel in robot.get("channels") or ()}


def _robots(summary: Json | None) -> Mapping[str, Json]:
    known = (summary or {}).get("robots")
    return known if isinstance(known, Mapping) else {}


def _peak(peak: Json) -> dict[str, str]:
    numbers = {side: quantity(round(peak[side], 2), str(peak["unit"])) for side in (*BOTH, "bound")}
    return {"name": visible(f"Peak {peak['name']}"), **numbers}


def _embedded(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _outcome(value: Any) -> str:
    if isinstance(value, Mapping) and "done" in value:
        return f"{value['done']} of {value.get('of')}"
    if isinstance(value, Mapping):
        return str(sum(count for count in value.values() if isinstance(count, (int, float))))
    return "–" if value is None else str(value)
