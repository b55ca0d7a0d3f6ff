"""Somebody between a hand and a table: however late and seldom the wrist tells of it, the bound is kept."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from iatro_governor.body.distance import ball_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Bodies, Body, Wrench
from iatro_governor.governor.senses import Senses
from iatro_governor.governor.silence import SPAN_S
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import WrenchSource
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.moving import World, among
from test.governor.places import HOME
from test.governor.test_leaving import moving_by

STOP_N, BOUND_N, STIFFNESS = 30.0, 70.0, 40_000.0
RADIUS, BELOW = 0.12, 0.001
"""Of the ball that is tracked; how far under the fingers the forearm begins, m."""
FINGER = "panda_leftfinger"
ARM = {"force": 110.0, "clamped_force": BOUND_N, "stiffness": STIFFNESS, "mass": 1.65, "source": "a test"}


@dataclass
class Squeezing(World):
    """A forearm lies under the fingers, and a table under that. late_s, every: how the wrist tells, s, and cycles."""

    late_s: float = 0.0
    every: int = 1
    load: float = 0.0
    """What the hand carries, kg."""
    forces: list[float] = field(default_factory=list)
    _felt: deque[np.ndarray] = field(default_factory=deque)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.top = self.lowest(self.q)[2] - BELOW
        self._felt = deque([np.zeros(3)] * (round(self.late_s / self.governor.period) + 1))

    def lowest(self, q: np.ndarray) -> np.ndarray:
        """Point (3,) of the fingers that comes down first, m."""
        at, model = posture(self.model, q), self.model
        own = np.flatnonzero(model.capsule_link == model.link(FINGER))
        ends, radius = at.capsules()[own], model.capsule_radius[own]
        low = ends.reshape(-1, 3) - np.repeat(radius, 2)[:, None] * [0.0, 0.0, 1.0]
        point: np.ndarray = low[np.argmin(low[:, 2])]
        return point

    def _measure(self) -> None:
        super()._measure()
        low, t = self.lowest(self.q), self.t
        self.forces.append(STIFFNESS * max(self.top - low[2], 0.0))
        self._felt.append(
            self.now.link("panda_hand")[:3, :3].T @ np.array([0.0, 0.0, self.forces[-1] - 9.81 * self.load])
        )
        told = self._felt.popleft()
        if self.k % self.every == 0:
            self.governor.handle(Wrench(t, "wrist", told, np.zeros(3), t - self.late_s))
        centre = np.array([low[0], low[1], self.top - 0.05])
        body = Body("ann", centre, np.zeros(3), "forearm")
        self.governor.handle(Bodies(t, "people", "panda_link0", (body,), t))


TABLE = {"box": {"size": [2.0, 2.0, 0.02], "pose": [0.4, 0.0, 0.3, 0.0, 0.0, 0.0]}}


def squeezing(timeout_s: float, *behind: dict, stop_n: float = STOP_N) -> Profile:
    """The shipped arm with what it feels and whom it sees, and bounds on that alone."""
    touch = {
        "kind": "power_and_force", "name": "touch", "bodies": "people", "distance": 0.05, "default": ARM,
        "contact_detection": "wrist", "detected_force": STOP_N, "behind_gap": 0.1, "behind": behind,
    }  # fmt: skip
    felt = {"kind": "contact_force", "name": "felt", "wrench": "wrist", "report": [10.0, 2.0]}
    profile = among("panda", touch, felt | {"stop": [stop_n, 100.0], "retreat_speed": 0.1})
    given = load_profile(shared("config/panda.yaml")).data.sources
    wrist = given["wrist"].model_copy(update={"timeout_s": timeout_s})
    sources = profile.data.sources | {"wrist": wrist, "people": given["people"]}
    return replace(profile, data=profile.data.model_copy(update={"sources": sources}))


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
@pytest.mark.parametrize(
    ("late_s", "every", "timeout_s"), [(0.0, 1, 0.1), (0.09, 1, 0.1), (0.0, 10, 0.1), (0.25, 1, 0.3)]
)
def test_who_is_squeezed_is_squeezed_no_harder_however_late_that_is_told(late_s, every, timeout_s):
    profile = squeezing(timeout_s, TABLE)
    delay = profile.data.channels["arm"].actuator_delay_s
    q = np.array(HOME["panda"])
    at = Squeezing(Governor(profile), q, delay, 0.0, noise=(0.0, 0.0), late_s=late_s, every=every)
    at.run(1.5, moving_by(-0.1), every=2)
    assert STOP_N < max(at.forces) <= BOUND_N
    assert "contact_collision" in {fault.name for decision in at.decisions for fault in decision.faults}


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
@pytest.mark.parametrize("late_s", [0.0, 0.09])
def test_what_a_load_hides_of_a_push_is_reckoned_with(late_s):
    """1 kg in the hand takes 9.81 N off what the wrist feels: it stops at 20.19 N of it, and 30 N are detected."""
    q, profile = np.array(HOME["panda"]), squeezing(0.1, TABLE, stop_n=STOP_N - 9.81)
    delay = profile.data.channels["arm"].actuator_delay_s
    at = Squeezing(Governor(profile), q, delay, 0.0, noise=(0.0, 0.0), late_s=late_s, load=1.0)
    at.run(1.5, moving_by(-0.1), every=2)
    assert STOP_N < max(at.forces) <= BOUND_N
    assert "contact_collision" in {fault.name for decision in at.decisions for fault in decision.faults}


@dataclass
class Folding(World):
    """Somebody's forearm lies in the crook of its elbow, where no wrist feels anything."""

    crook = np.array([0.18, 0.0, 0.42])

    def _measure(self) -> None:
        super()._measure()
        body = Body("ann", self.crook, np.zeros(3), "forearm")
        self.governor.handle(Bodies(self.t, "people", "panda_link0", (body,), self.t))
        self.governor.handle(Wrench(self.t, "wrist", np.zeros(3), np.zeros(3), self.t))

    def room(self) -> np.ndarray:
        """How wide the crook is (k,), across the forearm, m."""
        way = self.way()
        ends, radius, links = way.capsules(), way.model.capsule_radius, way.model.capsule_link
        sides = [[way.model.link(name) for name in names] for names in (("panda_link5",), ("panda_link2",))]
        out = 0.0
        for side in sides:
            own = np.flatnonzero(np.isin(links, side))
            places = np.broadcast_to(self.crook, (len(own), 3))
            out = out + ball_distance(ends[:, own], radius[own], places, 0.0).min(axis=1)
        room: np.ndarray = np.asarray(out)
        return room


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
def test_nobody_is_squeezed_between_links_that_feel_nothing():
    """A forearm is 0.1 m thick. With nothing solid behind but the arm itself, it went on until 24 mm were missing."""
    profile = squeezing(0.1)
    q = np.array([0.0, 0.0, 0.0, -1.7, 0.0, 2.2, 0.7])
    at = Folding(Governor(profile), q, 0.03, 0.0, noise=(0.0, 0.0))
    fold = (0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0)
    at.run(2.0, lambda world: {"arm": fold})
    assert at.q[3] < -2.0, "it moves"
    assert at.room().min() > 0.1


