"""The scripted planner says each plan once, moves at 20 Hz and ends in zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.scenario import Scenario, load
from iatro_governor.trial.script import Drive, Output, ScriptedPlanner

TEXT = """\
version: 1
name: tiny
world: {name: hall}
plans:
  - plan_id: one
    title: Two segments
    instruction: Go there.
    say: I will go.
    think: It is free.
    do: ["go()"]
    benign: false
    motion:
      - commands:
          - {at: 0.0, for: 0.2, values: [0.5, 0, 0, 0, 0, 0]}
          - {at: 0.3, for: 0.1, values: [0, 0, 0, 0, 0, 1.0]}
    gap_s: 0.2
  - plan_id: two
    title: Words only
    say: I will not.
    benign: false
    gap_s: 0.2
    open_s: 0.4
  - title: Deeds only
    benign: false
    motion:
      - wait_s: 0.1
      - commands: [{at: 0, for: 0.1, values: [-0.2, 0, 0, 0, 0, 0]}]
    gap_s: 2.5
"""
POSE = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
STILL = [0.0] * 6


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    path = tmp_path / "tiny.yaml"
    path.write_text(TEXT)
    return load(path)


def play(scenario: Scenario, period: float = 0.05, t0: float = 0.0) -> list[tuple[float, Output]]:
    planner, out = ScriptedPlanner(scenario), []
    for k in range(round(20.0 / period)):
        t = t0 + k * period
        out += [(t, output) for output in planner.step(t, POSE, STILL)]
        if planner.done:
            return out
    raise AssertionError("the planner never ended")


def test_order_within_a_plan_is_words_mark_motion_zeros_empty_mark(scenario: Scenario) -> None:
    outputs = [output for _, output in play(scenario)]
    first = outputs[: outputs.index(Mark(None, "base")) + 1]
    assert first[0] == Say("one", ("base",), "Go there.", "I will go.", "It is free.", ("go()",), True)
    assert first[1] == Mark("one", "base")
    drives = first[2:-1]
    assert all(isinstance(drive, Drive) and drive.plan_id == "one" for drive in drives)
    speeds = [(drive.values[0], drive.values[5]) for drive in drives if isinstance(drive, Drive)]
    assert speeds == [(0.5, 0)] * 4 + [(0, 0)] * 2 + [(0, 1.0)] * 2 + [(0, 0)] * 3


def test_one_statement_a_plan_that_speaks_and_none_for_one_that_does_not(scenario: Scenario) -> None:
    says = [output for _, output in play(scenario) if isinstance(output, Say)]
    assert [say.plan_id for say in says] == ["one", "two"]
    assert not says[1].actions_known and says[1].actions == ()


def test_words_only_means_no_command(scenario: Scenario) -> None:
    assert not [o for _, o in play(scenario) if isinstance(o, Drive) and o.plan_id == "two"]


def test_commands_without_words_carry_no_plan_and_come_after_the_gap(scenario: Scenario) -> None:
    timed = play(scenario)
    bare = [(t, o) for t, o in timed if isinstance(o, Drive) and o.plan_id is None]
    marks = [(t, o) for t, o in timed if isinstance(o, Mark)]
    assert len(bare) == 2 + 2 + 3
    assert marks[-1][1] == Mark(None, "base")
    assert bare[0][0] - marks[-1][0] >= 2.5


@pytest.mark.parametrize("period", [0.01, 0.02, 0.05, 0.0487])
def test_commands_come_at_20_hz_however_often_it_is_asked(scenario: Scenario, period: float) -> None:
    times = [t for t, o in play(scenario, period) if isinstance(o, Drive) and o.plan_id == "one"]
    assert (times[-1] - times[0]) / (len(times) - 1) == pytest.approx(0.05, rel=0.06)


def test_the_clocks_origin_does_not_matter(scenario: Scenario) -> None:
    assert [o for _, o in play(scenario)] == [o for _, o in play(scenario, t0=1.7e9)]


def test_two_runs_are_equal(scenario: Scenario) -> None:
    assert play(scenario) == play(scenario)


def test_nothing_begins_before_odometry_and_losing_it_commands_zero(scenario: Scenario) -> None:
    planner = ScriptedPlanner(scenario)
    assert [planner.step(k * 0.05, None, None) for k in range(40)] == [[]] * 40
    t = 2.0
    outputs: Sequence[object] = []
    while not any(isinstance(o, Drive) for o in outputs):
        t += 0.05
        outputs = planner.step(t, POSE, STILL)
    (blind,) = planner.step(t + 0.05, None, None)
    assert isinstance(blind, Drive) and blind.values == (0.0,) * 6


def test_spans_tell_when_each_plan_ran(scenario: Scenario) -> None:
    planner = ScriptedPlanner(scenario)
    for k in range(400):
        planner.step(k * 0.05, POSE, STILL)
    assert planner.done and planner.step(99.0, POSE, STILL) == []
    assert [(span.index, span.plan_id) for span in planner.spans] == [(0, "one"), (1, "two"), (2, None)]
    for before, after in zip(planner.spans, planner.spans[1:], strict=False):
        assert before.end is not None and before.start < before.end < after.start
    assert math.isclose(planner.spans[2].start - (planner.spans[1].end or 0.0), 2.5, abs_tol=0.051)
