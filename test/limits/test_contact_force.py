"""Contact force: pushes by hand, their power against finite differences, ways out, and who may raise the bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.drive import Drive
from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.kinematics import posture
from iatro_governor.limits.contact_forces import turned
from iatro_governor.limits.sensed import Felt, Sensed
from test.limits.bodies import body_situation, joint_rates
from test.limits.situations import make

STRAIGHT = np.zeros(2)
TASK = {"flags": "cell", "flag": "wiping", "report": [40.0, 20.0], "stop": [60.0, 30.0], "source": "a test"}
ELBOW = np.array([0.0, 0.05])
TURNING, BACK = np.array([0.05, 0.0]), np.array([-0.05, 0.0])


def limit(**changes):
    return make("contact_force", **{"report": [10.0, 10.0], "stop": [30.0, 20.0], **changes})


def by_joints(**changes):
    numbers = {"report": [5.0, 5.0], "stop": [20.0, 10.0]}
    return make("contact_force", **{"wrench": None, "state": "joints", **numbers, **changes})


def at_tip(newton, q=STRAIGHT, anchor=None, flags=None):
    """The tip, 0.4 m from the sensor at the elbow, meets ``newton`` N across the link, against a turn to the left."""
    felt = Felt(np.array([0.0, -newton, 0.0]), np.array([0.0, 0.0, -0.4 * newton]), "lower", 0.0)
    return body_situation(q, anchor, Sensed({}, {"wrist": felt}, flags=flags or {}))


def pushing(torques, anchor=None):
    """The arm lies flat, so that gravity asks nothing of its joints: what they hold they push with."""
    return replace(body_situation(STRAIGHT, anchor), effort=np.array(torques))


@pytest.mark.parametrize("q", [STRAIGHT, np.array([1.3, -0.8])])
def test_beyond_stop_nothing_pushes_on_and_leaving_is_slow_and_free(q):
    """40 N at the tip: its power against 0.05 rad/s is negative, however the arm stands; it turns with the link."""
    rule, at = limit(), at_tip(40.0, q)
    assert rule.cap(TURNING, at).scale == 0.0 and rule.cap(np.array([0.0, 0.05]), at).scale == 0.0
    assert rule.cap(BACK, at).scale == 1.0
    fast = rule.cap(20 * BACK, at)
    assert 0 < fast.scale < 0.12
    assert (fast.requested, fast.allowed, fast.excess, fast.unit) == (
        pytest.approx(40.0),
        30.0,
        pytest.approx(10.0),
        "N",
    )


def test_a_contact_is_reported_and_slows_nothing():
    found = limit().cap(TURNING, at_tip(15.0))
    assert (
        found.scale == 1.0 and found.requested == pytest.approx(15.0) and found.excess == pytest.approx(5.0)
    )
    assert found.allowed == 10.0


@pytest.mark.parametrize(
    ("newton", "scale", "excess"), [(10.0, None, None), (30.0, 1.0, 20.0), (30.001, 0.0, 0.001)]
)
def test_up_to_a_threshold_and_with_it_is_within(newton, scale, excess):
    found = limit().cap(TURNING, at_tip(newton))
    assert (
        (found is None)
        if scale is None
        else (found.scale == scale and found.excess == pytest.approx(excess, rel=1e-3))
    )


def test_a_torque_alone_is_a_collision_too():
    """Something twists the hand with 21 Nm, and no force."""
    felt = Felt(np.zeros(3), np.array([0.0, 0.0, -21.0]), "lower", 0.0)
    at = body_situation(STRAIGHT, None, Sensed({}, {"wrist": felt}))
    found = limit().cap(TURNING, at)
    assert found.scale == 0.0 and found.unit == "Nm" and found.allowed == 20.0


@settings(max_examples=40, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
    rates=joint_rates,
    force=st.tuples(*[st.floats(-90, 90)] * 3).map(np.array),
    place=st.floats(0.0, 0.4),
)
def test_a_push_is_what_a_small_step_does_work_against(q, rates, force, place):
    """The force at a point of the link, as the sensor at its origin feels it, against how far that point moves."""
    if np.linalg.norm(force) <= 31.0:
        return
    at, step = body_situation(q), 1e-6
    here, there = (
        posture(at.model, x).link("lower") @ np.array([place, 0.0, 0.0, 1.0]) for x in (q, q + step * rates)
    )
    work = float(force @ (there - here)[:3]) / step
    frame = at.now.link("lower")
    wrench = np.concatenate([force, np.cross(here[:3] - frame[:3, 3], force)])
    felt = turned(wrench, frame[:3, :3].T)
    seen = replace(at, sensed=Sensed({}, {"wrist": Felt(felt[:3], felt[3:], "lower", 0.0)}))
    found = limit(stop=[30.0, 1e4]).cap(rates, seen)
    if abs(work) > 1e-3:
        assert (found.scale == 0.0) == (work < 0)


def test_joints_that_push_may_only_ease():
    rule = by_joints()
    assert rule.cap(TURNING, pushing([25.0, 0.0])).scale == 0.0
    assert rule.cap(BACK, pushing([25.0, 0.0])).scale == 1.0
    assert rule.cap(np.array([0.0, 0.05]), pushing([25.0, 0.0])).scale == 1.0  # the elbow feels nothing
    contact = rule.cap(TURNING, pushing([-6.0, 0.0]))
    assert contact.scale == 1.0 and contact.requested == pytest.approx(6.0) and contact.unit == "Nm"
    assert rule.cap(TURNING, pushing([4.0, -4.0])) is None


def test_joints_feel_less_than_they_hold_by_what_gravity_asks():
    """Stood on its side the shoulder holds m g r: 2 kg at 0.3 m and 1 kg at 0.8 m make 13.734 Nm."""
    tilted = replace(body_situation(STRAIGHT), effort=np.array([13.734 + 3.0, 1.962]))
    assert tilted.mechanics is not None
    weights = tilted.mechanics.dynamics

    class OnItsSide(Dynamics):
        def gravity(self, q, gravity=(0.0, -9.81, 0.0)):
            return super().gravity(q, gravity)

    on_its_side = OnItsSide(weights.model, weights.armature)
    at = replace(tilted, mechanics=replace(tilted.mechanics, dynamics=on_its_side))
    assert by_joints().cap(TURNING, at) is None
    found = by_joints(report=[2.0, 5.0]).cap(TURNING, at)
    assert found.requested == pytest.approx(3.0, abs=1e-9)


def test_joints_that_tell_no_efforts_move_nothing():
    """Nor do those of a body that nobody weighed; and nothing is told as measured."""
    rule = by_joints()
    for at in (body_situation(STRAIGHT), replace(pushing([25.0, 0.0]), mechanics=None)):
        assert rule.cap(TURNING, at).scale == 0.0 and rule.cap(BACK, at).scale == 0.0
        found = rule.cap(BACK, at)
        assert (found.requested, found.allowed, found.excess) == (0.0, 0.0, 0.0)


def test_before_anything_was_felt_nothing_is_said():
    at = body_situation(STRAIGHT, None, Sensed())
    assert limit().cap(TURNING, at) is None and limit().alarm(at) is None and limit().idle(at, None)


@pytest.mark.parametrize(
    ("flags", "stopped"),
    [
        ({"cell": {"wiping": True}}, False),
        ({"cell": {"wiping": False}}, True),
        ({"cell": {}}, True),
        ({}, True),
        ({"cell": {"drilling": True}}, True),
        ({"other": {"wiping": True}}, True),
    ],
)
def test_only_the_flag_of_the_trusted_source_raises_the_bounds(flags, stopped):
    found = limit(task=TASK).cap(TURNING, at_tip(45.0, flags=flags))
    assert (found.scale == 0.0) == stopped
    assert found.allowed == (30.0 if stopped else 40.0)


def test_what_stops_outside_of_a_task_is_not_hidden_by_what_the_task_does_not_even_report():
    """35 N: beyond the 30 that stop, below the 40 that a task reports; and 15 N are a contact."""
    rule = limit(task=TASK)
    assert rule.cap(TURNING, at_tip(35.0)).scale == 0.0 and rule.alarm(at_tip(35.0, anchor=TURNING))
    assert rule.cap(TURNING, at_tip(15.0)).allowed == 10.0


def test_what_is_beyond_its_own_bound_the_most_is_told():
    """45 N of 30 and 40 Nm of 20; then 21 Nm of 20."""
    for torque, told in ((40.0, (40.0, 20.0, "Nm")), (21.0, (45.0, 30.0, "N"))):
        felt = Felt(np.array([0.0, -45.0, 0.0]), np.array([0.0, 0.0, -torque]), "lower", 0.0)
        found = limit().cap(TURNING, body_situation(STRAIGHT, None, Sensed({}, {"wrist": felt})))
        assert (found.requested, found.allowed, found.unit) == (pytest.approx(told[0]), *told[1:])


def test_a_contact_of_joints_that_is_no_collision_bounds_nothing():
    at = pushing([6.0, 0.0], TURNING)
    assert by_joints().rows(at) is None and by_joints().alarm(at) is None


def test_a_task_has_an_end_too():
    found = limit(task=TASK).cap(TURNING, at_tip(61.0, flags={"cell": {"wiping": True}}))
    assert found.scale == 0.0 and found.allowed == 60.0


def test_the_alarm_is_for_what_pushes_on_and_not_for_who_is_pushed():
    rule = limit()
    assert "40 N" in str(rule.alarm(at_tip(40.0, anchor=TURNING)))
    assert rule.alarm(at_tip(40.0, anchor=BACK)) is None
    assert rule.alarm(at_tip(40.0)) is None  # at rest: somebody leans on it
    assert rule.alarm(at_tip(20.0, anchor=TURNING)) is None


def test_a_wrist_tells_newtons_and_joints_their_torques_for_which_gravity_is_reckoned():
    by_wrist, joints = limit(), by_joints()
    assert (by_wrist.weighs, by_wrist.bound, by_wrist.row_unit) == (False, 30.0, "N")
    assert (joints.weighs, joints.bound, joints.row_unit) == (True, None, "Nm")


def test_what_is_touched_is_told_and_what_is_not_is_idle():
    rule = limit()
    for newton, touched in ((10.0, False), (10.1, True), (40.0, True)):
        at = at_tip(newton)
        assert rule.present(at) == touched and rule.idle(at, None) != touched
    unknown = body_situation(STRAIGHT, None, Sensed())
    assert rule.present(unknown) is None and rule.rows(unknown) is None and rule.strain(unknown) is None


def test_joints_that_tell_no_effort_hold_others_too():
    at = replace(body_situation(STRAIGHT), joints={"arm": np.array([1])})
    rows = by_joints(report=[5.0], stop=[10.0]).rows(at)
    for moving in (TURNING, BACK, ELBOW, -ELBOW):
        assert (rows.matrix @ moving > rows.bounds).any()
    assert (rows.matrix @ STRAIGHT <= rows.bounds).all()


def of_the_elbow(anchor=None):
    """The elbow feels 12 of its 10 Nm; what the shoulder holds is not its channel's."""
    return replace(pushing([50.0, 12.0], anchor), joints={"arm": np.array([1])})


