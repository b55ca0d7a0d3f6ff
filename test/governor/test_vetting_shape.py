"""What is no trajectory is refused with a message that says what was given, what is allowed and where."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path import JointState
from iatro_governor.errors import EventError
from iatro_governor.governor.events import Knot
from iatro_governor.governor.trajectory import Shape, as_points, check_shape
from test.body.paths import dense, paths

SHAPE = Shape(("a", "b"), start_tolerance=0.05, max_duration=30.0, max_points=10)
HERE = JointState(np.array([0.1, 0.2]), np.zeros(2))
NAMES = ("a", "b")


def points(*times, q=(0.1, 0.2), v=(), a=()):
    return [Knot(time, tuple(q), v, a) for time in times]


def test_any_order_of_names_is_put_into_the_channels():
    path = check_shape(("b", "a"), [Knot(1.0, (2.0, 1.0), (0.0, 0.0)), Knot(2.0, (4.0, 3.0))], SHAPE, HERE)
    assert path.knots.positions == pytest.approx(np.array([[0.1, 0.2], [1.0, 2.0], [3.0, 4.0]]))
    assert list(path.knots.given) == [1, 1, 0]


def test_empty_sequences_are_not_given():
    path = check_shape(NAMES, [Knot(1.0, (1.0, 1.0), (), ())], SHAPE, HERE)
    assert list(path.knots.given) == [1, 0]


def test_one_point_at_once_at_the_measured_position_is_a_hold():
    path = check_shape(NAMES, points(0.0), SHAPE, HERE)
    assert not path.velocities(np.linspace(0, 1, 20)).any()


def test_exactly_the_tolerance_and_the_duration_are_allowed():
    check_shape(NAMES, points(0.0, 30.0, q=(0.15, 0.2)), SHAPE, HERE)


REFUSED = [
    (NAMES, [], "a trajectory of 0 points; 1 to 10 are allowed"),
    (NAMES, points(*range(1, 12)), "a trajectory of 11 points; 1 to 10 are allowed"),
    (
        ("panda_joint1", "panda_joint2"),
        points(1),
        "joints unknown: 'panda_joint1', 'panda_joint2'; allowed are a, b",
    ),
    (("a",), points(1), "joints missing: 'b'; allowed are a, b, each once, in any order"),
    (("a", "b", "a"), points(1), "joints named twice: 'a'"),
    (NAMES, points(1, q=(1.0,)), "point 0 (1 s) has 1 positions; one for each of 2 joints is allowed"),
    (NAMES, points(1, q=()), "point 0 (1 s) has 0 positions"),
    (NAMES, points(1, v=[0.0] * 3), "point 0 (1 s) has 3 velocities"),
    (NAMES, points(1, v=[0.0] * 2, a=[0.0]), "point 0 (1 s) has 1 accelerations"),
    (NAMES, points(1, q=(math.nan, 0)), "point 0 (1 s) has nan among its positions, for a; finite numbers"),
    (("b", "a"), points(1, q=(math.nan, 0)), "has nan among its positions, for b"),
    (NAMES, points(1, 2, v=[0.0, math.inf]), "point 0 (1 s) has inf among its velocities, for b"),
    (
        NAMES,
        points(1, v=[0.0] * 2, a=[0.0, math.nan]),
        "point 0 (1 s) has nan among its accelerations, for b",
    ),
    (NAMES, points(1, q=(1e9, 0)), "has 1e+09 among its positions, for a; finite numbers up to 1e+06"),
    (NAMES, points(1, q=("1.0", 0)), "has '1.0' among its positions, for a"),
    (NAMES, points(1, q=(10**5000, 0)), "has an integer beyond 64 bits among its positions, for a"),
    (NAMES, points(1, q=(True, 0)), "has True among its positions, for a"),
    (NAMES, points(1, a=[0.0, 0.0]), "point 0 (1 s) has accelerations and no velocities"),
    (NAMES, points(-1.0), "point 0 is due at -1 s; a finite time from 0 on is allowed"),
    (NAMES, points(math.nan), "point 0 is due at nan s"),
    (NAMES, points(1, math.inf), "point 1 is due at inf s"),
    (NAMES, points(1, 2, 2), "point 2 is due at 2 s, point 1 at 2 s; allowed are times that rise"),
    (NAMES, points(2, 1), "point 1 is due at 1 s, point 0 at 2 s"),
    (NAMES, points(1e-9), "point 0 is due at 1e-09 s; allowed is 0, or 1e-06 s and later"),
    (NAMES, points(1, 31), "the last point, 1, is due at 31 s; up to 30 s is allowed"),
    (NAMES, points(1, 2, v=[0.1, 0.0]), "the velocity of a at the last point, 1 (2 s), is 0.1 rad/s"),
    (
        NAMES,
        points(1, v=[0.0] * 2, a=[0.0, -3.0]),
        "the acceleration of b at the last point, 0 (1 s), is -3 rad/s2",
    ),
    (
        NAMES,
        points(0, 1, q=(0.4, 0.2)),
        "point 0 (0 s) has a at 0.4000 rad, measured is 0.1000 rad; at most 0.05 rad",
    ),
]


@pytest.mark.parametrize(("names", "given_points", "message"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_what_is_no_trajectory_says_why(names, given_points, message):
    with pytest.raises(EventError) as refused:
        check_shape(names, given_points, SHAPE, HERE)
    assert message in str(refused.value) and "allowed" in str(refused.value)
    assert refused.value.of == "command"


@settings(max_examples=60, deadline=None)
@given(path=paths(most_joints=2))
def test_a_path_sent_as_points_is_the_same_path(path):
    shape = Shape(("a", "b")[: path.gap.size], 0.05, 30.0, 10)
    here = JointState(path.knots.positions[0] + path.gap, path.entry)
    again = check_shape(shape.joints, as_points(path), shape, here)
    times = dense(path, 40)
    assert again.positions(times) == pytest.approx(path.positions(times), abs=1e-12)
    assert list(again.knots.given) == list(path.knots.given)


@pytest.mark.parametrize("where", [[math.nan, 0.0], [0.0], [0.0, 0.0, 0.0]])
def test_nothing_is_judged_from_joints_that_are_not_known(where):
    for lost in (JointState(np.array(where), np.zeros(2)), JointState(np.zeros(2), np.array(where))):
        with pytest.raises(EventError, match="the measured"):
            check_shape(NAMES, points(1), SHAPE, lost)


junk = st.one_of(
    st.floats(),
    st.integers(-(10**400), 10**400),
    st.none(),
    st.booleans(),
    st.text(max_size=3),
    st.just([1.0]),
)
numbers = st.one_of(st.floats(-2, 2), junk)
rows = st.one_of(st.lists(numbers, max_size=3), st.lists(st.floats(-2, 2), min_size=2, max_size=2), junk)


@settings(max_examples=300, deadline=None)
@given(
    names=st.one_of(
        st.permutations(["a", "b"]), st.lists(st.one_of(st.sampled_from("abc"), junk), max_size=4)
    ),
    sent=st.lists(st.tuples(st.one_of(st.floats(0, 40), junk), rows, rows, rows), max_size=12),
    sort=st.booleans(),
)
def test_whatever_is_sent_is_a_path_or_an_event_error(names, sent, sort):
    if sort:
        sent = sorted(sent, key=lambda row: row[0] if isinstance(row[0], float) else 0.0)
    try:
        path = check_shape(names, [Knot(*row) for row in sent], SHAPE, HERE)
    except EventError as refused:
        assert "allowed" in str(refused) and len(str(refused)) < 500
        return
    for order in range(3):
        low, high = path.extremes(order)
        assert np.isfinite(low).all() and np.isfinite(high).all()
    assert path.knots.positions.shape[1] == 2 and 0 < path.duration <= 30.0


def test_as_many_points_as_are_allowed_are_no_more():
    assert len(check_shape(NAMES, points(*range(1, 11)), SHAPE, HERE).knots.times) == 11


def test_what_is_given_as_nothing_is_not_given():
    path = check_shape(NAMES, [Knot(1.0, (1.0, 1.0), None, None)], SHAPE, HERE)  # type: ignore[arg-type]
    assert list(path.knots.given) == [1, 0]


@pytest.mark.parametrize("row", ["ab", b"ab", 12, {0: 1.0, 1: 2.0}])
def test_what_is_no_row_of_numbers_is_shown_as_it_is(row):
    for part, sent in (
        ("positions", Knot(1.0, row)),
        ("velocities", Knot(1.0, (1.0, 1.0), row)),
        ("accelerations", Knot(1.0, (1.0, 1.0), (0.0, 0.0), row)),
    ):
        with pytest.raises(EventError) as refused:
            check_shape(NAMES, [sent], SHAPE, HERE)
        assert f"has {row!r} {part}; one for each of 2 joints is allowed" in str(refused.value)


def test_the_largest_number_is_a_million_and_is_allowed():
    path = check_shape(NAMES, points(1, q=(1e6, -1e6)), SHAPE, HERE)
    assert path.knots.positions[-1].tolist() == [1e6, -1e6]
    with pytest.raises(EventError, match=r"has 1e[+]06 among its positions, for a"):
        check_shape(NAMES, points(1, q=(math.nextafter(1e6, math.inf), 0.0)), SHAPE, HERE)


def test_exactly_the_start_tolerance_is_allowed():
    """0.25 and 0.375 are exact, and so is what is between them."""
    shape = Shape(NAMES, start_tolerance=0.125, max_duration=30.0, max_points=10)
    here = JointState(np.array([0.25, 0.5]), np.zeros(2))
    path = check_shape(NAMES, points(0.0, 1.0, q=(0.375, 0.5)), shape, here)
    assert path.gap.tolist() == [-0.125, 0.0]


def test_points_a_microsecond_apart_are_allowed():
    path = check_shape(NAMES, points(1e-6), SHAPE, HERE)
    assert path.knots.times.tolist() == [0.0, 1e-6]
    assert check_shape(NAMES, points(0.0, 1e-6), SHAPE, HERE).duration == 1e-6
    with pytest.raises(
        EventError, match="point 1 is due at 5e-07 s, point 0 at 0 s; allowed are times that rise"
    ):
        check_shape(NAMES, points(0.0, 5e-7), SHAPE, HERE)


def test_whole_numbers_of_64_bits_are_shown_and_no_larger_ones():
    for number, shown in (
        (2**63 - 1, "9223372036854775807"),
        (2**63, "an integer beyond 64 bits"),
        (-(2**63), "an integer beyond 64 bits"),
    ):
        with pytest.raises(EventError, match=f"has {shown} among its positions, for a"):
            check_shape(NAMES, points(1, q=(number, 0.0)), SHAPE, HERE)


def test_of_a_long_message_so_much_is_shown():
    with pytest.raises(EventError) as refused:
        check_shape(NAMES, points(1, q=("x" * 60, 0.0)), SHAPE, HERE)
    assert f"has '{'x' * 39} among its positions" in str(refused.value)
    many = tuple(f"joint_{number}" for number in range(9))
    with pytest.raises(EventError) as refused:
        check_shape(many, points(1), SHAPE, HERE)
    assert "'joint_7'; allowed are" in str(refused.value)


def test_a_last_velocity_or_acceleration_of_a_millionth_is_rest():
    rest = (1e-6, -1e-6)
    path = check_shape(NAMES, points(1, v=rest, a=rest), SHAPE, HERE)
    assert path.knots.velocities[-1].tolist() == path.knots.accelerations[-1].tolist() == list(rest)
