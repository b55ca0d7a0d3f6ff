"""Time to collision by hand: what lies on the way, how far that is looked along, and what does not count."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.shape import Box, Circle
from iatro_governor.limits.span import Span
from test.limits.situations import make, situation

DISC = Circle((0.0, 0.0), 0.22)


def limit(**changes: Any) -> Any:
    return make("time_to_collision", **{"bound": 2.0, **changes})


def seen(*points, figure=DISC):
    return situation(np.array(points, dtype=float).reshape(-1, 2), figure)


def cap(command, *points, figure=DISC, **changes):
    return limit(**changes).cap(np.array(command, dtype=float), seen(*points, figure=figure))


@pytest.mark.parametrize(
    ("speed", "scale"), [(0.2, None), (0.39, None), (0.391, 0.39), (1.0, 0.39), (2.9, 0.39)]
)
def test_what_is_ahead_may_be_reached_after_the_bound(speed, scale):
    """0.78 m in 2 s are 0.39 m/s, whatever is asked for; allowed is as many seconds as it leads there in."""
    found = cap([speed, 0.0, 0.0], (1.0, 0.0))
    if scale is None:
        assert found is None
    else:
        assert found.scale * speed == pytest.approx(0.39, abs=1e-5)
        assert found.requested == pytest.approx(2.0 * found.scale) and found.allowed == 2.0


def test_a_margin_is_left():
    assert cap([1.0, 0.0, 0.0], (1.0, 0.0), margin=0.08).scale == pytest.approx(0.35, abs=1e-5)


def test_what_is_within_the_margin_already_may_be_passed_but_not_neared():
    """0.28 m ahead with 0.3 m of margin. Sideways leads away from it; just beside straight ahead, to it."""
    assert cap([0.0, 1.0, 0.0], (0.5, 0.0), margin=0.3) is None
    assert cap([-1.0, 0.0, 0.0], (0.5, 0.0), margin=0.3) is None
    assert cap([1.0, 0.0, 0.0], (0.5, 0.0), margin=0.3).scale == pytest.approx(0.0, abs=1e-5)


def test_of_what_is_within_the_margin_and_what_is_beyond_it_each_has_its_own():
    """Behind it stands one 0.1 m off, ahead another 0.78 m off, of which 0.3 m are kept."""
    found = cap([1.0, 0.0, 0.0], (1.0, 0.0), (-0.32, 0.0), margin=0.3)
    assert found.scale == pytest.approx(0.24, abs=1e-5)


def test_beside_the_way_nothing_counts():
    assert cap([1.0, 0.0, 0.0], (1.0, 0.23)) is None and cap([1.0, 0.0, 0.0], (-0.3, 0.0)) is None
    assert cap([1.0, 0.0, 0.0], (1.0, 0.21)) is not None


def test_it_is_looked_no_further_than_six_metres_along():
    """5 m/s for 2 s are 10 m, of which 6 m are known to be free, or less."""
    assert cap([5.0, 0.0, 0.0]).scale == pytest.approx(0.6)
    assert cap([5.0, 0.0, 0.0], (7.0, 0.0)).scale == pytest.approx(0.6)
    assert cap([5.0, 0.0, 0.0], (5.72, 0.0)).scale == pytest.approx(0.55, abs=1e-5)
    assert cap([3.0, 0.0, 0.0]) is None and cap([3.001, 0.0, 0.0]) is not None


def test_of_a_body_that_turns_its_furthest_point_says_how_long_the_way_is():
    """0.5 m/s and 1 rad/s at a reach of 0.5 m: 2 m in 2 s. 9 rad/s on the spot: 9 m, of which 6 m are looked at."""
    body = Box((0.0, 0.0), (0.4, 0.3))
    assert cap([0.0, 0.0, 9.0], figure=body).scale == pytest.approx(6.0 / 9.0)
    assert cap([3.0, 4.0, -1.0], figure=body).scale == pytest.approx(6.0 / 11.0)
    # A post that its corner meets as it turns: of 0.48 m at 90 degrees, from 36.87 degrees on.
    post = (0.0, 0.48)
    touch = math.pi / 2 - math.atan2(0.3, math.sqrt(0.48**2 - 0.3**2))
    found = cap([0.0, 0.0, -1.0], post, figure=body)
    assert found.scale * 2.0 == pytest.approx(touch, abs=0.08) and found.scale * 2.0 <= touch


def test_what_hardly_moves_or_nears_is_at_rest():
    assert cap([1e-7, 0.0, 0.0], (0.22, 0.0)) is None
    assert cap([0.0, 0.0, 1e-7], (0.1, 0.0)) is None
    # 5e-7 m are all of the way: just that is none, more is one.
    assert cap([0.5e-6, 0.0, 0.0], (0.22, 0.0)) is None and cap([3e-6, 0.0, 0.0], (0.22, 0.0)) is not None


def test_a_shorter_command_sees_no_place_that_a_longer_one_has_not_seen():
    """What is allowed of any command is allowed by itself; half a step beyond its end is looked at for that."""
    for gap in np.linspace(0.2, 1.0, 33):
        whole = cap([1.0, 0.0, 0.0], (0.22 + gap, 0.1))
        if whole is not None:
            part = cap([whole.scale, 0.0, 0.0], (0.22 + gap, 0.1))
            assert part is None or part.scale == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("degrees", [0, 10, 20])
def test_the_free_part_of_a_way_is_never_too_long_nor_much_too_short(degrees):
    """A disc that comes up to a post touches it sqrt(0.22^2 - aside^2) before it; a step is 0.03 m."""
    for away in (0.4, 0.41, 0.42, 0.62):
        ahead, aside = away * math.cos(math.radians(degrees)), away * math.sin(math.radians(degrees))
        contact = ahead - math.sqrt(0.22**2 - aside**2)
        found = cap([1.0, 0.0, 0.0], (ahead, aside))
        assert contact - 0.03 < 2.0 * found.scale <= contact + 2e-6


def test_it_is_idle_while_nothing_is_as_near_as_the_longest_way_leads():
    """(0.3, 0.4) m/s and 1 rad/s at 0.22 m: 1.44 m in 2 s, a margin of 0.1 m and a step of 0.03 m."""
    need = 1.44 + 0.1 + 0.03 + 0.22
    span = Span((0.3, 0.4, 1.0), 0.0, 0.0)
    assert limit(margin=0.1).idle(seen((need + 1e-4, 0.0)), span)
    assert not limit(margin=0.1).idle(seen((need - 1e-4, 0.0)), span)
    assert limit().bound == 2.0


def test_it_is_not_idle_where_the_way_is_longer_than_is_looked_at():
    assert limit().idle(seen(), Span((0.0, 2.99, 0.0), 0.0, 0.0))
    assert not limit().idle(seen(), Span((0.0, 3.01, 0.0), 0.0, 0.0))
    assert not limit().idle(seen(), Span((0.0, 2.9999999, 0.0), 0.0, 0.0))
    just = (6.0 - 1e-6) / 2.0
    assert just * 2.0 + 1e-6 == 6.0 and limit().idle(seen(), Span((0.0, just, 0.0), 0.0, 0.0))


def test_where_the_longest_way_just_leads_to_something_it_is_not_idle():
    """3 m/s for 0.5 s, a rounding, and a step."""
    length = 3.0 * 0.5 + 1e-6
    for nearest, quiet in ((0.25 + length + 0.03, False), (0.25 + length + 0.0301, True)):
        at = SimpleNamespace(reach=0.5, nearest=lambda _, nearest=nearest: nearest)
        assert limit(bound=0.5, margin=0.25).idle(at, Span((0.0, 3.0, 0.0), 0.0, 0.0)) == quiet


def test_a_clearance_that_shrinks_by_just_the_rounding_does_not_shrink(monkeypatch):
    told = "iatro_governor.limits.time_to_collision.distances_ahead"
    for least, slowed in ((-1e-6, False), (-2e-6, True)):
        monkeypatch.setattr(told, lambda _, __, way, least=least: np.full((1, way.poses.shape[1], 1), least))
        assert (cap([1.0, 0.0, 0.0], (1.0, 0.0)) is not None) == slowed
