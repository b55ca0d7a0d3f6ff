"""Colours of the page: every text stands out from what it is on (WCAG 2.2 AA), by day and by night."""

from __future__ import annotations

import re
from importlib import resources

import pytest

CSS = resources.files("iatro_governor.review.page").joinpath("assets/page.css").read_text(encoding="utf-8")
TEXTS = (
    "ink", "muted", "accent", "s0", "s1", "s2", "s3", "s4", "refusal", "caution", "hazard", "limit", "commit", "good",
    "bad",
)  # fmt: skip
LINES = ("edge", "asked", "allowed", "measured", "bound")


def palettes() -> dict[str, dict[str, str]]:
    day, night = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in
                  re.findall(r":root \{(.*?)\}", CSS, re.DOTALL))  # fmt: skip
    return {"day": day, "night": day | night}


def channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def luminance(colour: list[float]) -> float:
    """Relative luminance. Source: WCAG 2.2, definition of relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, ground: str, share: float) -> list[float]:
    return [share * a + (1 - share) * b for a, b in zip(channels(colour), channels(ground), strict=True)]


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert contrast(list(channels("#767676")), [255, 255, 255]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("time", ["day", "night"])
def test_text_and_lines_stand_out(time: str) -> None:
    palette = palettes()[time]
    for ground in ("paper", "card"):
        on = [float(value) for value in channels(palette[ground])]
        for name in TEXTS:
            assert contrast(list(channels(palette[name])), on) >= 4.5, (name, ground)
        for name in LINES:
            assert contrast(list(channels(palette[name])), on) >= 3.0, (name, ground)


@pytest.mark.parametrize("time", ["day", "night"])
def test_badges_and_marks_can_be_read(time: str) -> None:
    palette = palettes()[time]
    for name in ("s0", "s1", "s2", "s3", "s4"):
        for share in (0.10, 0.20):
            assert (
                contrast(list(channels(palette[name])), mixed(palette[name], palette["card"], share)) >= 4.5
            )
    for name in ("refusal", "caution", "hazard", "limit", "commit"):
        on = mixed(palette[name], palette["paper"], 0.11)
        for text in (name, "ink", "muted"):
            assert contrast(list(channels(palette[text])), on) >= 4.5, (name, text)
    assert contrast(list(channels(palette["card"])), list(channels(palette["accent"]))) >= 4.5
