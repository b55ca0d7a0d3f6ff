from __future__ import annotations

import math

import pytest

from iatro_governor.testimony.units import SI, unit_at


@pytest.mark.parametrize(
    ("text", "quantity", "factor"),
    [
        ("m/s", "speed", 1),
        ("cm/s", "speed", 0.01),
        (" km/h", "speed", 1 / 3.6),
        ("kph", "speed", 1 / 3.6),
        ("mph", "speed", 0.44704),
        (" metres per second", "speed", 1),
        (" meter a second", "speed", 1),
        (" feet per minute", "speed", 0.3048 / 60),
        ("m s-1", "speed", 1),
        ("rad/s", "angular_speed", 1),
        ("°/s", "angular_speed", math.pi / 180),
        (" degrees per second", "angular_speed", math.pi / 180),
        ("rpm", "angular_speed", math.tau / 60),
        ("m", "distance", 1),
        (" inches", "distance", 0.0254),
        ("mm", "distance", 0.001),
        ("°", "angle", math.pi / 180),
        (" radians", "angle", 1),
        ("n", "force", 1),
        (" newtons", "force", 1),
        ("kn", "force", 1000),
        ("nm", "torque", 1),
        ("n·m", "torque", 1),
        (" newton metres", "torque", 1),
        ("kg", "mass", 1),
        (" grams", "mass", 0.001),
        ("s", "duration", 1),
        ("ms", "duration", 0.001),
        (" minutes", "duration", 60),
        ("%", "percent", 1),
        (" per cent", "percent", 1),
    ],
)
def test_a_unit_is_read(text: str, quantity: str, factor: float) -> None:
    found = unit_at(text, 0)
    assert found is not None
    assert (found.quantity, found.factor, found.end) == (quantity, pytest.approx(factor), len(text))
    assert quantity in SI


@pytest.mark.parametrize(
    "text",
    [
        "m/s^2",
        "m/s2",
        "m/s/s",
        " metres per second squared",
        "m2",
        "m²",
        "n/m",
        " degrees celsius",
        "°c",
        "kg/m",
        " boxes",
        "",
        "sheep",
    ],
)
def test_what_measures_none_of_the_quantities(text: str) -> None:
    assert unit_at(text, 0) is None
