"""People who walk about while a base drives: nobody is run into, whoever walks into it finds it slow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.planar import arc, compose, inverse, transform
from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Bodies, Body
from test.governor.hall import Drive, Hall, lidar
from test.governor.profiles import BOX, amr
from test.governor.test_closed_loop import wandering
from test.governor.test_offline import command, decisions, faults, odom, run, scan

RADIUS, RETREAT = 0.3, 0.15
TRACKER = {"type": "bodies", "topic": "people", "timeout_s": 0.3, "radius": RADIUS, "source": "a test"}
ALONE = ("zone", "slow_zone", "obstacle", "time_to_collision", "unseen")
"""Kinds that are left out, so that nothing else keeps the base off."""
AGE = 0.08
"""What the tracker tells is so old, s."""
ERROR = 0.02


def separation(**changes: Any) -> dict[str, Any]:
    row = {"name": "people", "kind": "separation", "channel": "base", "source": "a test", "bodies": "people"}
    numbers = {"intrusion": 0.05, "uncertainty": ERROR, "robot_uncertainty": 0.01, "noise": 2 * ERROR}
    return {**row, **numbers, "retreat_speed": RETREAT, **changes}


def profile_of(folder, figure=None, limits=None, **channel):
    return amr(folder, figure, limits, ALONE, sources={"people": TRACKER}, channels={"base": channel})


@dataclass
class Crowd(Drive):
    """People who walk at up to 1.6 m/s, some of them straight at the base, told late and not exactly."""

    seed: int = 0
    count: int = 3

    def __post_init__(self):
        self.rng = np.random.default_rng(self.seed)
        self.at = self.rng.uniform(1.5, 3.0, (self.count, 1)) * self._directions()
        self.going = self.rng.uniform(0.2, 1.6, (self.count, 1)) * self._directions()
        self.past = [(0.0, self.at.copy(), self.going.copy())]
        self.apart, self.closing = [], []
        """Of each person: how far off, m, and how fast the base comes nearer, m/s."""
        self.looks = self._look

    def _directions(self):
        angle = self.rng.uniform(-math.pi, math.pi, self.count)
        return np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    def _walk(self, t):
        """On to ``t``; every second somebody else thinks better of it, and the first heads for the base."""
        dt = t - self.past[-1][0]
        if int(t) != int(t - dt):
            self.going = self.rng.uniform(0.0, 1.6, (self.count, 1)) * self._directions()
        toward = self.hall.pose[:2] - self.at[0]
        self.going[0] = 1.5 * toward / max(float(np.hypot(*toward)), 1e-9)
        self.at = self.at + self.going * dt
        self.past.append((t, self.at.copy(), self.going.copy()))

    def _gaps(self, pose):
        figure = self.governor.profile.data.robot.footprint
        assert figure is not None
        return figure.shape().distance(transform(inverse(pose), self.at)) - RADIUS

    @property
    def worst(self):
        """How fast the base comes nearer to anybody as they meet, m/s: these people walk on, through it."""
        apart, closing = np.array(self.apart), np.array(self.closing)
        return closing[np.abs(apart) < 0.05].max(initial=0.0)

    def chase(self, t):
        """A command that turns to the second person and drives at them."""
        x, y = transform(inverse(self.hall.pose), self.at[1])
        return 0.8, 0.0, float(np.clip(2.0 * math.atan2(y, x), -1.2, 1.2))

    def _look(self, hall, t):
        self._walk(t)
        _, at, going = next(p for p in reversed(self.past) if p[0] <= max(t - AGE, 0.0) + 1e-9)
        told = at + ERROR * self._directions()
        flat = [np.array([*p, 0.0]) for p in told], [np.array([*v, 0.0]) for v in going]
        bodies = tuple(Body(str(k), p, v) for k, (p, v) in enumerate(zip(*flat, strict=True)))
        gaps, soon = self._gaps(hall.pose), self._gaps(compose(hall.pose, arc(hall.twist * 0.01)))
        self.apart.append(gaps)
        self.closing.append((gaps - soon) / 0.01)
        stamp = max(t - AGE, 0.0)
        return [*lidar(hall, t), Bodies(t, "people", "odom", bodies, stamp)]


@pytest.mark.parametrize("figure", [None, BOX], ids=["disc", "box"])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), odom_every=st.sampled_from([1, 5]))
def test_it_is_at_rest_when_anybody_meets_it_or_on_its_way_from_them(tmp_path, figure, seed, odom_every):
    drive = Crowd(Governor(profile_of(tmp_path, figure, [separation()])), Hall(np.zeros((0, 3))), seed=seed)
    drive.odom_every = odom_every
    drive.run(5.0, drive.chase if seed % 2 else wandering(seed))
    assert drive.worst <= 0.06


def test_without_it_the_same_people_are_run_into(tmp_path):
    worst = []
    for seed in range(6):
        drive = Crowd(Governor(profile_of(tmp_path, BOX)), Hall(np.zeros((0, 3))), seed=seed)
        drive.run(6.0, drive.chase)
        worst.append(drive.worst)
    assert np.median(worst) > 0.3


@dataclass
class Meeting(Drive):
    """One person on a straight line ahead, told exactly: at ``places(t)``, walking at ``pace``."""

    where: float = 4.0
    pace: float = 0.0

    def __post_init__(self):
        self.looks = self._look

    def _look(self, hall, t):
        x = self.where + self.pace * t
        body = Body("ann", np.array([x, 0.0, 0.0]), np.array([self.pace, 0.0, 0.0]))
        return [*lidar(hall, t), Bodies(t, "people", "odom", (body,), t)]


@pytest.mark.parametrize(("odom_every", "scan_every"), [(1, 5), (5, 5), (5, 10), (7, 5), (10, 7)])
def test_a_person_who_stands_is_approached_to_the_reserve_and_what_they_could_walk(
    tmp_path, odom_every, scan_every
):
    """At rest nobody comes nearer in less than the reaction: 0.08 m and 1.6 m/s for it. However old odometry is."""
    drive = Meeting(Governor(profile_of(tmp_path, None, [separation(noise=0.01)])), Hall(np.zeros((0, 3))))
    drive.odom_every, drive.scan_every = odom_every, scan_every
    drive.run(14.0, (0.8, 0.0, 0.0))
    gap = 4.0 - drive.hall.pose[0] - 0.22 - RADIUS
    assert 0.08 + 1.6 * 0.06 <= gap <= 0.08 + 1.6 * 0.2
    assert "people" in [limit.name for limit in drive.last.limits]
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]


@pytest.mark.parametrize("odom_every", [1, 5, 10])
def test_whoever_walks_up_to_it_finds_it_at_rest_and_it_may_back_off(tmp_path, odom_every):
    drive = Meeting(
        Governor(profile_of(tmp_path, None, [separation()])), Hall(np.zeros((0, 3))), where=6.0, pace=-1.6
    )
    drive.odom_every = odom_every
    drive.run(2.65, (0.8, 0.0, 0.0))
    gap = 6.0 - 1.6 * 2.65 - drive.hall.pose[0] - 0.22 - RADIUS
    assert 0.0 < gap < 0.1 and not any(drive.last.allowed)
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
    before = drive.hall.pose[0]
    drive.run(0.5, (-0.8, 0.0, 0.0))
    assert -0.5 * RETREAT - 1e-6 <= drive.hall.pose[0] - before < 0.0


# Event lines.


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return profile_of(tmp_path_factory.mktemp("profile"), None, [separation()])


def people(t, *places, **more):
    rows = [{"id": str(k), "position": [*p, 0.0], "velocity": [0.0, 0.0, 0.0]} for k, p in enumerate(places)]
    return {"t": t, "type": "bodies", "source": "people", "bodies": rows, **more}


def driven(start, end, *places, told=True):
    for k in range(round((end - start) / 0.05)):
        t = round(start + k * 0.05, 6)
        yield from (
            scan(t),
            odom(t),
            *([people(t, *places)] if told else []),
            command(round(t + 0.001, 6), 0.4),
        )


def test_a_tracker_that_says_nobody_is_not_silent(profile):
    rows, loop = run(profile, driven(0.0, 1.5))
    assert loop.malformed == 0 and faults(rows) == set() and rows[-1]["allowed"][0] == pytest.approx(0.4)


def test_a_silent_tracker_stops_it(profile):
    rows, _ = run(profile, [*driven(0.0, 1.0), *driven(1.0, 2.5, told=False)])
    assert "sensor_stale" in faults(rows) and not any(decisions(rows)[-1]["allowed"])
    rows, _ = run(profile, driven(0.0, 1.0, told=False))
    assert not any(any(row["allowed"]) for row in decisions(rows))


def test_somebody_near_is_named_with_what_is_missing(profile):
    rows, _ = run(profile, driven(0.0, 1.0, (0.62, 0.0)))
    last = next(
        limit for limit in decisions(rows)[-1]["limits"] if limit["name"] == "people" and limit["unit"] == "m"
    )
    assert (
        not any(decisions(rows)[-1]["allowed"])
        and last["allowed"] == pytest.approx(0.08)
        and last["margin"] < 0
    )


def test_a_tracker_in_another_frame_is_refused(tmp_path):
    with pytest.raises(ProfileError, match="people are not told there"):
        amr(tmp_path, None, [separation()], ALONE, sources={"people": {**TRACKER, "frame": "map"}})
    with pytest.raises(ProfileError, match="names no bodies source"):
        amr(tmp_path, None, [separation(bodies="lidar")], ALONE)
