"""The limits in the picture of an incident: each where its number is, as far as it bound, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iatro_governor.ledger import Reader
from iatro_governor.review.chart import chart
from iatro_governor.review.incidents import detail, start_time

NUMBER = r"(-?[\d.]+(?:e-?\d+)?)"


def svg(sample: Path, plan: str) -> str:
    with Reader(sample) as reader:
        return str(chart(detail(reader, plan), start_time(reader)))


def value_at(picture: str, y: float) -> float:
    """What the axis of the upper curve says of a height: by its two lowest ticks."""
    ticks = re.findall(
        rf'<text class="tick" x="[\d.]+" y="{NUMBER}" text-anchor="end">{NUMBER}</text>', picture
    )
    (first, low), (second, high) = [(float(place) - 4.0, float(number)) for place, number in ticks[:2]]
    return low + (y - first) / (second - first) * (high - low)


def bounds(picture: str) -> list[list[float]]:
    """Of each line of a limit the heights of its points."""
    paths = re.findall(r'<path class="bound" d="([^"]+)"', picture)
    return [[float(y) for _, y in re.findall(rf"[ML]{NUMBER} {NUMBER}", path)] for path in paths]


@pytest.mark.parametrize(("plan", "cap"), [("claim-03", 0.6), ("blind-06", 0.6)])
def test_a_limit_is_drawn_at_its_number(plan: str, cap: float, sample: Path) -> None:
    picture = svg(sample, plan)
    (line,) = bounds(picture)
    assert len(line) > 10
    assert {round(value_at(picture, y), 2) for y in line} == {cap}


def test_what_did_not_bind_is_not_drawn(sample: Path) -> None:
    assert bounds(svg(sample, "dock-01")) == []
