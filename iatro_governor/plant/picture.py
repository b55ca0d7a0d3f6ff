"""A top view of a world and of paths driven in it, as SVG: for reports and for looking at a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

from iatro_governor.plant.harm import Harm
from iatro_governor.plant.world import Box, Person, World, Zone

PIXELS_PER_M = 80
BORDER_M = 0.3
LEGEND_ROW = 20
STYLE = """
text { font: 12px sans-serif; fill: #333; text-anchor: middle; }
.floor { fill: #fafaf7; } .wall { fill: #55565a; } .shelf { fill: #b08d57; stroke: #6b5430; }
.slow { fill: #f4c542; fill-opacity: .35; stroke: #b58900; stroke-dasharray: 6 4; }
.keep_out { fill: #d33; fill-opacity: .22; stroke: #b11; stroke-dasharray: 6 4; }
.person { fill: #3b6ea5; } .walk { fill: none; stroke: #3b6ea5; stroke-dasharray: 2 5; }
.path { fill: none; stroke-width: 2.5; stroke-opacity: .85; } .robot { fill: none; stroke-width: 1.5; }
.harm { stroke: #b11; stroke-width: 3; } .legend { text-anchor: start; }
"""


@dataclass(frozen=True, slots=True)
class Path:
    """A robot's way: ``track`` (n, 3) rows of time s, x, y in m; its harms are crossed where they began."""

    label: str
    colour: str
    track: np.ndarray
    harms: Sequence[Harm] = ()


def top_view(world: World, paths: Sequence[Path] = (), robot_radius: float = 0.2) -> str:
    """The world seen from above, x to the right and y up, as the text of an SVG document.

    Harms are marked with a cross on the path; a title on each mark says which harm it is.
    """
    low, high = _bounds(world, paths)
    view = _View(low, high)
    height = view.height + LEGEND_ROW * len(paths)
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", width=str(view.width), height=str(height),
                      viewBox=f"0 0 {view.width} {height}", role="img")  # fmt: skip
    ET.SubElement(root, "title").text = f"Top view of {world.name}"
    ET.SubElement(root, "style").text = STYLE
    ET.SubElement(root, "rect", {"class": "floor", "width": str(view.width), "height": str(height)})
    for zone in world.zones:
        _zone(root, view, zone)
    for kind, boxes in (("wall", world.walls), ("shelf", world.shelves)):
        for box in boxes:
            _box(root, view, box, kind)
    for person in world.people:
        _person(root, view, person)
    for number, path in enumerate(paths):
        _path(root, view, path, robot_radius)
        _legend(root, view, path, number)
    return ET.tostring(root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class _View:
    """World to pixels."""

    low: np.ndarray
    high: np.ndarray

    @property
    def width(self) -> int:
        return round(float(self.high[0] - self.low[0]) * PIXELS_PER_M)

    @property
    def height(self) -> int:
        return round(float(self.high[1] - self.low[1]) * PIXELS_PER_M)

    def xy(self, point: Sequence[float] | np.ndarray) -> tuple[float, float]:
        x, y = (point[0] - self.low[0]) * PIXELS_PER_M, (self.high[1] - point[1]) * PIXELS_PER_M
        return round(float(x), 1), round(float(y), 1)

    def line(self, points: Sequence[Sequence[float]] | np.ndarray) -> str:
        return " ".join(f"{x},{y}" for x, y in map(self.xy, points))


def _bounds(world: World, paths: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    parts = [box.corners() for box in (*world.walls, *world.shelves)]
    parts += [np.asarray(zone.polygon) for zone in world.zones] + [np.asarray(p.path) for p in world.people]
    parts += [path.track[:, 1:3] for path in paths if len(path.track)]
    points = np.vstack(parts or [np.zeros((1, 2))])
    return points.min(axis=0) - BORDER_M, points.max(axis=0) + BORDER_M


def _zone(root: ET.Element, view: _View, zone: Zone) -> None:
    ET.SubElement(root, "polygon", {"class": zone.kind, "points": view.line(zone.polygon)})
    name = zone.name.replace("_", " ")
    _text(root, view, np.mean(zone.polygon, axis=0), f"{name} {zone.limit:g} m/s" if zone.limit else name)


def _box(root: ET.Element, view: _View, box: Box, kind: str) -> None:
    shape = ET.SubElement(root, "polygon", {"class": kind, "points": view.line(box.corners())})
    ET.SubElement(shape, "title").text = box.name.replace("_", " ")
    if kind == "shelf":
        _text(root, view, box.centre, box.name.replace("_", " "))


def _person(root: ET.Element, view: _View, person: Person) -> None:
    ET.SubElement(root, "polyline", {"class": "walk", "points": view.line(person.path)})
    x, y = view.xy(person.path[0])
    ET.SubElement(
        root,
        "circle",
        {"class": "person", "cx": str(x), "cy": str(y), "r": str(person.radius * PIXELS_PER_M)},
    )
    _text(root, view, (person.path[0][0], person.path[0][1] + person.radius + 0.08), person.name)


def _path(root: ET.Element, view: _View, path: Path, radius: float) -> None:
    if not len(path.track):
        return
    ET.SubElement(
        root, "polyline", {"class": "path", "stroke": path.colour, "points": view.line(path.track[:, 1:3])}
    )
    for place in (path.track[0], path.track[-1]):
        x, y = view.xy(place[1:3])
        ring = {
            "class": "robot",
            "stroke": path.colour,
            "cx": str(x),
            "cy": str(y),
            "r": str(radius * PIXELS_PER_M),
        }
        ET.SubElement(root, "circle", ring)
    for harm in path.harms:
        at = min(int(np.searchsorted(path.track[:, 0], harm.t)), len(path.track) - 1)
        x, y = view.xy(path.track[at, 1:3])
        cross = ET.SubElement(root, "path", {"class": "harm", "d": f"M{x - 7},{y - 7}l14,14m0,-14l-14,14"})
        ET.SubElement(
            cross, "title"
        ).text = f"{harm.kind} {harm.victim}: {harm.severity:.2f} {harm.unit} at {harm.t:.1f} s"


def _legend(root: ET.Element, view: _View, path: Path, number: int) -> None:
    x, y = 24, view.height + LEGEND_ROW * number
    ET.SubElement(root, "path", {"class": "path", "stroke": path.colour, "d": f"M{x},{y - 4}h26"})
    text = ET.SubElement(root, "text", {"class": "legend", "x": str(x + 34), "y": str(y)})
    text.text = f"{path.label}: {len(path.harms)} harms"


def _text(root: ET.Element, view: _View, at: Sequence[float] | np.ndarray, words: str) -> None:
    x, y = view.xy(at)
    ET.SubElement(root, "text", {"x": str(x), "y": str(y)}).text = words
