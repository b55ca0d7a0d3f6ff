"""What is sealed and retired, to the byte, the record and the second."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from iatro_governor.ledger import Ledger, Reader, Record
from iatro_governor.ledger.keeping import DAY_S, Keeping, _age, maintain, thin_out
from iatro_governor.ledger.segments import sealed
from iatro_governor.ledger.wall_clock import HELD_S, STEP_S, WallClock

Open = Callable[..., Ledger]
Make = Callable[..., Record]


@pytest.mark.parametrize(
    ("size", "most_mb", "sealed"),
    [(50_000_000, 50.0, False), (50_000_001, 50.0, True), (10**12, None, False)],
)
def test_a_file_is_sealed_once_it_is_longer_than_a_file_may_be(
    size: int, most_mb: float | None, sealed: bool, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "size", lambda _: size)
    with open_ledger() as ledger:
        done = maintain(ledger, Keeping(segment_mb=most_mb), 0.0, held=True)
    assert done == (["sealed a file of the ledger at record 1"] if sealed else [])


@pytest.fixture
def in_two(open_ledger: Open, make_decision: Make) -> Ledger:
    """A ledger whose sealed file has 3 records, with 5 in the file after it."""
    ledger = open_ledger()
    ledger.append([make_decision(0), make_decision(1)])
    assert ledger.seal()
    ledger.append([make_decision(number) for number in range(2, 6)])
    assert ledger.head()[0] == 3 + 5
    return ledger


def test_a_sealed_file_goes_once_there_are_as_many_records_after_it_as_are_kept(in_two: Ledger) -> None:
    with in_two as ledger:
        assert maintain(ledger, Keeping(retain_records=6), 0.0, held=True) == []
        assert maintain(ledger, Keeping(retain_records=5), 0.0, held=True) == [
            "retired ledger.000001.db, 3 records: more than 5 records after it"
        ]


def test_a_sealed_file_goes_once_it_ended_longer_ago_than_is_kept(in_two: Ledger, tmp_path: Path) -> None:
    with Reader(tmp_path / "ledger.db") as reader:
        (segment,) = reader.records("segment")
    ended = float(segment.body["wall_time"])
    with in_two as ledger:
        assert maintain(ledger, Keeping(retain_days=1.0), ended + 86_400.0, held=True) == []
        assert maintain(ledger, Keeping(retain_days=1.0), ended + 86_400.0 + 1.0, held=True) == [
            "retired ledger.000001.db, 3 records: older than 1 days"
        ]


class Clock:
    """The wall clock, as the ledger reads it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000 * DAY_S
        monkeypatch.setattr("time.time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


MONTH = Keeping(retain_days=30.0)


def days(open_ledger: Open, clock: Clock, count: int) -> None:
    """A session each day, the first of which ends a file."""
    for day in range(count):
        with open_ledger() as ledger:
            if day == 0:
                assert ledger.seal()
            clock.now += DAY_S / 2
        clock.now += DAY_S / 2


def test_a_clock_that_leaps_forward_makes_nothing_old(open_ledger: Open, clock: Clock) -> None:
    """The wrong answer: sealed evidence of today goes for ever since the clock was wrong for ten seconds."""
    days(open_ledger, clock, 3)
    with open_ledger() as ledger:
        assert maintain(ledger, MONTH, clock.now + 400 * DAY_S, held=False) == []
        assert len(sealed(ledger.path)) == 1
        assert len(maintain(ledger, MONTH, clock.now + 400 * DAY_S, held=True)) == 1, "once it is believed"


def test_a_clock_that_had_leapt_when_its_session_began_makes_nothing_old_either(
    open_ledger: Open, clock: Clock
) -> None:
    days(open_ledger, clock, 3)
    clock.now += 40 * DAY_S
    open_ledger().close()
    with open_ledger() as ledger:
        assert maintain(ledger, MONTH, clock.now + 10.0, held=False) == []


def test_of_a_robot_that_is_on_for_an_hour_a_day_a_file_goes_although_no_clock_was_ever_held(
    open_ledger: Open, clock: Clock
) -> None:
    days(open_ledger, clock, 30)
    with open_ledger() as ledger:
        assert maintain(ledger, MONTH, clock.now, held=False) == [], "a night may be a leap"
    days(open_ledger, clock, 1)
    with open_ledger() as ledger:
        (told,) = maintain(ledger, MONTH, clock.now, held=False)[:1]
    assert told.startswith("retired ledger.000001.db") and told.endswith("older than 30 days")


def test_a_file_that_was_ended_while_the_clock_was_far_behind_is_not_old(
    open_ledger: Open, clock: Clock
) -> None:
    """A board without a battery starts in 1970: what was recorded an hour before is not of that year."""
    days(open_ledger, clock, 1)
    now, clock.now = clock.now, 0.5
    with open_ledger() as ledger:
        assert ledger.seal()
        clock.now = now
        assert maintain(ledger, MONTH, now, held=True) == []
        assert len(maintain(ledger, MONTH, now + 32 * DAY_S, held=True)) == 2


def test_a_file_of_which_no_time_can_be_right_is_kept_and_a_time_to_come_keeps_none(
    open_ledger: Open, clock: Clock
) -> None:
    clock.now += 4_000 * DAY_S
    days(open_ledger, clock, 1)
    clock.now -= 4_000 * DAY_S
    with open_ledger() as ledger:
        assert ledger.seal()
        assert maintain(ledger, MONTH, clock.now - 10 * DAY_S, held=True) == []
        assert len(maintain(ledger, MONTH, clock.now + 31 * DAY_S, held=True)) == 2


def test_of_a_file_that_was_ended_while_the_clock_was_ahead_the_next_time_that_can_be_right_counts(
    open_ledger: Open, clock: Clock
) -> None:
    """The wrong answer: with the time of its beginning, all of a month's record is as old as its first."""
    with open_ledger() as ledger:
        clock.now += 4_000 * DAY_S
        assert ledger.seal()
    clock.now -= 3_975 * DAY_S
    with open_ledger() as ledger:
        assert maintain(ledger, MONTH, clock.now + 29 * DAY_S, held=True) == []
        assert len(maintain(ledger, MONTH, clock.now + 31 * DAY_S, held=True)) == 1


@pytest.mark.parametrize(
    ("stamps", "held", "age"),
    [
        ([[1.0], [5.0, 2.0]], True, 0.0),
        ([[9.0], [9.0]], True, 0.0),
        ([[1.0, 9.0], [9.0, 3.0]], True, 2.0),
        ([[1.0], [2.0, 1.5, 3.0]], True, 3.0),
        ([[1.0], [2.0, 1.5, 3.0]], False, 1.0),
        ([[1.0], [1.5, 2.0, 2.0, 4.0]], False, 1.5),
    ],
)
def test_an_age_is_that_of_the_end_and_less_its_longest_silence_where_the_clock_may_have_leapt(
    stamps: list[list[float]], held: bool, age: float
) -> None:
    assert _age(stamps, 1, 5.0, held) == age


def test_a_wall_clock_is_believed_once_it_has_gone_evenly_for_long() -> None:
    clock = WallClock()
    assert (HELD_S, STEP_S) == (21_600.0, 60.0), "as the documents say"
    assert not clock.held(1e9, 50.0)
    assert not clock.held(1e9 + HELD_S - 1, 50.0 + HELD_S - 1)
    assert clock.held(1e9 + HELD_S, 50.0 + HELD_S)
    assert clock.held(1e9 + HELD_S + 10 + STEP_S, 60.0 + HELD_S), "so little makes nothing old"


@pytest.mark.parametrize("leap", [-40 * DAY_S, -STEP_S - 1, STEP_S + 1, 40 * DAY_S])
def test_after_each_leap_there_and_back_it_has_to_go_evenly_again(leap: float) -> None:
    clock = WallClock()
    clock.held(1e9, 0.0)
    assert clock.held(1e9 + HELD_S, HELD_S)
    assert not clock.held(1e9 + HELD_S + 10 + leap, HELD_S + 10)
    assert not clock.held(1e9 + HELD_S + 20, HELD_S + 20)
    assert not clock.held(1e9 + 2 * HELD_S, 2 * HELD_S)
    assert clock.held(1e9 + 2 * HELD_S + 20, 2 * HELD_S + 20)


def test_a_clip_that_somebody_else_took_away_meanwhile_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        (path := tmp_path / f"{number}.mcap").write_bytes(bytes(1_000_000))
        os.utime(path, (number, number))
    real = Path.unlink

    def late(path: Path, missing_ok: bool = False) -> None:
        os.unlink(path)
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", late)
    assert thin_out(tmp_path, 1.0) == [tmp_path / "0.mcap"]
