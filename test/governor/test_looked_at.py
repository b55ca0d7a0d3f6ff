"""What limits are shown of the body: once a moment, by the first source that knows, and of no more than there is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.joint_track import JointTrack
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Points, Range
from iatro_governor.governor.looks import kind_of, own_body, sweep_of
from iatro_governor.governor.predicates import present_by
from iatro_governor.governor.readings import Readings
from iatro_governor.governor.relief import relieved
from iatro_governor.governor.scene import Scene
from iatro_governor.governor.seated import Seated
from iatro_governor.governor.verified import REMEMBERED_S, Verified
from iatro_governor.governor.wireframe import capsule, figure_lines
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.speed import SpeedLimit
from iatro_governor.profile.volumes import Volume3
from test.governor.arms import arm, channel, data
from test.governor.hall import Drive, Hall
from test.governor.profiles import amr
from test.limits.broken import broken
from test.limits.situations import make, situation

NOWHERE = np.zeros((0, 2))


def test_the_body_is_looked_at_once_for_all_that_is_asked():
    looks = []

    def look():
        looks.append(1)
        return situation(NOWHERE, pose=np.array([2.0, 0.0, 0.0]))

    figure = {"circle": {"radius": 0.5, "centre": [2.0, 0.0]}}
    here, there = make("zone", frame="odom", figure=figure, name="here"), make("geofence", name="there")
    present = present_by([here, there], look)
    assert present("here") is True and present("there") is None and present("here") is True and looks == [1]
    assert present("nowhere") is None and present_by([here], None)("here") is None


def test_joints_are_told_by_the_first_source_that_knows_them_and_by_no_other():
    tracks = {
        "others": JointTrack(("a", "b")),
        "arm": JointTrack(("x", "y")),
        "again": JointTrack(("y", "x")),
    }
    for k, track in enumerate(tracks.values()):
        track.add(float(k), track.names, np.array([k + 0.1, k + 0.2]), np.zeros(2), None)
    readings = Readings(["y", "x"], tracks)
    assert readings.position.tolist() == [1.2, 1.1] and readings.ages(3.0).tolist() == [2.0, 2.0]


def test_what_keeps_no_margin_gives_way_by_its_speed_and_not_by_what_others_have_broken():
    """A limit on unseen space has no distance: it is eased by how fast the operator may go."""
    at = broken("obstacle")
    unseen, obstacle = make("unseen", speed=0.02), make("obstacle")
    eased, near = relieved([unseen, obstacle], {"unseen", "obstacle"}, 0.05, at)
    assert unseen.clearance(at) is None and eased.config.speed == 0.05
    assert near.config.margin < obstacle.config.margin


def test_what_knows_no_margin_is_to_keep_none_and_what_never_gives_way_stays_whole():
    kept: list[Any] = []
    fence: Any = SimpleNamespace(
        config=SimpleNamespace(name="fence", kind="fence"),
        clearance=lambda at: None,
        eased=lambda margin, speed: kept.append((margin, speed)),
    )
    assert relieved([fence], {"fence"}, 0.05, broken("obstacle")) == [fence] and kept == [(0.0, 0.05)]


def test_an_arm_has_no_arrow_of_a_base(tmp_path):
    governor = Governor(arm(tmp_path, data({"it": channel("joint_velocity", "it")})))
    decision = governor.tick(0.0)[0]
    shown = {one.name for one in Scene(governor.profile, governor.senses).drawn({"it": decision})}
    assert shown == {"links", "state"}


def test_a_rod_is_drawn_as_a_capsule_and_no_figure_as_nothing():
    given = Volume3.model_validate({"capsule": {"start": [0, 0, 0.0], "end": [0, 0, 1.0], "radius": 0.1}})
    wanted = capsule(np.zeros(3), np.array([0.0, 0.0, 1.0]), 0.1)
    assert np.array_equal(figure_lines(given), wanted)
    with pytest.raises(ValueError, match="has no figure"):
        figure_lines(Volume3.model_construct())


def test_a_limit_of_a_base_is_the_same_limit_behind_a_whole_body():
    own = make("zone", frame="odom", figure={"circle": {"radius": 0.5, "centre": [2.0, 0.0]}})
    seated = Seated(own, slice(0, 3))
    at = situation(NOWHERE, pose=np.array([2.0, 0.0, 0.0]))
    whole: Any = SimpleNamespace(base=at, anchor=np.zeros(5))
    fast = make("speed", bound=0.7)
    assert Seated(fast, slice(0, 3)).bound == 0.7 and seated.bound is None and seated.faces == own.faces
    assert seated.row_unit == own.row_unit and seated.keeps == own.keeps
    assert seated.present(whole) is True and seated.clearance(whole) == own.clearance(at)


@pytest.mark.parametrize(
    ("ago", "counts"), [(0.0, True), (REMEMBERED_S - 0.01, True), (REMEMBERED_S + 0.01, False)]
)
def test_what_was_verified_long_ago_tells_no_delay(ago, counts):
    asked = []

    def fitted(situation, outputs, since):
        asked.append(since)
        return situation

    then, now = situation(NOWHERE), situation(NOWHERE)
    object.__setattr__(now, "t", ago)
    body: Any = SimpleNamespace(fitted=fitted)
    verified = Verified(body, None, [])  # type: ignore[arg-type]
    verified.now(then)
    assert verified.keeps(np.zeros(3), now)
    assert asked == [then if counts else None]


class Immovable(SpeedLimit):
    """Lets nothing move, and would let every way to rest pass."""

    def cap(self, command, situation):
        return Cap(0.0, 1.0, 0.0)


def test_who_may_go_nowhere_by_a_cap_is_trapped_by_that_limit(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(np.zeros((0, 3))))
    drive.run(0.3, None)
    (group,) = drive.governor.groups
    look, standstill = group.look(drive.k * drive.governor.period), group.admissible.standstill
    assert standstill.binding(look, group.limits) == ()
    stuck = Immovable(make("speed", name="stuck").config)
    assert standstill.binding(look, [*group.limits, stuck]) == ("stuck",)


def test_a_look_of_a_source_of_another_type_is_never_read(tmp_path):
    profile = amr(tmp_path)
    robot, lidar = profile.data.robot, profile.data.sources["lidar"]
    event = Points(0.0, "lidar", np.zeros((1, 3)), 0.0)
    assert kind_of(event) == "points" and kind_of(Range(0.0, "r", 1.0, 0.0, 2.0, None, 0.0)) == "range"
    with pytest.raises(AssertionError, match="scan source given"):
        sweep_of(event, lidar, own_body(robot), False)
