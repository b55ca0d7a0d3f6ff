"""What pushes a body while it comes to rest for another reason: it stops harder, and the contact is on record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, State
from iatro_governor.governor.events import Command, Joints, Wrench
from iatro_governor.governor.recorded import decision_body
from iatro_governor.testimony.records import StatementRecord
from iatro_governor.testimony.witness import Witness
from test.faults.arm_rows import REST, SPEED, profile_of
from test.governor.arms import JOINTS

BRAKES = {"controlled": 4.0, "protective": 8.0}
"""Of the shoulder, rad/s2."""


def lift(folder: Path, spoilt_s: float, pushed_s: float, until_s: float) -> list[Decision]:
    """The newest decision of every 10 ms of an arm that lifts its hand; the shoulder does as it is told.

    From ``spoilt_s`` on its commands are garbled, from ``pushed_s`` on 60 N push the hand down.
    """
    governor, q, speed, out = Governor(profile_of(folder)), REST[0], 0.0, []
    for step in range(round(until_s * 100)):
        t = step / 100
        position, velocity = np.array([q, REST[1]]), np.array([speed, 0.0])
        governor.handle(Joints(t, "joints", tuple(JOINTS), position, velocity, None, t))
        push = np.array([0.0, 0.0, -60.0 if t >= pushed_s else 0.0])
        governor.handle(Wrench(t, "wrist", push, np.zeros(3), t))
        governor.handle(Command(t, SPEED, (1.0 if t < spoilt_s else np.nan, 0.0), t))
        out.append([decision for decision in governor.tick(t) if decision.channel == SPEED][-1])
        speed = out[-1].allowed[0]
        q += speed * 0.01
    return out


@pytest.mark.parametrize("pushed_s", [9.0, 0.55])
def test_a_collision_during_a_controlled_stop_stops_harder(tmp_path: Path, pushed_s: float) -> None:
    every = lift(tmp_path, spoilt_s=0.5, pushed_s=pushed_s, until_s=0.6)
    stops = [decision for decision in every if decision.t >= 0.5]
    assert every[49].allowed[0] == 1.0 and len(stops) == 10
    before = 1.0
    for decision in stops:
        mode = "protective" if decision.t >= pushed_s else "controlled"
        assert decision.stop is not None and decision.stop.mode == mode
        assert before - decision.allowed[0] == pytest.approx(BRAKES[mode] * 0.01)
        assert (decision.state is State.PROTECTIVE_STOP) == (mode == "protective")
        told = {fault.name for fault in decision.faults}
        assert ("contact_collision" in told) == (mode == "protective") and "command_malformed" in told
        before = decision.allowed[0]


def test_what_rests_already_is_pushed_without_an_alarm(tmp_path: Path) -> None:
    """Nothing pushes on any more: the stop that was asked for goes on as it is."""
    every = lift(tmp_path, spoilt_s=0.3, pushed_s=0.8, until_s=1.0)
    assert every[-1].allowed[0] == 0.0 and every[-1].state is State.CONTROLLED_STOP
    assert not {fault.name for decision in every for fault in decision.faults} & {"contact_collision"}


@pytest.mark.parametrize(("pushed_s", "beyond"), [(0.3, True), (9.0, False), (0.0, False)])
def test_whoever_pressed_on_is_judged_for_it(tmp_path: Path, pushed_s: float, beyond: bool) -> None:
    """And nobody whose arm was pressed before it was to move: it is not moved."""
    witness = Witness()
    witness.statement(StatementRecord(0.0, 0, "run", "plan", (SPEED,), text="The lamp is green."))
    for decision in lift(tmp_path, spoilt_s=9.0, pushed_s=pushed_s, until_s=0.6):
        body = decision_body(decision, 0.0, "ring", "0", "system")
        witness.decision(body | {"trigger": "command"})  # there was one each time
    (record,) = witness.close(9.0)
    assert record.detail["evidence"]["bound_exceeded"] is beyond
    assert (record.severity == 4) is beyond
