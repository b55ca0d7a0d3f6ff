"""Which scale is found, of limits that are nothing but what they let pass: the expected ones are worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.resolve import resolve
from test.governor.passing import COMMAND, Moment, Stub, but, up_to
from test.limits.situations import situation

NO_RETURNS = np.zeros((0, 2))


def as_it_is(targets: np.ndarray) -> np.ndarray:
    """No rate shaping."""
    return targets


def found(*limits: Any, at: Any = None, command: np.ndarray = COMMAND, step: Any = as_it_is) -> Any:
    moment: Any = at or Moment()
    return resolve(command, moment, limits, step)


@pytest.mark.parametrize(
    ("level", "passes", "scale"),
    [
        (1.0, up_to(1.0), 1.0),
        (1.0, up_to(0.6), 19 / 32),  # 20 / 32 is 0.625
        (1.0, up_to(0.0), 0.0),
        (1.0, up_to(31.5 / 32), 31 / 32),
        (0.7, up_to(0.76), 0.7),
        (0.7, up_to(0.74), 0.7),  # 23 / 32 is clear, and beyond the level
        (
            0.7,
            up_to(0.71),
            22 / 32,
        ),  # 23 / 32 is not: so the level is not asked for, of the grid the last below it
        (0.7, up_to(0.66), 21 / 32),
        (0.74, up_to(0.745), 23 / 32),  # 0.75 is not clear, and stays among the coarse scales
        (0.75, up_to(0.76), 0.75),
        (0.7, but(0.69, 0.71), 5 / 8),  # the level itself is refused: the last coarse scale below it
        (0.5, but(0.49, 0.51), 3 / 8 + 3 / 32),
        (1.0, but(0.2, 0.3), 6 / 32),  # 0.25 is refused, and nothing beyond counts
        (1.0, but(0.26, 0.37), 1.0),  # no coarse scale is refused
        (
            1.0,
            lambda o, view: but(0.59, 0.62)(o, view) & (o[:, 0] <= 0.66),
            21 / 32,
        ),  # nor is 19 / 32 asked for
        (0.0, up_to(0.0), 0.0),
    ],
)
def test_the_largest_scale_up_to_which_all_that_are_tried_are_clear(level, passes, scale):
    limit = Stub(passes=passes)
    answer = found(limit, Stub(scale=level))
    assert answer.scale == scale and answer.target.tolist() == [scale, 0.0, 0.0]
    assert limit.tolerances == {0.0}, "nothing new is let pass by a tolerance"


def test_where_not_even_a_stop_is_clear_nothing_is_admissible_and_what_stands_goes_on():
    limit, other = Stub("it", up_to(-1.0)), Stub("other", up_to(0.6))
    answer = found(limit, other, at=Moment(anchor=np.array([0.5, 0.25, 0.0])))
    assert answer.scale is None and answer.target.tolist() == [0.5, 0.25, 0.0]
    assert answer.blocked == [limit, other]


def test_limits_that_look_at_no_way_are_asked_for_none():
    capping = Stub(scale=0.3)
    answer = found(capping, Stub())
    assert answer.scale == 0.3 and answer.target.tolist() == [0.3, 0.0, 0.0] and capping.asked == []
    assert found().scale == 1.0


def test_the_least_of_all_caps_counts_and_the_limits_that_are_broken_are_known():
    broken, kept = Stub(scale=0.5, excess=0.1), Stub(scale=0.25, excess=0.0)
    answer = found(broken, kept, Stub())
    assert answer.scale == 0.25 and [limit for limit, _ in answer.caps] == [broken, kept]
    assert answer.beyond == [broken]


def test_who_refused_more_than_is_admitted_is_blamed_and_nobody_where_the_level_is_all_that_was_asked():
    near, far = Stub("near", up_to(0.6)), Stub("far", up_to(0.7))
    assert found(near, far, Stub("never", up_to(2.0))).blocked == [near, far]
    assert found(near, far, Stub(scale=0.5)).blocked == []


def test_where_each_limit_refused_first_is_told_with_the_way_of_the_command():
    """Shaping lets the outputs get to half of the command: the whole of it is followed too, as the last way."""
    other = Moment()
    at = Moment([other])
    here, there = Stub("here", up_to(0.25)), Stub("there", lambda o, view: (o[:, 0] <= 0.3) | (view is at))
    answer = found(here, there, at=at, step=lambda targets: targets / 2)
    assert answer.seen.keys() == {"here", "there"}
    assert answer.seen["here"].view is at and answer.seen["there"].view is other
    assert answer.seen["here"].ways.outputs[-1].tolist() == [1.0, 0.0, 0.0]
    assert answer.scale == 0.5 and all(len(seen.ways.outputs) > 2 for seen in answer.seen.values())


def test_a_command_that_is_the_last_output_itself_is_not_followed_twice():
    limit = Stub(passes=up_to(0.6))
    ways = found(limit).seen["it"].ways.outputs
    assert ways[:, 0].tolist() == sorted(set(ways[:, 0].tolist())) and ways[-1].tolist() == [1.0, 0.0, 0.0]


def test_of_a_command_beyond_its_level_no_way_is_told():
    assert found(Stub(passes=up_to(0.6)), Stub(scale=0.9)).seen["it"].ways is None


def test_the_way_of_the_command_decides_nothing():
    """It is refused here, and all that shaping makes of the command is clear."""
    answer = found(Stub(passes=up_to(0.5)), step=lambda targets: targets / 2)
    assert answer.scale == 1.0 and answer.blocked == [] and answer.seen == {}


def distinct(count: int) -> Any:
    """Shaping that leaves so many different outputs of the 34 scales, the highest ones the same."""
    return lambda targets: np.minimum(targets, (count - 1) / 32)


def test_few_different_outputs_are_looked_at_at_once_where_the_fine_ones_will_count():
    """The coarse scales alone would be asked first; twelve at once take less time than to look twice."""
    standing = Moment(anchor=np.zeros(3))
    for count, looks in ((12, [12]), (13, [4])):
        limit = Stub(passes=up_to(2.0))
        assert found(limit, at=standing, step=distinct(count)).scale == 1.0
        assert [len(asked) - 1 for asked in limit.asked] == looks
    held = Stub(passes=up_to(2.0))
    found(held, at=Moment(anchor=COMMAND), step=distinct(5))
    assert [len(asked) - 1 for asked in held.asked] == [2], "what stands is all that is asked for"


def test_nothing_faster_than_the_command_is_looked_at():
    limit = Stub(passes=up_to(2.0))
    found(limit, at=Moment(anchor=np.zeros(3)), step=lambda targets: np.maximum(targets, 28 / 32) * COMMAND)
    assert [asked[:, 0].tolist() for asked in limit.asked] == [[0.875, 0.90625, 0.9375, 0.96875, 1.0]]


@pytest.mark.parametrize("level", [0.3, 0.5])
def test_where_the_level_is_among_the_coarse_scales_that_are_clear_no_fine_one_is_looked_at(level):
    limit = Stub(passes=up_to(0.55))
    assert found(limit, Stub(scale=level)).scale == level
    assert len(limit.asked) == 1


class Spanned(Stub):
    """One that lets pass all where nothing is beyond 0.71, without a look at anything."""

    def clear(self, ways: Any, view: Any, tolerance: float = 0.0) -> np.ndarray | None:
        near = super().clear(ways, view, tolerance)
        return None if ways.outputs[:, 0].max() <= 0.71 else near


def test_of_a_base_nothing_near_is_known_by_the_scale_above_the_level_the_level_a_stop_and_what_stands():
    base = situation(NO_RETURNS, anchor=np.array([0.25, 0.0, 0.0]))
    limit = Stub()
    limit.keeps = True
    assert found(limit, Stub(scale=0.7), at=base).scale == 0.7
    assert [asked[:, 0].tolist() for asked in limit.asked] == [[23 / 32, 0.7, 0.0, 0.25]]
    near = Spanned(passes=up_to(0.6))
    assert found(near, Stub(scale=0.7), at=base).scale == 19 / 32
    assert len(near.asked) > 1


def test_of_a_base_those_are_not_asked_that_are_idle_as_far_as_the_scale_above_the_level():
    base = situation(NO_RETURNS)
    limit, silent = Stub(passes=up_to(0.6)), Stub()
    limit.is_idle = True
    answer = found(limit, silent, Stub(scale=0.7), at=base)
    assert answer.scale == 0.7 and answer.target.tolist() == [0.7, 0.0, 0.0] and limit.asked == []
    assert [span.most for span in limit.spans] == [(23 / 32, 0.0, 0.0)]
    assert silent.spans == [], "it looks at no way"
    busy = Stub(passes=up_to(0.6))
    assert found(limit, busy, Stub(scale=0.7), at=base).scale == 19 / 32, "all have to be idle"


def test_of_a_base_the_whole_command_was_asked_for_before():
    limit = Stub(passes=up_to(0.6))
    limit.is_idle = True
    assert found(limit, at=situation(NO_RETURNS)).scale == 19 / 32
    assert limit.spans == []
