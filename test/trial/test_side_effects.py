"""Side effects of stops, each with the wrong stop and with the one that a contraindication puts in its place."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Bodies, Command, EStop, Flags, Joints, Odom, Scan, Wrench
from iatro_governor.limits.registry import load_profile
from iatro_governor.plant.side_effects import Downhill, Follower, LooseLoad, Pinched, Rotors
from iatro_governor.plant.simulation import Plant
from iatro_governor.plant.world import World
from iatro_governor.resources import shared

PERIOD = 0.01
PRESSED_S = 2.0
"""When the emergency stop is pressed."""


@cache
def profile(robot):
    return load_profile(shared(f"config/{robot}.yaml"))


def told(robot, held):
    """All flags of a robot: none of them so, or the one that is held."""
    return {name: name == held for name in profile(robot).data.sources["flags"].names}


@cache
def base(held):
    """Speeds, m/s, of the simulated base from the emergency stop on, and the last decision; held: a flag, or None."""
    governor, plant = Governor(profile("amr")), Plant(World("open"))
    speeds: list[float] = []
    decision = None
    for k in range(round((PRESSED_S + 2.0) / PERIOD)):
        t = k * PERIOD
        if k % 5 == 0:
            scan, odom = plant.scan(), plant.odom()
            first, step = scan.angle_min, scan.angle_increment
            governor.handle(Scan(t, "lidar", scan.ranges, first, step, scan.range_min, scan.range_max, t))
            half = odom.pose[2] / 2
            pose = np.array([odom.pose[0], odom.pose[1], 0.0, 0.0, 0.0, math.sin(half), math.cos(half)])
            governor.handle(Odom(t, "odom", pose, np.array([odom.twist[0], 0, 0, 0, 0, odom.twist[2]]), t))
            governor.handle(Flags(t, "flags", told("amr", held), t))
        if t < PRESSED_S:
            governor.handle(Command(t, "base", (0.8, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        elif not speeds:
            governor.handle(EStop(t, True))
        (decision,) = governor.tick(t)
        plant.command(decision.allowed)
        plant.step(PERIOD)
        if t >= PRESSED_S:
            speeds.append(float(plant.truth().twist[0]))
    assert speeds[0] > 0.75 and abs(speeds[-1]) < 0.02
    return speeds, decision


def test_who_follows_runs_into_a_hard_stop_and_not_into_its_substitute():
    behind = Follower(gap=0.5, reaction_s=0.5, deceleration=0.9)
    assert behind.least_gap(base(None)[0], PERIOD) < 0.0
    speeds, decision = base("follower_close")
    assert behind.least_gap(speeds, PERIOD) > 0.05
    assert decision.stop.replaced == "protective"


def test_a_loose_load_slides_under_a_hard_stop_and_not_under_its_substitute():
    crate = LooseLoad(friction=0.1)
    assert crate.slides(base(None)[0], PERIOD) > 0.05
    assert crate.slides(base("payload_held")[0], PERIOD) < 0.02


def test_on_a_slope_a_hard_stop_slides_longer_than_its_substitute():
    """Not on the simulated base, whose locked wheels hold as well as rolling ones."""
    wet = Downhill(angle=math.radians(10.0), sticks=0.33, slides=0.2)
    modes = profile("amr").data.channels["base"].stop_modes
    hard, gentle = (wet.way(0.8, mode.linear) for mode in (modes.protective, modes.controlled))
    assert hard > 1.0 and gentle == pytest.approx(0.4)
    assert base("on_slope")[1].stop.mode == "controlled"
    level = Downhill(angle=0.0, sticks=0.33, slides=0.2)
    assert level.way(0.8, modes.protective.linear) < level.way(0.8, modes.controlled.linear)


def arm(held):
    """The hardest braking of the first joint, rad/s2, in a stop of an arm that follows exactly."""
    governor = Governor(profile("panda"))
    names = (*profile("panda").body.joints, "panda_finger_joint1", "panda_finger_joint2")
    q, velocity, out = np.append(profile("panda").body.rest, [0.04, 0.04]), np.zeros(len(names)), []
    for k in range(120):
        t = k * PERIOD
        governor.handle(Joints(t, "joints", names, q.copy(), velocity.copy(), None, t))
        governor.handle(Wrench(t, "wrist", np.zeros(3), np.zeros(3), t))
        governor.handle(Bodies(t, "people", "panda_link0", (), t))
        governor.handle(Flags(t, "flags", told("panda", held), t))
        if k < 80:
            governor.handle(Command(t, "arm", (0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        elif k == 80:
            governor.handle(EStop(t, True))
        decisions = {decision.channel: decision for decision in governor.tick(t)}
        velocity[:7] = decisions["arm"].allowed
        q[:7] += velocity[:7] * PERIOD
        out.append(decisions["arm"].allowed[0])
    assert max(out) > 0.15 and out[-1] == 0.0
    return max((a - b) / PERIOD for a, b in pairwise(out[79:])), decisions["arm"].stop


def test_a_held_part_slips_under_a_hard_stop_and_not_under_its_substitute():
    part, reach = Pinched(mass=1.0, effort=20.0, friction=0.28), 0.855
    assert part.slips(arm(None)[0] * reach)
    braking, stop = arm("payload_held")
    assert not part.slips(braking * reach) and stop.replaced == "protective"


def flight(held):
    """Speeds, m/s, of a body in the air that follows exactly, from the emergency stop on, and all its outputs."""
    governor, out = Governor(profile("iris")), []
    x, period = 0.0, 1.0 / profile("iris").data.loop.rate_hz
    vx = 0.0
    for k in range(300):
        t = k * period
        pose, twist = np.array([x, 0.0, 5.0, 0.0, 0.0, 0.0, 1.0]), np.array([vx, 0.0, 0.0, 0.0, 0.0, 0.0])
        governor.handle(Odom(t, "odom", pose, twist, t))
        governor.handle(Flags(t, "flags", told("iris", held), t))
        if k < 150:
            governor.handle(Command(t, "base", (2.0, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        elif k == 150:
            governor.handle(EStop(t, True))
        (decision,) = governor.tick(t)
        vx = decision.allowed[0]
        x += vx * period
        out.append(decision.allowed)
    assert out[150][0] > 1.5
    return [values[0] for values in out[150:]], out, period


def test_a_body_in_the_air_sinks_under_a_hard_stop_and_not_under_its_substitute():
    rotors = Rotors(lift=1.02)
    speeds, _, period = flight(None)
    assert rotors.sinks(speeds, period) > 0.02
    speeds, _, period = flight("airborne")
    assert rotors.sinks(speeds, period) < 0.005


def test_no_stop_of_a_body_in_the_air_cuts_its_motors():
    """Cut, they would let it fall five metres in a second. A stop is a hover, told again and again."""
    assert Rotors.falls(1.0) > 4.9
    _, out, _ = flight("airborne")
    assert len(out) == 300 and out[-1] == (0.0,) * 6 and all(math.isfinite(v) for row in out for v in row)
