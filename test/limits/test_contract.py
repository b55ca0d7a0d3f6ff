"""What every limit keeps, whatever it bounds. A new kind runs all of this by being in the registry."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.body.surroundings import Surroundings
from iatro_governor.limits.dosing import dosed
from iatro_governor.limits.rate import RateLimit
from iatro_governor.limits.registry import KINDS
from iatro_governor.limits.sheets import sheets
from test.governor.profiles import amr
from test.limits.bodies import body_situation, body_situations, joint_rates, surroundings
from test.limits.broken import broken, room
from test.limits.situations import VARIANTS, kind_of, make, persons, situation, situations, twists
from test.limits.test_boundaries import fastest, ways
from test.limits.test_sweep import cases

every_kind = pytest.mark.parametrize("kind", [*sorted(KINDS), *sorted(VARIANTS)])


def rollouts(outputs, at):
    return at.roll_out(np.atleast_2d(outputs))


def draw_situation(data, kind, at_rest=False):
    """Of the body that limits of this kind look at."""
    of_body = KINDS[kind_of(kind)].view == "body"
    return data.draw(body_situations(at_rest) if of_body else situations(at_rest))


def draw_command(data, kind):
    return data.draw(joint_rates if KINDS[kind_of(kind)].view == "body" else twists)


@every_kind
@given(data=st.data())
def test_standing_still_is_never_capped(kind, data):
    at = draw_situation(data, kind)
    cap = make(kind).cap(np.zeros(len(at.anchor)), at)
    assert cap is None or cap.scale == 1.0


@every_kind
@given(data=st.data())
def test_standing_still_is_always_clear(kind, data):
    at = draw_situation(data, kind, at_rest=True)
    clear = make(kind).clear(rollouts(np.zeros(len(at.anchor)), at), at)
    assert clear is None or clear.all()


@every_kind
@given(data=st.data())
def test_a_cap_is_a_finite_share_and_holds_for_every_smaller_one(kind, data):
    limit, at, command = make(kind), draw_situation(data, kind), draw_command(data, kind)
    cap = limit.cap(command, at)
    if cap is None:
        return
    assert 0.0 <= cap.scale <= 1.0
    assert math.isfinite(cap.requested) and math.isfinite(cap.allowed) and cap.excess >= 0
    for share in (1.0, 0.7, 0.3):
        again = limit.cap(share * cap.scale * command, at)
        assert again is None or again.scale >= 1.0 - 1e-9


@every_kind
@given(data=st.data())
def test_the_same_question_has_the_same_answer(kind, data):
    at, command = draw_situation(data, kind), draw_command(data, kind)
    limit, twin = make(kind), make(kind)
    assert limit.cap(command, at) == twin.cap(command, at)
    one, other = limit.clear(rollouts(command, at), at), twin.clear(rollouts(command, at), at)
    assert str(one) == str(other)


@every_kind
@given(data=st.data(), share=st.floats(0.0, 1.0))
def test_each_candidate_is_judged_by_itself(kind, data, share):
    limit, at, command = make(kind), draw_situation(data, kind), draw_command(data, kind)
    both = limit.clear(rollouts(np.stack([command, share * command]), at), at)
    for index, output in enumerate((command, share * command)):
        alone = limit.clear(rollouts(output, at), at)
        assert (both is None or bool(both[index])) == (alone is None or bool(alone[0]))


@every_kind
@given(data=st.data())
def test_rows_hold_the_stop_and_all_that_a_level_allows(kind, data):
    """A limit that looks at ways decides by them; one that caps may not cut off what it allows."""
    limit, at, command = make(kind), draw_situation(data, kind), draw_command(data, kind)
    rows = limit.rows(at)
    if rows is None:
        return
    assert rows.matrix.shape == (len(rows.bounds), len(at.anchor))
    assert np.isfinite(rows.matrix).all() and np.isfinite(rows.bounds).all() and (rows.bounds >= 0).all()
    cap = limit.cap(command, at)
    if not limit.keeps and cap is not None:
        assert (rows.matrix @ (cap.scale * command) <= rows.bounds + 1e-9).all()


@every_kind
def test_it_says_what_it_bounds_and_why(kind):
    row = make(kind).row()
    assert row["kind"] == kind_of(kind) and row["unit"] and row["source"]
    assert row["bound"] is None or math.isfinite(row["bound"])


@every_kind
@given(data=st.data())
def test_clearances_are_finite(kind, data):
    clearance = make(kind).clearance(draw_situation(data, kind))
    assert clearance is None or math.isfinite(clearance.now)


@every_kind
@given(data=st.data())
def test_a_strain_is_felt_and_has_a_size(kind, data):
    """Only what feels a push is strained by one, and says by how much of what it bears."""
    strain = make(kind).strain(draw_situation(data, kind))
    assert strain is None or (kind_of(kind) == "contact_force" and math.isfinite(strain.share))


REFUSING = [kind for kind in [*sorted(KINDS), *sorted(VARIANTS)] if make(kind).keeps]


@pytest.mark.parametrize("kind", REFUSING)
def test_what_is_told_of_a_refused_way_is_the_same_alone_and_among_others(kind):
    """And it led nearer, further or faster than allowed: else it was refused for nothing."""
    limit, met = make(kind), 0
    for at, ray in ways(kind):
        whole = fastest(ray, at) * ray
        among = rollouts(np.stack([0.5 * whole, 0.0 * whole, whole]), at)
        clear = limit.clear(among, at)
        if clear is None or clear[-1]:
            continue
        met += 1
        told = limit.blocked(whole, at, among)
        assert told == pytest.approx(limit.blocked(whole, at), abs=1e-9)
        assert told[0] < told[1] if limit.clearance(at) is not None else abs(told[0]) > abs(told[1])
    assert met >= 2, "nothing was refused"


NOT_LEFT = {"unseen": "it keeps no margin that could be broken: where the body stands counts as seen"}
"""Kinds that look at ways and have nothing to retreat from, and why."""


@pytest.mark.parametrize("kind", REFUSING)
def test_what_leaves_a_broken_margin_is_clear_and_what_goes_deeper_is_not(kind):
    """nav2 #3748, moveit2 #409: stopped too near, and forbidden to leave."""
    if kind in NOT_LEFT:
        assert make(kind).clearance(broken("obstacle")) is None, NOT_LEFT[kind]
        return
    limit, at = make(kind), broken(kind)
    clearance, here = limit.clearance(at), room(kind, np.zeros(len(at.anchor)), at)
    assert kind == "joint_position" or (clearance and clearance.now < clearance.required), "it is not broken"
    away, deeper = 0, 0
    for way in np.ndindex(*(3,) * len(at.anchor)):
        output = 0.05 * (np.array(way) - 1.0)
        clear, change = limit.clear(rollouts(output, at), at), room(kind, output, at) - here
        if change >= -1e-9:
            cap = limit.cap(output, at)
            assert (clear is None or clear[0]) and (cap is None or cap.scale == 1.0), output
            away += bool(output.any())
        elif change < -1e-4:
            assert clear is not None and not clear[0], output
            deeper += 1
    assert away >= 3 and deeper >= 2


