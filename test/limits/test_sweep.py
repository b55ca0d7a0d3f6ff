"""Boundary-dense sweeps: the cap of every limit at, just inside and just beyond what it allows, and far from it.

A random command hardly ever lands on a bound; these all do. What is on a ray from rest is allowed up to one point and
not beyond it, and what is allowed of more is that very point.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from iatro_governor.limits.limit import Limit
from iatro_governor.limits.registry import KINDS
from test.limits.bodies import body_situation, surroundings, three_links
from test.limits.situations import VARIANTS, kind_of, make, persons, situation

WIDTH, SPARSE, FAR = 5, 40, 4.0
"""Steps of each size on both sides of a bound; points far from it, up to FAR times the bound."""
STEPS = (1e-7, 1e-4, 1e-2)
ROUNDING = 1e-8
UNITS = {"m", "m/s", "m/s2", "m/s3", "rad", "rad/s", "rad/s2", "rad/s3", "N", "Nm", "N/s", "Nm/s", "Hz", "s"}
FOLDED = {
    "self_collision": ((0.2, 2.6, 2.3), (0.2, 2.5, 2.4)),
    "singularity": ((0.3, 0.2, 0.2), (0.3, 0.4, -0.3)),
}
"""Postures of three links in a plane that have broken a margin, or are nearly stretched; two links can do neither."""
every_kind = pytest.mark.parametrize("kind", [*sorted(KINDS), *sorted(VARIANTS)])


def made(kind: str) -> Limit[Any]:
    """Of a kind that has to do with the hand, that of the arm which has one."""
    return make(kind, link="hand") if kind == "singularity" else make(kind)


def around(bound: float) -> list[float]:
    """Shares dense at ``bound`` and sparse elsewhere, 0 among them."""
    dense = [bound * (1.0 + sign * k * step) for step in STEPS for k in range(WIDTH + 1) for sign in (-1, 1)]
    return sorted({0.0, math.nextafter(bound, 0.0), *dense, *np.linspace(0.0, FAR * bound, SPARSE).tolist()})


def cases(kind: str) -> Iterator[tuple[Any, np.ndarray]]:
    """Situations of all sorts, and rays from rest in every direction."""
    if kind in FOLDED:
        seen: list[Any] = [body_situation(np.array(q), model=three_links()) for q in FOLDED[kind]]
        rays = [
            np.array(ray) for ray in ((0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.2, 1.0, 0.5), (0.0, -1.0, -0.3))
        ]
    elif KINDS[kind_of(kind)].view == "body":
        seen = [body_situation(np.array([0.5, 0.7]), sensed=sensed) for sensed in surroundings()]
        seen.append(body_situation(np.array([-0.9, 0.8])))  # the elbow is out of the example's workspace
        rays = [np.array(ray) for ray in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.3), (0.6, -0.8))]
    else:
        ring = np.array([[math.cos(a), math.sin(a)] for a in np.arange(0, 2 * math.pi, math.pi / 36)])
        somebody = persons([(1.2, 0.0, -0.5, 0.0)])
        places = [np.zeros(3), np.array([0.4, 0.1, 0.3]), np.array([0.9, -0.2, -1.0])]
        seen = [situation(ring * 0.8, pose=place, people=somebody) for place in places]
        seen.append(
            situation(ring * 0.25, pose=np.array([3.2, 0.0, 0.0]))
        )  # too near, and out of every fence
        rays = [
            np.array(ray) for ray in ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.4), (0.3, 0.5, 1.0), (0.0, 0.0, -1.0))
        ]
    yield from ((at, ray) for at in seen for ray in rays)


@every_kind
def test_a_ray_is_allowed_up_to_one_point_and_what_is_allowed_of_more_is_that_point(kind: str) -> None:
    limit = made(kind)
    for at, ray in cases(kind):
        far = limit.cap(100.0 * ray, at)
        if far is None or far.scale >= 1.0:
            continue
        bound = 100.0 * far.scale
        if bound == 0.0:
            assert all(
                (cap := limit.cap(share * ray, at)) is None or cap.scale in (0.0, 1.0)
                for share in (1e-9, 1.0)
            )
            continue
        for share in around(bound):
            cap = limit.cap(share * ray, at)
            scale = 1.0 if cap is None else cap.scale
            if share <= bound * (1.0 - ROUNDING):
                assert scale >= 1.0 - ROUNDING, (share, bound, scale)
            if share >= bound * (1.0 + ROUNDING):
                assert share * scale == pytest.approx(bound, rel=1e-6), (share, bound, scale)


@every_kind
def test_the_sweep_is_about_something(kind: str) -> None:
    """A sweep that never meets a bound proves nothing: each limit that caps is met by some ray."""
    limit = made(kind)
    caps = [limit.cap(100.0 * ray, at) for at, ray in cases(kind)]
    assert any(cap is not None and cap.scale < 1.0 for cap in caps) or "cap" not in limit.faces


@every_kind
def test_a_limit_says_in_its_own_unit_what_it_is_and_how_it_works(kind: str) -> None:
    limit = make(kind)
    assert limit.row_unit in UNITS and limit.unit in UNITS
    told = type(limit).__doc__ or ""
    assert len(told) > 40, "its label's mechanism is its docstring"
    assert limit.faces, "nothing says what it does besides"
    assert type(limit).model.__doc__, "its settings say their units"
