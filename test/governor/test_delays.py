"""Actuators that answer sooner than the longest delay, or just as late: what is bounded stays bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.limits.registry import KINDS
from iatro_governor.profile.volumes import Volume3
from test.body.arm.conftest import robots_folder
from test.governor.hall import Drive, Hall
from test.governor.judging import MARGIN, clearance, eaten
from test.governor.moving import World, among, shipped
from test.governor.pilots import diving, said
from test.governor.places import HOME, around, kept_capsules, kept_links, start
from test.governor.profiles import amr

ALONE = ("zone", "slow_zone", "obstacle", "time_to_collision", "unseen")
DELAY = 0.25
AHEAD = 1.0
RADIUS = 0.22
"""Of the shipped base's footprint, m."""
described = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")


def dithering(edge: float, seed: int) -> Callable[[float, float], float]:
    """Ahead and back at random times around ``edge``, m; from there a place and a time give +1 or -1."""
    turns = np.cumsum(np.random.default_rng(seed).uniform(0.03, 0.3, 400))

    def way(x: float, t: float) -> float:
        if not edge - 0.05 < x < edge + 0.03:
            return 1.0 if x < edge else -1.0
        return 1.0 if np.searchsorted(turns, t) % 2 else -1.0

    return way


@pytest.mark.parametrize("turning", [False, True], ids=["straight", "turning"])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_a_base_enters_a_slow_zone_at_its_speed_whatever_the_delay(tmp_path, share, turning):
    corners = [[AHEAD, -3.0], [6.0, -3.0], [6.0, 3.0], [AHEAD, 3.0]]
    slowly = {"name": "slowly", "kind": "slow_zone", "channel": "base", "frame": "odom", "speed": 0.1}
    row = slowly | {"figure": {"polygon": {"corners": corners}}, "source": "a test"}
    profile = amr(tmp_path, limits=[row], drop=ALONE, channels={"base": {"actuator_delay_s": DELAY}})
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3))), delay_s=share * DELAY)
    way = dithering(AHEAD - RADIUS, 1)
    for _ in range(500):
        x = float(drive.hall.pose[0])
        drive.run(0.01, (way(x, drive.k * 0.01) if turning else 1.0, 0.0, 0.0), every=1)
    places = np.array(drive.poses)[:, 0]
    inside = places[1:] > AHEAD - RADIUS + ASIDE
    assert inside.any() or (turning and share == 0.0)  # there it turns back sooner
    speeds = np.abs(np.diff(places)) / 0.01
    assert speeds[inside].max(initial=0.0) <= 0.1 + 1e-3


@described
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_link_is_no_faster_in_a_slow_zone_where_commands_turn(share):
    """Deeper than the governor takes for one way; what the drone has in flight leads away while it comes."""
    model = shipped("iris").body
    assert model is not None
    q, edge = np.array(HOME["iris"]), 0.05
    front = float((posture(model, q).capsules()[..., 0].max(axis=1) + model.capsule_radius).max())
    box = {"size": [4.0, 4.0, 4.0], "pose": [2.0 + front + edge, 0.0, 3.0, 0.0, 0.0, 0.0]}
    row = {"name": "slowly", "kind": "link_slow_zone", "volume": {"box": box}, "speed": 0.02}
    profile = among("iris", row, drop=("link_zone", "workspace"))
    delay = share * profile.data.channels["base"].actuator_delay_s
    at = World(Governor(profile), q, delay, 0.0, odom_every=1, noise=(0.0, 0.0))
    way = dithering(edge, 0)

    def pilot(world: World):
        return {"base": said(world, "base", np.array([way(world.q[0], world.t), 0.0, 0.0, 0.0]))}

    at.run(6.0, pilot, every=1)
    deep = np.array(at.trail)[:, 0] > edge + ASIDE
    assert np.abs(np.array(at.rates)[deep, 0]).max(initial=0.0) <= 0.02 + 1e-3
    assert np.array(at.trail)[:, 0].max() > edge - 0.01


WEIGHTS: dict[str, dict[str, tuple[float, ...]]] = {
    "iris": {"base": (1.0, 1.0, 1.0, 0.5)},
    "panda": {"arm": (1.0,) * 7},
}


@described
@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_nearest_command_keeps_out_whatever_the_delay(name, share):
    rng = np.random.default_rng(0)
    q = start(name, rng)
    surroundings = around(name, q, rng, margin=MARGIN)
    profile = among(name, *surroundings.rows)
    nearest = {
        key: channel.model_copy(
            update={"resolution": "project", "weights": WEIGHTS[name][key], "weights_source": "a test"}
        )
        for key, channel in profile.data.channels.items()
    }
    profile = replace(profile, data=profile.data.model_copy(update={"channels": nearest}))
    delay = share * min(channel.actuator_delay_s for channel in nearest.values())
    at = World(Governor(profile), q, delay, 0.0, seed=0)
    which = kept_capsules(name)
    at.run(1.0, diving(surroundings.volumes, which, 0))
    assert Action.PROJECTED in {decision.action for decision in at.decisions}
    assert clearance(at, surroundings.volumes, which).min() >= MARGIN - eaten(at)
    assert not [d for d in at.decisions if d.action is Action.UNREACHABLE]


ARM_DELAY = 0.2


