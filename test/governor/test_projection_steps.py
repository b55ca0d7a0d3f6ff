"""When the nearest command is asked for, when it is better than a part of the whole, and what a solver may miss."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.governor.projection import Projector
from iatro_governor.governor.resolve import Resolution
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.rows import Rows

WANTED = np.array([1.0, 0.5])


class Stub:
    """A limit of these rows, that lets ``share`` of any command through."""

    keeps = foresees = False

    def __init__(self, matrix, bounds, share=1.0):
        self.told = (
            None if matrix is None else Rows(np.array(matrix, dtype=float), np.array(bounds, dtype=float))
        )
        self.share = share

    def rows(self, situation):
        return self.told

    def cap(self, command, situation):
        return Cap(self.share, 1.0, self.share)


SIDE = Stub([[1, 0]], [0.4])
"""The nearest to what is wanted is (0.4, 0.5)."""
WHOLE = Resolution(0.4, np.array([0.4, 0.2]))


def projector(weights=(1.0, 1.0), able=(True, True)):
    return Projector(np.array(weights), np.array(able))


def improved(*limits, whole=WHOLE, wanted=WANTED, t=0.0, by=None, relevant=None):
    by = projector() if by is None else by
    better = by.improve(whole, np.array(wanted), None, list(limits), None, t, relevant)
    return None if better is None else better.target.tolist()


def test_the_nearest_command_is_better_than_a_part_of_the_whole():
    found = projector().improve(WHOLE, WANTED, None, [SIDE], None, 0.0)
    assert found is not None and found.scale == 1.0 and found.target.tolist() == pytest.approx([0.4, 0.5])
    assert found.caps is WHOLE.caps and found.blocked is WHOLE.blocked and found.seen is WHOLE.seen


@pytest.mark.parametrize("scale", [None, 1.0])
def test_where_nothing_or_all_is_admissible_it_is_not_asked_for(scale):
    assert improved(SIDE, whole=Resolution(scale, np.array([0.4, 0.2]))) is None


def test_where_nearly_all_is_admissible_it_is():
    assert improved(SIDE, whole=Resolution(0.9999, np.array([0.4, 0.2]))) == pytest.approx([0.4, 0.5])


def test_a_command_of_what_it_may_not_have_is_left_to_scaling():
    one = projector((1.0, 1.0, 1.0), (True, False, False))
    side, whole = Stub([[1, 0, 0]], [0.4]), Resolution(0.1, np.zeros(3))
    for more in ((0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        assert improved(side, whole=whole, wanted=[1.0, *more], by=one) is None
    assert improved(side, whole=whole, wanted=[1.0, 0.0, 0.0], by=one) == pytest.approx([0.4, 0.0, 0.0])


def test_a_limit_without_rows_bounds_nothing_here():
    assert improved(Stub(None, None), SIDE) == pytest.approx([0.4, 0.5])


def test_after_a_solver_found_nothing_it_is_not_asked_for_half_a_second():
    by, broken = projector(), Stub([[1, 0]], [-1.0])
    assert improved(broken, by=by, t=3.0) is None
    for t, asked in ((3.0, False), (3.49, False), (3.5, True), (3.6, True)):
        assert (improved(SIDE, by=by, t=t) is not None) is asked


def test_what_may_matter_to_it_is_what_it_is_judged_by():
    """Half of it is let through by what is relevant then."""
    asked = []

    def relevant(command):
        asked.append(command.tolist())
        return [Stub(None, None, 0.9)]

    assert improved(SIDE, relevant=relevant) == pytest.approx([0.36, 0.45])
    assert asked == [pytest.approx([0.4, 0.5])]


@pytest.mark.parametrize(("share", "some"), [(0.02, True), (0.0199, False), (0.0, False)])
def test_less_than_a_fiftieth_of_it_is_no_motion(share, some):
    slow = Stub([[1, 0]], [0.4], share)
    found = improved(slow, whole=Resolution(0.0, np.zeros(2)))
    assert found == (pytest.approx([0.4 * share, 0.5 * share]) if some else None)


def test_where_not_even_a_stop_is_admissible_it_is_none(monkeypatch):
    none = Resolution(None, np.array([0.4, 0.5]))
    monkeypatch.setattr("iatro_governor.governor.projection.resolve", lambda *_: none)
    assert improved(SIDE) is None


def test_one_component_is_a_motion_and_none_is_no_motion():
    still = Resolution(0.0, np.zeros(2))
    assert improved(Stub([[0, 1]], [0.0]), whole=still) == pytest.approx([1.0, 0.0])
    # It rests because the rows say so, beyond which the whole is.
    assert improved(Stub([[1, 0], [0, 1]], [0.0, 0.0]), whole=Resolution(0.4, np.array([0.4, 0.2]))) is None


# (0.2, 0.25) is further from (1, 0.5) than (0.4, 0.2).


@pytest.mark.parametrize(
    ("matrix", "bounds", "kept"),
    [
        ([[1, 0]], [0.4], True),
        ([[1, 0]], [0.4 - 0.9e-6], True),
        ([[1, 0]], [0.4 - 1.1e-6], False),
        ([[1, 0], [0, 1]], [0.35, 0.7], False),
        ([[0, 1], [1, 0]], [0.7, 0.35], False),
    ],
)
def test_a_part_of_the_whole_is_better_where_it_is_nearer_and_keeps_the_rows(matrix, bounds, kept):
    assert (improved(Stub(matrix, bounds, 0.5)) is None) is kept
    apart = [Stub([row], [bound], 0.5) for row, bound in zip(matrix, bounds, strict=True)]
    assert (improved(*apart) is None) is kept


def test_a_millionth_beyond_a_row_keeps_it():
    whole = Resolution(0.4, np.array([1e-6, 0.49]))
    assert improved(Stub([[1, 0]], [0.0], 0.5), whole=whole) is None


@pytest.mark.parametrize(
    ("nearer", "better"), [(-1e-3, False), (0.0, False), (0.9e-6, False), (1.1e-6, True)]
)
def test_it_is_better_where_it_is_nearer_by_more_than_a_millionth(nearer, better):
    """By 0.75 of (1, 1) in the weights 4 and 4: half a unit is left."""
    by, free = projector((4.0, 4.0)), Stub([[1, 0]], [9.0], 0.75)
    left = (math.sqrt(0.5) + nearer) / 2
    whole = Resolution(0.5, 1.0 - left * np.array([1.0, 1.0]) / math.sqrt(2))
    assert (improved(free, whole=whole, wanted=[1.0, 1.0], by=by) is not None) is better


def test_nearer_by_a_millionth_alone_is_not_better():
    """0.501 are left of it, and 0.501001 of the whole; in binary numbers the difference is a millionth, too."""
    one, free, whole = (
        projector((1.0,), (True,)),
        Stub([[1]], [9.0], 0.499),
        Resolution(0.5, np.array([0.498999])),
    )
    assert abs(0.498999 - 1.0) - 1e-6 == abs(0.499 - 1.0)
    assert improved(free, whole=whole, wanted=[1.0], by=one) is None


def test_a_length_is_by_the_weights():
    """sqrt(4 * 9 + 9 * 16)."""
    assert projector((4.0, 9.0)).length(np.array([3.0, 4.0])) == pytest.approx(math.sqrt(180.0))


# The nearest command itself.


def nearest(wanted, *rows, by=None):
    made = [Rows(np.array(matrix, dtype=float), np.array(bounds, dtype=float)) for matrix, bounds in rows]
    found = (projector() if by is None else by).nearest(np.array(wanted), made)
    return None if found is None else found.tolist()


def test_without_rows_it_is_what_is_wanted():
    assert nearest(WANTED) == WANTED.tolist()


@pytest.mark.parametrize(("size", "found"), [(1e-9, [1.0, 0.5]), (2e-9, [0.0, 0.5])])
def test_a_row_of_as_good_as_zeros_bounds_nothing(size, found):
    assert nearest(WANTED, ([[size, 0]], [0.0])) == pytest.approx(found)


@pytest.mark.parametrize("bounds", [[-1.0, 1.0], [1.0, math.nan], [math.inf, 1.0]])
def test_one_row_that_makes_no_sense_leaves_no_nearest_command(bounds):
    assert nearest(WANTED, ([[1, 0], [0, 1]], bounds)) is None


def test_a_row_that_is_no_number_is_no_row_of_zeros():
    """Else a limit that cannot tell would bound nothing."""
    assert nearest(WANTED, ([[math.nan, 0], [0, 1]], [1.0, 1.0])) is None


def test_one_number_without_bound_in_a_row_leaves_no_nearest_command():
    with np.errstate(invalid="ignore"):
        assert nearest(WANTED, ([[math.inf, 0], [0, 1]], [1.0, 1.0])) is None


def solved(monkeypatch, point, flag=1):
    """Whoever solves says so."""
    fake = SimpleNamespace(solve=lambda *_, **__: (np.array(point), None, flag, None))
    monkeypatch.setattr("iatro_governor.governor.projection.import_module", lambda _: fake)
    return projector()


@pytest.mark.parametrize(
    ("point", "flag"), [((0.2, 0.1), 0), ((0.2, 0.1), 2), ((0.2, math.nan), 1), ((math.nan, 0.1), 1)]
)
def test_what_is_no_optimum_is_none(monkeypatch, point, flag):
    assert nearest([3.0, 4.0], ([[1, 0]], [2.0]), by=solved(monkeypatch, point, flag)) is None
    assert nearest([3.0, 4.0], ([[1, 0]], [2.0]), by=solved(monkeypatch, (0.2, 0.1))) == [0.2, 0.1]


@pytest.mark.parametrize(
    ("wanted", "bound", "point", "kept"),
    [
        ((3.0, 4.0), 2.0, (2.0 + 4e-6, 1.0), True),
        ((3.0, 4.0), 2.0, (2.0 + 6e-6, 1.0), False),
        ((0.3, 0.4), 0.2, (0.2 + 0.9e-6, 0.1), True),
        ((0.3, 0.4), 0.2, (0.2 + 1.1e-6, 0.1), False),
        ((0.3, 0.4), 0.0, (1e-6, 0.1), True),
        ((3.0, 4.0), 9.0, (0.0, 5.0 + 4e-6), True),
        ((3.0, 4.0), 9.0, (0.0, 5.0 + 6e-6), False),
        ((3.0, 4.0), 9.0, (0.0, 5.0 * (1 + 1e-6)), True),
    ],
)
def test_an_optimum_may_miss_a_row_and_the_length_by_a_millionth_of_the_request(
    monkeypatch, wanted, bound, point, kept
):
    """Of one of less than 1, by a millionth. The second row is far from being met."""
    found = nearest(wanted, ([[1, 0], [0, 1]], [bound, 9.0]), by=solved(monkeypatch, point))
    assert found == (pytest.approx(list(point), abs=1e-12) if kept else None)


def test_components_below_a_billionth_are_none(monkeypatch):
    for told, found in ((1e-9, 1e-9), (0.9e-9, 0.0), (-0.9e-9, 0.0)):
        assert nearest([3.0, 4.0], ([[1, 0]], [2.0]), by=solved(monkeypatch, (told, 0.5))) == [found, 0.5]
