"""Volumes of a profile: what cannot be meant is refused with a message, what can is built as written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.profile.volumes import Volume3

BOX = {"size": [0.4, 0.6, 0.2], "pose": [1.0, 0.0, 0.5, 0.0, 0.0, math.pi / 2]}
SPHERE = {"centre": [0.0, 0.0, 1.0], "radius": 0.3}
CAPSULE = {"start": [0.0, 0.0, 0.0], "end": [0.0, 0.0, 1.0], "radius": 0.1}
CORNERS = [[0.0, 0.0], [1.0, 0.0], [1.2, 1.0], [0.2, 1.0]]


def refusal(**given):
    with pytest.raises(ValidationError) as caught:
        Volume3.model_validate(given)
    (error,) = caught.value.errors()
    return ".".join(map(str, error["loc"])), error["msg"]


@pytest.mark.parametrize(
    ("given", "where", "what"),
    [
        ({}, "", "exactly one of box, sphere, capsule and prism"),
        ({"box": BOX, "sphere": SPHERE}, "", "exactly one of"),
        ({"cone": {}}, "cone", "not permitted"),
        ({"box": {**BOX, "size": [0.4, 0.0, 0.2]}}, "box.size.1", "greater than 0"),
        ({"box": {**BOX, "size": [0.4, 0.2]}}, "box.size.2", "required"),
        ({"box": {**BOX, "pose": [0, 0, 0, 0, 0, math.nan]}}, "box.pose.5", "finite"),
        ({"box": {"size": [1.0, 1.0, 1.0]}}, "box.pose", "required"),
        ({"sphere": {**SPHERE, "radius": -0.1}}, "sphere.radius", "greater than 0"),
        ({"sphere": {**SPHERE, "centre": [0, 0, 1e9]}}, "sphere.centre.2", "less than"),
        ({"sphere": {**SPHERE, "radius": "0.3"}}, "sphere.radius", "number"),
        ({"capsule": {**CAPSULE, "end": [0.0, 0.0, 0.0]}}, "capsule", "same point; give a sphere"),
        ({"prism": {"corners": CORNERS[:2]}}, "prism.corners", "at least 3"),
        ({"prism": {"corners": [CORNERS[k] for k in (0, 2, 1, 3)]}}, "prism", "cross each other or touch"),
        ({"prism": {"corners": [[0, 0], [1, 0], [1, 0.01], [0, 0.01]]}}, "prism", "0.010 m wide"),
        ({"prism": {"corners": CORNERS, "low": 1.0, "high": 1.0}}, "prism", "low, 1.0 m, must be below high"),
        ({"prism": {"corners": CORNERS, "low": math.inf}}, "prism.low", "finite"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, where, what):
    key, message = refusal(**given)
    assert key == where and what in message


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [
        ({"box": BOX}, [1.28, 0.0, 0.5], [1.0, 0.28, 0.5]),
        ({"sphere": SPHERE}, [0.0, 0.29, 1.0], [0.0, 0.31, 1.0]),
        ({"capsule": CAPSULE}, [0.0, 0.0, 1.09], [0.0, 0.11, 0.5]),
        ({"prism": {"corners": CORNERS, "low": 0.2}}, [0.6, 0.5, 900.0], [0.6, 0.5, 0.1]),
        ({"prism": {"corners": CORNERS, "high": 0.2}}, [0.6, 0.5, -900.0], [0.6, 0.5, 0.3]),
        ({"prism": {"corners": CORNERS}}, [0.6, 0.5, 900.0], [1.1, 0.1, 0.0]),
        ({"prism": {"corners": CORNERS, "low": -1, "high": 1}}, [0.6, 0.5, 0.9], [0.6, 0.5, 1.1]),
    ],
)
def test_a_volume_is_built_as_written(given, inside, outside):
    volume = Volume3.model_validate(given).volume()
    signed = volume.signed(np.array([inside, outside]))
    assert signed[0] < 0 < signed[1]