@described
@pytest.mark.parametrize("late", ["arm", "base"])
def test_a_link_keeps_out_where_the_base_acts_before_the_arm_or_after_it(late):
    """The base drives at a wall while the arm draws back as fast: until both do what they are told, one is alone."""
    model, which, x = shipped("tiago").body, kept_capsules("tiago"), np.array([1.0, 0.0, 0.0])
    q = np.array([0.0, 0.0, 0.0, 0.2, 1.5, 0.6, 0.0, 1.2, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert model is not None
    ends, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    foremost = int(np.argmax(ends[..., 0].max(axis=1) + radius))
    front = float(ends[foremost, :, 0].max() + radius[foremost])
    size = [1.0, 3.0, 3.0]
    figure = {"box": {"size": size, "pose": [front + MARGIN + 0.504, 0.0, 1.0, 0.0, 0.0, 0.0]}}
    row = {"name": "wall", "kind": "link_zone", "volume": figure, "margin": MARGIN}
    profile = among("tiago", row)
    slow = {
        name: channel.model_copy(update={"actuator_delay_s": ARM_DELAY if name == late else 0.06})
        for name, channel in profile.data.channels.items()
    }
    profile = replace(profile, data=profile.data.model_copy(update={"channels": slow}))
    delays = {name: ARM_DELAY if name == late else 0.0 for name in slow}
    at = World(Governor(profile), q, 0.0, 0.0, odom_every=1, noise=(0.0, 0.0), delays=delays)

    def pilot(world: World):
        now = world.now
        tip = now.capsules()[which[foremost]].mean(axis=0)
        row = now.rows(model.capsule_body[which[[foremost]]], tip[None], x[None])[0] @ world.led("arm")
        row[0] = 0.0
        away = 1.0 if late == "arm" else -1.0
        return {"base": [0.5 * away, 0.0, 0.0, 0.0, 0.0, 0.0], "arm": list(-0.5 * away * row / (row @ row))}

    at.run(0.9, pilot, every=1)
    assert np.array(at.rates)[:, 0].max() > 0.0 if late == "arm" else np.array(at.rates)[:, 0].min() < 0.0
    assert clearance(at, [Volume3.model_validate(figure).volume()], which).min() >= MARGIN - eaten(at)


@described
@pytest.mark.parametrize("late", ["upper", "lower"])
def test_a_link_keeps_out_where_one_channel_of_an_arm_acts_before_the_other(late):
    """Two joints close in on a wall and four draw back as fast, or the other way round, of an arm with two drivers."""
    profile, model, which = shipped("ur5"), shipped("ur5").body, kept_capsules("ur5")
    assert model is not None
    q, x = np.array([0.0, -1.0, 1.4, -0.4, -1.5, 0.0]), np.array([1.0, 0.0, 0.0])
    ends, radius = posture(model, q).capsules()[which], model.capsule_radius[which]
    front = float((ends[..., 0].max(axis=1) + radius).max())
    figure = {"box": {"size": [1.0, 3.0, 3.0], "pose": [front + MARGIN + 0.504, 0.0, 1.0, 0.0, 0.0, 0.0]}}
    wall = {"kind": "link_zone", "name": "wall", "channel": "lower", "volume": figure, "margin": MARGIN}
    rows: list[dict[str, object]] = [{**wall, "links": kept_links("ur5")}]
    channels, arm = {}, profile.data.channels["arm"]
    for name, own in (("lower", slice(0, 2)), ("upper", slice(2, 6))):
        given = arm.model_dump(exclude_unset=True, exclude={"recover"})
        given |= {"joints": arm.joints[own], "input": name, "output": f"{name}_out"}  # type: ignore[union-attr]
        given["actuator_delay_s"] = ARM_DELAY if name == late else 0.04
        for mode in given["stop_modes"].values():
            mode["deceleration"] = mode["deceleration"][own]
            mode.pop("label")
        channels[name] = type(arm).model_validate(given)
        for kind, most in (("velocity", 1.5), ("acceleration", 2.0), ("deceleration", 3.0)):
            bounds = [most] * len(given["joints"])
            rows.append(
                {"kind": f"joint_{kind}", "name": f"{name}_{kind}", "channel": name, "bounds": bounds}
            )
    limits = tuple(KINDS[str(row["kind"])].model.model_validate({"source": "a test", **row}) for row in rows)
    profile = replace(profile, limits=limits, data=profile.data.model_copy(update={"channels": channels}))
    at = World(Governor(profile), q, 0.0, 0.0, noise=(0.0, 0.0), delays={late: ARM_DELAY})

    def pilot(world: World):
        now = world.now
        ends = now.capsules()[which]
        foremost = int(np.argmax(ends[..., 0].max(axis=1) + radius))
        tip = ends[foremost][np.argmax(ends[foremost][:, 0])]
        row = now.rows(model.capsule_body[which[[foremost]]], tip[None], x[None])[0]
        ways = {name: row @ world.led(name) for name in world.channels}
        return {name: list((-0.6 if name == late else 0.6) * way / (way @ way)) for name, way in ways.items()}

    at.run(0.4, pilot, every=1)
    assert np.abs(np.array(at.rates)).max() > 0.0
    assert clearance(at, [Volume3.model_validate(figure).volume()], which).min() >= MARGIN - eaten(at)
