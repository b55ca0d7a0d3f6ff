"""What the self-test refuses a start with, and what it shows the governor of every kind of sensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError, ProfileError
from iatro_governor.governor import scenes
from iatro_governor.governor.events import Bodies, Joints, MapPose, Points, Range
from iatro_governor.governor.scenes import SCENES, Scene, fresh
from iatro_governor.governor.self_test import self_test
from iatro_governor.governor.self_test import tested as start
from iatro_governor.limits.registry import KINDS
from test.governor.profiles import BOX, amr, seeing
from test.governor.test_seeing import CLOUD, SONAR
from test.governor.test_trajectory_chart import SLOWLY, WAY, profile_of

SENSING: dict[str, Any] = {
    "cloud": CLOUD,
    "sonar": SONAR | {"pose": [0.1, 0.0, 0.2, 0.0, 0.0, 0.0]},
}
AMCL = {"type": "map_pose", "topic": "amcl", "timeout_s": 1.0, "sigmas": 3.0, "source": "a test"}
PEOPLE: dict[str, Any] = {
    "type": "bodies",
    "topic": "people",
    "frame": "odom",
    "timeout_s": 0.5,
    "radius": 0.3,
    "source": "a test",
}
BOX_REACH = float(np.hypot(0.4, 0.25))
"""Of the box from the middle between its wheels to a corner, m."""


def dead(kind, **faces):
    """The limit of ``kind`` with some of its ways to intervene taken away."""
    return type("Dead", (KINDS[kind],), faces)


def nothing(*_):
    return None


def test_a_start_is_refused_at_the_line_of_the_limit_that_does_nothing(tmp_path, monkeypatch):
    profile = amr(tmp_path)
    assert start(profile) == []
    monkeypatch.setitem(KINDS, "speed", dead("speed", cap=nothing))
    with pytest.raises(ProfileError) as caught:
        start(profile)
    speeds: list[Any] = [
        (i, row) for i, row in enumerate(profile.limits) if getattr(row, "kind", "") == "speed"
    ]
    problems = caught.value.problems
    assert [problem.key for problem in problems] == [f"limits[{i}].kind" for i, _ in speeds], "each once"
    assert all(problem.given == "speed" and problem.line for problem in problems)
    assert all(config.name in problem.message for problem, (_, config) in zip(problems, speeds, strict=True))


def test_a_limit_of_which_nothing_is_known_that_would_make_it_intervene_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "obstacle", dead("obstacle", trips=lambda self, scenes: iter(())))
    found = [finding for finding in self_test(amr(tmp_path)) if finding.refuses]
    assert {finding.message for finding in found} == {"nothing is known that would make it intervene"}
    assert len({finding.limit for finding in found}) == 1


def test_a_limit_that_lets_every_trajectory_pass_is_refused(tmp_path, monkeypatch):
    profile = profile_of(tmp_path, limits=[SLOWLY])
    assert not self_test(profile)
    monkeypatch.setitem(KINDS, "link_speed", dead("link_speed", cap=nothing))
    assert [finding.limit for finding in self_test(profile) if finding.refuses] == ["hand_speed"]


def test_trajectories_that_come_too_often_are_counted(tmp_path, monkeypatch):
    pace = {"name": "pace", "kind": "command_rate", "channel": WAY, "bound": 5.0, "source": "a test"}
    profile = profile_of(tmp_path, limits=[pace])
    assert not self_test(profile)
    monkeypatch.setattr("iatro_governor.governor.self_test.tightest", lambda limits, channel: None)
    assert [finding.limit for finding in self_test(profile)] == ["pace"]


@pytest.fixture(scope="module")
def sensing(tmp_path_factory):
    """A base without a model, with a cloud, a sonar, a place on a map and a tracker of people."""
    return seeing(tmp_path_factory.mktemp("sensing"), SENSING, BOX, others={"amcl": AMCL, "people": PEOPLE})


def events(profile, scene):
    return {type(event): event for event in scenes._events(profile, scene, 0.0)}


def test_every_sensor_shows_what_a_scene_has_and_the_governor_takes_it(sensing):
    for scene in SCENES:
        shown = events(sensing, scene)
        assert (Points in shown) == (Range in shown) == scene.seen and {MapPose, Bodies} <= set(shown)
        assert fresh(sensing, scene).tick(0.0)


def test_things_around_a_base_stand_as_far_off_as_the_scene_says(sensing):
    reach, gap = BOX_REACH, 0.3
    shown = events(sensing, Scene(gap=gap))
    places = np.array([body.position for body in shown[Bodies].bodies])
    assert np.linalg.norm(places, axis=1) == pytest.approx(reach + gap + PEOPLE["radius"])
    assert shown[Range].value == pytest.approx(reach + gap)
    assert not events(sensing, Scene()).get(Bodies).bodies


def test_a_camera_sees_the_floor_where_there_is_nothing_and_the_things_as_well_where_they_are(sensing):
    floor, things = (len(events(sensing, scene)[Points].xyz) for scene in (Scene(), Scene(gap=0.06)))
    assert 0 < floor < things


def test_what_the_governor_refuses_of_a_scene_is_told_as_the_self_tests_own(sensing, monkeypatch):
    def garbled(profile, scene, t):
        yield Joints(t, "nobody", (), np.zeros(0), np.zeros(0), None, t)

    monkeypatch.setattr(scenes, "_events", garbled)
    with pytest.raises(EventError, match="the self-test's own Joints is refused: no joints source 'nobody'"):
        fresh(sensing, Scene())