def test_what_does_not_feel_a_collision_does_not_move_against_what_does():
    rule, at = by_joints(report=[5.0], stop=[10.0]), of_the_elbow()
    for shoulder in (0.05, -0.05, 2e-9):
        assert rule.cap(np.array([shoulder, -0.05]), at).scale == 0.0
    assert rule.cap(np.array([1e-9, -0.05]), at).scale == 1.0
    assert rule.cap(np.array([0.0, 0.05]), at).scale == 0.0
    assert "do not feel" in str(rule.alarm(of_the_elbow(BACK))) and rule.alarm(of_the_elbow()) is None
    assert "pushes on" in str(rule.alarm(of_the_elbow(np.array([0.0, 0.05]))))
    assert (rule.strain(of_the_elbow(BACK)).leaving, rule.strain(of_the_elbow(-ELBOW)).leaving) == (
        False,
        True,
    )


def test_what_does_not_feel_it_and_drifts_by_itself_is_not_what_moves():
    """The shoulder drifts at 0.3 rad/s, which no output asks for; the elbow pushes on."""
    drifting = Drive(np.eye(2), np.array([0.3, 0.0]), np.full(2, 4.0), None, 0)
    at = replace(of_the_elbow(ELBOW), drive=drifting)
    assert "pushes on" in str(by_joints(report=[5.0], stop=[10.0]).alarm(at))