TIGHTER: dict[str, dict[str, Any]] = {
    "speed": {"bound": 0.25},
    "acceleration": {"bound": 0.4},
    "deceleration": {"bound": 1.0},
    "jerk": {"bound": 1.0},
    "zone": {"margin": 0.15},
    "slow_zone": {"speed": 0.1},
    "geofence": {"margin": 0.2},
    "obstacle": {"margin": 0.2},
    "time_to_collision": {"bound": 2.0},
    "unseen": {"speed": 0.5},
    "separation": {"intrusion": 0.3},
    "command_rate": {"bound": 50.0},
    "joint_velocity": {"bounds": [0.5, 1.0]},
    "joint_acceleration": {"bounds": [1.0, 2.0]},
    "joint_deceleration": {"bounds": [1.5, 3.0]},
    "joint_jerk": {"bounds": [10.0, 20.0]},
    "joint_position": {"margin": 0.3},
    "payload": {"bounds": [0.5, 1.0]},
    "tip_over": {"margin": 0.1},
    "joint_effort": {"bounds": [10.0, 10.0]},
    "effort_rate": {"bounds": [100.0, 100.0]},
    "wrench": {"force": 12.0, "torque": 3.0},
    "gripper_speed": {"closing": 0.02, "opening": 0.05},
    "link_speed": {"bound": 0.25},
    "link_zone": {"margin": 0.1},
    "link_slow_zone": {"speed": 0.05},
    "workspace": {"margin": 0.05},
    "singularity": {"speed": 0.2},
    "link_obstacle": {"margin": 0.16},
    "link_separation": {"intrusion": 0.3},
    "power_and_force": {"distance": 0.4},
    "contact_force": {"retreat_speed": 0.05},
    "self_collision": {"margin": 0.1},
}
"""A stricter setting, by kind; of those that are not here, a double dose. What it is stricter than is the example, but
for ``LOOSER``."""
LOOSER = {"unseen": {"speed": 3.0}}


