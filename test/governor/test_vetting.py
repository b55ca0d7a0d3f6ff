"""Whole trajectories judged before they are passed: what offends between the points, and what is made of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.path_bounds import excesses, knot_steps
from iatro_governor.body.path_grid import Grid
from iatro_governor.body.path_sampling import intervals
from iatro_governor.body.path_timing import Care, slowed
from iatro_governor.governor.offence import Reading
from iatro_governor.governor.vetting import CURED, Answer, Outcome, Policy, vet
from test.body.paths import away, bounds, dense, paths, rates, through

few = settings(max_examples=60, deadline=None)
OUTCOMES = {
    Answer.REFUSE: {Outcome.PASS, Outcome.REFUSED},
    Answer.RETIME: {Outcome.PASS, Outcome.RETIMED, Outcome.REFUSED},
    Answer.CUT: {Outcome.PASS, Outcome.RETIMED, Outcome.CUT, Outcome.REFUSED},
}


def policy(answer, **changed):
    return Policy(
        answer, **({"step": 0.03, "period": 0.01, "max_duration": 60.0, "max_samples": 5000} | changed)
    )


def free(samples):
    return []


def wall(at, joint=0):
    """A clearance in joint space: ``joint`` stays below ``at``, or gets no nearer where it is beyond already."""

    def check(samples):
        ahead = at - samples.positions[:, joint]
        required = np.minimum(samples.reach[:, joint], ahead[0])
        return [
            Reading(
                "wall", "rad", ahead, required, at_least=True, links=("hand",), link=np.zeros(len(ahead), int)
            )
        ]

    return check


def tip_speed(cap):
    """A speed over all joints, as the speed of a link is."""

    def check(samples):
        speed = np.abs(samples.velocities).sum(axis=1)
        return [Reading("tip", "m/s", speed, np.full(len(speed), cap), speed=True)]

    return check


def both(*checks):
    return lambda samples: [reading for check in checks for reading in check(samples)]


FAST = through([0, 0.5], [[0.0], [1.0]], [[0], [0]])
"""1 rad in half a second, from and to rest: 3 rad/s and 24 rad/s2 at its peaks."""
FAR = through([0, 4], [[0.0], [2.0]], [[0], [0]])
"""Slow enough, but through a wall at 1 rad."""


def test_a_path_within_all_limits_passes_as_it_is():
    path = through([0, 4], [[0.0], [1.0]], [[0], [0]])
    for answer in Answer:
        vetted = vet(path, bounds(1), both(wall(1.1), tip_speed(0.5)), policy(answer))
        assert vetted.outcome is Outcome.PASS and vetted.path is path and vetted.offence is None


def test_a_look_at_the_knots_alone_would_pass_what_is_caught():
    """Every point is on this side of the wall, every velocity within its bound; between them the joint is beyond."""
    path = through([0, 1, 2], [[0.9], [0.9], [0.9]], [[0.0], [1.5], [0.0]])
    check = wall(1.0)
    knots = path.knots
    assert np.all(knots.positions < 1.0) and np.all(np.abs(knots.velocities) <= 2.0)
    for answer in (Answer.REFUSE, Answer.RETIME):
        vetted = vet(path, bounds(1, acceleration=50.0, deceleration=50.0), check, policy(answer))
        assert vetted.outcome is Outcome.REFUSED and vetted.path is None
        assert vetted.offence is not None and vetted.offence.limit == "wall" and vetted.offence.link == "hand"
        assert 1.0 < vetted.offence.time < 1.2 and vetted.offence.margin < 0


def test_an_overshooting_cubic_beyond_a_stop_is_refused_and_can_be_cut():
    path = through([0, 1, 2], [[0.9], [0.9], [0.9]], [[0.0], [1.5], [0.0]])
    bound = bounds(1, upper=1.0, acceleration=50.0, deceleration=50.0)
    refused = vet(path, bound, free, policy(Answer.RETIME))
    assert refused.outcome is Outcome.REFUSED and refused.offence is not None
    offence = refused.offence
    assert (offence.limit, offence.joint, offence.allowed, offence.unit) == (
        "joint_position",
        "joint_0",
        1.0,
        "rad",
    )
    assert offence.requested == pytest.approx(0.9 + 1.5 * 4 / 27)
    cut = vet(path, bound, free, policy(Answer.CUT))
    assert cut.outcome is Outcome.CUT and cut.path is not None
    assert cut.path.extremes(0)[1].max() <= 1.0 and cut.path.knots.positions[-1, 0] > 0.9


def test_refuse_names_the_first_offence():
    vetted = vet(FAST, bounds(1), free, policy(Answer.REFUSE))
    assert vetted.outcome is Outcome.REFUSED and vetted.path is None
    first = vetted.offence
    assert first is not None
    assert (first.limit, first.joint, first.unit) == ("joint_acceleration", "joint_0", "rad/s2")
    assert (first.time, first.requested, first.allowed, first.margin) == pytest.approx(
        (0.0, 24.0, 5.0, -19.0)
    )
    assert [offence.limit for offence in vetted.offences] == ["joint_acceleration", "joint_velocity"]
    assert vetted.reason == "joint_acceleration of joint_0 at 0.000 s: 24 rad/s2 requested, 5 rad/s2 allowed"


def test_too_fast_a_path_is_retimed():
    vetted = vet(FAST, bounds(1), free, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    assert vetted.path.knots.positions[-1] == pytest.approx(np.ones(1))
    assert not excesses(vetted.path, bounds(1), CURED.share)
    # Speeding up with 5 and slowing down with 8 rad/s2 it could be done in 0.81 s.
    assert 0.81 <= vetted.path.duration <= 1.1


def test_a_cure_that_is_not_good_enough_is_not_handed_out():
    """Short, hard and round a turn: the first attempt at this one goes half beyond what a joint may do."""
    times, positions = [0, 0.1613, 1.0928, 1.1986], [[-0.4452], [-0.7711], [0.4387], [0.9244]]
    velocities, accelerations = [[0], [0.7337], [-0.089], [0]], [[0], [2.4168], [-1.8219], [0]]
    path = through(times, positions, velocities, accelerations)
    counts = intervals(path, 0.03, 0.01, 4)
    first = slowed(path, Grid.of(path, counts), bounds(1), np.ones(counts.sum() + 1), Care(0.99, True), False)
    assert first is not None and rates(first, bounds(1))[1].max() > 1.3
    vetted = vet(path, bounds(1), free, policy(Answer.RETIME))
    assert vetted.path is not None and rates(vetted.path, bounds(1))[1].max() <= 1 + CURED.share


def test_a_command_of_positions_alone_is_retimed_into_one_that_starts_and_ends_at_rest():
    path = through([2.0], [[1.0, 0.5]], start=[0.0, 0.0])
    vetted = vet(path, bounds(2), free, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    assert not vetted.path.knots.velocities[[0, -1]].any()
    assert vetted.path.duration == pytest.approx(2.0 + 0.5 / 10 + 0.5 / 16, abs=0.02)


def test_a_speed_limit_of_the_whole_arm_slows_only_where_it_has_to():
    path = through([0, 4], [[0.0, 0.0], [2.0, 1.0]], [[0, 0], [0, 0]])
    vetted = vet(path, bounds(2), tip_speed(0.8), policy(Answer.RETIME))
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    speed = np.abs(vetted.path.velocities(dense(vetted.path))).sum(axis=1)
    assert 0.75 <= speed.max() <= 0.8 * (1 + CURED.share)
    assert 4.2 <= vetted.path.duration <= 4.8


def test_a_place_barred_is_not_cured_by_going_slowly():
    vetted = vet(FAR, bounds(1), wall(1.0), policy(Answer.RETIME))
    assert vetted.outcome is Outcome.REFUSED and vetted.reason.startswith("wall of hand at 2.000 s")


def test_a_cut_comes_to_rest_before_the_wall():
    vetted = vet(FAR, bounds(1), wall(1.0), policy(Answer.CUT))
    assert vetted.outcome is Outcome.CUT and vetted.path is not None
    assert 0.9 <= vetted.path.knots.positions[-1, 0] <= 1.0
    assert not vetted.path.knots.velocities[-1].any()
    assert vetted.offence is not None and vetted.offence.time > vetted.path.duration * 0.8


def test_a_wall_that_stands_where_the_joint_is_leaves_nothing_to_cut():
    path = through([0, 4], [[0.0], [2.0]], [[0], [0]])
    vetted = vet(path, bounds(1), wall(0.0), policy(Answer.CUT))
    assert vetted.outcome is Outcome.REFUSED and "before it could come to rest" in vetted.reason


def test_what_is_beyond_the_wall_may_come_back():
    path = through([0, 4], [[1.5], [0.0]], [[0], [0]])
    assert vet(path, bounds(1), wall(1.0), policy(Answer.REFUSE)).outcome is Outcome.PASS


def test_a_start_too_fast_to_stop_in_time_is_refused():
    path = through([1.0], [[1.0]], [[0.0]], start=[0.0], entry=[1.5])
    vetted = vet(path, bounds(1), wall(0.1), policy(Answer.CUT))
    assert vetted.outcome is Outcome.REFUSED and "too fast at the start" in vetted.reason


def test_a_cure_that_takes_too_long_is_refused():
    vetted = vet(FAST, bounds(1), tip_speed(0.01), policy(Answer.RETIME, max_duration=20.0))
    assert vetted.outcome is Outcome.REFUSED and "20 s are allowed" in vetted.reason


def test_a_way_too_long_to_look_at_is_refused():
    path = through([1.0], [[1e6]], start=[0.0])
    vetted = vet(path, bounds(1, lower=-np.inf, upper=np.inf), free, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.REFUSED and "5000 places" in vetted.reason


def test_jerk_is_cured_as_a_whole():
    bound = bounds(1, acceleration=50.0, deceleration=50.0, velocity=9.0, jerk=np.array([30.0]))
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]], [[0], [0]])
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    assert vetted.path.duration == pytest.approx(2.0 ** (1 / 3))
    assert vetted.path.coefficients is path.coefficients
    line = vet(through([1.0], [[1.0]], start=[0.0]), bound, free, policy(Answer.RETIME))
    assert line.path is not None and not excesses(line.path, bound, CURED.share)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_limit_that_cannot_tell_bars_the_way(wrong):
    def lost(samples):
        values = np.where(samples.times > 1.0, wrong, 0.0)
        return [Reading("broken", "m/s", values, np.ones(len(values)), speed=True)]

    vetted = vet(FAR, bounds(1), lost, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.REFUSED and vetted.reason.startswith("broken")

    def clearance(samples):
        unknown = np.full(len(samples.times), np.nan)
        return [Reading("gap", "m", unknown, np.zeros(len(unknown)), at_least=True)]

    assert vet(FAR, bounds(1), clearance, policy(Answer.CUT)).outcome is Outcome.REFUSED


def test_a_slow_zone_of_no_speed_is_a_wall():
    def closed(samples):
        cap = np.where(samples.positions[:, 0] > 1.0, 0.0, 5.0)
        return [Reading("closed", "m/s", np.abs(samples.velocities[:, 0]), cap, speed=True)]

    assert vet(FAR, bounds(1), closed, policy(Answer.RETIME)).outcome is Outcome.REFUSED
    cut = vet(FAR, bounds(1), closed, policy(Answer.CUT))
    assert cut.outcome is Outcome.CUT and cut.path is not None and cut.path.knots.positions[-1, 0] <= 1.0


@few
@given(
    path=paths(moving=True),
    answer=st.sampled_from(list(Answer)),
    at=st.floats(-0.5, 1.2),
    cap=st.floats(0.3, 3.0),
)
def test_whatever_is_handed_out_keeps_every_limit_on_its_own_way(path, answer, at, cap):
    n = path.gap.size
    bound = bounds(n, lower=-1.1, upper=1.1)
    vetted = vet(path, bound, both(wall(at), tip_speed(cap)), policy(answer))
    assert vetted.outcome in OUTCOMES[answer]
    assert (vetted.outcome is Outcome.PASS) == (not vetted.offences)
    assert (vetted.path is None) == bool(vetted.reason) == (vetted.outcome is Outcome.REFUSED)
    times = [offence.time for offence in vetted.offences]
    assert times == sorted(times) and all(not offence.margin >= 0 for offence in vetted.offences)
    if vetted.path is not None:
        within_limits(vetted.path, path, bound, at, cap)
    if vetted.outcome is Outcome.CUT:
        assert min(offence.time for offence in vetted.offences if not offence.slows) > 0


def within_limits(made, path, bound, wall_at, cap):
    moments = dense(made, 500)
    positions = made.positions(moments)
    start = path.knots.positions[0] + path.gap
    slack = 1e-5
    # What is broken from the start may be broken more between two samples, where only the bounds are exact.
    beyond = path.knots.positions[0, 0] + 0.015 if path.knots.positions[0, 0] > wall_at else wall_at
    assert np.all(positions[:, 0] <= beyond + slack)
    assert np.all(positions <= np.maximum(bound.upper, start) + slack)
    assert np.all(positions >= np.minimum(bound.lower, start) - slack)
    # Between two places at which it is looked at, a speed of several joints can be a little higher than at both.
    assert np.abs(made.velocities(moments)).sum(axis=1).max() <= cap * 1.02
    velocity, acceleration = rates(made, bound)
    assert velocity.max() <= 1 + CURED.share + 1e-9 and acceleration.max() <= 1 + CURED.share + 1e-6
    steps = np.abs(knot_steps(made, 1, made.entry))
    assert np.all(steps <= bound.lesser * bound.corner_s * (1 + CURED.share))
    assert not made.velocities(np.array([made.duration])).any()
    assert away(path, positions[::5]).max() <= 3e-4


@few
@given(path=paths(mixed=False))
def test_what_is_made_passes_unchanged_as_a_message(path):
    """As a controller gets it: the same points, from the same state."""
    bound = bounds(path.gap.size)
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    if vetted.path is None:
        return
    made = vetted.path
    sent = JointPath.through(made.knots, JointState(made.knots.positions[0] + made.gap, made.entry))
    assert sent.positions(dense(made, 50)) == pytest.approx(made.positions(dense(made, 50)), abs=1e-9)


@few
@given(path=paths(mixed=False))
def test_from_rest_every_speed_is_cured(path):
    """Nothing stands in the way and there is time: a path from rest is never refused for being too fast."""
    vetted = vet(path, bounds(path.gap.size), tip_speed(1.0), policy(Answer.RETIME))
    assert vetted.outcome in (Outcome.PASS, Outcome.RETIMED), vetted.reason


@few
@given(path=paths(), at=st.floats(-0.5, 1.2))
def test_one_more_limit_never_makes_a_refused_path_pass(path, at):
    """And what passes under both passes under each."""
    for answer in Answer:
        alone = vet(path, bounds(path.gap.size), wall(at), policy(answer))
        more = vet(path, bounds(path.gap.size), both(wall(at), tip_speed(0.8)), policy(answer))
        if alone.outcome is Outcome.REFUSED and answer is not Answer.CUT:
            assert more.outcome is Outcome.REFUSED
        if more.outcome is Outcome.PASS:
            assert alone.outcome is Outcome.PASS
