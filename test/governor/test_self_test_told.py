"""What the self-test refuses a start with, and what it shows the governor of every kind of sensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError, ProfileError
from iatro_governor.governor import scenes
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Bodies, Joints, MapPose, Points, Range
from iatro_governor.governor.scenes import SCENES, Scene, fresh
from iatro_governor.governor.self_test import Finding, problems, self_test, steps
from iatro_governor.governor.self_test import tested as start
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.trip import Challenge, Trip
from test.governor.profiles import BOX, ZONES, amr, seeing
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


# What counts as an answer: a limit on speed that tries and says what it is told to.


def told_of(tmp_path, monkeypatch, drop=ZONES, **faces):
    """What is found of the amr's limits on speed where those have ``faces``."""
    profile = amr(tmp_path, drop=drop)
    monkeypatch.setitem(KINDS, "speed", dead("speed", **faces))
    return [(finding.limit, finding.message, finding.refuses) for finding in self_test(profile)]


def trying(face, *command):
    """A challenge by ``face``: ``command`` from rest in open space."""

    def trips(self, scenes):
        yield Challenge(face, [Trip(scenes[0].standing(np.zeros(3)), np.array(command))])

    return trips


def both(message):
    return [(name, f"{message} in the self-test", True) for name in ("travel_speed", "turn_speed")]


def test_a_limit_that_allows_half_of_standing_still_has_changed_nothing(tmp_path, monkeypatch):
    def half(self, command, situation):
        return Cap(0.5, 1.0, 0.5)

    faces: dict[str, Any] = {"cap": half, "idle": nothing}
    moved = told_of(tmp_path, monkeypatch, **faces, trips=trying("cap", 0.001, 0.0, 0.0))
    assert moved == []
    still = told_of(tmp_path, monkeypatch, **faces, trips=trying("cap", 0.0, 0.0, 0.0))
    assert still == both("it let pass whole what it bounds")


def test_a_step_that_another_limit_makes_smaller_is_no_answer(tmp_path, monkeypatch):
    found = told_of(tmp_path, monkeypatch, trips=trying("rate", 1.0, 0.0, 0.0))
    assert found == both("it let a step pass that is too large")


def test_what_bounds_no_number_of_commands_counts_none(tmp_path, monkeypatch):
    found = told_of(tmp_path, monkeypatch, bound=property(nothing), trips=trying("stream", 0.0, 0.0, 0.0))
    assert found == both("it let more commands pass than it allows")


def test_a_bound_on_jerk_is_tried_by_steps_that_keep_it(tmp_path):
    """No acceleration is bounded, so that nothing else makes a step smaller."""
    row = {
        "name": "jolt",
        "kind": "jerk",
        "channel": "base",
        "axis": "linear",
        "bound": 2.0,
        "source": "a test",
    }
    assert self_test(amr(tmp_path, limits=[row], drop=(*ZONES, "acceleration"))) == []


def pace(tmp_path, name):
    row = {"name": name, "kind": "command_rate", "channel": "base", "bound": 50.0, "source": "a test"}
    return amr(tmp_path, limits=[row])


def test_a_command_that_takes_the_place_of_another_is_not_taken_for_one_that_was_counted(
    tmp_path, monkeypatch
):
    """What is told of such a one is that a newer command came."""
    monkeypatch.setattr("iatro_governor.governor.self_test.tightest", nothing)
    assert [finding.limit for finding in self_test(pace(tmp_path, "newer"))] == ["newer"]


@pytest.mark.parametrize(("more", "named"), [(1.0, []), (2.0, ["pace"])])
def test_a_command_rate_may_count_one_too_few_and_no_more(tmp_path, monkeypatch, more, named):
    def late(limits, channel):
        return limits[0].config.model_copy(update={"bound": 50.0 + more})

    monkeypatch.setattr("iatro_governor.governor.self_test.tightest", late)
    assert [finding.limit for finding in self_test(pace(tmp_path, "pace"))] == named


def test_limits_that_the_governor_did_not_take_up_are_named_each_and_those_behind_them_tried(
    tmp_path, monkeypatch
):
    taken_up = Governor.__init__

    def without_speeds(self, *args, **more):
        taken_up(self, *args, **more)
        for group in self.groups:
            group.limits = [limit for limit in group.limits if limit.config.kind != "speed"]

    profile = amr(tmp_path)
    monkeypatch.setattr(Governor, "__init__", without_speeds)
    assert {step.limit for step in steps(profile)} == {getattr(limit, "name", "") for limit in profile.limits}
    assert [str(finding) for finding in self_test(profile)] == [
        f"limit {name} on channel base: the governor did not take it up"
        for name in ("travel_speed", "turn_speed")
    ]


def test_of_a_limit_the_first_that_was_found_is_told_at_its_line(tmp_path):
    profile = amr(tmp_path)
    found = [Finding("turn_speed", "base", message, True) for message in ("it came first", "it came second")]
    (problem,) = problems(profile, found)
    assert "it came first" in problem.message and "it came second" not in problem.message


def test_what_gives_way_to_a_recovery_is_tried_as_it_holds_meanwhile_and_nothing_else_is(
    tmp_path, monkeypatch
):
    """Eased it keeps no margin of its own, at the speed that an operator may bring the base out with."""
    asked = []
    deaf = dead("obstacle", clear=lambda self, *_: None)

    def eased(self, margin, speed):
        asked.append((self.config.name, margin, speed))
        return deaf(self.config)

    row: dict[str, Any] = {
        "name": "others",
        "kind": "obstacle",
        "channel": "base",
        "sources": ["lidar"],
        "source": "a test",
    }
    row = row | {"margin": 0.07, "floor": 0.01, "noise": 0.02, "retreat_speed": 0.15}
    profile = amr(tmp_path, limits=[row])
    assert self_test(profile) == []
    monkeypatch.setitem(KINDS, "obstacle", dead("obstacle", eased=eased))
    found = {(finding.limit, finding.message, finding.refuses) for finding in self_test(profile)}
    told = "eased for a recovery, it let the body go where it must not in the self-test"
    assert found == {("obstacles", told, True)} and asked == [("obstacles", 0.0, 0.05)]


def test_what_gives_no_way_to_a_recovery_is_tried_once(tmp_path, monkeypatch):
    monkeypatch.setitem(KINDS, "obstacle", dead("obstacle", eased=nothing))
    assert self_test(amr(tmp_path)) == []
