"""What keeps links off something, by hand: what is measured of a wall, what is remembered, which ways are clear."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.link_keeping import capsules_of
from iatro_governor.limits.survey import Along
from test.limits.bodies import two_links
from test.limits.walls import Told, Wall, at, keeper


def clear(kept, situation, *commands, tolerance=0.0):
    found = kept.clear(situation.roll_out(np.array(commands, dtype=float)), situation, tolerance)
    return None if found is None else found.tolist()


def test_the_capsules_of_all_links_or_of_some():
    model = two_links()
    assert capsules_of(model, None).tolist() == [0, 1]
    assert capsules_of(model, ["lower"]).tolist() == [1] and capsules_of(model, ["upper"]).tolist() == [0]
    assert keeper(Wall(1.0), None).capsules(model).tolist() == [0, 1]


def test_of_a_map_the_link_that_it_may_lie_worst_for_is_kept_off():
    assert keeper(Wall(1.0)).required(at()) == 0.08
    assert keeper(Wall(1.0), None, unsure=[0.02, 0.05]).required(at()) == pytest.approx(0.13)
    assert keeper(Wall(1.0), ["upper"], unsure=[0.02, 0.05]).required(at()) == pytest.approx(0.10)


def test_it_is_measured_once_a_moment_and_exactly_as_far_as_matters():
    """0.08 + 0.02 + 0.15 m."""
    wall, here = Wall(0.3), at()
    kept, other = keeper(wall, unsure=[0.0, 0.02]), keeper(Wall(0.4))
    assert kept.now(here) == pytest.approx([0.26]) and other.now(here) == pytest.approx([0.36])
    assert kept.now(here) == pytest.approx([0.26]) and wall.cutoffs == [pytest.approx(0.25)]
    assert kept.now(at()) == pytest.approx([0.26]) and len(wall.cutoffs) == 2


class Landmarks:
    """Everything measured at once; of what is kept off, ``place``."""

    now = np.array([0.7, 0.6, 0.5])

    def __init__(self, place):
        self._place = place

    def survey(self, posture):
        return self

    def place(self, measure):
        return self._place

    def along(self, ways, measure, flown):
        return Along(np.array([0.3]), np.full((*ways.ahead.shape[:2], 1), 0.09), np.full((1, 1), 0.02))


@pytest.mark.parametrize("known_of", [True, False])
def test_what_was_measured_for_all_volumes_is_not_measured_again(known_of):
    wall, here = Wall(0.3), at(landmarks=Landmarks(slice(1, 3) if known_of else None))
    found = keeper(wall).now(here).tolist()
    assert found == ([0.6, 0.5] if known_of else [pytest.approx(0.26)]) and bool(wall.cutoffs) != known_of
    # 0.09 m are less than 0.08 m and half a step of 0.02 m.
    assert clear(keeper(wall), here, [-0.1, 0.0]) == ([False] if known_of else None)


def reach(swept, capsules):
    """All that may be done with the joints moving by ``swept``, and the capsules by ``capsules`` m."""
    return SimpleNamespace(swept=np.array(swept), swept_capsules=np.array(capsules))


def test_what_stays_beyond_the_margin_is_idle_unless_a_map_may_shift():
    """0.26 m off; of 0.08 m, 0.18 m are left."""
    assert keeper(Wall(0.3)).idle(at(), reach([0.0, 0.0], [9.0, 0.17]))
    assert not keeper(Wall(0.3)).idle(at(), reach([0.0, 0.0], [0.0, 0.19]))
    assert not keeper(Wall(0.3), None).idle(at(), reach([0.0, 0.0], [0.25, 0.0]))
    assert not keeper(Wall(9.0), unsure=[0.0, 0.0]).idle(at(), reach([0.0, 0.0], [0.0, 0.0]))


def test_at_the_margin_itself_nothing_is_idle():
    kept, none = keeper(Told([0.75]), margin=0.25), [0.0, 0.0]
    assert not kept.idle(at(), reach(none, [0.0, 0.5])) and kept.idle(at(), reach(none, [0.0, 0.49]))
    halves = np.array([[0.5, 1.0], [0.0, 0.5]])
    for swept, idle in ((0.5, False), (0.49, True)):
        kept = keeper(Told([0.75], [0.3]), margin=0.25)
        assert kept.idle(at(), reach(none, none))
        assert kept.idle(replace(at(), levers=halves), reach([swept, 0.0], [0.0, 0.1])) is idle


def test_what_was_far_is_far_by_the_link_that_has_least_room():
    """0.3 m less 0.1 m, and 0.9 m less 0.2 m; the second time the lower one is near."""
    halves = at(levers=np.array([[0.5, 1.0], [0.0, 0.5]]))
    kept = keeper(Told([0.3, 0.9], [0.9, 0.3]), None, margin=0.25)
    assert kept.idle(at(), reach([0.0, 0.0], [0.0, 0.0]))
    assert not kept.idle(halves, reach([0.2, 0.0], [0.1, 0.1]))


def test_what_was_far_is_not_measured_again_before_the_joints_have_moved_as_far():
    """0.26 m off, less 1.04 m for each rad of the shoulder, moved or to be moved: 0.17 rad are left."""
    still = reach([0.0, 0.0], [0.0, 0.0])
    wall = Wall(0.3)
    kept = keeper(wall)
    for q, swept in ((-0.3, 0.0), (-0.35, 0.0), (-0.25, 0.1), (-0.35, 0.1)):
        assert kept.idle(at([q, 0.0]), reach([swept, 0.0], [0.0, 0.0]))
    assert len(wall.cutoffs) == 1
    wall.y = 0.1  # what a posture tells by now
    assert not kept.idle(at([0.2, 0.0]), still) and len(wall.cutoffs) == 2
    wall.y = 0.3
    assert kept.idle(at(), still) and len(wall.cutoffs) == 3
    wall.y = 0.1
    assert kept.idle(at([0.1, 0.0]), still)
    assert not kept.idle(at([0.1, 0.0]), reach([0.1, 0.0], [0.0, 0.0]))


def test_a_way_ends_half_a_step_before_the_margin_at_the_latest():
    """0.72 * (0.01 + 0.12) = 0.0936 rad lead the tip 0.0935 m on; half of a step is 0.0078 m, and 0.08 is kept."""
    for y, kept in ((0.2220, True), (0.2200, False)):
        assert clear(keeper(Wall(y)), at(), [0.72, 0.0], [-0.72, 0.0]) == [kept, True]
    assert clear(keeper(Wall(0.2200)), at(), [0.72, 0.0], tolerance=0.01) is None
    assert clear(keeper(Wall(0.2100)), at(), [0.72, 0.0], tolerance=0.01) == [False]


def test_from_within_the_margin_what_is_measured_may_seem_nearer_by_the_tolerance():
    """0.14 * (0.01 + 0.0233) = 0.0047 rad."""
    inside = keeper(Wall(0.1))
    assert clear(inside, at(), [0.14, 0.0], [-0.14, 0.0], [0.0, 0.0]) == [False, True, True]
    assert clear(inside, at(), [0.14, 0.0], tolerance=0.005) == [True]
    assert clear(inside, at(), [0.14, 0.0], tolerance=0.004) == [False]


def test_what_a_map_is_unsure_of_is_kept_besides_and_may_be_what_it_shifts_by():
    for y, kept in ((0.2420, True), (0.2400, False)):
        assert clear(keeper(Wall(y), unsure=[0.0, 0.02]), at(), [0.72, 0.0]) == [kept]
    for y, kept in ((0.2120, True), (0.2100, False)):
        assert clear(keeper(Wall(y), unsure=[0.0, 0.02]), at(), [0.72, 0.0], tolerance=0.01) == [kept]


def test_where_it_is_not_known_where_it_stands_only_rest_is_allowed_and_nothing_is_told():
    lost, here = keeper(Wall(0.1), known=False), at()
    assert clear(lost, here, [0.1, 0.0], [0.0, 0.0]) == [False, True]
    assert lost.rows(here) is None and lost.nearest(here) is None and lost.clearance(here) is None
    ways = here.roll_out(np.array([[0.1, 0.0]]))
    assert lost.least_ahead(ways, here) is None and lost.retreat(np.array([1.0, 0.0]), here) is None


def test_what_a_way_and_half_a_step_cannot_reach_is_not_followed():
    """1.04 * 0.1767 = 0.1837 m of way and a twelfth of it, and 0.08 m: 0.279 m; a map is unsure of more."""
    wall = Wall(0.330)
    assert clear(keeper(wall), at(), [1.0, 0.0], [0.0, 0.0]) is None and len(wall.cutoffs) == 1
    wall = Wall(0.317)
    assert clear(keeper(wall), at(), [1.0, 0.0], [0.0, 0.0]) == [True, True]
    # What no way needs is not measured exactly: 0.08 m, half of a step, 0.0147 m, and what that bows.
    assert wall.cutoffs[1] == pytest.approx(0.0950, abs=0.0002)
    assert clear(keeper(Wall(0.335), unsure=[0.0, 0.02]), at(), [1.0, 0.0]) == [True]
    assert clear(keeper(Wall(0.345), unsure=[0.0, 0.02]), at(), [1.0, 0.0]) is None
    assert clear(keeper(Wall(0.300)), at(), [1.0, 0.0], tolerance=0.01) is not None
    assert clear(keeper(Wall(0.300)), at(), [1.0, 0.0], tolerance=0.03) is None


def test_what_is_in_flight_leads_there_or_away():
    """0.05 rad of the shoulder are in flight, 0.052 m of the tip: it ends there, or 0.05 m further off."""
    there, away = (at(anchor=np.array([side * 0.5, 0.0]), delay=0.1) for side in (1, -1))
    assert clear(keeper(Wall(0.36)), there, [1.0, 0.0]) == [True]
    assert clear(keeper(Wall(0.38)), there, [1.0, 0.0]) is None
    assert clear(keeper(Wall(0.36)), away, [1.0, 0.0]) is None


def test_one_link_that_got_away_is_no_reason_not_to_follow_the_other():
    here = at()
    ways = here.roll_out(np.array([[0.72, 0.0]]))
    near = np.full((7, 2), 9.0)
    near[:, 1] = np.linspace(0.15, 0.03, 7)
    kept = keeper(Told([0.17, 0.17], near), None)
    assert kept.clear(ways, here, 0.0).tolist() == [False]
    assert keeper(Told([0.17, 0.17], np.full((7, 2), 9.0)), None).clear(ways, here, 0.0) is None
    near[1] = 9.0  # wherever it is at the first sample
    assert keeper(Told([9.0, 0.17], near[:, 1:]), None).clear(ways, here, 0.0).tolist() == [False]
