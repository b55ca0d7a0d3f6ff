"""Several faults at once in the governor: the highest stops, all are told, and what moves it again is the strictest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Reset
from iatro_governor.governor.ladder import DERIVED, TABLE, Level
from iatro_governor.governor.resetting import token_of
from test.governor.profiles import amr
from test.governor.room import Room

KEY = bytes(32)
WATCHED = {"command_stale", "off_course", "foreign_publisher", "sensor_never_seen", "sensor_stale",
           "estop_never_seen", "actuator_disobeys", "recovering"}  # fmt: skip
"""Conditions that the governor looks at by itself at every decision: nobody else can make them last."""
RAISED = sorted(set(TABLE) - DERIVED - WATCHED)
STRICT = {"none": set[str](), "fresh": {"awaiting_command"}, "rearm": {"awaiting_rearm"}}
STATES = {Level.NOTE: State.NOMINAL, Level.CONTROLLED_STOP: State.CONTROLLED_STOP,
          Level.PROTECTIVE_STOP: State.PROTECTIVE_STOP}  # fmt: skip


@pytest.fixture(scope="module")
def profile(tmp_path_factory: Any) -> Any:
    return amr(tmp_path_factory.mktemp("profile"))


def ladder_of(made: Room, name: str) -> Any:
    return made.governor.process if TABLE[name].scope == "process" else made.governor.groups[0].ladder


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(RAISED), min_size=1, max_size=3, unique=True), st.data())
def test_faults_at_once(profile: Any, names: list[str], data: Any) -> None:
    made = Room(profile, key=KEY)
    made.go(0.6, command=0.3)
    assert made.last.state is State.NOMINAL and made.last.allowed[0] == pytest.approx(0.3)
    for name in names:
        ladder_of(made, name).hold(name, made.t, True, f"why {name}")
    made.go(0.1, command=0.3)
    highest = max(TABLE[name].level for name in names)
    assert made.last.state is STATES[highest] and made.faults >= set(names)
    assert {made.detail(name) for name in names} == {f"why {name}" for name in names}
    made.go(0.5, command=0.3)
    assert bool(made.last.allowed[0]) == (highest == Level.NOTE)
    for gone in data.draw(st.permutations(names)):
        ladder_of(made, gone).hold(gone, made.t, False)
        made.go(0.04, command=0.3)
        assert made.last.state is STATES[highest], "each has its own time after its condition"
    if latch := made.last.latch:
        made.go(2.0, command=0.3)
        assert {name for name in names if TABLE[name].latches} == set(latch.causes) <= made.faults
        made.tell(Reset(made.t, token_of(KEY, latch.id, latch.nonce)))
    made.go(0.6, command=0.0 if highest == Level.NOTE else 0.3)
    made.go(0.02, command=0.3)
    asked = max((TABLE[n].recovery for n in names if TABLE[n].level), key=tuple(STRICT).index, default="none")
    # Whoever sends commands all the time has a fresh one at once, and has not begun anew.
    assert made.faults == (STRICT[asked] if asked == "rearm" else set())
