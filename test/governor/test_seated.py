"""A limit of one channel among others: what it is asked, and where in the whole output its answers stand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.seated import Own, Seated
from iatro_governor.limits.limit import Limit, LimitConfig
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.span import Span
from test.limits.situations import make

PLACE = slice(1, 3)
ANCHOR = np.array([0.3, 0.5, 0.7, 0.9])
BASE = object()


class Asked(Limit[LimitConfig]):
    """Says ``answer`` to whatever it is asked, and keeps what that was."""

    model = LimitConfig
    unit = "m"

    def __init__(self, view, answer):
        super().__init__(LimitConfig(name="mine", kind="mine", channel="arm", source="a test"))
        self.view, self._answer = view, answer  # type: ignore[misc]

    def _keep(self, *asked):
        self.asked = asked
        return self._answer

    def idle(self, situation, reach):
        return self._keep(situation, reach)

    def clear(self, rollouts, situation, tolerance=0.0):
        return self._keep(rollouts, situation, tolerance)

    def rows(self, situation):
        return self._keep(situation)

    def clearance(self, situation):
        return self._keep(situation)

    def blocked(self, wanted, situation, ways=None):
        return self._keep(wanted.tolist(), situation, ways)

    def eased(self, margin, speed):
        return self._keep(margin, speed)


def seated(view="own", answer=None):
    return Seated(Asked(view, answer), PLACE)


def whole(anchor=ANCHOR) -> Any:
    """A moment of four components, of which the limit's are the second and third."""
    return SimpleNamespace(t=4.0, period=0.01, reaction_s=0.06, anchor=anchor, base=BASE, standing=whole)


@pytest.mark.parametrize(("bound", "idle"), [(0.8, True), (0.6, False)])
def test_a_limit_of_its_own_channel_is_spared_where_no_component_of_that_gets_so_fast(bound, idle):
    """The third component gets to 0.7 at most; it is the limit's second, and others are faster."""
    limit: Any = Seated(make("speed", axis="vy", bound=bound), PLACE)
    assert limit.idle(None, SimpleNamespace(most=(9.0, 9.0, 0.7, 9.0))) is idle


def test_what_a_channel_does_by_itself_moves_no_body_as_far_as_its_own_limit_sees():
    limit = seated(answer=True)
    assert limit.idle(None, SimpleNamespace(most=(0.2, 0.4, 0.6, 0.8)))
    assert limit.limit.asked == (None, Span((0.4, 0.6), 0.0, 0.0))


def test_a_limit_that_looks_at_the_base_is_never_spared():
    """What it keeps off is not known to be far by the speeds of the base alone."""
    limit = seated("base", answer=True)
    assert limit.idle(None, SimpleNamespace(most=(0.0,) * 4)) is False


def test_a_way_to_rest_is_judged_on_the_ground_and_without_a_margin_more_unless_there_is_one():
    limit, ways = seated("base", answer=np.array([True, False])), SimpleNamespace(planar="the base's way")
    assert limit.clear(ways, whole()) is limit.limit._answer
    assert limit.limit.asked == ("the base's way", BASE, 0.0)
    limit.clear(ways, whole(), 0.375)
    assert limit.limit.asked == ("the base's way", BASE, 0.375)
    assert seated("own", answer=np.array([False])).clear(ways, whole()) is None


def test_rows_stand_at_the_place_of_the_channel():
    limit = seated(answer=Rows(np.array([[3.0, -5.0], [0.0, 7.0]]), np.array([0.25, 0.75])))
    rows = limit.rows(whole())
    assert rows.matrix.tolist() == [[0.0, 3.0, -5.0, 0.0], [0.0, 0.0, 7.0, 0.0]]
    assert rows.bounds.tolist() == [0.25, 0.75] and limit.limit.asked[0].anchor.tolist() == [0.5, 0.7]
    assert seated().rows(whole()) is None


def test_a_distance_is_told_by_what_looks_at_the_base_and_by_nothing_else():
    limit = seated("base", answer="a distance")
    assert limit.clearance(whole()) == "a distance" and limit.limit.asked == (BASE,)
    assert seated("own", answer="a distance").clearance(whole()) is None


def test_what_is_refused_is_told_by_its_own_components_and_by_the_way_of_the_base_where_there_is_one():
    limit, wanted = seated("base", answer=(0.5, 0.25, 0.125)), np.array([2.0, 3.0, 5.0, 7.0])
    assert limit.blocked(wanted, whole(), SimpleNamespace(planar="the base's way")) == (0.5, 0.25, 0.125)
    assert limit.limit.asked == ([3.0, 5.0], BASE, "the base's way")
    assert limit.blocked(wanted, whole()) == (0.5, 0.25, 0.125)
    assert limit.limit.asked == ([3.0, 5.0], BASE, None)


def test_eased_for_an_operator_it_keeps_its_place_and_what_never_gives_way_does_not():
    softer = make("speed", bound=0.3)
    limit = seated(answer=softer)
    eased = limit.eased(0.125, 0.0625)
    assert isinstance(eased, Seated) and (eased.limit, eased.place) == (softer, PLACE)
    assert limit.limit.asked == (0.125, 0.0625) and seated().eased(0.125, 0.0625) is None


def test_it_is_called_what_the_limit_is_called():
    own = make("speed", axis="wz", bound=0.7)
    limit = Seated(own, PLACE)
    assert limit.config is own.config and limit.unit == own.unit and limit.row_unit == "rad/s"


def test_it_is_tried_by_its_own_trips_at_its_place_in_whatever_scenes_there_are():
    """Twice the bound of 0.75 m/s, both ways, of the third component; one scene is enough."""
    limit: Any = Seated(make("speed", axis="vy", bound=0.75), PLACE)
    tried = [trip for challenge in limit.trips([whole()]) for trip in challenge.trips]
    assert [trip.command.tolist() for trip in tried] == [[0.0, 0.0, 1.5, 0.0], [0.0, 0.0, -1.5, 0.0]]
    assert [trip.situation.anchor.tolist() for trip in tried] == [[0.0] * 4] * 2
    assert all(limit.cap(trip.command, trip.situation).scale == 0.5 for trip in tried)


def test_what_is_seen_of_the_whole_is_the_moment_and_the_own_components():
    own = Own.of(whole(), PLACE)
    assert (own.t, own.period, own.reaction_s, own.anchor.tolist()) == (4.0, 0.01, 0.06, [0.5, 0.7])
    assert own.standing(np.array([0.1])).anchor.tolist() == [0.1] and own.place("arm") == slice(None)