def test_the_rows_of_a_collision_hold_what_does_not_feel_it():
    rows = by_joints(report=[5.0], stop=[10.0]).rows(of_the_elbow())
    assert (
        rows.matrix.tolist() == [[0.0, 12.0], [1.0, 0.0], [-1.0, 0.0]] and rows.bounds.tolist() == [1e-9] * 3
    )


def test_a_wrist_knows_of_every_joint_before_it():
    at = replace(at_tip(40.0), joints={"arm": np.array([1])})
    assert limit().cap(BACK, at).scale == 1.0 and len(limit().rows(at).matrix) == 1


def test_what_a_body_does_by_itself_no_command_is_to_blame_for():
    """The shoulder drifts at 0.3 rad/s into what it feels 25 Nm of: a command that takes 0.05 off pushes less."""
    drifting = Drive(np.eye(2), np.array([0.3, 0.0]), np.full(2, 4.0), None, 0)
    for anchor, pushes in ((BACK, False), (TURNING, True)):
        at = replace(pushing([25.0, 0.0], anchor), drive=drifting)
        assert (by_joints().alarm(at) is not None) == pushes


def test_what_a_row_lets_through_does_not_push():
    """1 Nm against 1 nrad/s is the nanowatt that a row leaves open."""
    rule, at = by_joints(report=[0.4, 5.0], stop=[0.5, 5.0]), pushing([1.0, 0.0])
    rows = rule.rows(at)
    assert rows.matrix.tolist() == [[1.0, 0.0]] and rows.bounds.tolist() == [1e-9]
    assert rule.cap(np.array([1e-9, 0.0]), at).scale == 1.0
    assert rule.cap(np.array([2e-9, 0.0]), at).scale == 0.0


