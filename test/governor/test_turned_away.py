"""What a base has seen and then turned its back on: it reverses over none of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.limits.unseen import UnseenConfig
from iatro_governor.profile.load import Profile
from test.governor.hall import Drive, Hall, lidar
from test.governor.profiles import amr, seeing
from test.governor.test_closed_loop import MARGIN, SIMULATED
from test.governor.test_seeing import CLOUD, cloud

VIEW = [-2.0, 2.0]
HEADING = 0.4
"""At the start; the lidar sees all that the base drives over later."""


def remembering(profile: Profile) -> Profile:
    """What was seen counts for longer than it takes to turn and reverse."""
    kept = (
        limit.model_copy(update={"memory_s": 4.0}) if isinstance(limit, UnseenConfig) else limit
        for limit in profile.limits
    )
    return replace(profile, limits=tuple(kept))


def reversing(profile: Profile, post: list[float], looks=None, gone_at: float | None = None) -> Drive:
    """It turns until the place (0.8, -0.1) is behind, and reverses there; the post is there until ``gone_at``, s."""
    hall = Hall(np.array([post]), pose=np.array([0.0, 0.0, HEADING]))
    drive = Drive(Governor(remembering(profile)), hall, looks=looks)
    if gone_at is not None:
        drive.run(gone_at, (0.0, 0.0, 1.2))
        hall.posts = np.zeros((0, 3))
    drive.run(2.3 - (gone_at or 0.0), (0.0, 0.0, 1.2))
    drive.run(1.6, (-0.6, 0.0, 0.0))
    return drive


@pytest.mark.parametrize(("across", "radius"), [(-0.1, 0.005), (0.05, 0.05)])
def test_it_reverses_over_no_post_that_its_lidar_has_seen(tmp_path, radius, across):
    drive = reversing(amr(tmp_path, sources={"lidar": {"field_of_view": VIEW}}), [0.8, across, radius])
    assert MARGIN - SIMULATED <= min(drive.gaps) < 0.3


def test_it_reverses_over_no_post_that_its_camera_has_seen(tmp_path):
    profile = seeing(tmp_path, {"cloud": {**CLOUD, "field_of_view": [-2.4, 2.4]}})
    drive = reversing(profile, [0.8, 0.0, 0.01], cloud)
    assert MARGIN - SIMULATED <= min(drive.gaps) < 0.3


def test_what_was_carried_away_while_it_looked_is_not_waited_for(tmp_path):
    drive = reversing(
        amr(tmp_path, sources={"lidar": {"field_of_view": VIEW}}), [0.8, 0.0, 0.05], gone_at=0.3
    )
    assert math.hypot(*drive.hall.pose[:2]) > 0.5


def test_a_lidar_that_falls_silent_has_not_seen_what_is_around_for_longer_than_memory(tmp_path):
    """Its time-out is 3 s, and what was seen counts for 1 s."""
    profile = amr(tmp_path, sources={"lidar": {"timeout_s": 3.0}})
    hall = Hall(np.array([[9.0, 0.0, 0.05]]))
    drive = Drive(Governor(profile), hall, looks=lambda hall, t: lidar(hall, t) if t < 0.5 else [])
    drive.run(2.8, (0.8, 0.0, 0.0))
    assert not any(drive.last.allowed)
    assert "unseen_space" in {limit.name for decision in drive.decisions for limit in decision.limits}
