"""Parts of rows on links: numbers by hand, and which points of a long arm are bounded at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from iatro_governor.body.load import Options, load_text
from iatro_governor.body.rollout import Braking
from iatro_governor.limits.body_rows import (
    FASTEST,
    MOST,
    closing_rows,
    hardest_braking,
    spare,
    speed_rows,
    tightest,
)
from iatro_governor.limits.rows import SPHERE
from test.limits.bodies import TWO_LINKS, body_situation


def test_what_is_kept_for_between_two_samples_is_half_a_step_and_a_centimetre_at_least():
    """Six samples: 0.6 m in steps of 0.1 m."""
    assert spare(np.array([0.6, 0.03, 0.12])) == pytest.approx([0.05, 0.01, 0.01])


@pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1, 3 * MOST])
def test_of_many_rooms_the_least_are_looked_at(count):
    room = np.random.default_rng(count).permutation(count) * 0.1 - 0.35
    least = min(count, MOST)
    assert sorted(room[tightest(room)]) == pytest.approx(np.arange(least) * 0.1 - 0.35)


def braked(base, drive_base):
    """The two links straight ahead, on a base or on none; shoulder and elbow brake by 3 and 4 rad/s2."""
    model = load_text(TWO_LINKS, Options(base=base))
    free = len(model.joints) - 2
    at = body_situation(np.zeros(free + 2), model=model)
    slow = np.concatenate([np.full(free, np.inf), [3.0, 4.0]])
    drive = Drive(np.eye(free + 2), np.zeros(free + 2), slow, drive_base, free)
    return replace(at, drive=drive, comfort=drive, kind=base)


def test_the_hardest_that_an_end_is_braked_adds_up_over_the_joints_by_hand():
    """The tip is 1.04 m from the shoulder and 0.44 m from the elbow; a base slides by 0.7 m/s2 and turns by 1.9."""
    lower = 1
    assert hardest_braking(braked("fixed", None))[lower] == pytest.approx(3.0 * 1.04 + 4.0 * 0.44)
    moving = hardest_braking(braked("planar", Braking(0.7, 1.9)))
    assert moving[lower] == pytest.approx(0.7 + 0.7 + 1.9 * 1.04 + 3.0 * 1.04 + 4.0 * 0.44)
    rising = hardest_braking(braked("aerial", Braking(0.7, 1.9)))
    assert rising[lower] == pytest.approx(3 * 0.7 + 1.9 * 1.04 + 3.0 * 1.04 + 4.0 * 0.44)


def test_a_joint_that_no_command_moves_is_braked_by_none():
    at = braked("fixed", None)
    drive = replace(at.drive, matrix=np.diag([1.0, 0.0]))
    assert hardest_braking(replace(at, drive=drive, comfort=drive))[1] == pytest.approx(3.0 * 1.04)


def test_driving_closes_in_on_people_and_on_nothing_that_the_base_carries():
    """The tip, 1 m ahead: driving and turning move it across, and shoulder and elbow by 1 m and 0.4 m a radian."""
    at = braked("planar", Braking(0.7, 1.9))
    asked = (
        np.full(2, at.model.capsule_body[1]),
        np.array([[1.0, 0.0, 0.0]] * 2),
        np.eye(3)[:2],
        np.array([0.3, 0.5]),
    )
    over_ground, carried = closing_rows(at, *asked), closing_rows(at, *asked, on_base=True)
    assert over_ground.matrix == pytest.approx(np.array([[1, 0, 0, 0, 0], [0, 1, 1.0, 1.0, 0.4]]))
    assert carried.matrix == pytest.approx(np.array([[0, 0, 0, 0, 0], [0, 0, 0, 1.0, 0.4]]))
    assert over_ground.bounds.tolist() == carried.bounds.tolist() == [0.3, 0.5]


LENGTHS = (0.3, 0.5, 0.2, 0.4)
RADIUS = 0.02


def chain():
    """Four links one after another on a foot, each turning by the z-axis at its beginning."""
    foot, links = capsule("foot", 0.1), "".join(capsule(f"link{k}", size) for k, size in enumerate(LENGTHS))
    joints, before, where = "", "foot", 0.0
    for k, size in enumerate(LENGTHS):
        joints += f"""<joint name="joint{k}" type="revolute"><parent link="{before}"/><child link="link{k}"/>
            <origin xyz="{where} 0 0"/><axis xyz="0 0 1"/>
            <limit lower="-3" upper="3" velocity="2" effort="50"/></joint>"""
        before, where = f"link{k}", size
    return load_text(f'<robot name="chain">{foot}{links}{joints}</robot>')


def capsule(name, size):
    return f"""<link name="{name}"><collision><origin xyz="{size / 2} 0 0" rpy="0 1.5707963267948966 0"/>
        <geometry><capsule radius="{RADIUS}" length="{size}"/></geometry></collision></link>"""


BOUNDS = np.array([0.11, 0.2, 0.3, 0.9, 0.35])
"""Of the foot and each link, m/s."""


def straight(lead=(1.0, 1.0, 1.0, 1.0)):
    """Straight along x; ``lead``: what each joint does for its component of a command."""
    at = body_situation(np.zeros(4), model=chain())
    drive = replace(at.drive, matrix=np.diag(lead))
    return replace(at, drive=drive, comfort=drive)


def far_ends(at, bounds):
    """Rows by hand: of each moved link, how fast each joint moves the far end across, and its bound."""
    ends = np.cumsum(LENGTHS)
    arms = ends[:, None] - np.concatenate([[0.0], ends[:-1]])
    across = np.tril(arms) * np.diag(at.drive.matrix)
    by_share = sorted(
        zip(np.square(across).sum(axis=1) / bounds**2, across, bounds, strict=True), key=lambda x: -x[0]
    )
    return [(row, bound) for fast, row, bound in by_share if fast > 0][:FASTEST]


def rows(at, bounds=BOUNDS):
    return speed_rows(at, at.now, np.arange(5), bounds)


@pytest.mark.parametrize("lead", [(1.0, 1.0, 1.0, 1.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.7)])
def test_the_links_that_a_command_moves_fastest_for_their_bound_are_bounded_at_their_fast_ends(lead):
    at = straight(lead)
    found, wanted = rows(at), far_ends(at, BOUNDS[1:])
    assert len(found.bounds) == len(wanted) * len(SPHERE)
    for number, (across, bound) in enumerate(wanted):
        part = slice(number * len(SPHERE), (number + 1) * len(SPHERE))
        assert found.matrix[part] == pytest.approx(SPHERE[:, [1]] * across)
        assert found.bounds[part] == pytest.approx(np.full(len(SPHERE), bound))


def test_which_links_are_the_fastest_is_a_matter_of_their_bounds():
    """A link may be the slowest and still have the least of a bound."""
    tight = np.array([0.11, 0.01, 0.3, 0.9, 0.35])
    found = rows(straight(), tight)
    assert found.bounds[0] == 0.01 and found.matrix[: len(SPHERE)] == pytest.approx(
        SPHERE[:, [1]] * [0.3, 0.0, 0.0, 0.0]
    )
