"""What an operator's screen shows is where the limits are, and says what binds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Joints
from iatro_governor.governor.scene import TEXT_Z, Scene, headroom, told
from iatro_governor.governor.wireframe import ball, box, capsule, figure_lines, flat, prism, rods
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.areas import Area
from iatro_governor.profile.volumes import BoxFigure, PrismFigure, SphereFigure, Volume3
from iatro_governor.resources import shared
from test.governor.arms import JOINTS, arm, channel, data
from test.governor.hall import Drive, Hall
from test.governor.profiles import AMR, amr

CORNERS = [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5], [1.0, 0.5]]


@pytest.mark.parametrize(
    "given",
    [
        {"box": {"size": [1.0, 2.0, 3.0], "pose": [1.0, 2.0, 3.0, 0.1, -0.4, 0.7]}},
        {"sphere": {"centre": [1.0, 2.0, 3.0], "radius": 0.4}},
        {"prism": {"corners": CORNERS, "low": -0.5, "high": 1.5}},
    ],
    ids=lambda given: next(iter(given)),
)
def test_every_line_of_a_volume_lies_on_its_surface(given):
    figure = Volume3.model_validate(given)
    lines = figure_lines(figure)
    # Between the points of a circle the line is a chord, by 24 points 0.9% of the radius within.
    steps = np.linspace(0, 1, 5)[:, None, None]
    points = lines[None, :, 0] * (1 - steps) + lines[None, :, 1] * steps
    assert np.abs(figure.volume().signed(points.reshape(-1, 3))).max() < 0.004
    assert np.ptp(lines.reshape(-1, 3), axis=0).min() > 0.5, "it is shown from all sides"


def test_a_capsule_is_drawn_around_its_rod_and_a_short_one_is_a_ball():
    start, end = np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.2, 0.9])
    lines = capsule(start, end, 0.07, 8)
    axis = (end - start) / np.linalg.norm(end - start)
    off = lines.reshape(-1, 3) - start
    away = np.linalg.norm(off - (off @ axis)[:, None] * axis, axis=1)
    assert away == pytest.approx(0.07)
    assert np.array_equal(capsule(start, start, 0.07, 8), ball(start, 0.07, 8))


def test_many_capsules_at_once_are_the_same_lines():
    rng = np.random.default_rng(3)
    ends, radius = rng.uniform(-1, 1, (5, 2, 3)), rng.uniform(0.02, 0.2, 5)
    found = rods(ends, radius, 8)
    wanted = np.concatenate([capsule(a, b, float(r), 8) for (a, b), r in zip(ends, radius, strict=True)])
    assert found.shape == wanted.shape
    ordered = [np.sort(lines.reshape(len(lines), -1).sum(axis=1)) for lines in (found, wanted)]
    assert ordered[0] == pytest.approx(ordered[1])
    same = rods(np.zeros((1, 2, 3)), np.array([0.1]), 8).reshape(-1, 3)
    assert np.linalg.norm(same, axis=1) == pytest.approx(0.1)


def test_a_plane_figure_is_a_closed_line_on_the_ground():
    for figure in ({"circle": {"radius": 0.4}}, {"polygon": {"corners": CORNERS}}):
        lines = figure_lines(Area.model_validate(figure))
        assert np.array_equal(np.roll(lines[:, 1], 1, axis=0), lines[:, 0]) and not lines[..., 2].any()
    assert len(box(BoxFigure(size=(1, 1, 1), pose=(0, 0, 0, 0, 0, 0)))) == 12
    assert np.isfinite(prism(PrismFigure.model_validate({"corners": CORNERS}))).all(), (
        "also where it is endless"
    )
    assert SphereFigure(centre=(0, 0, 0), radius=1).volume() is not None


def test_a_base_is_shown_with_its_zones_its_footprint_and_what_binds():
    governor = Governor(load_profile(AMR))
    scene = Scene(governor.profile, governor.senses)
    drive = Drive(governor, Hall(np.zeros((0, 3))))
    drive.run(2.0, (2.0, 0.0, 0.0))
    drawn = {one.name: one for one in scene.drawn({"base": drive.last})}
    assert drawn["battery_bay"].frame == "odom" and drawn["battery_bay"].tone == "out"
    assert drawn["packing_aisle"].tone == "slow" and not drawn["packing_aisle"].binds
    footprint = governor.profile.data.robot.footprint
    assert footprint is not None
    assert np.array_equal(drawn["footprint"].lines, flat(footprint.shape()))
    assert drawn["footprint"].tone == "bound" and drawn["footprint"].frame == "base_link"
    asked, allowed = drawn["base_asked"].lines, drawn["base_allowed"].lines
    assert asked[0, 1, 0] == 2.0 and allowed[0, 1, 0] == pytest.approx(0.8)
    assert "LIMITED" in drawn["state"].text and "travel_speed 0.8 m/s" in drawn["state"].text
    assert "40% of what is asked" in drawn["state"].text


def test_a_zone_that_binds_is_told_apart():
    governor = Governor(load_profile(AMR))
    drive = Drive(governor, Hall(np.zeros((0, 3)), pose=np.array([8.9, 9.9, 0.0])))
    drive.run(3.0, (0.5, 0.0, 0.0))
    drawn = {one.name: one for one in Scene(governor.profile, governor.senses).drawn({"base": drive.last})}
    assert drawn["battery_bay"].binds and "battery_bay" in drawn["state"].text


def test_nothing_decided_yet_is_shown_as_stopped(tmp_path):
    governor = Governor(amr(tmp_path))
    drawn = {one.name: one for one in Scene(governor.profile, governor.senses).drawn({})}
    assert drawn["footprint"].tone == "stopped" and drawn["state"].text == "no decision yet"


def test_the_links_of_an_arm_are_its_capsules():
    governor = Governor(load_profile(shared("config/panda.yaml")))
    drawn = {one.name: one for one in Scene(governor.profile, governor.senses).drawn({})}
    assert governor.profile.body is not None
    assert len(drawn["links"].lines) >= 20 * len(governor.profile.body.capsule_radius)
    assert np.isfinite(drawn["links"].lines).all() and np.abs(drawn["links"].lines).max() < 2.0
    assert {one.tone for one in drawn.values()} >= {"stopped"}


def test_the_links_of_an_arm_are_drawn_where_its_joints_are(tmp_path):
    """Two rods, of 0.3 m lifted by a right angle and of 0.2 m level again; text is a metre above its base."""
    governor = Governor(arm(tmp_path, data({"it": channel("joint_velocity", "it")})))
    turns = np.array([math.pi / 2, -math.pi / 2])
    governor.handle(Joints(0.5, "joints", tuple(JOINTS), turns, np.zeros(2), None, 0.5))
    drawn = {one.name: one for one in Scene(governor.profile, governor.senses).drawn({})}
    lines, radius = drawn["links"].lines, governor.profile.body.capsule_radius  # type: ignore[union-attr]
    # Of each two circles of 8 points, and four lines.
    assert len(lines) == 20 * len(radius) and TEXT_Z == 1.0
    thick = float(radius.max())
    far = lines.reshape(-1, 3).max(axis=0)
    assert far[2] == pytest.approx(0.3 + thick, abs=1e-6) and far[0] > 0.199


def test_what_cannot_be_a_share_is_none(tmp_path):
    governor = Governor(amr(tmp_path))
    drive = Drive(governor, Hall(np.zeros((0, 3))))
    drive.run(0.5, (math.nan, 0.0, 0.0))
    assert headroom(drive.last) is None
    assert "command_malformed" in told([drive.last])
    drive.run(0.5, None)
    assert headroom(drive.last) is None
