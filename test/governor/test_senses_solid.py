"""Clouds are kept in three dimensions for a body that has links."""

from __future__ import annotations

import numpy as np

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Odom, Points
from test.governor.arms import arm, channel, data
from test.governor.profiles import seeing
from test.governor.test_clouds import CAMERA


def solids(profile, *events):
    """How many solid points are kept of five."""
    senses = Governor(profile).senses
    for event in events:
        senses.odom(event)
    senses.look(Points(2.0, "camera", np.array([[1.0, 0.2 * k, 0.1 * k] for k in range(5)]), 2.0))
    newest = senses.surroundings.newest("camera")
    assert newest is not None and len(newest.sweep.points) > 0
    return 0 if newest.sweep.solid is None else len(newest.sweep.solid)


def test_what_is_seen_is_solid_for_links_and_flat_for_a_base(tmp_path):
    at = Odom(1.0, "odom", np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), np.zeros(6), 1.0)
    assert solids(seeing(tmp_path, {"camera": CAMERA}), at) == 0
    given = data({"arm": channel("joint_velocity", "arm")})
    given["sources"]["camera"] = CAMERA
    assert solids(arm(tmp_path, given)) > 0
