"""Volumes for links in the map, with odometry that drifts and a localiser that errs as much as it may."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.planar import compose
from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import MapPose
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import MapPoseSource
from iatro_governor.profile.volumes import Volume3
from test.body.arm.conftest import robots_folder
from test.governor import arms
from test.governor.moving import World, among
from test.governor.places import HOME, kept_capsules, kept_links

shipped_robots = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
SIGMAS, SIGMA = 3.0, (0.02, 0.01)
AMCL = {"type": "map_pose", "topic": "amcl_pose", "timeout_s": 0.5, "sigmas": SIGMAS, "source": "a test"}
MARGIN = 0.02
WALL = {"box": {"size": [0.4, 4.0, 3.0], "pose": [1.6, 0.0, 1.0, 0.0, 0.0, 0.0]}}
CAGE = {"box": {"size": [2.4, 4.0, 6.0], "pose": [0.0, 0.0, 3.0, 0.0, 0.0, 0.0]}}
FORWARD = {"tiago": (0.6, 0.0, 0.0, 0.0, 0.0, 0.0), "iris": (0.8, 0.0, 0.0, 0.0, 0.0, 0.0)}


@dataclass
class Lost(World):
    """Its places are the map's; its odometry drifts, and its localiser is right within bounds."""

    def _at(self, t: float) -> Any:
        stamp, q, rates, twist = super()._at(t)
        told = q.copy()
        told[self.plane] = compose(drift(stamp), q[self.plane])
        return stamp, told, rates, twist

    def _measure(self) -> None:
        super()._measure()
        if self.k % 20 == 0:
            most = (SIGMAS - 1.0) * np.array(SIGMA)
            bearing, side = self.rng.uniform(-math.pi, math.pi), self.rng.choice([-1.0, 1.0])
            x, y, yaw = self.q[self.plane]
            x, y = x + most[0] * math.cos(bearing), y + most[0] * math.sin(bearing)
            turned = (yaw + most[1] * side) / 2
            pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(turned), math.cos(turned)])
            self.governor.handle(MapPose(self.t, "amcl", pose, None, SIGMA, self.t))


def drift(t: float) -> np.ndarray:
    """Pose of the map's origin in odom: 2 cm and 0.02 rad a second, from somewhere."""
    return np.array([-0.5 - 0.02 * t, -0.3 + 0.01 * t, 0.2 + 0.02 * t])


def localised(name: str, kind: str, volume: dict[str, Any], frame: str = "map", **more: Any) -> Profile:
    row = {"name": "place", "kind": kind, "volume": volume, "frame": frame, "links": kept_links(name), **more}
    profile = among(name, row | ({"localisation": "amcl"} if frame == "map" else {}))
    sources = profile.data.sources | {"amcl": MapPoseSource.model_validate(AMCL)}
    return replace(profile, data=profile.data.model_copy(update={"sources": sources}))


def driven(name: str, profile: Profile, seed: int = 0) -> World:
    world = Lost(Governor(profile), np.array(HOME[name]), 0.05, 0.0, seed=seed)
    return world.run(4.0, lambda _: {"base": FORWARD[name]})


def distances(world: World, name: str, volume: dict[str, Any]) -> np.ndarray:
    """True least distance (k,) of any kept capsule from the volume, m, at every sample of the trail."""
    which = kept_capsules(name)
    every = posture(world.model, np.array(world.trail)).capsules()[:, which]
    solid = Volume3.model_validate(volume).volume()
    least: np.ndarray = solid.distance(every, world.model.capsule_radius[which]).min(axis=-1)
    return least


def ahead(world: World, name: str) -> float:
    """The furthest forward that any point of a kept capsule has been, m."""
    which = kept_capsules(name)
    every = posture(world.model, np.array(world.trail)).capsules()[:, which][..., 0]
    return float((every.max(axis=-1) + world.model.capsule_radius[which]).max())


@shipped_robots
@pytest.mark.parametrize("seed", range(2))
def test_a_mobile_arm_stays_out_of_a_volume_in_the_map_however_the_localiser_errs(seed):
    world = driven("tiago", localised("tiago", "link_zone", WALL, margin=MARGIN), seed)
    assert 0.0 < distances(world, "tiago", WALL).min() < 0.35, "it came near, and no nearer"
    assert not [d for d in world.decisions if d.action is Action.UNREACHABLE]


@shipped_robots
@pytest.mark.parametrize("seed", range(2))
def test_what_flies_stays_within_a_volume_in_the_map(seed):
    world = driven("iris", localised("iris", "workspace", CAGE, margin=MARGIN), seed)
    assert 0.6 < ahead(world, "iris") < 1.2, "it went on as far as it could"
    assert not [d for d in world.decisions if d.action is Action.UNREACHABLE]


@shipped_robots
def test_the_same_volumes_by_drifting_odometry_are_run_into():
    into = driven("tiago", localised("tiago", "link_zone", WALL, "odom", margin=MARGIN))
    assert distances(into, "tiago", WALL).min() < -0.1
    out = driven("iris", localised("iris", "workspace", CAGE, "odom", margin=MARGIN))
    assert ahead(out, "iris") > 1.3


@shipped_robots
def test_links_are_slow_in_a_slow_volume_in_the_map():
    slow = driven("tiago", localised("tiago", "link_slow_zone", WALL, speed=0.15))
    inside = distances(slow, "tiago", WALL) <= 0.0
    assert inside.sum() > 100 and slow.speeds()[inside].max() <= 0.15 + 5e-3
    assert slow.speeds()[~inside].max() > 0.3, "and fast before"


@shipped_robots
def test_before_the_localiser_has_spoken_nothing_moves():
    world = World(
        Governor(localised("tiago", "link_zone", WALL, margin=MARGIN)), np.array(HOME["tiago"]), 0.05, 0.0
    )
    world.run(0.3, lambda _: {"base": FORWARD["tiago"]})
    assert not any(any(decision.allowed) for decision in world.decisions)
    assert "amcl" in world.last.faults[0].detail


def test_a_volume_in_a_map_is_refused_where_the_robot_stands(tmp_path):
    row = {"name": "place", "kind": "link_zone", "channel": "arm", "source": "a test", "volume": WALL}
    given = arms.data({"arm": arms.channel("joint_velocity", "arm")})
    given["limits"].append(row | {"frame": "map", "localisation": "amcl"})
    given["sources"]["amcl"] = AMCL
    with pytest.raises(ProfileError, match="the robot stands"):
        arms.arm(tmp_path, given)


@pytest.mark.parametrize("row", [{"frame": "map"}, {"frame": "odom", "localisation": "joints"}])
def test_a_map_and_its_localiser_go_together(tmp_path, row):
    place = {"name": "place", "kind": "link_slow_zone", "channel": "arm", "source": "a test", "speed": 0.1}
    given = arms.data({"arm": arms.channel("joint_velocity", "arm")})
    given["limits"].append(place | {"volume": WALL} | row)
    with pytest.raises(ProfileError, match="needs localisation, one in another takes none"):
        arms.arm(tmp_path, given)
