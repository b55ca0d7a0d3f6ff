"""A body that does not do what it was told is found in time; one that lags, shakes, stops or is guided is not."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, EStop, Flags, Joints, Reset, Wrench
from iatro_governor.governor.outputs import LAG_S
from iatro_governor.governor.resetting import token_of
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.obedience import JUDGED, NOT_JUDGED, obedience_of
from test.governor.arms import JOINTS, arm, channel, data
from test.governor.profiles import amr
from test.governor.room import STEP_S, Room

KEY = bytes(32)
DELAY_S, DISOBEY_S, PROTECTIVE = 0.06, 0.5, 1.6
BOUND_S = DELAY_S + LAG_S + DISOBEY_S + 3 * STEP_S
"""From the moment from which nothing that was published explains the motion to the stop."""
NOISE = 0.02
AGAINST_HARD_STOPS = ("payload_held", "follower_close", "on_slope")


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    flags = {"names": [*AGAINST_HARD_STOPS, "hand_guided"]}
    return amr(tmp_path_factory.mktemp("profile"), sources={"odom": {"speed_noise": NOISE}, "flags": flags})


def until_latched(made, most_s, command=None, turn=0.0):
    """How long it took, s."""
    began = made.t
    while not made.decisions or (made.last.latch is None and made.t - began < most_s):
        made.go(STEP_S, command, turn=turn)
    assert made.last.latch is not None, f"not within {most_s} s"
    assert made.last.latch.cause == "actuator_disobeys" and made.last.state is State.PROTECTIVE_STOP
    return made.t - began


RUNAWAYS = {
    "runs away from rest": (0.0, lambda t, asked, moves: np.array([min(moves[0] + 0.05, 0.6), 0.0])),
    "runs away backwards": (0.3, lambda t, asked, moves: np.array([max(moves[0] - 0.05, -0.6), 0.0])),
    "is faster than allowed": (0.4, lambda t, asked, moves: asked * 1.5),
    "goes the other way": (0.3, lambda t, asked, moves: -asked),
    "turns by itself": (0.3, lambda t, asked, moves: np.array([asked[0], 0.4])),
}


@pytest.mark.parametrize("how", RUNAWAYS)
def test_a_body_that_does_something_else_is_stopped_and_latched_in_time(profile, how):
    command, follow = RUNAWAYS[how]
    made = Room(profile, follow, key=KEY)
    took = until_latched(made, 3.0, command)
    # Where the command itself has yet to rise, or the body to run, that comes first.
    assert took <= BOUND_S + 0.6, took
    told = made.detail("actuator_disobeys")
    assert "the base's " in told and "allowed" in told


def test_of_what_nobody_carries_out_no_obedience_is_judged(profile):
    """A policy that is tried on an incident moved nothing: the body did what another one allowed."""
    command, follow = RUNAWAYS["is faster than allowed"]
    made = Room(profile, follow, key=KEY)
    for group in made.governor.groups:
        group.unfollowed()
    made.go(3.0, command=command)
    assert made.last.latch is None and made.last.state is not State.PROTECTIVE_STOP


def test_a_body_that_ignores_stops_is_latched_in_time(profile):
    made = Room(profile, key=KEY)
    made.go(1.5, command=0.5)
    made.follow = lambda t, asked, moves: np.array([0.5, 0.0])
    made.tell(Flags(made.t, "flags", dict.fromkeys(AGAINST_HARD_STOPS, False), made.t))
    made.tell(EStop(made.t, True))
    began = made.t
    while "actuator_disobeys" not in made.faults:
        made.go(STEP_S)
        assert made.t - began < BOUND_S + 0.1
    latch = made.last.latch
    assert latch is not None and latch.causes == ("estop", "actuator_disobeys")
    made.tell(EStop(made.t, False))
    made.tell(Reset(made.t, token_of(KEY, latch.id, latch.nonce)))
    made.go(0.5)
    assert made.last.latch is not None, "it still moves, so no reset helps"
    made.follow = lambda t, asked, moves: asked
    made.go(0.5)
    made.tell(Reset(made.t, token_of(KEY, latch.id, latch.nonce)))
    made.go(0.5)
    assert made.last.latch is None


def test_a_body_that_stands_still_whatever_it_is_told_disobeys_nothing(profile):
    made = Room(profile, lambda t, asked, moves: np.zeros(2))
    made.go(3.0, command=0.5, turn=0.5)
    assert made.last.latch is None and made.last.allowed[0] > 0.3


def late(tau, delay_s):
    """Follows its commands ``delay_s`` later, by a lag of first order with ``tau`` s."""
    queue = [np.zeros(2)] * round(delay_s / STEP_S)

    def follow(t, asked, moves):
        queue.append(asked)
        return moves + (queue.pop(0) - moves) * min(STEP_S / tau, 1.0)

    return follow


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tau", [0.02, 0.12, 0.25])
def test_lag_noise_and_stops_are_no_disobedience(profile, tau, seed):
    rng = np.random.default_rng(seed)
    made = Room(profile, late(tau, DELAY_S))
    made.noise = lambda: rng.normal(0.0, NOISE, 2)
    for piece in range(8):
        speed, turn = rng.uniform(-0.5, 0.5), rng.uniform(-0.8, 0.8)
        made.go(rng.uniform(0.2, 1.2), command=speed, turn=turn)
        if piece % 3 == 2:
            made.go(rng.uniform(0.1, 1.0))  # silence is a stop
    made.tell(EStop(made.t, True))
    made.go(1.0)
    assert made.last.latch is not None and made.last.latch.causes == ("estop",)
    assert not any(f.name == "actuator_disobeys" for d in made.decisions for f in d.faults)


@pytest.mark.parametrize(
    ("guided", "age", "latched"), [(True, 0.0, False), (True, 2.0, True), (False, 0.0, True)]
)
def test_who_guides_it_by_hand_makes_it_disobey_nothing_while_that_is_known(profile, guided, age, latched):
    made = Room(profile, lambda t, asked, moves: np.array([0.3, 0.0]))
    for _ in range(20):
        made.tell(Flags(made.t, "flags", {"hand_guided": guided}, made.t - age))
        made.go(0.1)
    assert (made.last.latch is not None) == latched


HANDLE: dict[str, Any] = {
    "sources": {
        "handle": {
            "type": "wrench",
            "topic": "handle",
            "frame": "base_link",
            "timeout_s": 0.2,
            "required": False,
        }
    },
    "channels": {
        "base": {"pushed_by": {"wrench": "handle", "force": 15.0, "torque": 5.0, "source": "a test"}}
    },
}


@pytest.mark.parametrize(
    ("force", "age", "latched"),
    [(30.0, 0.0, False), (-30.0, 0.0, True), (10.0, 0.0, True), (30.0, 1.0, True), (None, 0.0, True)],
    ids=["pushed", "pushed the other way", "touched", "pushed long ago", "not pushed"],
)
def test_who_pushes_it_the_way_it_moves_makes_it_disobey_nothing(tmp_path, force, age, latched):
    made = Room(amr(tmp_path, **HANDLE), lambda t, asked, moves: np.array([0.3, 0.0]))
    for _ in range(20):
        if force is not None:
            felt = np.array([force, 0.0, 0.0])
            made.tell(Wrench(made.t, "handle", felt, np.zeros(3), made.t - age))
        made.go(0.1)
    assert (made.last.latch is not None) == latched


def test_without_pushed_by_no_wrench_excuses_anything(tmp_path):
    made = Room(amr(tmp_path, sources=HANDLE["sources"]), lambda t, asked, moves: np.array([0.3, 0.0]))
    for _ in range(20):
        made.tell(Wrench(made.t, "handle", np.array([30.0, 0.0, 0.0]), np.zeros(3), made.t))
        made.go(0.1)
    assert made.last.latch is not None


@pytest.mark.parametrize(
    ("wrench", "frame"), [("odom", "base_link"), ("handle", "laser"), ("nobody", "base_link")]
)
def test_a_push_that_is_felt_nowhere_or_elsewhere_is_refused(tmp_path, wrench, frame):
    sources = {"handle": {**HANDLE["sources"]["handle"], "frame": frame}}
    channels = {"base": {"pushed_by": {**HANDLE["channels"]["base"]["pushed_by"], "wrench": wrench}}}
    with pytest.raises(ProfileError, match=r"wrench|push"):
        amr(tmp_path, sources=sources, channels=channels)


def test_every_type_of_channel_is_judged_or_says_why_not():
    kinds = {get_args(channel.model_fields["type"].annotation)[0] for channel in get_args(AnyChannel)}
    assert set(NOT_JUDGED) | JUDGED == kinds and not JUDGED & set(NOT_JUDGED)
    assert obedience_of("twist") == {"judged": True, "why": None}
    assert obedience_of("gripper")["judged"] is False and obedience_of("gripper")["why"]


@pytest.mark.parametrize(("slowing", "latched"), [(0.8, False), (0.1, True)])
def test_a_body_that_moves_when_it_is_first_seen_may_come_to_rest(profile, slowing, latched):
    """As one does whose governor was killed and came back: the controlled stop brakes at 0.8 m/s2."""
    made = Room(profile, lambda t, asked, moves: np.maximum(moves - slowing * STEP_S, 0.0))
    made.twist = np.array([0.9, 0.0])
    made.go(3.0)
    assert (made.last.latch is not None) == latched


def test_a_push_shorter_than_disobey_s_is_none(profile):
    made = Room(profile, lambda t, asked, moves: np.array([0.3 if t % 1.0 < 0.4 else 0.0, 0.0]))
    made.go(5.0)
    assert made.last.latch is None


def test_a_source_that_falls_silent_adds_nothing_to_what_it_told(profile):
    made: Any = Room(profile, lambda t, asked, moves: np.array([0.3, 0.0]))
    made.go(0.3)
    made._sense = lambda: None
    made.go(2.0)
    assert made.last.latch is None and "sensor_stale" in made.faults


class Arm:
    """The small arm of the tests behind the governor, with one channel; joints move as ``follow`` says."""

    def __init__(self, folder, kind, follow, **changes):
        self.kind, self.follow = kind, follow
        self.governor = Governor(arm(folder, data({kind: channel(kind, **changes)})), key=KEY)
        self.t, self.q, self.v = 0.0, np.array([0.3, -0.8]), np.zeros(2)
        self.allowed = np.zeros(2)
        self.tells: Any = lambda q, v: (q, v)
        self.last: Any = None

    @property
    def latched(self):
        """The cause, empty: it is not."""
        return self.last.latch.cause if self.last.latch else ""

    def go(self, seconds, values=None):
        for _ in range(round(seconds / 0.01)):
            names = (*JOINTS, "finger_left", "finger_right")
            q, v = self.tells(self.q, self.v)
            position, velocity = np.append(q, [0.04, 0.04]), np.append(v, [0.0, 0.0])
            self.governor.handle(Joints(self.t, "joints", names, position, velocity, None, self.t))
            if values is not None:
                self.governor.handle(Command(self.t, self.kind, tuple(values(self.t)), self.t, "p"))
            for decision in self.governor.tick(self.t):
                self.last = decision
                self.allowed = np.array(decision.allowed)
            self.v = self.follow(self.t, self.allowed, self.q, self.v)
            self.q = self.q + self.v * 0.01
            self.t = round(self.t + 0.01, 9)


def test_a_joint_that_runs_away_is_latched_by_its_name(tmp_path):
    made = Arm(tmp_path, "joint_velocity", lambda t, asked, q, v: np.array([asked[0], 0.3]))
    made.go(0.02 + LAG_S + DISOBEY_S + 0.05, lambda t: (0.2, 0.0))
    assert made.last.latch.cause == "actuator_disobeys"
    assert "joint elbow" in next(f.detail for f in made.last.faults if f.name == "actuator_disobeys")


@pytest.mark.parametrize(("lifts", "latched"), [(40.0, ""), (-40.0, "actuator_disobeys")])
def test_a_joint_that_gives_way_to_who_lifts_the_hand_obeys(tmp_path, lifts, latched):
    """The elbow goes up by itself, and the wrist feels a hand that lifts it, or one that holds it down."""
    by = {"wrench": "wrist", "force": 15.0, "torque": 5.0, "source": "a test"}
    made = Arm(tmp_path, "joint_velocity", lambda t, asked, q, v: np.array([0.0, 0.3]), pushed_by=by)
    for _ in range(100):
        up = np.array([0.0, 0.0, lifts])
        made.governor.handle(Wrench(made.t, "wrist", up, np.zeros(3), made.t))
        made.go(0.01)
    assert made.latched == latched


def test_a_joint_that_follows_late_obeys(tmp_path):
    made = Arm(tmp_path, "joint_velocity", lambda t, asked, q, v: v + (asked - v) * 0.05)
    made.go(4.0, lambda t: (0.5 * np.sin(3 * t), 0.8 * np.cos(2 * t)))
    made.go(1.0)
    assert made.last.latch is None


def test_a_joint_that_makes_up_for_its_lag_obeys_and_one_that_leaves_its_setpoint_does_not(tmp_path):
    def held(t, asked, q, v):
        """Held fast by something for a second, then let go."""
        return np.zeros(2) if 0.5 < t < 1.5 else (asked - q) * 1.5

    made = Arm(tmp_path, "joint_position", held)
    made.go(5.0, lambda t: (0.3 + min(t, 1.0) * 0.2, -0.8))
    assert not made.latched
    made.follow = lambda t, asked, q, v: np.array([0.3, 0.0])
    made.go(1.5)
    assert made.latched == "actuator_disobeys"
