"""A chart of forces has each curve where its numbers say, beside the bound, and says whose and when."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from iatro_governor.plant.force_chart import Panel, force_chart

SVG = "{http://www.w3.org/2000/svg}"
BARE = np.array([[0.0, 0.0], [1.0, 300.0], [4.0, 100.0]])
KEPT = np.array([[0.0, 0.0], [1.0, 0.0], [8.0, 60.0]])


def parts(panels: list[Panel]) -> list[ET.Element]:
    return ET.fromstring(force_chart(panels)).findall(f"{SVG}g")


def points(group: ET.Element, name: str) -> np.ndarray:
    (line,) = [one for one in group.iter(f"{SVG}polyline") if name in one.attrib["class"].split()]
    return np.array([[float(v) for v in pair.split(",")] for pair in line.attrib["points"].split()])


def line(group: ET.Element, name: str) -> dict[str, float]:
    found = next(one for one in group.iter(f"{SVG}line") if one.attrib["class"] == name)
    return {key: float(found.attrib[key]) for key in ("x1", "x2", "y1", "y2")}


def test_force_goes_up_and_time_to_the_right_on_one_scale_for_both() -> None:
    (group,) = parts([Panel("Presses", "ann/hand", 120.0, BARE, KEPT)])
    bare, kept, axis = points(group, "ungoverned"), points(group, "governed"), line(group, "axis")
    per_newton = (axis["y1"] - bare[1, 1]) / 300.0
    assert per_newton > 0
    assert axis["y1"] - kept[2, 1] == pytest.approx(60.0 * per_newton, abs=0.2)
    assert axis["y1"] - line(group, "bound")["y1"] == pytest.approx(120.0 * per_newton, abs=0.2)
    assert (kept[2, 0] - kept[0, 0]) == pytest.approx(8 * (kept[1, 0] - kept[0, 0]), abs=1.0)
    assert bare[1, 0] == kept[1, 0] and kept[2, 0] == axis["x2"]


def test_a_bound_that_nobody_reached_is_still_inside_the_panel() -> None:
    (group,) = parts([Panel("Rests", "ann/hand", 500.0, BARE, KEPT)])
    assert line(group, "bound")["y1"] > 0 and points(group, "ungoverned")[:, 1].min() > 0


def test_each_panel_says_what_it_shows_and_has_a_place_of_its_own() -> None:
    panels = [Panel(f"Plan <{n}>", "ann/hand", 120.0, BARE, KEPT) for n in range(3)]
    groups = parts(panels)
    assert [group.find(f"{SVG}text").text for group in groups] == [  # type: ignore[union-attr]
        f"Plan <{n}>: ann/hand" for n in range(3)
    ]
    places = [float(group.attrib["transform"].split()[1].rstrip(")")) for group in groups]
    assert np.all(np.diff(places) > 100)


def test_one_that_never_ran_has_no_curve_and_breaks_nothing() -> None:
    (group,) = parts([Panel("Rests", "ann/hand", 120.0, BARE, np.zeros((0, 2)))])
    assert len(points(group, "ungoverned")) == 3
