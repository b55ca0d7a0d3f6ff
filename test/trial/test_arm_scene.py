"""What a scene of the arm's bench says of forces between it and the scene before."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.plant.arm_simulation import ArmTruth, RegionForce
from iatro_governor.trial.arm_scene import Scene


def truth(now: float, peak: float) -> ArmTruth:
    forces = {"ann/hand": RegionForce(now, peak, 0.0)}
    return ArmTruth(1.0, np.zeros(7), np.zeros(7), np.zeros(3), 0.0, 0.08, forces, {}, frozenset())


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, (3.0, 40.0), 40.0),
        ((0.0, 0.0), (3.0, 40.0), 40.0),
        ((20.0, 40.0), (3.0, 40.0), 3.0),
        ((20.0, 40.0), (41.0, 41.0), 41.0),
    ],
    ids=["the first", "a blow since", "a blow before", "still rising"],
)
def test_a_blow_since_the_scene_before_is_told_where_it_is_the_hardest_yet(
    before: tuple[float, float] | None, now: tuple[float, float], told: float
) -> None:
    scene = Scene.of(2.0, truth(*now), None if before is None else truth(*before))
    assert (scene.t, scene.forces) == (2.0, {"ann/hand": told})
    assert Scene.read(scene.to_json()) == scene