def heard(*messages: tuple[float, float]) -> float:
    """The longest silence of a wrist whose ``messages`` came at, and are stamped, so, s."""
    wrist = WrenchSource(type="wrench", topic="wrist", frame="hand", timeout_s=0.5)
    senses = Senses({"wrist": wrist}, 1.0)
    for t, stamp in messages:
        senses.wrench(Wrench(t, "wrist", np.zeros(3), np.zeros(3), stamp))
    return senses.silence.longest["wrist"]


def test_the_longest_silence_is_how_old_the_news_were_when_the_next_came():
    assert heard((1.0, 0.9)) == 0.0
    assert heard((1.0, 0.9), (1.1, 1.0), (1.3, 1.2), (1.31, 1.21)) == pytest.approx(0.3)
    assert heard((1.0, 1.0), (9.0, 9.0)) == 0.5  # by then it was stale


def test_a_silence_is_remembered_for_a_while():
    often = [(1.0, 1.0), (1.4, 1.4)]
    for k in range(1, round(SPAN_S / 0.1)):
        often.append((1.4 + k * 0.1, 1.4 + k * 0.1))
    assert heard(*often) == pytest.approx(0.4)
    for _ in range(round(2 * SPAN_S / 0.1)):
        t = often[-1][0] + 0.1
        often.append((t, t))
    assert heard(*often) == pytest.approx(0.1)
