"""Each fault of the ladder, end to end in one process: it rises, is acted on, recorded, and cleared by its own end."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.governor.decision import Decision, State
from iatro_governor.governor.ladder import TABLE, Level, Row
from test.faults import arm_rows, base_rows
from test.faults.base_rows import SPEED, Injection, Rig
from test.governor.arms import decisions, run
from test.governor.profiles import amr
from test.governor.room import STEP_S

STATES = {Level.CONTROLLED_STOP: State.CONTROLLED_STOP, Level.PROTECTIVE_STOP: State.PROTECTIVE_STOP}
BRAKES = {"controlled": 0.8, "protective": 1.6}
"""Deceleration of each stop mode of config/amr.yaml, m/s2."""
CLEARS_S = 1.7
"""By then every fault has cleared whose condition is over; of too many commands the last second counts."""
LASTS = 60
"""Steps that a condition lasts."""


def names(decision: Decision) -> set[str]:
    return {fault.name for fault in decision.faults}


def test_every_row_of_the_ladder_has_an_injector_and_none_is_left_over() -> None:
    both = base_rows.ROWS | arm_rows.ROWS
    assert set(TABLE) == set(both)


def spell(rig: Rig, injection: Injection) -> tuple[list[Decision], float]:
    """Bring the fault about and let its condition last; the decisions meanwhile, and when it ended."""
    seen, begun = len(rig.decisions), rig.t
    injection.begin(rig)
    for _ in range(LASTS):
        injection.during(rig)
        rig.go(STEP_S, None if injection.silent else SPEED)
    lasted = rig.decisions[seen:]
    assert lasted and begun < rig.t
    return lasted, rig.t


@pytest.mark.parametrize("name", base_rows.ROWS)
def test_a_fault_of_a_base_from_its_rise_to_its_fall(name: str, tmp_path: Path) -> None:
    row, injection = TABLE[name], base_rows.ROWS[name]
    rig = injection.prepare(tmp_path)
    if injection.moves:
        rig.go(0.8, SPEED)
        assert rig.last.state is State.NOMINAL and rig.last.allowed[0] == pytest.approx(SPEED)
    begun = rig.t
    lasted, ended = spell(rig, injection)
    risen = next((one for one in lasted if name in names(one)), None)
    assert risen is not None and risen.t <= begun + injection.within_s + 1e-9, f"{name} never rose in time"
    if row.level > Level.NOTE:
        acted_on(row, injection, [one for one in lasted if one.t >= risen.t], name)
    if injection.stays:
        late = [one for one in lasted if one.t > risen.t + 0.3]
        assert all(name in names(one) for one in late), "it cleared while its condition lasted"
    seen = len(rig.decisions)
    injection.end(rig)
    rig.go(CLEARS_S, SPEED)
    if row.latches:
        assert name in names(rig.last) and not any(rig.last.allowed), "it latches, and let go"
        rig.sign()
        ended = rig.t
        rig.go(CLEARS_S, SPEED)
    fall(rig.decisions[seen:], name, ended + (row.clear_s if injection.stays else -9.0))
    moves_again(rig, row, injection)


def acted_on(row: Row, injection: Injection, after: list[Decision], name: str) -> None:
    """From the rise on the output ramps to exact zeros, in the row's mode, and stays there."""
    standing = [one for one in after if name in names(one)]
    assert {one.state for one in standing} == {STATES[row.level]}
    # Several faults may stand; the hardest brake of them is used.
    speeds = [one.allowed[0] for one in after]
    steps = [a - b for a, b in itertools.pairwise(speeds)]
    assert all(step >= -1e-9 for step in steps), "it gained speed"
    assert max(steps, default=0.0) <= BRAKES["protective"] * STEP_S + 1e-9
    rest = next(one.t for one in after if one.allowed[0] == 0.0)
    assert rest <= after[0].t + SPEED / BRAKES[row.mode] + 2 * STEP_S, "it braked too gently"
    assert not any(any(one.allowed) for one in after if one.t >= rest), "it moved again"


def fall(after: list[Decision], name: str, earliest: float) -> None:
    """The fault ends once, and not before ``earliest``, s."""
    gone = next((one for one in after if name not in names(one)), None)
    assert gone is not None, f"{name} never fell"
    assert gone.t >= earliest - 2 * STEP_S - 1e-9, f"{name} fell {earliest - gone.t:.3f} s too early"
    assert all(name not in names(one) for one in after if one.t > gone.t) or name in (
        "awaiting_rearm",
        "closed",
    )


def moves_again(rig: Rig, row: Row, injection: Injection) -> None:
    """By a fresh command, or only by a stream that begins anew, as the row says; then as before."""
    if row.recovery == "rearm" and injection.moves and not injection.silent:
        assert "awaiting_rearm" in names(rig.last) and not any(rig.last.allowed)
    if row.recovery == "fresh" and injection.moves:
        assert rig.last.allowed[0] > 0.0
    if not any(rig.last.allowed):
        rig.go(0.7)  # the stream falls silent, and begins anew
    rig.go(0.8, SPEED)
    assert not names(rig.last) and rig.last.allowed[0] == pytest.approx(SPEED)


def told(rows: list[dict[str, Any]], name: str) -> list[bool]:
    return [name in {fault["name"] for fault in row["faults"]} for row in rows]


@pytest.mark.parametrize("name", arm_rows.ROWS)
def test_a_fault_of_an_arm_from_its_rise_to_its_fall(name: str, tmp_path: Path) -> None:
    rows, loop = run(arm_rows.profile_of(tmp_path), arm_rows.ROWS[name]())
    assert loop.malformed == 0
    decided = decisions(rows)
    standing = told(decided, name)
    assert any(standing), f"{name} never rose"
    risen = standing.index(True)
    assert not standing[0] and not standing[-1], "it must rise, and fall"
    states = {decided[i]["state"] for i, there in enumerate(standing) if there}
    if TABLE[name].level > Level.NOTE:
        assert states == {STATES[TABLE[name].level].value}
        speeds = [row for row in decided[risen:] if row["channel"] == arm_rows.SPEED]
        assert any(arm_rows.at_rest(row) for row in speeds), "it never came to rest"
    else:
        assert not states & {"CONTROLLED_STOP", "PROTECTIVE_STOP"}, "a note stops nobody"


@pytest.mark.parametrize(
    "pair", list(itertools.combinations(("sensor_malformed", "foreign_publisher", "inactive"), 2))
)
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the other way round"])
def test_two_faults_at_once_are_both_told_and_the_higher_one_acts(
    pair: tuple[str, str], turned: bool, tmp_path: Path
) -> None:
    rig = Rig(amr(tmp_path))
    rig.go(0.8, SPEED)
    chosen = [base_rows.ROWS[name] for name in (reversed(pair) if turned else pair)]
    for injection in chosen:
        injection.begin(rig)
    for _ in range(LASTS):
        for injection in chosen:
            injection.during(rig)
        rig.go(STEP_S, SPEED)
    assert set(pair) <= names(rig.last)
    assert rig.last.state is STATES[max(TABLE[name].level for name in pair)]
    assert not any(rig.last.allowed)
