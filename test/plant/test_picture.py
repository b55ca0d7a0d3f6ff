"""The top view shows what is in the world, where it is."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from iatro_governor.plant import Box, Harm, Person, World, Zone
from iatro_governor.plant.picture import BORDER_M, PIXELS_PER_M, Path, top_view

NS = "{http://www.w3.org/2000/svg}"
ROOM = World(
    "room",
    walls=(Box("west", (-1.0, 0.0), (0.2, 4.0)),),
    shelves=(Box("rack", (3.0, 1.0), (0.5, 1.0)),),
    people=(Person("ann", ((1.0, 1.0), (2.0, 1.0))),),
    zones=(Zone("bay", "keep_out", ((0, -2), (1, -2), (1, -1))),),
)


def drawn(*paths: Path) -> ET.Element:
    return ET.fromstring(top_view(ROOM, paths))


def test_everything_is_drawn_once() -> None:
    root = drawn()
    classes = [element.get("class") for element in root]
    assert {name: classes.count(name) for name in ("wall", "shelf", "person", "keep_out", "path")} == {
        "wall": 1, "shelf": 1, "person": 1, "keep_out": 1, "path": 0,
    }  # fmt: skip


def test_y_points_up_and_lengths_keep_their_scale() -> None:
    rack = next(e for e in drawn() if e.get("class") == "shelf")
    points = np.array([list(map(float, pair.split(","))) for pair in rack.get("points", "").split()])
    assert np.ptp(points, axis=0).tolist() == [0.5 * PIXELS_PER_M, 1.0 * PIXELS_PER_M]
    top_of_wall = 2.0 + BORDER_M
    assert points[:, 1].min() == pytest.approx((top_of_wall - 1.5) * PIXELS_PER_M)


def test_a_harm_is_crossed_where_it_began() -> None:
    track = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [2.0, 2.0, 0.0]])
    harm = Harm("collision", "rack", "base", 1.0, 1.5, 0.8, 19.2, "J")
    root = drawn(Path("ungoverned", "#b11", track, (harm,)), Path("empty", "#000", np.empty((0, 3))))
    (cross,) = [e for e in root if e.get("class") == "harm"]
    title = cross.find(f"{NS}title")
    assert title is not None and title.text == "collision rack: 19.20 J at 1.0 s"
    x = (1.0 + 1.1 + BORDER_M) * PIXELS_PER_M - 7
    assert (cross.get("d") or "").startswith(f"M{x:.1f},")
    assert "ungoverned: 1 harms" in [e.text for e in root if e.get("class") == "legend"]


def test_an_empty_world_can_be_drawn() -> None:
    assert ET.fromstring(top_view(World("void"))).tag == f"{NS}svg"