@every_kind
def test_a_stricter_bound_allows_nothing_that_a_looser_one_refuses(kind):
    """Whatever else it knows, and somewhere it refuses more: a setting that bounds nothing would be a trap."""
    hand = {"link": "hand"} if kind == "singularity" else {}
    loose = make(kind, **LOOSER.get(kind, {}), **hand)
    tighter, stricter = TIGHTER.get(kind_of(kind)), False
    strict = (
        KINDS[kind_of(kind)](dosed(loose.config, 2.0)) if tighter is None else make(kind, **tighter, **hand)
    )
    if isinstance(loose, RateLimit) and isinstance(strict, RateLimit):
        assert (strict.bounds(2) <= loose.bounds(2)).all()
        stricter = bool((strict.bounds(2) < loose.bounds(2)).any())
    elif loose.faces == ("stream",):
        stricter = bool(strict.bound and loose.bound and strict.bound < loose.bound)
    for at, ray in cases(kind):
        less, more = (limit.cap(100.0 * ray, at) for limit in (strict, loose))
        shares = [1.0 if cap is None else cap.scale for cap in (less, more)]
        assert shares[0] <= shares[1] + 1e-9, ray
        stricter = stricter or shares[0] < shares[1]
    for at, ray in ways(kind) if loose.keeps else ():
        every = at.roll_out(np.linspace(0.0, fastest(ray, at), 40)[:, None] * ray)
        few, many = (np.ones(40, dtype=bool) & clear(limit, every, at) for limit in (strict, loose))
        assert (few <= many).all(), ray
        stricter = stricter or bool((few < many).any())
    assert stricter


def clear(limit, every, at):
    """Which ways are clear, all of them where the limit says nothing."""
    verdict = limit.clear(every, at)
    return True if verdict is None else verdict


LABEL = {"side_effects": ["it takes longer"], "window": "0.2 m/s to 0.8 m/s", "source": "trials"}


@every_kind
def test_its_label_is_complete_with_and_without_one_in_the_profile(kind, tmp_path):
    """Mechanism, side effects, contraindications, window and source: ``iatro label`` has them of every limit."""
    channel = amr(tmp_path).data.channels["base"]
    for settings in ({}, {"label": LABEL}):
        config = make(kind, **settings).config
        data = SimpleNamespace(channels={config.channel: channel})
        profile: Any = SimpleNamespace(limits=[config], data=data)
        *stops, sheet = sheets(profile)
        assert len(stops) == 2 and (sheet.of, sheet.name, sheet.kind) == ("limit", config.name, config.kind)
        assert len(sheet.mechanism) > 40 and sheet.remark
        assert len(sheet.side_effects) == (1 if settings else len(make(kind).faces))
        told = json.dumps(sheet.to_json())
        wanted = (
            ("it takes longer", "0.2 m/s to 0.8 m/s", "a test; label: trials") if settings else ("a test",)
        )
        assert all(words in told for words in wanted) and all(sheet.side_effects)
        assert settings or make(kind).row_unit in sheet.window or make(kind).bound is None


