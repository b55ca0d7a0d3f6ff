"""What is tried to cure a trajectory, one attempt after the other, and how good a cure has to be: by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.path_bounds import jerk_stretch
from iatro_governor.body.path_sampling import intervals, spaced
from iatro_governor.body.path_timing import slowed
from iatro_governor.governor.offence import Reading
from iatro_governor.governor.vetting import Answer, Outcome, vet
from test.body.paths import bounds, rates, through
from test.governor.test_vetting import FAR, FAST, free, policy

WIDE = bounds(1, acceleration=1e4, deceleration=1e4, lower=-9.0, upper=9.0)
EVEN = through([0, 4], [[0.0], [8.0]], [[2.0], [2.0]], entry=[2.0])
"""As fast as its joint may be, for 4 s; to begin and to end at once is no matter."""
OFTEN = policy(Answer.RETIME, step=0.5, period=0.01)


class Scripted:
    """A limit on a speed that says one thing of each path it is shown; ``looked``: how long those took, s."""

    def __init__(self, *shares):
        """``shares``: of the speeds, what is allowed of each path; the last is said of all that follow."""
        self.shares, self.looked = list(shares), []

    def __call__(self, samples):
        share = self.shares[min(len(self.looked), len(self.shares) - 1)]
        self.looked.append(float(samples.times[-1]))
        speed = np.abs(samples.velocities[:, 0])
        return [Reading("tip", "m/s", speed, speed * share(samples.positions[:, 0]), speed=True)]


def half(places):
    """Of any speed."""
    return np.full(len(places), 0.5)


@pytest.mark.parametrize(
    ("places", "attempts"), [(49, 0), (50, 1), (99, 1), (100, 2), (200, 3), (799, 3), (800, 4)]
)
def test_the_grid_gets_finer_as_far_as_eight_times_the_places_allow(places, attempts):
    """4 s by 0.01 s are 400 intervals; then twice, 4 and 16 times as many."""
    limit = Scripted(half)
    vetted = vet(FAR, bounds(1), limit, policy(Answer.RETIME, step=0.5, max_samples=places))
    assert vetted.outcome is Outcome.REFUSED and vetted.reason.endswith("no pace keeps every bound")
    assert limit.looked[0] == 4.0 and len(limit.looked) == 1 + attempts


def test_each_attempt_uses_less_of_what_is_allowed_and_the_last_one_of_every_bound():
    """The first half at the pace it was sent at, which is all that is allowed, but for the last attempt."""

    def behind(places):
        return np.where(places > 4.0, 0.5, 1.0)

    limit = Scripted(behind)
    assert vet(EVEN, WIDE, limit, OFTEN).outcome is Outcome.REFUSED
    expected = [4.0]
    for parts, first, second in ((1, 1.0, 0.495), (2, 1.0, 0.495), (4, 1.0, 0.485), (16, 0.9, 0.45)):
        # In its last interval it has to come to rest, and that takes twice as long.
        expected.append(2 / first + (2 + 0.01 / parts) / second)
    assert limit.looked == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("where", "slow"), [("start", 0.0), ("end", 8.0)])
def test_a_limit_on_the_very_first_or_the_very_last_place_is_heeded(where, slow):
    def there(samples):
        cap = np.where(np.abs(samples.positions[:, 0] - slow) < 1e-6, 1.0, 5.0)
        return [Reading("tip", "m/s", np.abs(samples.velocities[:, 0]), cap, speed=True)]

    vetted = vet(EVEN, WIDE, there, OFTEN)
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None
    # Half a rad or less at half the speed, and rest at the end.
    assert 4.0 + 0.2 < vetted.path.duration <= 4.0 + 0.25 + 0.05


def test_a_segment_has_four_intervals_at_least():
    limit = Scripted(half, np.ones_like)
    vetted = vet(FAR, bounds(1), limit, policy(Answer.RETIME, step=1.0, period=9.0))
    assert vetted.path is not None and len(vetted.path.knots.times) == 1 + 4


def test_where_nothing_slows_a_path_its_end_is_as_it_was_sent():
    def middle(samples):
        cap = np.where(np.abs(samples.positions[:, 0] - 1.0) < 0.1, 0.4, 5.0)
        return [Reading("tip", "m/s", np.abs(samples.velocities[:, 0]), cap, speed=True)]

    made = vet(FAR, bounds(1), middle, policy(Answer.RETIME)).path
    assert made is not None and made.duration > 4.0
    for left in (0.3, 0.02, 0.005):
        assert made.positions(np.array([made.duration - left])) == pytest.approx(
            FAR.positions(np.array([4.0 - left])), abs=1e-9
        )


def test_a_cure_may_take_as_long_as_is_allowed_and_no_longer():
    whole = vet(FAST, bounds(1), free, policy(Answer.RETIME)).path
    assert whole is not None
    just = policy(Answer.RETIME, max_duration=whole.duration)
    assert vet(FAST, bounds(1), free, just).outcome is Outcome.RETIMED
    less = policy(Answer.RETIME, max_duration=math.nextafter(whole.duration, 0.0))
    assert vet(FAST, bounds(1), free, less).outcome is Outcome.REFUSED


def test_once_it_would_take_too_long_nothing_more_careful_is_tried():
    limit = Scripted(half)
    vetted = vet(FAR, bounds(1), limit, policy(Answer.RETIME, step=0.5, max_duration=8.0))
    assert vetted.outcome is Outcome.REFUSED
    assert vetted.reason.endswith(f"it would take {4 / 0.495:.3g} s, 8 s are allowed")


@pytest.mark.parametrize(("over", "outcome"), [(1.009, Outcome.RETIMED), (1.011, Outcome.REFUSED)])
def test_what_is_made_may_miss_a_speed_by_a_hundredth(over, outcome):
    limit = Scripted(half, lambda places: np.full(len(places), 1 / over))
    assert vet(EVEN, WIDE, limit, OFTEN).outcome is outcome


def test_a_joint_of_what_is_made_is_a_hundredth_too_fast_at_most():
    times, positions = [0, 0.1613, 1.0928, 1.1986], [[-0.4452], [-0.7711], [0.4387], [0.9244]]
    velocities, accelerations = [[0], [0.7337], [-0.089], [0]], [[0], [2.4168], [-1.8219], [0]]
    vetted = vet(through(times, positions, velocities, accelerations), bounds(1), free, policy(Answer.RETIME))
    assert vetted.path is not None and rates(vetted.path, bounds(1))[1].max() <= 1.01


class Barred:
    """A place that may not be passed from the place number ``first`` on, as sent; then ``margins``, one a path, m."""

    def __init__(self, first, *margins):
        self.first, self.margins = first, list(margins)

    def __call__(self, samples):
        if self.first is not None:
            margin, self.first = np.where(np.arange(len(samples.times)) < self.first, 0.1, -0.1), None
        else:
            margin = np.full(len(samples.times), self.margins.pop(0))
        return [Reading("gap", "m", 0.2 + margin, np.full(len(margin), 0.2), at_least=True)]


COARSE = policy(Answer.CUT, step=0.1)
PLACES = spaced(FAR, intervals(FAR, 0.1), 0.1)


@pytest.mark.parametrize("first", [2, 3, 7])
def test_a_cut_ends_at_the_last_place_that_was_well(first):
    vetted = vet(FAR, bounds(1), Barred(first, 0.1), COARSE)
    assert vetted.outcome is Outcome.CUT and vetted.path is not None
    assert vetted.path.knots.positions[-1] == pytest.approx(FAR.positions(PLACES[first - 1]), abs=0.004)


@pytest.mark.parametrize("again", [1, 2, 3])
def test_a_cut_that_offends_again_ends_a_place_earlier_each_time(again):
    vetted = vet(FAR, bounds(1), Barred(7, *[-0.1] * again, 0.1), COARSE)
    assert vetted.outcome is Outcome.CUT and vetted.path is not None
    assert vetted.path.knots.positions[-1] == pytest.approx(FAR.positions(PLACES[6 - again]), abs=0.004)


def test_a_cut_always_has_a_place_to_go_to():
    vetted = vet(FAR, bounds(1), Barred(3, -0.1, -0.1, 0.1), COARSE)
    assert vetted.path is not None
    assert vetted.path.knots.positions[-1] == pytest.approx(FAR.positions(PLACES[1]), abs=0.004)


def test_well_at_the_start_alone_leaves_nothing_to_cut():
    vetted = vet(FAR, bounds(1), Barred(1, 0.1), COARSE)
    assert vetted.outcome is Outcome.REFUSED and "before it could come to rest" in vetted.reason


def test_of_a_cut_no_finer_grid_is_made_than_the_whole_way_allows():
    """400 intervals of 0.01 s; the part that is left of it would have few enough of 800."""
    few = policy(Answer.CUT, step=0.1, max_samples=50)
    assert vet(FAR, bounds(1), Barred(4, 0.1), few).outcome is Outcome.CUT
    assert vet(FAR, bounds(1), Barred(4, -0.1, 0.1), few).outcome is Outcome.REFUSED


@pytest.mark.parametrize(("margin", "outcome"), [(-0.9e-6, Outcome.CUT), (-1.1e-6, Outcome.REFUSED)])
def test_what_is_made_may_miss_a_place_by_a_thousandth_of_a_millimetre(margin, outcome):
    assert vet(FAR, bounds(1), Barred(7, *[margin] * 4), COARSE).outcome is outcome


def test_as_many_places_are_looked_at_as_are_allowed():
    """0.015625 rad a step, of 1 rad: 64 steps and their two ends."""
    line, wide = through([1.0], [[1.0]], start=[0.0]), bounds(1, acceleration=1e4, deceleration=1e4)
    for places, outcome in ((65, Outcome.PASS), (64, Outcome.REFUSED)):
        vetted = vet(line, wide, free, policy(Answer.REFUSE, step=0.015625, max_samples=places))
        assert vetted.outcome is outcome


@pytest.mark.parametrize(("points", "outcome"), [(81, Outcome.PASS), (82, Outcome.REFUSED)])
def test_of_eight_times_as_many_intervals_places_are_chosen_and_of_no_more(points, outcome):
    """All points are one: none of the intervals between them is a step."""
    still = np.zeros((points, 1))
    vetted = vet(through(range(points), still, still), bounds(1), free, policy(Answer.REFUSE, max_samples=10))
    assert vetted.outcome is outcome


def test_what_is_made_of_too_many_pieces_to_look_at_is_not_handed_out():
    """0.5 s by 1/128 s are 64 intervals, as many as eight places allow; where the pace changes a lot there are more."""
    looked = []

    def slow_ends(samples):
        looked.append(len(samples.times))
        cap = np.where(np.abs(samples.positions[:, 0] - 0.5) < 0.4, 9.0, 0.2)
        return [Reading("tip", "m/s", np.abs(samples.velocities[:, 0]), cap, speed=True)]

    path = through([0, 0.5], [[0.0], [1.0]], [[0], [0]])
    wide = bounds(1, velocity=9.0, acceleration=1e3, deceleration=1e3)
    vetted = vet(path, wide, slow_ends, policy(Answer.RETIME, step=0.25, period=0.0078125, max_samples=8))
    assert vetted.outcome is Outcome.REFUSED and vetted.reason.endswith("no pace keeps every bound")
    assert len(looked) == 1


def test_where_one_attempt_finds_no_pace_the_next_one_may(monkeypatch):
    asked = []

    def none_at_first(*given, **more):
        asked.append(given)
        return None if len(asked) == 1 else slowed(*given, **more)

    monkeypatch.setattr("iatro_governor.governor.vetting.slowed", none_at_first)
    assert vet(FAST, bounds(1), free, policy(Answer.RETIME)).outcome is Outcome.RETIMED


# Under a bound on jerk: 2 rad in 4 s; a velocity may step by 0.5 rad/s within 0.25 s.

EASY = {"velocity": 50.0, "acceleration": 2.0, "deceleration": 3.0, "corner_s": 0.25}


def entering(*speeds):
    """The way of so many joints that move at ``speeds`` as it begins, and rest as it ends."""
    n = len(speeds)
    return through([0, 4], [[0.0] * n, [2.0] * n], [speeds, [0.0] * n], [[0.0] * n] * 2, entry=list(speeds))


@pytest.mark.parametrize(
    ("speeds", "outcome"),
    [
        ((0.5,), Outcome.RETIMED),
        ((0.51,), Outcome.REFUSED),
        ((0.1, 0.51), Outcome.REFUSED),
        ((0.1, 0.2), Outcome.RETIMED),
    ],
)
def test_only_from_as_good_as_rest_a_path_is_slowed_down_as_a_whole(speeds, outcome):
    """It would have to take a third to a half longer, and that is a step of velocity at its start."""
    path, bound = entering(*speeds), bounds(len(speeds), **EASY, jerk=np.full(len(speeds), 0.5))
    assert 1.3 < jerk_stretch(path, bound) < 1.6
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    assert vetted.outcome is outcome
    assert [offence.limit for offence in vetted.offences] == ["joint_jerk"]
    assert ("too fast at the start to slow down in time" in vetted.reason) == (outcome is Outcome.REFUSED)


def test_a_path_that_begins_at_rest_may_be_fast_later():
    path = through([0, 2, 4], [[0.0], [1.0], [2.0]], [[0.0], [0.8], [0.0]], [[0.0]] * 3)
    bound = bounds(1, **EASY, jerk=np.array([0.5]))
    assert jerk_stretch(path, bound) > 1.1
    assert vet(path, bound, free, policy(Answer.RETIME)).outcome is Outcome.RETIMED


def test_jerk_that_is_within_its_bound_asks_for_nothing():
    """Too fast, and moving as it begins: it is slowed down on its way alone."""
    path, fast = entering(0.6), bounds(1, velocity=0.7, jerk=np.array([1e9]))
    vetted = vet(path, fast, free, policy(Answer.RETIME))
    assert vetted.outcome is Outcome.RETIMED and vetted.offences[0].limit == "joint_velocity"


def test_jerk_beside_another_offence_is_cured_with_it():
    """0.02 of jerk too much, and four times the speed: to take a little longer as a whole is not enough."""
    path = through([0, 0.5], [[0.0], [1.0]], [[0], [0]], [[0], [0]])
    bound = bounds(
        1, velocity=1.0, acceleration=50.0, deceleration=50.0, jerk=np.array([470.0]), corner_s=0.05
    )
    vetted = vet(path, bound, free, policy(Answer.RETIME))
    assert {offence.limit for offence in vetted.offences} == {"joint_jerk", "joint_velocity"}
    assert vetted.outcome is Outcome.RETIMED and vetted.path is not None and vetted.path.duration > 1.0
