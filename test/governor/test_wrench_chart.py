"""Wrenches of a tool: a stop lets go of what is pressed, at its rates, and never of what is carried."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.governor.core import Governor
from iatro_governor.governor.lines import event_of, parse
from test.governor.arms import JOINTS, SLOWS, arm, channel, data, decisions, faults, run

NAN = math.nan
HOLD = [0.0, 0.0, 8.0, 0.0, 0.5, 0.0]
PRESS = [0.0, 0.0, -20.0, 0.0, 0.5, 1.0]


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """The tool presses; of the two joints only the shoulder has a channel of its own."""
    slow = {mode: {**SLOWS[mode], "deceleration": SLOWS[mode]["deceleration"][:1]} for mode in SLOWS}
    shoulder = channel("joint_velocity", joints=JOINTS[:1], stop_modes=slow)
    channels = {"shoulder": shoulder, "tool": channel("wrench", hold=HOLD)}
    given_ = data(channels)
    for row in given_["limits"]:
        if "bounds" in row:
            row["bounds"] = row["bounds"][:1]
    return arm(tmp_path_factory.mktemp("wrench"), given_)


def told(t, v=(0.0, 0.0)):
    yield {"t": t, "type": "joints", "names": JOINTS, "position": [0.3, 0.4], "velocity": list(v)}
    yield {"t": t, "type": "wrench", "source": "wrist", "force": [0, 0, 5], "torque": [0, 0, 0]}


def press(t, values=PRESS, **more):
    return {"t": t, "type": "command", "channel": "tool", "values": list(values), **more}


def pressing(seconds, start=0.0):
    for k in range(round(seconds * 100)):
        t = round(start + k / 100, 3)
        yield from (*told(t), press(t))


def quiet(start, seconds):
    for k in range(round(seconds * 100)):
        yield from told(round(start + k / 100, 3))


def test_without_a_command_it_holds(profile):
    rows, _ = run(profile, [*quiet(0.0, 0.1)])
    assert all(row["allowed"] == HOLD for row in decisions(rows, "tool")) and faults(rows) == set()


def test_a_wrench_passes(profile):
    rows, _ = run(profile, [*pressing(0.2)])
    last = decisions(rows, "tool")[-1]
    assert last["allowed"] == pytest.approx(PRESS) and last["action"] == "pass"


@pytest.mark.parametrize(
    ("stop", "rate"),
    [
        ({"type": "estop", "pressed": True}, 400.0),
        ({"type": "command", "channel": "tool", "values": [NAN] * 6}, 100.0),
        ({"type": "command", "channel": "tool", "values": [1.0]}, 100.0),
        ({"type": "command", "channel": "tool", "values": PRESS, "frame": "map"}, 100.0),
        ({"type": "wrench", "source": "wrist", "force": [0, 0, NAN], "torque": [0, 0, 0]}, 100.0),
        (
            {"type": "wrench", "source": "wrist", "force": [0, 0, 0], "torque": [0, 0, 0], "frame": "base"},
            100.0,
        ),
    ],
    ids=str,
)
def test_a_stop_lets_go_at_its_rate_along_one_line_and_goes_on_carrying(profile, stop, rate):
    rows, _ = run(profile, [*pressing(0.2), {"t": 0.2, **stop}, *quiet(0.2, 0.6)])
    after = [row for row in decisions(rows, "tool") if row["t"] >= 0.2]
    pressed = np.array([np.array(row["allowed"]) - HOLD for row in after])
    whole = np.array(PRESS) - HOLD
    shares = pressed @ whole / (whole @ whole)
    assert pressed == pytest.approx(shares[:, None] * whole, abs=1e-9)
    assert shares[0] > 0.5 and list(shares) == sorted(shares, reverse=True)
    assert after[-1]["allowed"] == HOLD
    lasted = sum(share > 0 for share in shares) * 0.01
    assert lasted == pytest.approx(max(28.0 / rate, 1.0 / (rate / 10)), abs=0.03)


def test_silence_while_it_presses_is_a_fault_and_while_it_holds_is_none(profile):
    rows, _ = run(profile, [*pressing(0.2), *quiet(0.2, 0.8)])
    assert "command_stale" in faults(rows) and decisions(rows, "tool")[-1]["allowed"] == HOLD
    holding = [e for k in range(20) for e in (*told(k / 100), press(k / 100, HOLD))]
    rows, _ = run(profile, [*holding, *quiet(0.2, 0.8)])
    assert faults(rows) == set()


def test_the_hold_itself_rearms_a_stopped_channel(profile):
    """To hold asks for nothing: sent for long enough it is as good as silence."""
    bad = press(0.2, [NAN] * 6)
    resting = [e for k in range(120) for t in [round(0.2 + k / 100, 2)] for e in (*told(t), press(t, HOLD))]
    rows, _ = run(profile, [*pressing(0.2), bad, *resting, *pressing(0.3, 1.4)])
    assert decisions(rows, "tool")[-1]["allowed"] == pytest.approx(PRESS)
    rows, _ = run(profile, [*pressing(0.2), bad, *pressing(1.2, 0.2), *pressing(0.3, 1.4)])
    assert decisions(rows, "tool")[-1]["allowed"] == HOLD


def test_what_is_measured_is_what_the_tool_exerts(profile):
    governor = Governor(profile)
    chart = governor.groups[0].member("tool").chart
    assert chart.measured_values is None
    feed(governor, *told(0.0))
    assert chart.measured_values == (0.0, 0.0, -5.0, 0.0, 0.0, 0.0)


def test_joints_that_no_channel_moves_are_reckoned_to_go_on_as_measured(profile):
    """The elbow gives way under the tool's force; the way ahead holds that, though no command moves it."""
    governor = Governor(profile)
    feed(governor, *told(0.0, (0.0, 0.6)))
    governor.tick(0.0)
    body = governor.groups[0]._body
    situation = body.situation(0.0, governor.groups[0]._outputs)
    assert situation.still == pytest.approx([0.0, 0.6])
    assert situation.roll_out(np.zeros((1, 7))).ahead[0, -1, 1] > situation.now.q[1] + 0.005
    feed(governor, *told(0.01, (0.0, 0.005)))
    assert body.situation(0.01, governor.groups[0]._outputs).still == pytest.approx([0.0, 0.0])


def feed(governor, *events):
    for event in events:
        made = event_of(parse(json.dumps(event)))
        assert made is not None
        governor.handle(made)


@settings(max_examples=10, deadline=None)
@given(
    commands=st.lists(st.lists(st.floats(-20, 20), min_size=6, max_size=6), min_size=1, max_size=8),
)
def test_a_stop_never_pushes_harder_than_what_stood(profile, commands):
    events = [e for k, values in enumerate(commands) for e in (*told(k / 100), press(k / 100, values))]
    end = len(commands) / 100
    rows, _ = run(profile, [*events, {"t": end, "type": "estop", "pressed": True}, *quiet(end, 0.95)])
    sizes = [
        float(np.abs(np.array(r["allowed"]) - HOLD).max()) for r in decisions(rows, "tool") if r["t"] >= end
    ]
    assert np.diff(sizes).max() < 1e-12 and sizes[-1] == 0.0


def test_it_is_said_that_nothing_bounds_how_a_wrench_moves_the_arm(profile):
    told = CliRunner().invoke(app, ["check", str(profile.file), "--explain", "--json"])
    said = [line for line in json.loads(told.stdout)["explained"]["open"] if "how the arm moves" in line]
    assert len(said) == 1 and said[0].startswith("channel tool:")
