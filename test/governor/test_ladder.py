"""The fault ladder by itself: one, two and three faults at once, in every order, each cleared by its own condition."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.ladder import DERIVED, TABLE, Ladder, Level, Row

NAMES = sorted(TABLE)
STRICT = ("none", "fresh", "rearm")
PAIRS = list(combinations(NAMES, 2))


def raised(names, pulsed=()):
    """A ladder on which ``names`` hold, those in ``pulsed`` as something that is over; told once at 0 s."""
    ladder = Ladder()
    for name in names:
        if name in pulsed:
            ladder.pulse(name, 0.0, f"why {name}")
        else:
            ladder.hold(name, 0.0, True, f"why {name}")
    ladder.advance(0.0)
    ladder.tell()
    return ladder


def standing(ladder):
    return {report.name for report in ladder.reports}


def check_together(names):
    """What must be so of ``names`` at once, whatever their order."""
    seen = []
    for order in permutations(names):
        ladder = raised(order)
        rows = [TABLE[name] for name in order]
        assert ladder.level == max(row.level for row in rows)
        assert ladder.recovery == max((row.recovery for row in rows), key=STRICT.index)
        assert ladder.protective_mode == any(r.mode == "protective" and r.level > Level.NOTE for r in rows)
        assert standing(ladder) == set(names), "none masks another"
        assert {r.detail for r in ladder.reports} == {f"why {name}" for name in names}
        levels = [TABLE[r.name].level for r in ladder.reports]
        assert levels == sorted(levels, reverse=True), "the most severe is told first"
        seen.append((ladder.level, ladder.recovery, ladder.protective_mode, tuple(ladder.reports)))
    assert len(set(seen)) == 1, "order does not matter"


def check_clearing(names):
    """Each goes by its own condition, after its own time, and takes no other with it."""
    for gone in names:
        ladder, row = raised(names), TABLE[gone]
        ladder.advance(1.0)
        ladder.hold(gone, 1.0, False)
        if row.latches:
            ladder.advance(1e6)
            assert standing(ladder) == set(names), "only a reset clears it"
            ladder.release(1e6)
            ladder.advance(1e6)
            began = 1e6
        else:
            began = 1.0
        ladder.advance(began + row.clear_s - 0.01)
        if row.clear_s:
            assert gone in standing(ladder)
        ladder.advance(began + row.clear_s + 0.01)
        ladder.tell()
        assert standing(ladder) == set(names) - {gone}


@pytest.mark.parametrize("name", NAMES)
def test_one_fault_is_what_its_row_says(name):
    check_together([name])
    check_clearing([name])


def test_every_pair_in_every_order():
    for pair in PAIRS:
        check_together(pair)
        check_clearing(pair)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=3, max_size=3, unique=True))
def test_triples_in_every_order(names):
    check_together(names)
    check_clearing(names)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True), st.data(), st.floats(0.01, 20.0)
)
def test_what_was_only_a_moment_clears_after_its_own_time_beside_what_lasts(names, data, later):
    pulsed = data.draw(st.sets(st.sampled_from(names), min_size=1))
    ladder = raised(names, pulsed)
    ladder.advance(later)
    stays = {n for n in names if n not in pulsed or TABLE[n].latches or TABLE[n].clear_s > later + 1e-9}
    assert standing(ladder) == stays


def test_a_fault_that_nobody_was_told_of_does_not_clear():
    ladder = Ladder()
    ladder.pulse("sensor_malformed", 0.0, "once")
    ladder.advance(100.0)
    assert standing(ladder) == {"sensor_malformed"}
    ladder.tell()
    ladder.advance(200.0)
    assert standing(ladder) == set()


def test_one_fault_of_two_subjects_stands_until_both_are_over():
    ladder = Ladder()
    for source in ("lidar", "odom"):
        ladder.hold("sensor_stale", 0.0, True, source, source)
    ladder.tell()
    ladder.hold("sensor_stale", 1.0, False, "", "lidar")
    ladder.advance(5.0)
    assert [report.detail for report in ladder.reports] == ["odom"]


def test_what_latches_waits_for_the_reset_and_the_reset_for_its_condition():
    ladder = Ladder()
    ladder.hold("estop", 0.0, True, "a", "a")
    ladder.pulse("repeated_stops", 0.0, "many")
    assert ladder.latched == ["estop", "repeated_stops"]
    assert [report.detail for report in ladder.unfinished] == ["a"]
    ladder.hold("estop", 1.0, False, subject="a")
    assert ladder.unfinished == [] and ladder.latched == ["estop", "repeated_stops"]
    ladder.tell()
    ladder.release(10.0)
    assert ladder.latched == []
    ladder.advance(10.4)
    assert standing(ladder) == {"estop", "repeated_stops"}
    ladder.advance(10.6)
    assert standing(ladder) == set() and ladder.cleared_t == pytest.approx(10.5)


def test_the_table_fails_closed():
    for name, row in TABLE.items():
        if row.level > Level.NOTE and name not in DERIVED:
            assert row.recovery in ("fresh", "rearm") and row.clear_s >= 0.5, name
        if row.latches or row.level == Level.PROTECTIVE_STOP:
            assert (row.level, row.mode, row.recovery) == (Level.PROTECTIVE_STOP, "protective", "rearm"), name
    assert {n for n, row in TABLE.items() if row.latches} == {
        *("estop", "actuator_disobeys", "self_test", "configuration_changed", "repeated_stops")
    }


def row(level=Level.CONTROLLED_STOP, mode="controlled", recovery="fresh", clear_s=0.5, latches=False):
    return Row("process", level, mode, recovery, "a test", clear_s, latches)


def test_what_only_follows_or_is_only_noted_clears_at_once():
    at_once = {name for name, row in TABLE.items() if row.clear_s == 0.0}
    assert at_once == {name for name, row in TABLE.items() if row.level == Level.NOTE} | {
        "awaiting_command",
        "awaiting_rearm",
    }
    assert {row.clear_s for row in TABLE.values()} == {0.0, 0.5}


def test_levels_are_the_numbers_that_records_know():
    assert [int(level) for level in Level] == [0, 2, 3]


def test_a_condition_ends_for_every_subject_and_for_no_other_fault():
    ladder = Ladder({"a": row(latches=True), "b": row(latches=True)})
    for subject in ("x", "y"):
        ladder.hold("a", 1.0, True, f"a {subject}", subject)
    ladder.hold("b", 1.0, True, "b")
    ladder.pulse("a", 1.0, "a z", "z")
    ladder.pulse("b", 1.0, "it is over", "z")
    assert {report.detail for report in ladder.unfinished} == {"a x", "a y", "b"}
    ladder.end("a")
    assert [(report.name, report.detail) for report in ladder.unfinished] == [("b", "b")]


def test_only_what_latches_is_unfinished_while_it_holds():
    ladder = Ladder({"latching": row(latches=True), "plain": row()})
    for name in ("latching", "plain"):
        ladder.hold(name, 1.0, True, name)
    assert [report.name for report in ladder.unfinished] == ["latching"]


@pytest.mark.parametrize(("t", "stands"), [(1.5, False), (1.5 - 1e-9, False), (1.4999, True)])
def test_a_fault_clears_just_when_its_time_is_over(t, stands):
    ladder = Ladder({"it": row()})
    ladder.pulse("it", 1.0, "once")
    ladder.tell()
    ladder.advance(t)
    assert bool(ladder.reports) is stands
    assert ladder.cleared_t == (float("-inf") if stands else 1.5)


def test_what_is_only_noted_is_no_fault_that_has_cleared_nor_one_that_brakes():
    ladder = Ladder({"note": row(Level.NOTE, "protective", "none", 0.0)})
    ladder.hold("note", 1.0, True)
    assert not ladder.protective_mode and ladder.level is Level.NOTE
    ladder.hold("note", 1.0, False)
    ladder.tell()
    ladder.advance(2.0)
    assert ladder.reports == [] and ladder.cleared_t == float("-inf")


def test_what_never_held_is_over_without_a_trace():
    ladder = Ladder({"it": row(), "other": row()})
    ladder.hold("it", 1.0, False)
    assert ladder.reports == []
    ladder.hold("other", 1.0, True, "it holds")
    ladder.hold("it", 1.0, False)
    assert standing(ladder) == {"other"}