@pytest.mark.parametrize(("anchor", "leaving"), [(BACK, True), (TURNING, False), (None, False)])
def test_how_hard_it_is_pressed_and_who_leaves(anchor, leaving):
    """45 N where 30 stop it; half of the 20 Nm are reported, and a third of the 30 N."""
    found = limit().strain(at_tip(45.0, anchor=anchor))
    assert (found.share, found.slack, found.leaving) == (pytest.approx(1.5), 0.5, leaving)


def test_only_a_collision_that_is_felt_is_pressed():
    assert limit().strain(at_tip(20.0, anchor=BACK)) is None
    assert by_joints().strain(body_situation(STRAIGHT, BACK)) is None  # whose joints tell no efforts


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"state": "joints"}, "exactly one"),
        ({"wrench": None}, "exactly one"),
        ({"stop": [30.0]}, "force and a torque"),
        ({"report": [31.0, 1.0]}, "report must be at most stop"),
        ({"task": {**TASK, "report": [61.0, 1.0]}}, r"task\.report must be at most task\.stop"),
        ({"task": {**TASK, "stop": [70.0, 30.0, 1.0]}}, "force and a torque"),
        ({"stop": [float("nan"), 6.0]}, "finite"),
    ],
)
def test_thresholds_that_mean_nothing_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        limit(**changes)
