"""Forces on people over time, governed and not, beside what they may be: small charts in one SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np

WIDTH, ROW, LEFT, RIGHT, TOP, GAP = 640, 118, 52, 14, 34, 46
STEPS = (20.0, 50.0, 100.0, 200.0, 500.0)
STYLE = """
svg { background: #fff; } text { font: 12px sans-serif; fill: #333; }
.title { font-weight: bold; } .axis { stroke: #999; } .grid { stroke: #e4e4e0; }
.bound { stroke: #333; stroke-dasharray: 5 4; } .curve { fill: none; stroke-width: 2; }
.ungoverned { stroke: #c0392b; } .governed { stroke: #1f7a4d; } text.ungoverned, text.governed { stroke: none; }
text.ungoverned { fill: #c0392b; } text.governed { fill: #1f7a4d; } .end { text-anchor: end; }
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: force (N) on one region while one plan ran. A course is rows of seconds since its begin, and N."""

    title: str
    region: str
    bound: float
    ungoverned: np.ndarray
    governed: np.ndarray


def force_chart(panels: Sequence[Panel]) -> str:
    """The panels below one another, as the text of an SVG document; each has a scale of its own."""
    height = TOP + len(panels) * (ROW + GAP)
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height}", role="img",
                      width=str(WIDTH), height=str(height))  # fmt: skip
    ET.SubElement(root, "title").text = "Contact force on people, ungoverned and governed"
    ET.SubElement(root, "style").text = STYLE
    for place, (name, words) in enumerate((("ungoverned", "ungoverned"), ("governed", "governed"))):
        _text(root, LEFT + 100 * place, 18, words, name)
    _text(root, LEFT + 200, 18, "dashed: most the region may feel", "")
    for number, panel in enumerate(panels):
        group = ET.SubElement(root, "g", transform=f"translate(0 {TOP + number * (ROW + GAP)})")
        _panel(group, panel)
    return ET.tostring(root, encoding="unicode")


def _panel(group: ET.Element, panel: Panel) -> None:
    courses = (panel.ungoverned, panel.governed)
    longest = max([course[-1, 0] for course in courses if len(course)], default=1.0) or 1.0
    highest = 1.08 * max(panel.bound, *(course[:, 1].max() for course in courses if len(course)))

    def at(t: float, force: float) -> tuple[float, float]:
        across = LEFT + t / longest * (WIDTH - LEFT - RIGHT)
        return round(float(across), 1), round(float(GAP / 2 + ROW - force / highest * ROW), 1)

    _text(group, LEFT, 12, f"{panel.title}: {panel.region}", "title")
    for force in np.arange(0.0, highest, _step(highest)):
        _line(group, at(0, force), at(longest, force), "grid" if force else "axis")
        _text(group, LEFT - 6, at(0, force)[1] + 4, f"{force:g}{' N' if force == 0 else ''}", "end")
    _line(group, at(0, panel.bound), at(longest, panel.bound), "bound")
    for name, course in zip(("ungoverned", "governed"), courses, strict=True):
        points = " ".join("{},{}".format(*at(t, force)) for t, force in course.tolist())
        ET.SubElement(group, "polyline", {"class": f"curve {name}", "points": points})
    _text(group, WIDTH - RIGHT, GAP / 2 + ROW + 15, f"{longest:.0f} s", "end")


def _step(highest: float) -> float:
    """Between two lines of the grid, N; about three of them."""
    return min(STEPS, key=lambda step: abs(math.log(highest / 3 / step)))


def _line(group: ET.Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    ET.SubElement(group, "line", {"class": kind, **{name: str(value) for name, value in ends.items()}})


def _text(group: ET.Element, x: float, y: float, words: str, kind: str) -> None:
    ET.SubElement(group, "text", {"class": kind, "x": str(x), "y": str(y)}).text = words
