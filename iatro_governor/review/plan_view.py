"""The plan view of an incident as SVG: every moment is drawn, one is shown, and a script may show another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from ..body.planar import Array
from .scene import Moment, Scene, placed
from .text import one_line

WIDTH, TALLEST = 720.0, 560.0
ROBOT_M = 0.2
"""Radius of what is drawn where no footprint is known."""
ROOM_M = 1.5
"""Shown around the robot's way; returns beyond are left out."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """Metres of odom to the paper: x to the right, y up."""

    low: Array
    high: Array
    scale: float

    @classmethod
    def around(cls, points: Array) -> _Paper:
        low, high = points.min(axis=0) - ROOM_M, points.max(axis=0) + ROOM_M
        return cls(low, high, float(min(WIDTH / (high[0] - low[0]), TALLEST / (high[1] - low[1]))))

    @property
    def size(self) -> tuple[float, float]:
        width, height = (self.high - self.low) * self.scale
        return round(float(width), 1), round(float(height), 1)

    def line(self, points: Array, close: bool = False) -> str:
        """A path through ``points`` (n, 2)."""
        return "M" + "L".join(self.steps(points)) + ("Z" if close else "")

    def steps(self, points: Array) -> list[str]:
        x = (points[:, 0] - self.low[0]) * self.scale
        y = (self.high[1] - points[:, 1]) * self.scale
        return [f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)]


def shown_moment(scene: Scene, bound_at: float | None) -> int:
    """The moment that is shown first: when the first limit bound, or the middle one."""
    if bound_at is None:
        return len(scene.moments) // 2
    return int(np.argmin([abs(moment.t - bound_at) for moment in scene.moments]))


def plan_view(scene: Scene, first: int, start: float) -> Markup:
    """The view with the moment ``first`` shown; times count from ``start`` (s)."""
    way = np.array([moment.pose[:2] for moment in scene.moments])
    paper = _Paper.around(way)
    width, height = paper.size
    parts = [*_places(scene, paper), Markup('<path class="way" d="{}"/>').format(paper.line(way))]
    for place, moment in enumerate(scene.moments):
        kind = "moment on" if place == first else "moment"
        parts.append(
            Markup('<g class="{}" data-t="{:.2f}">{}</g>').format(
                kind, moment.t - start, Markup("").join(_moment(moment, scene, paper))
            )
        )
    parts += _ruler(paper, height)
    return Markup(
        '<svg class="plan" viewBox="0 0 {w:g} {h:g}" role="img" aria-labelledby="plan-title">'
        '<title id="plan-title">The robot, its way, zones, obstacles and people from above</title>\n{body}\n</svg>'
    ).format(w=width, h=height, body=Markup("\n").join(parts))


def _places(scene: Scene, paper: _Paper) -> Iterable[Markup]:
    for place in scene.places:
        yield Markup('<path class="{}" d="{}"><title>{}</title></path>').format(
            place.kind, paper.line(place.outline, close=True), one_line(place.name, 60)
        )
        x, y = paper.steps(place.outline.mean(axis=0)[None, :])[0].split()
        yield Markup('<text class="place" x="{}" y="{}">{}</text>').format(x, y, one_line(place.name, 24))


def _moment(moment: Moment, scene: Scene, paper: _Paper) -> Iterable[Markup]:
    near = moment.returns[((moment.returns > paper.low) & (moment.returns < paper.high)).all(axis=1)]
    if len(near):
        dots = "".join(f"M{step}h.1" for step in paper.steps(near))
        yield Markup('<path class="returns" d="{}"/>').format(dots)
    for step in paper.steps(moment.people):
        x, y = step.split()
        yield Markup('<circle class="person" cx="{}" cy="{}" r="{:.1f}"/>').format(x, y, 0.25 * paper.scale)
    if scene.footprint is None:
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        outline = ROBOT_M * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    else:
        outline = scene.footprint
    nose = placed(np.array([[0.0, 0.0], [0.35, 0.0]]), moment.pose)
    yield Markup('<path class="robot" d="{}"/>').format(paper.line(placed(outline, moment.pose), close=True))
    yield Markup('<path class="nose" d="{}"/>').format(paper.line(nose))


def _ruler(paper: _Paper, height: float) -> Iterable[Markup]:
    """One metre, to compare with."""
    yield Markup('<path class="ruler" d="M12 {0:g}h{1:g}"/>').format(height - 12, paper.scale)
    yield Markup('<text class="tick" x="12" y="{:g}">1 m</text>').format(height - 19)
