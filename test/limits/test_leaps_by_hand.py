"""How far apart a base is looked at, by hand: channels, footprints and limits with numbers of their own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.body.shape import Circle, Polygon
from iatro_governor.limits.leaps import fastest, leaping
from iatro_governor.profile.channels import TwistChannel
from test.limits.situations import make

DISC = Circle((0.0, 0.0), 0.3)


def speed(axis, bound, direction="both", channel="base"):
    return make("speed", axis=axis, bound=bound, direction=direction, channel=channel).config


def profile(*limits, shape=DISC, base="differential", linear=0.6, angular=2.0, rate_hz=50.0, body=None):
    """A base that stops by ``linear`` m/s2 and ``angular`` rad/s2, beside a channel that is none."""
    stop = SimpleNamespace(controlled=SimpleNamespace(linear=linear, angular=angular))
    channels = {"arm": SimpleNamespace(), "base": TwistChannel.model_construct(base=base, stop_modes=stop)}
    footprint = None if shape is None else SimpleNamespace(shape=lambda: shape)
    data = SimpleNamespace(
        channels=channels,
        loop=SimpleNamespace(rate_hz=rate_hz),
        robot=SimpleNamespace(footprint=footprint),
    )
    return SimpleNamespace(limits=limits, data=data, body=body)


def seen(margin, noise=0.02):
    return make("obstacle", margin=margin, noise=noise, floor=0.0).config


def told(*limits, **more):
    return [text.split("looked at every ")[1] for text in leaping(profile(*limits, **more))]


STRAIGHT, TURN = speed("planar", 3.0), speed("wz", 0.8)
"""They take 0.02 + 3 / 0.6 / 2 = 2.52 s; the rim, 0.3 m out, goes 3.24 * 2.52 / 12 = 0.6804 m between two samples."""


def test_a_step_is_longer_than_the_body_and_twice_the_room():
    """0.6 m wide, and 0.03 m of room or 0.042 m."""
    (text,) = told(STRAIGHT, TURN, seen(0.05))
    assert text.startswith("0.68 m") and "it is 0.60 m wide: what appears 0.03 m before" in text
    assert told(STRAIGHT, TURN, seen(0.062)) == [] == told(STRAIGHT, TURN)


def test_a_turn_may_take_longer_to_stop_than_the_way():
    """0.8 / 0.1 / 2 = 4 s: 3.24 * 4.02 / 12 = 1.0854 m."""
    (text,) = told(STRAIGHT, TURN, seen(0.05), angular=0.1)
    assert text.startswith("1.09 m")


def test_a_step_just_as_long_leaps_over_nothing():
    """12 m/s for half a second and half a second more: 1 m; 0.5 m wide, and 0.25 m of room."""
    quick = speed("planar", 12.0), speed("wz", 1e-300)
    even = {"shape": Circle((0.0, 0.0), 0.25), "linear": 12.0, "rate_hz": 2.0}
    assert told(*quick, seen(0.5, 0.25), **even) == [] and len(told(*quick, seen(0.499, 0.25), **even)) == 1


def test_a_polygon_is_as_wide_as_it_is_narrowest():
    """0.4 m by 0.3 m, and it reaches 0.25 m: (3 + 0.2) * 2.52 / 12 = 0.672 m."""
    shape = Polygon(np.array([[0.2, 0.15], [-0.2, 0.15], [-0.2, -0.15], [0.2, -0.15]]))
    (text,) = told(STRAIGHT, TURN, seen(0.05), shape=shape)
    assert text.startswith("0.67 m") and "it is 0.30 m wide" in text


def test_a_body_with_links_is_as_wide_as_its_widest_and_looked_at_half_as_often():
    """It reaches sqrt(0.3^2 + 0.4^2) + 0.1 = 0.6 m: (3 + 0.48) * 2.52 / 6 = 1.4616 m."""
    ends = np.array([[[0.0, 0.0, 0.0], [0.1, 0.0, 0.0]], [[0.3, 0.0, 0.4], [0.0, 0.2, 0.0]]])
    body = SimpleNamespace(capsule_ends=ends, capsule_radius=np.array([0.15, 0.1]))
    (text,) = told(STRAIGHT, TURN, seen(0.05), shape=None, body=body)
    assert text.startswith("1.46 m") and "it is 0.30 m wide" in text
    (text,) = told(STRAIGHT, TURN, seen(0.05), body=body)
    assert text.startswith("1.36 m") and "it is 0.60 m wide" in text


@pytest.mark.parametrize(
    ("base", "limits", "expected"),
    [
        ("differential", [speed("planar", 3.0), speed("planar", 2.0)], 2.0),
        ("differential", [speed("vx", 1.5, "positive"), speed("vx", 0.7, "negative")], 1.5),
        ("differential", [speed("vx", 0.4, "positive"), speed("vx", 0.7, "negative")], 0.7),
        ("differential", [speed("vx", 1.5), speed("vx", 0.7, "negative"), speed("vx", 0.9, "positive")], 0.9),
        ("differential", [speed("planar", 3.0), speed("planar", 1.0, channel="other")], 3.0),
        ("omnidirectional", [speed("vx", 0.3), speed("vy", 0.4)], 0.5),
        ("omnidirectional", [speed("vx", 0.3), speed("vy", 0.4), speed("planar", 0.45)], 0.45),
        ("omnidirectional", [speed("vx", 0.3), speed("planar", 0.45)], 0.45),
    ],
)
def test_the_highest_speed_is_what_all_bounds_leave_in_the_freer_direction(base, limits, expected):
    found = fastest(profile(*limits, TURN, seen(0.05), base=base), "base")
    assert found == (pytest.approx(expected), 0.8)


def test_a_way_that_is_bounded_in_one_direction_alone_is_not_bounded():
    assert fastest(profile(speed("vx", 1.5, "positive"), TURN), "base") == (np.inf, 0.8)
