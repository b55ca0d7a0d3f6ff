"""An arm that follows its trajectory beside it, within the tolerance of that: its links keep out all the same."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.profile.volumes import Volume3
from test.governor.arms import faults
from test.governor.test_trajectory_chart import CEILING, Robot, profile_of, sent

MARGIN, OVER = 0.01, 0.012
HIGH, REACH = 0.1, (0.31, 0.42)
UPPER, LOWER, RADIUS = 0.3, 0.2, 0.03
SECONDS = 2.5
TABLE = {"box": {"size": [2.0, 2.0, 1.0], "pose": [0.0, 0.0, -0.5 - RADIUS - MARGIN - OVER, 0.0, 0.0, 0.0]}}


def bent(x: float, z: float) -> np.ndarray:
    """The joints that have the hand at a place, its elbow above."""
    elbow = np.arccos((x * x + z * z - UPPER**2 - LOWER**2) / (2 * UPPER * LOWER))
    return np.array(
        [np.arctan2(z, x) + np.arctan2(LOWER * np.sin(elbow), UPPER + LOWER * np.cos(elbow)), -elbow]
    )


def eased(s: float) -> float:
    return 10 * s**3 - 15 * s**4 + 6 * s**5


def along_the_table():
    """Down to just above what is kept from the table, then outwards, level."""

    def at(s: float) -> np.ndarray:
        down, out = eased(min(2 * s, 1.0)), eased(max(2 * s - 1.0, 0.0))
        return bent(REACH[0] + out * (REACH[1] - REACH[0]), HIGH * (1.0 - down))

    points, d = [], 1e-6
    for s in np.linspace(0, 1, 81):
        low, high = max(s - d, 0.0), min(s + d, 1.0)
        pace = (at(high) - at(low)) / (high - low) / SECONDS * (0.0 < s < 1.0)
        points.append({"time": float(s * SECONDS), "positions": at(s).tolist(), "velocities": pace.tolist()})
    return points


@pytest.mark.parametrize("beside", [-0.03, 0.03], ids=["below", "above"])
def test_a_link_keeps_out_where_its_joints_stay_beside_their_trajectory(tmp_path, beside):
    """Within the tolerance: one that hangs through is stopped before the margin, one that rides high is not."""
    points = along_the_table()
    table = CEILING | {"name": "table", "volume": TABLE, "margin": MARGIN, "links": ["lower"]}
    profile = profile_of(tmp_path, limits=[table])
    robot = Robot(profile, q=np.array(points[0]["positions"])).go(0.1).go(0.01, sent(0.1, points))
    trail = []
    for k in range(270):
        robot.beside = np.full(2, beside * min(k / 80, 1.0))
        robot.go(0.01)
        trail.append(robot.q)
    way = posture(profile.body, np.array(trail))
    which = np.flatnonzero(profile.body.capsule_body == 2)
    volume = Volume3.model_validate(TABLE).volume()
    distance = volume.distance(way.capsules()[:, which], profile.body.capsule_radius[which]).min()
    assert MARGIN - ASIDE < distance and faults(robot.rows) == set()
    assert len(robot.published) == (2 if beside < 0 else 1)
    assert distance < MARGIN + 0.01 or beside > 0
