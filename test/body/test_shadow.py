"""What a volume covers of the ground: never too little, and exact where it can be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.shadow import shadow
from iatro_governor.body.shape import Box, Circle, Polygon
from iatro_governor.profile.areas import Area
from iatro_governor.profile.figures import THINNEST

INF = math.inf


def covered(low=-INF, high=INF, **figure):
    return Area.model_validate(figure).shape(low, high)


def sphere(z, radius=0.5):
    return {"sphere": {"centre": [1.0, 2.0, z], "radius": radius}}


@pytest.mark.parametrize(
    ("z", "low", "high", "radius"),
    [
        (0.0, -INF, INF, 0.5),
        (0.5, 0.0, 1.0, 0.5),
        (1.3, 0.0, 1.0, 0.4),  # sqrt(0.5^2 - 0.3^2)
        (-0.3, 0.0, 1.0, 0.4),
        (1.5, 0.0, 1.0, 0.0),
        (1.51, 0.0, 1.0, None),
        (-0.51, 0.0, 1.0, None),
    ],
)
def test_a_ball_is_its_widest_cut_at_the_heights_of_the_body(z, low, high, radius):
    shape = covered(low, high, **sphere(z))
    if radius is None:
        assert shape is None
    else:
        assert (
            isinstance(shape, Circle) and shape.centre == (1.0, 2.0) and shape.radius == pytest.approx(radius)
        )


def test_an_upright_rod_is_a_disc():
    rod = {"start": [1.0, 2.0, 3.0], "end": [1.0, 2.0, 1.3], "radius": 0.5}
    shape = covered(0.0, 1.0, capsule=rod)
    assert isinstance(shape, Circle) and shape.radius == pytest.approx(0.4)
    assert covered(3.6, 4.0, capsule=rod) is None


def test_a_lying_rod_is_as_long_as_it_is_and_little_wider_than_round():
    rod = {"start": [0.0, 0.0, 0.2], "end": [2.0, 0.0, 0.2], "radius": 0.1}
    shape = covered(0.0, 1.0, capsule=rod)
    assert shape is not None
    assert shape.distance(np.array([[1.0, 0.2], [2.2, 0.0]])) == pytest.approx([0.1, 0.1], abs=0.1 / 190)
    assert shape.distance(np.array([1.0, 0.0])) == pytest.approx(-0.1, abs=0.001)


def test_of_a_slanted_rod_only_what_can_reach_the_body_counts():
    """It rises 1 m on 1 m; below 1.1 m is what is within its radius of the body."""
    rod = {"start": [0.0, 0.0, 0.0], "end": [3.0, 0.0, 3.0], "radius": 0.1}
    shape = covered(0.0, 1.0, capsule=rod)
    assert shape is not None and shape.distance(np.array([1.5, 0.0])) == pytest.approx(0.3, abs=0.001)
    assert covered(3.2, 4.0, capsule=rod) is None and covered(-1.0, -0.2, capsule=rod) is None


def test_a_straight_box_is_a_rectangle():
    shape = covered(0.0, 1.0, box={"size": [2.0, 1.0, 0.4], "pose": [1.0, 2.0, 0.5, 0.0, 0.0, 0.0]})
    assert (
        isinstance(shape, Box)
        and shape.centre == pytest.approx((1.0, 2.0))
        and shape.half == pytest.approx((1.0, 0.5))
    )
    above = {"size": [2.0, 1.0, 0.4], "pose": [1.0, 2.0, 1.21, 0.0, 0.0, 0.0]}
    assert covered(0.0, 1.0, box=above) is None and covered(box=above) is not None


def test_a_turned_box_keeps_its_four_corners():
    shape = covered(box={"size": [2.0, 1.0, 0.4], "pose": [0.0, 0.0, 0.5, 0.0, 0.0, 0.7]})
    assert isinstance(shape, Polygon) and len(shape.corners) == 4
    assert shape.distance(np.array([math.cos(0.7), math.sin(0.7)])) == pytest.approx(0.0, abs=1e-7)


def test_a_leaning_plank_is_cut_at_the_heights_of_the_body():
    """A plank 4 m long leans at 30 degrees with its lower end at (0, 0, 0): at 1 m height it is at x = 1.73."""
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
    plank = {"size": [4.0, 1.0, 1e-3], "pose": [2 * c, 0.0, 2 * s, 0.0, -math.pi / 6, 0.0]}
    shape = covered(0.0, 1.0, box=plank)
    assert shape is not None
    assert shape.distance(np.array([[2.0, 0.0], [0.5, 0.0]])) == pytest.approx(
        [2 - math.sqrt(3), -0.5], abs=2e-3
    )


def test_a_prism_is_its_polygon_or_nothing():
    corners = [[0.0, 0.0], [2.0, 0.0], [1.0, 0.5], [0.0, 2.0]]
    shape = covered(0.0, 1.0, prism={"corners": corners, "low": 0.9})
    assert isinstance(shape, Polygon) and shape.corners.tolist() == corners
    assert covered(0.0, 1.0, prism={"corners": corners, "low": 1.1}) is None
    assert covered(0.0, 1.0, prism={"corners": corners, "high": -0.1}) is None


def test_what_is_thin_is_widened_so_that_nothing_can_pass_through_it():
    shape = covered(box={"size": [2.0, 0.001, 1.0], "pose": [0.0, 0.0, 0.0, 0.0, 0.0, 0.3]})
    assert shape is not None
    across = np.array([-math.sin(0.3), math.cos(0.3)])
    assert shape.distance(0.5 * THINNEST * across) <= 1e-9
    needle = covered(0.0, 1.0, box={"size": [0.001, 0.001, 0.001], "pose": [0.5, 0.5, 0.5, 0, 0, 0]})
    assert needle is not None and needle.distance(np.array([0.5, 0.5])) <= -THINNEST / 2


@st.composite
def figures(draw):
    number, size, angle = st.floats(-2, 2), st.floats(0.01, 1.5), st.floats(-3, 3)
    place = [draw(number) for _ in range(3)]
    kind = draw(st.sampled_from(("box", "sphere", "capsule")))
    if kind == "box":
        turn = [draw(angle) for _ in range(3)]
        return {"box": {"size": [draw(size) for _ in range(3)], "pose": place + turn}}
    if kind == "sphere":
        return {"sphere": {"centre": place, "radius": draw(size)}}
    end = [draw(number) for _ in range(2)] + [place[2] + 0.5 * draw(number)]
    return {"capsule": {"start": place, "end": end if end != place else [9, 9, 9], "radius": draw(size)}}


@settings(max_examples=150, deadline=None)
@given(figure=figures(), low=st.floats(-1.5, 1.0), tall=st.floats(0.05, 2.0), seed=st.integers(0, 999))
def test_no_point_of_a_volume_at_the_heights_of_the_body_is_left_out(figure, low, tall, seed):
    """Against points drawn at random, and kept where the volume itself says they are inside."""
    area = Area.model_validate(figure)
    solid = area.box or area.sphere or area.capsule
    assert solid is not None
    volume = solid.volume()
    middle, reach = volume.bounding_ball
    points = middle + np.random.default_rng(seed).uniform(-reach, reach, (3000, 3))
    inside = points[(volume.signed(points) <= 0) & (points[:, 2] >= low) & (points[:, 2] <= low + tall)]
    shape = shadow(volume, low, low + tall, THINNEST)
    if len(inside):
        assert shape is not None and shape.distance(inside[:, :2]).max() <= 1e-7


@pytest.mark.parametrize("figure", [{}, {"circle": {"radius": 1.0}, **sphere(0.0)}, {"cone": {}}])
def test_an_area_is_exactly_one_figure(figure):
    with pytest.raises(ValueError, match=r"exactly one|Extra"):
        Area.model_validate(figure)
