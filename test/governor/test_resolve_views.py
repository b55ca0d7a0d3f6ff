"""What limits say of one moment, in every view that there is of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor import resolve
from iatro_governor.governor.resolve import SAME
from iatro_governor.limits.limit import Cap
from test.governor.passing import COMMAND, Moment, Stub, up_to

# They take the stubs for what these stand for.
caps_of: Any = resolve.caps_of
clear_of: Any = resolve.clear_of
is_clear: Any = resolve.is_clear
no_faster: Any = resolve.no_faster


class Foreseeing(Stub):
    """One whose cap is another in each view, and that may say nothing."""

    foresees = True

    def __init__(self, caps: dict[int, float | None]) -> None:
        super().__init__()
        self._caps = caps

    def cap(self, _command: np.ndarray, view: Any) -> Cap | None:
        scale = self._caps[id(view)]
        return None if scale is None else Cap(scale, 1.0, scale)


@pytest.mark.parametrize(
    ("first", "second", "least"), [(0.5, 0.25, 0.25), (0.25, 0.5, 0.25), (None, 0.5, 0.5), (0.5, None, 0.5)]
)
def test_of_what_looks_ahead_the_worst_view_counts(first, second, least):
    other = Moment()
    at = Moment([other])
    limit, plain = Foreseeing({id(at): first, id(other): second}), Stub(scale=0.75)
    caps = caps_of(COMMAND, at, [limit, plain])
    assert [(each, cap.scale) for each, cap in caps] == [(limit, least), (plain, 0.75)]


def test_of_two_views_that_allow_as_much_the_first_one_tells_what_is_allowed():
    other = Moment()
    at = Moment([other])
    limit = Foreseeing({id(at): 0.5, id(other): 0.5})
    limit.cap = lambda _command, view: Cap(0.5, 1.0, 1.0 if view is at else 2.0)  # type: ignore[method-assign]
    assert [cap.allowed for _, cap in caps_of(COMMAND, at, [limit])] == [1.0]


def test_what_looks_at_now_alone_is_not_asked_of_other_views():
    other = Moment()
    at = Moment([other])
    looking, now = Foreseeing({id(at): 0.5, id(other): None}), Foreseeing({id(at): 0.5, id(other): 0.1})
    now.foresees = False
    assert [cap.scale for _, cap in caps_of(COMMAND, at, [looking, now])] == [0.5, 0.5]


def test_an_output_is_clear_where_every_limit_lets_it_rest_in_every_view():
    other = Moment()
    at = Moment([other])
    here = Stub("here", lambda outputs, view: (outputs[:, 0] <= 0.5) | (view is other))
    there = Stub("there", lambda outputs, view: (outputs[:, 0] > 0.2) | (view is at))
    outputs = np.array([[0.1, 0.0, 0.0], [0.3, 0.0, 0.0], [0.7, 0.0, 0.0]])
    assert is_clear(outputs, at, [here, Stub(), there]).tolist() == [False, True, False]
    clear, refusals = clear_of(outputs, at, [here, there])
    assert clear.tolist() == [False, True, False]
    told = {limit.config.name: passed.tolist() for limit, passed in refusals}
    assert told == {"here": [True, True, False], "there": [False, True, True]}
    assert here.tolerances == there.tolerances == {0.0}
    assert is_clear(outputs, at, [here], 0.25).tolist() == [True, True, False] and here.tolerances == {
        0.0,
        0.25,
    }


def test_one_limit_that_refuses_in_two_views_is_told_once_with_all_that_it_refused():
    other = Moment()
    at = Moment([other])
    limit = Stub(passes=lambda outputs, view: (outputs[:, 0] > 0.2) if view is at else (outputs[:, 0] < 0.5))
    outputs = np.array([[0.1, 0.0, 0.0], [0.3, 0.0, 0.0], [0.7, 0.0, 0.0]])
    _, refusals = clear_of(outputs, at, [limit])
    assert [passed.tolist() for _, passed in refusals] == [[False, True, False]]


def test_where_nothing_is_clear_any_more_no_other_view_is_asked():
    limit = Stub(passes=up_to(-1.0))
    assert not is_clear(np.zeros((2, 3)), Moment([Moment()]), [limit]).any()
    assert len(limit.asked) == 1
    some = Stub(passes=up_to(0.5))
    assert is_clear(np.zeros((2, 3)), Moment([Moment()]), [some]).all() and len(some.asked) == 2


class Graded(Stub):
    """One that caps each output at its own scale."""

    def __init__(self, scales: dict[float, float | None]) -> None:
        super().__init__()
        self._scales = scales

    def cap(self, command: np.ndarray, _view: Any) -> Cap | None:
        scale = self._scales[float(command[0])]
        return None if scale is None else Cap(scale, 1.0, scale)


@pytest.mark.parametrize(
    ("own", "others", "fine"),
    [
        (None, 0.5, True),  # says nothing of the output
        (1.0, None, True),  # allows all of it
        (1.0, 1.5, True),
        (0.5, None, False),  # says nothing of the other
        (0.5, 0.75, False),
        (0.5, 0.5, True),
        (0.5, 0.5 + 1e-10, True),  # rounding
        (0.5 - SAME, 0.5, True),
        (0.5, 0.25, True),
    ],
)
def test_an_output_is_no_faster_than_another_where_no_cap_allows_less_of_it(own, others, fine):
    limit = Graded({0.3: own, 0.2: others})
    ends = np.array([0.3, 0.0, 0.0]), np.array([0.2, 0.0, 0.0])
    assert no_faster(*ends, Moment(), [limit]) is fine
    assert no_faster(*ends, Moment(), [Stub(), limit]) is fine
    assert no_faster(*ends, Moment(), [limit, Stub(scale=1.0)]) is fine
