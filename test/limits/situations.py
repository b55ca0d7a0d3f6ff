"""Random situations for the contract that every limit keeps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from iatro_governor.body.localisation import Fix
from iatro_governor.body.rollout import Braking, Flight
from iatro_governor.body.scan import read_scan
from iatro_governor.body.shape import Box, Circle, Polygon, Shape
from iatro_governor.body.surroundings import Surroundings
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.sensed import People
from iatro_governor.limits.situation import Situation
from iatro_governor.profile.sources import ScanSource

LIDAR = ScanSource(
    type="scan",
    topic="scan",
    frame="laser",
    pose=(0, 0, 0, 0, 0, 0),
    field_of_view=(-math.pi, math.pi),
    timeout_s=0.2,
    noise=0.0,
)
FIGURES: list[Shape] = [
    Circle((0.0, 0.0), 0.22),
    Polygon(np.array([[0.4, 0.25], [-0.4, 0.25], [-0.4, -0.25], [0.4, -0.25]])),
    Polygon(np.array([[0.5, 0.0], [0.1, 0.3], [-0.3, 0.2], [-0.3, -0.2], [0.1, -0.3]])),
]


MAP = {"frame": "map", "localisation": "amcl"}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "zone in the map": ("zone", MAP),
    "zone of a solid": ("zone", {"figure": {"sphere": {"centre": [1.5, 0.0, 0.8], "radius": 0.6}}}),
    "zone on the body": (
        "zone",
        {"frame": "body", "sources": ["lidar"], "figure": {"circle": {"radius": 0.9}}},
    ),
    "slow_zone in the map": ("slow_zone", MAP),
    "geofence in the map": ("geofence", MAP),
    "link_zone in the map": ("link_zone", MAP),
    "workspace in the map": ("workspace", MAP),
    "link_slow_zone in the map": ("link_slow_zone", MAP),
    "round geofence": ("geofence", {"figure": {"circle": {"radius": 2.0, "centre": [0.5, 0.0]}}}),
}
"""Other settings of some kinds, which must keep the contract as well as the example does."""


def kind_of(name: str) -> str:
    """The kind of a variant, or of a kind itself."""
    return VARIANTS[name][0] if name in VARIANTS else name


def make(kind: str, **changes: Any) -> Limit[Any]:
    """The limit of ``kind``, or of a variant, from its own example."""
    settings = VARIANTS[kind][1] if kind in VARIANTS else {}
    kind = kind_of(kind)
    limit = KINDS[kind]
    row = {
        "name": kind,
        "kind": kind,
        "channel": "arm" if limit.view == "body" else "base",
        "source": "a test",
        **limit.model.example,
        **settings,
        **changes,
    }
    return limit(limit.model.model_validate(row))


def sweep(points: np.ndarray, t: float = 0.0, beams: int = 360):
    """The scan of a lidar at the base origin that sees ``points`` (n, 2) of the base frame and nothing else."""
    ranges = np.full(beams, np.inf)
    step = 2 * math.pi / beams
    for x, y in points:
        index = round((math.atan2(y, x) + math.pi) / step) % beams
        ranges[index] = min(ranges[index], math.hypot(x, y))
    return read_scan(t, ranges, -math.pi, step, 0.0, 12.0, LIDAR)


def situation(
    points: np.ndarray,
    figure: Shape = FIGURES[0],
    pose: np.ndarray | None = None,
    anchor: np.ndarray | None = None,
    fix: Fix | None = None,
    people: People | None = None,
) -> Situation:
    """The base at ``pose`` in odom, output ``anchor`` standing, at rest unless told otherwise."""
    pose = np.zeros(3) if pose is None else pose
    anchor = np.zeros(3) if anchor is None else anchor
    around = Surroundings(1.0)
    around.add("lidar", sweep(points), pose)
    vx, vy, wz = (float(v) for v in anchor)
    return Situation(
        t=0.0,
        period=0.01,
        pose=pose,
        measured=anchor,
        anchor=anchor,
        beyond=np.zeros(3),
        flight=Flight([((vx, vy, wz), 0.05)], figure.reach),
        reaction_s=0.05,
        braking=Braking(1.0, 2.5),
        comfort=Braking(0.8, 2.0),
        footprint=figure,
        reach=figure.reach,
        surroundings=around,
        height=(0.0, 1.0),
        fixes={"amcl": fix or Fix(0.0, np.zeros(3), 0.02, 0.01)},
        people={"people": people or persons([])},
    )


def charted(values: tuple[float, ...]) -> np.ndarray:
    """As a chart gives them: what no body could tell from rest is rest."""
    u = np.array(values)
    u[np.abs(u) < 1e-9] = 0.0
    return u


def persons(rows: list[tuple[float, ...]], age: float = 0.0) -> People:
    """Somebody at each [x, y, vx, vy] in odom, a disc of 0.3 m."""
    table = np.array(rows, dtype=float).reshape(-1, 4)
    flat = np.zeros((len(table), 1))
    positions, velocities = np.hstack([table[:, :2], flat]), np.hstack([table[:, 2:], flat])
    ids = tuple(str(k) for k in range(len(table)))
    return People(positions, velocities, age, 0.3, ids, (None,) * len(table))


coordinate = st.floats(-2.0, 2.0)
twists = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.0, 1.0), st.floats(-2.5, 2.5)).map(charted)


@st.composite
def figures(draw: st.DrawFn) -> Shape:
    """Any disc, box or convex polygon that a base may have."""
    kind = draw(st.sampled_from(("given", "disc", "box", "polygon")))
    if kind == "given":
        return draw(st.sampled_from(FIGURES))
    if kind == "disc":
        return Circle((0.0, 0.0), draw(st.floats(0.1, 0.6)))
    if kind == "box":
        centre = draw(st.floats(-0.3, 0.3)), draw(st.floats(-0.1, 0.1))
        return Box(centre, (draw(st.floats(0.1, 0.8)), draw(st.floats(0.1, 0.4))))
    corners = draw(st.integers(3, 8))
    angle = np.arange(corners) * (2 * math.pi / corners) + draw(st.floats(0.0, 1.0))
    size = np.array([draw(st.floats(0.2, 0.8)), draw(st.floats(0.2, 0.5))])
    return Polygon(np.stack([np.cos(angle), np.sin(angle)], axis=-1) * size)


@st.composite
def situations(draw: st.DrawFn, at_rest: bool = False) -> Situation:
    """Up to twelve returns anywhere, any of three bodies, anywhere near the example zones."""
    points = np.array(draw(st.lists(st.tuples(coordinate, coordinate), max_size=12))).reshape(-1, 2)
    figure = draw(figures())
    pose = np.array([draw(st.floats(-1.0, 3.0)), draw(st.floats(-1.5, 1.5)), draw(st.floats(-3.0, 3.0))])
    anchor = np.zeros(3) if at_rest else draw(twists) * 0.5
    odom = np.array([draw(st.floats(-0.3, 0.3)), draw(st.floats(-0.3, 0.3)), draw(st.floats(-0.2, 0.2))])
    fix = Fix(0.0, odom, draw(st.floats(0.0, 0.3)), draw(st.floats(0.0, 0.1)))
    who = st.tuples(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0), st.floats(-2.5, 2.5), st.floats(-2.5, 2.5))
    people = persons(draw(st.lists(who, max_size=3)), draw(st.floats(0.0, 0.3)))
    return situation(points, figure, pose, anchor, fix, people)
