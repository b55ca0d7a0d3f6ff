"""A body whose velocities hide what its positions show is found out; noise, jumps and echoes are no motion."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Flags
from iatro_governor.governor.outputs import LAG_S
from test.governor.profiles import amr
from test.governor.room import STEP_S, Room
from test.governor.test_obedience import (
    AGAINST_HARD_STOPS,
    DELAY_S,
    DISOBEY_S,
    Arm,
    late,
    until_latched,
)

BOUND_S = DELAY_S + LAG_S + 2 * DISOBEY_S
"""As of told velocities, and the window that a mean speed is taken over besides."""


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(
        tmp_path_factory.mktemp("profile"), sources={"flags": {"names": [*AGAINST_HARD_STOPS, "hand_guided"]}}
    )


def silent(profile, motion):
    """A base that moves by itself while its odometry's twist says nothing."""
    made = Room(profile, lambda t, asked, moves: np.array(motion))
    made.noise = lambda: -made.twist
    return made


@pytest.mark.parametrize("motion", [(0.8, 0.0), (-0.1, 0.0), (0.0, 0.5), (0.5, -1.0)])
@pytest.mark.parametrize("command", [None, 0.0])
def test_a_base_that_moves_and_says_that_it_stands_is_latched_in_time(profile, motion, command):
    made = silent(profile, motion)
    assert until_latched(made, BOUND_S, command) < BOUND_S
    told = made.detail("actuator_disobeys")
    assert "by its positions" in told and "0 is allowed" in told


def test_a_base_that_is_faster_than_it_says_is_latched(profile):
    made = Room(profile, lambda t, asked, moves: asked * 2.0)
    made.noise = lambda: -made.twist / 2
    until_latched(made, 3.0, 0.3)


def test_a_base_that_goes_on_after_a_stop_and_says_that_it_stands_is_latched(profile):
    made = Room(profile)
    made.go(1.5, command=0.5)
    made.follow = lambda t, asked, moves: np.array([0.5, 0.0])
    made.noise = lambda: made._asked - made.twist
    until_latched(made, 2.0 + BOUND_S)


def test_who_guides_it_by_hand_is_no_disobedience_of_silent_velocities_either(profile):
    made = silent(profile, (0.3, 0.0))
    for _ in range(20):
        made.tell(Flags(made.t, "flags", {"hand_guided": True}, made.t))
        made.go(0.1)
    assert made.last.latch is None


@pytest.mark.parametrize("seed", range(4))
def test_noise_of_positions_is_no_motion(profile, seed):
    """5 mm and 3 mrad of it, three times what an encoder or a scan matcher leaves, at rest and under way."""
    rng = np.random.default_rng(seed)
    made = Room(profile, late(0.12, DELAY_S))
    made.stir = lambda: rng.normal(0.0, 1.0, 3) * [0.005, 0.005, 0.003]
    for _ in range(6):
        made.go(1.0)
        made.go(rng.uniform(0.5, 1.5), rng.uniform(-0.6, 0.6), turn=rng.uniform(-0.8, 0.8))
    assert made.last.latch is None
    assert not any(f.name == "actuator_disobeys" for d in made.decisions for f in d.faults)


def test_one_jump_of_the_pose_is_no_motion(profile):
    made = Room(profile)
    made.go(1.0)
    made.stir = lambda: np.array([0.3, 0.3, 0.3])
    made.go(2.0)
    assert made.last.latch is None


@pytest.mark.parametrize("slips", [0.0, 0.5, 1.0])
def test_an_odometry_that_echoes_the_command_of_wheels_that_slip_is_no_disobedience(profile, slips):
    """The twist says what was commanded; the pose, from elsewhere, that the base gets less far, or nowhere."""
    made = Room(profile, lambda t, asked, moves: asked * (1.0 - slips))
    made.noise = lambda: made._asked - made.twist
    made.go(4.0, command=0.5, turn=0.4)
    made.go(1.0)
    assert made.last.latch is None and not made.faults & {"actuator_disobeys", "sensor_malformed"}


def test_an_honest_push_now_and_then_is_none_as_before(profile):
    """Seen whole, its positions would show one long motion: what the velocities tell, only they are judged by."""
    made = Room(profile, lambda t, asked, moves: np.array([0.3 if t % 0.5 < 0.4 else 0.0, 0.0]))
    made.go(5.0)
    assert made.last.latch is None


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position", "joint_trajectory"])
@pytest.mark.parametrize("speed", [0.1, 1.0, 30.0, -1.0])
def test_a_joint_that_drifts_and_says_that_it_stands_is_latched_by_its_name(tmp_path, kind, speed):
    made = Arm(tmp_path, kind, lambda t, asked, q, v: np.array([0.0, speed]))
    made.tells = lambda q, v: (q, 0 * v)
    made.go(0.02 + LAG_S + 2 * DISOBEY_S)
    assert made.latched == "actuator_disobeys" and made.last.state is State.PROTECTIVE_STOP
    told = next(f.detail for f in made.last.faults if f.name == "actuator_disobeys")
    assert "joint elbow" in told and "by its positions" in told


def test_joints_whose_encoders_are_coarse_and_whose_velocities_lag_obey(tmp_path):
    """Steps of 2 mrad, and a filter of 0.1 s."""
    filtered = np.zeros(2)

    def tells(q, v):
        nonlocal filtered
        filtered = filtered + (v - filtered) * 0.1
        return np.round(q / 0.002) * 0.002, filtered

    made = Arm(tmp_path, "joint_velocity", lambda t, asked, q, v: asked)
    made.tells = tells
    made.go(4.0, lambda t: (0.5 * np.sin(3 * t), 0.8 * np.cos(2 * t)))
    made.go(1.0)
    assert not made.latched


def test_steps_of_a_slow_source_are_no_gap_to_hide_in(profile):
    """Odometry at 10 Hz, a message in five lost."""
    made = silent(profile, (0.2, 0.0))
    told, step = made._sense, [0]

    def seldom():
        step[0] += 1
        if step[0] % 5 == 0 and step[0] % 25:
            told()

    made._sense = seldom
    made.go(2.0 + 25 * STEP_S)
    assert made.last.latch is not None and "actuator_disobeys" in made.last.latch.causes