def test_sliding_along_a_wall_that_is_too_near_is_clear():
    bearing = np.radians(np.arange(10, 171))
    wall = 0.25 * np.stack([1 / np.tan(bearing), np.ones(161)], axis=-1)  # 30 mm off the body, margin 80
    at = situation(wall)
    clear = make("obstacle").clear(rollouts(np.array([[0.1, 0, 0], [0.1, 0, 0.3], [0.1, 0, -0.3]]), at), at)
    assert clear is not None
    assert clear[0] and not clear[1] and clear[2]


def test_one_obstacle_too_near_gives_no_licence_to_near_another():
    left, ahead = [0.0, 0.25], [0.32, 0.0]
    at = situation(np.array([left, ahead]))
    clear = make("obstacle").clear(rollouts(np.array([[0.3, 0.0, 0.0], [0.05, 0.0, 0.0]]), at), at)
    assert clear is not None and not clear[0] and clear[1]


def scenes(kind):
    """Open space, something all around at three distances, nothing seen, and something that pushes."""
    ring = np.array([[math.cos(a), math.sin(a)] for a in np.arange(0, 2 * math.pi, math.pi / 36)])
    if KINDS[kind_of(kind)].view == "body":
        return [body_situation(np.array([0.5, 0.7]), sensed=sensed) for sensed in surroundings()]
    crowds = [None, *(persons([(0.22 + 0.3 + gap, 0.0, 0.0, 0.0)]) for gap in (0.02, 0.06, 0.3))]
    rings = [np.zeros((0, 2)), *(ring * (0.22 + gap) for gap in (0.02, 0.06, 0.3))]
    seen = [situation(points, people=people) for points, people in zip(rings, crowds, strict=True)]
    return [*seen, replace(seen[0], surroundings=Surroundings(1.0))]


def answers(limit, face, trip):
    """Whether ``limit`` intervenes by ``face``, without the governor around it."""
    at, command = trip.situation, trip.command
    if face == "cap":
        cap = limit.cap(command, at)
        return cap is not None and cap.scale < 1.0
    if face == "clear":
        clear = limit.clear(rollouts(np.stack([command, at.anchor]), at), at)
        return clear is not None and not clear.all()
    if face == "alarm":
        return limit.alarm(at) is not None
    # What is too large a step is too large a change within the period.
    return limit.bounds(1)[0] * at.period < np.abs(command - at.anchor).max()


MOOT = ("self_collision", "singularity")
"""Two links in a plane neither meet nor come near to any singular posture; test_self_test.py has a robot that does."""


@every_kind
def test_it_answers_what_it_is_tried_with(kind):
    """Without this a new kind would be refused by every self-test."""
    limit = make(kind)
    challenges = list(limit.trips(scenes(kind)))
    assert challenges, "nothing is known that would make it intervene"
    assert kind in MOOT or {challenge.face for challenge in challenges} == set(limit.faces)
    for challenge in challenges:
        assert bool(challenge.beyond) == (kind in MOOT)
        if challenge.face != "stream" and not challenge.beyond:
            assert any(answers(limit, challenge.face, trip) for trip in challenge.trips), challenge.face


@every_kind
def test_one_that_does_not_intervene_does_not_answer(kind):
    """The wrong answer: what it is tried with must not be answered by a limit that does nothing."""
    limit, broken = make(kind), make(kind)
    for face in limit.faces:
        setattr(broken, face, lambda *_: None)
        for challenge in limit.trips(scenes(kind)):
            if challenge.face == face and face not in ("rate", "stream"):
                assert not any(answers(broken, face, trip) for trip in challenge.trips)
