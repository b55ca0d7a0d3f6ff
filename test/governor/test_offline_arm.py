"""Contract 8.1 for an arm: every type of channel and of event, event lines in, decision lines out, and bad input."""

from __future__ import annotations

import copy
import json
import math
import subprocess
import sys
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.offline import OfflineLoop
from test.governor.arms import (
    FINGERS,
    JOINTS,
    LIFTING,
    SAID,
    arm,
    channel,
    data,
    decisions,
    faults,
    run,
)

NAN, INF = math.nan, math.inf
PLACE = [0.3, -0.8]
KINDS = ("joint_velocity", "joint_position", "joint_effort", "joint_trajectory", "pose", "wrench", "gripper")
KEYS = ["t", "seq", "channel", "state", "latch", "action", "requested", "allowed", "plan_id", "limits", "faults",
        "config_hash", "stop", "trajectory", "trap"]  # fmt: skip
HANDED = [0.3 * math.cos(0.3) + 0.2 * math.cos(0.5), 0.0, 0.3 * math.sin(0.3) - 0.2 * math.sin(0.5),
          0.0, math.sin(0.25), 0.0, math.cos(0.25)]  # fmt: skip
"""Where the hand is, by the description."""
SOURCES = {
    "people": {
        "type": "bodies",
        "topic": "people",
        "frame": "base",
        "timeout_s": 0.1,
        "radius": 0.1,
        "source": SAID,
    },
    "facts": {"type": "flags", "topic": "facts", "timeout_s": 0.1, "names": ["payload_held", "contact"]},
    "stop": {"type": "estop", "topic": "stop", "timeout_s": 10.0},
}


def everything():
    """A channel of every type on one arm: those that move its joints take turns."""
    channels = {kind: channel(kind) for kind in KINDS}
    given_ = data(channels)
    return given_ | {"sources": copy.deepcopy(given_["sources"]) | SOURCES}


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return arm(tmp_path_factory.mktemp("everything"), everything())


def joints(t, q=PLACE, v=(0.0, 0.0), **more):
    line = {"t": t, "type": "joints", "names": [*JOINTS, *FINGERS]}
    return line | {"position": [*q, 0.04, 0.04], "velocity": [*v, 0.0, 0.0]} | more


def told(t, q=PLACE, v=(0.0, 0.0)):
    """Every source, once."""
    return [
        joints(t, q, v),
        {"t": t, "type": "wrench", "source": "wrist", "force": [0.0, 0.0, 1.0], "torque": [0.0, 0.0, 0.0]},
        {"t": t, "type": "bodies", "source": "people", "frame": "base", "bodies": []},
        {"t": t, "type": "flags", "source": "facts", "payload_held": True, "contact": False},
        {"t": t, "type": "estop", "source": "stop", "pressed": False},
    ]


GRAVITY = [9.81 * (0.6 * math.cos(0.3) + 0.1 * math.cos(0.5)), 9.81 * 0.1 * math.cos(0.5)]
POINTS = [
    {"time": 0.0, "positions": PLACE, "velocities": [0.0, 0.0]},
    {"time": 1.0, "positions": [0.4, -0.8], "velocities": [0.0, 0.0]},
]
ASKED = {
    "joint_velocity": [0.2, 0.0],
    "joint_position": [0.4, -0.8],
    "joint_effort": [GRAVITY[0] + 1.0, GRAVITY[1]],
    "pose": [HANDED[0] - 0.02, *HANDED[1:]],
    "wrench": [0.0, 0.0, -10.0, 0.0, 0.0, 0.0],
    "gripper": [0.05, 20.0],
}
RESTS = {
    "joint_velocity": [0.0, 0.0],
    "joint_position": PLACE,
    "joint_effort": GRAVITY,
    "joint_trajectory": PLACE,
    "pose": HANDED,
    "wrench": [0.0] * 6,
    "gripper": [0.08, 15.0],
}
"""What each channel says while nothing is asked."""


def ask(kind, t, **more):
    line = {"t": t, "type": "command", "channel": kind, "plan_id": "p1"}
    body = {"names": JOINTS, "points": POINTS} if kind == "joint_trajectory" else {"values": ASKED[kind]}
    return line | body | more


def stream(kind, start, seconds, **more):
    for k in range(round(seconds * 50)):
        t = round(start + k / 50, 3)
        yield from told(t)
        if kind is not None and (kind != "joint_trajectory" or k == 0):
            yield ask(kind, t, **more)


def test_every_channel_has_a_line_a_tick_and_says_that_it_holds(profile):
    rows, loop = run(profile, [*stream(None, 0.0, 0.3)])
    assert loop.malformed == 0 and faults(rows) == set()
    for kind in KINDS:
        mine = decisions(rows, kind)
        assert [row["t"] for row in mine] == sorted({row["t"] for row in decisions(rows)})
        assert mine[-1]["allowed"] == pytest.approx(RESTS[kind], abs=1e-6) and mine[-1]["action"] == "hold"
        assert all(list(row) == KEYS for row in mine)
    assert [row["seq"] for row in decisions(rows)] == list(range(len(decisions(rows))))


@pytest.mark.parametrize("kind", KINDS)
def test_each_channel_moves_when_it_is_asked_and_no_other_does(profile, kind):
    rows, loop = run(profile, [*stream(None, 0.0, 0.1), *stream(kind, 0.1, 0.3)])
    assert loop.malformed == 0 and faults(rows) == set()
    last = {name: decisions(rows, name)[-1] for name in KINDS}
    assert last[kind]["allowed"] != pytest.approx(RESTS[kind], abs=1e-4)
    assert last[kind]["action"] in ("pass", "scaled", "ramped") and last[kind]["plan_id"] == "p1"
    asked = POINTS[-1]["positions"] if kind == "joint_trajectory" else ASKED[kind]
    assert last[kind]["requested"] == pytest.approx(asked)
    for name in KINDS:
        if name != kind:
            assert last[name]["allowed"] == pytest.approx(RESTS[name], abs=1e-6), name
    published = [row for row in decisions(rows) if row["trajectory"] is not None]
    assert len(published) == (1 if kind == "joint_trajectory" else 0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_emergency_stop_brings_every_channel_to_its_rest_for_good(profile, kind):
    events = [*stream(None, 0.0, 0.1), *stream(kind, 0.1, 0.2), {"t": 0.3, "type": "estop", "pressed": True}]
    rows, _ = run(
        profile, [*events, *stream(kind, 0.3, 1.2, plan_id="p2"), {"t": 1.6, "type": "reset", "token": "00"}]
    )
    last = decisions(rows, kind)[-1]
    assert last["state"] == "PROTECTIVE_STOP" and last["latch"]["cause"] == "estop"
    ends = [row["allowed"] for row in decisions(rows, kind)[-10:]]
    assert all(end == pytest.approx(ends[-1], abs=1e-9) for end in ends)
    if kind not in ("joint_position", "joint_trajectory", "pose", "gripper"):  # those freeze where they stop
        assert ends[-1] == pytest.approx(RESTS[kind], abs=1e-6)
    assert all(math.isfinite(value) for row in decisions(rows) for value in row["allowed"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        {"values": []},
        {"values": [0.1] * 9},
        {"values": [NAN] * 2},
        {"values": [NAN] * 6},
        {"values": [INF] * 7},
        {"values": ["0"] * 2},
        {"values": [True, False]},
        {"values": None},
        {"stamp": "now"},
        {"stamp": NAN},
        {"plan_id": 7},
        {"names": ["shoulder"], "points": [{"time": 0, "positions": [0.1]}]},
        {"names": JOINTS, "points": []},
        {"names": JOINTS, "points": "none"},
    ],
    ids=str,
)
def test_a_malformed_command_is_reported_and_stops_without_moving_anything(profile, kind, change):
    bad = {"t": 0.1, "type": "command", "channel": kind}
    bad |= {} if "values" in change or "points" in change else {"values": ASKED.get(kind, [0.0])}
    rows, loop = run(profile, [*stream(None, 0.0, 0.1), bad | change, *stream(None, 0.1, 0.1)])
    named = [row for row in rows if row.get("type") == "malformed"]
    assert loop.malformed == len(named) == 1 and named[0]["of"] == "command" and named[0]["message"]
    assert "command_malformed" in faults(rows)
    refused = [row for row in decisions(rows) if row["action"] == "refused"]
    assert len(refused) == 1 and refused[0]["channel"] == kind
    for name in KINDS:
        assert decisions(rows, name)[-1]["allowed"] == pytest.approx(RESTS[name], abs=1e-6)
        assert decisions(rows, name)[-1]["state"] == "CONTROLLED_STOP"


def test_non_finite_requests_are_strict_json(profile):
    rows, _ = run(
        profile, [*stream(None, 0.0, 0.1), ask("wrench", 0.1, values=[NAN, INF, -INF, 0.0, 1.0, 2.0])]
    )
    assert ["NaN", "Infinity", "-Infinity", 0.0, 1.0, 2.0] in [row["requested"] for row in decisions(rows)]


@pytest.mark.parametrize("value", [1e308, -1e308, 1e200, 5e-324, -0.0])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "joint_trajectory"])
def test_numbers_at_the_ends_of_the_scale_move_nothing_faster_than_allowed(profile, kind, value):
    values = [value, *ASKED[kind][1:]]
    events = [*stream(None, 0.0, 0.1), *(e for e in stream(kind, 0.1, 0.3, values=values))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows, _ = run(profile, events)
    said = [row["allowed"] for row in decisions(rows, kind)]
    assert all(math.isfinite(number) for numbers in said for number in numbers)
    furthest = {"joint_velocity": 1.0, "joint_effort": 60.0, "wrench": 1000.0}.get(kind, 0.6)
    assert max(abs(numbers[0] - RESTS[kind][0]) for numbers in said) <= furthest + 1e-9


@pytest.mark.parametrize("kind", ["pose", "wrench"])
def test_a_command_in_another_frame_stops(profile, kind):
    rows, _ = run(profile, [*stream(None, 0.0, 0.1), ask(kind, 0.1, frame="map"), *stream(None, 0.1, 0.1)])
    detail = next(
        f["detail"] for row in decisions(rows) for f in row["faults"] if f["name"] == "command_malformed"
    )
    assert "map" in detail


# What the sources say.


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (joints(0.1, names=["a", "b", *FINGERS]), ["shoulder", "elbow"]),
        (joints(0.1, names=[*JOINTS, *FINGERS[:1], "other"]), ["finger_right"]),
        (joints(0.1, names=["shoulder", "shoulder", *FINGERS]), ["shoulder"]),
        (joints(0.1, names=JOINTS), ["2 names"]),
        (joints(0.1, velocity=[0.0, 0.0]), ["4"]),
        (joints(0.1, [NAN, 0.0]), ["finite"]),
        (joints(0.1, v=[INF, 0.0]), ["finite"]),
        (joints(0.1, effort=[NAN, 0.0, -INF, 0.0]), ["efforts", "finite"]),
        (joints(0.1, effort=[0.0]), ["4"]),
        (joints(0.1, [2.0, 2.0]), ["last state leads"]),
        (joints(0.1, position="far"), ["position"]),
        (joints(0.1, stamp=9.0), ["ahead"]),
        ({"t": 0.1, "type": "wrench", "source": "wrist", "force": [0, 0, NAN], "torque": [0, 0, 0]}, ["finite"]),
        ({"t": 0.1, "type": "wrench", "source": "wrist", "force": [0, 0], "torque": [0, 0, 0]}, ["force"]),
        (
            {"t": 0.1, "type": "wrench", "source": "wrist", "force": [0, 0, 0], "torque": [0, 0, 0], "frame": "base"},
            ["base", "hand"],
        ),
        (
            {"t": 0.1, "type": "bodies", "source": "people", "frame": "map", "bodies": []},
            ["map", "base"],
        ),
        (
            {"t": 0.1, "type": "bodies", "source": "people", "frame": "base",
             "bodies": [{"id": "ann", "position": [NAN, 0, 0], "velocity": [0, 0, 0]}]},
            ["ann", "finite"],
        ),
        ({"t": 0.1, "type": "flags", "source": "facts", "raining": True}, ["raining"]),
        ({"t": 0.1, "type": "flags", "source": "facts", "contact": "no"}, ["contact"]),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_a_garbled_source_is_reported_and_stops_every_channel(profile, bad, words):
    rows, loop = run(profile, [*stream(None, 0.0, 0.1), bad, *stream(None, 0.12, 0.1)])
    named = [row for row in rows if row.get("type") == "malformed"]
    back = "leads" in words[0]  # the next state is as far from that one
    assert loop.malformed == len(named) == 1 + back and all(word in named[0]["message"] for word in words)
    assert "sensor_malformed" in faults(rows)
    assert all(decisions(rows, kind)[-1]["state"] == "CONTROLLED_STOP" for kind in KINDS)


def test_joints_in_any_order_with_others_among_them_are_welcome(profile):
    line = {"t": 0.1, "type": "joints", "names": ["wheel", FINGERS[1], "elbow", FINGERS[0], "shoulder"],
            "position": [9.0, 0.04, PLACE[1], 0.04, PLACE[0]], "velocity": [NAN, *[0.0] * 4],
            "effort": [NAN] * 5}  # fmt: skip
    rows, loop = run(profile, [*stream(None, 0.0, 0.1), *told(0.1)[1:], line, {"t": 0.11, "type": "tick"}])
    assert loop.malformed == 0 and faults(rows) == set()
    assert decisions(rows, "joint_effort")[-1]["allowed"] == pytest.approx(GRAVITY, abs=1e-6)


def test_joints_that_come_out_of_order_are_the_past(profile):
    rows, loop = run(
        profile,
        [*stream(None, 0.0, 0.1), joints(0.1, stamp=0.01, q=[0.31, -0.8]), {"t": 0.11, "type": "tick"}],
    )
    assert loop.malformed == 0 and faults(rows) == set()
    assert decisions(rows, "joint_effort")[-1]["allowed"] == pytest.approx(GRAVITY, abs=1e-6)


@pytest.mark.parametrize("source", ["joints", "wrench", "bodies", "flags"])
def test_a_source_that_falls_silent_stops_and_is_named(profile, source):
    events = [*stream(None, 0.0, 0.1)]
    events += [e for k in range(20) for e in told(round(0.1 + k / 50, 3)) if e["type"] != source]
    rows, _ = run(profile, events)
    stale = [f["detail"] for row in decisions(rows) for f in row["faults"] if f["name"] == "sensor_stale"]
    names = {"joints": "joints", "wrench": "wrist", "bodies": "people", "flags": "facts"}
    assert stale and names[source] in stale[0]
    assert decisions(rows, "joint_effort")[-1]["allowed"] == pytest.approx(GRAVITY, abs=1e-6)


def test_unknown_sources_and_channels_are_reported_and_stop_nobody(profile):
    events = [
        joints(0.1, source="other"),
        {"t": 0.1, "type": "wrench", "source": "ankle", "force": [0, 0, 0], "torque": [0, 0, 0]},
        {"t": 0.1, "type": "command", "channel": "legs", "values": [0.0]},
        {
            "t": 0.1,
            "type": "scan",
            "source": "lidar",
            "ranges": [1.0],
            "angle_min": 0.0,
            "angle_increment": 0.1,
        },
    ]
    rows, loop = run(profile, [*stream(None, 0.0, 0.1), *events, *stream(None, 0.1, 0.1)])
    assert loop.malformed == 4 and faults(rows) == set()


def test_nothing_moves_before_every_source_has_spoken(profile):
    events = [e for k in range(10) for e in (joints(k / 50), *(ask(kind, k / 50) for kind in KINDS))]
    rows, _ = run(profile, events)
    assert faults(rows) >= {"closed"} and "wrist, people, facts, stop" in rows[0]["faults"][0]["detail"]
    for kind in KINDS:
        assert decisions(rows, kind)[-1]["allowed"] == pytest.approx(RESTS[kind], abs=1e-6)


# A joint that is beyond its limit already.

BEYOND = [1.99, 0.0]
"""The shoulder's end is 2 rad, and 0.02 are kept."""


def near(kind, way):
    """A command that moves the shoulder further beyond its limit, or back."""
    held = [9.81 * (0.6 * math.cos(1.99) + 0.1 * math.cos(1.99)), 9.81 * 0.1 * math.cos(1.99)]
    values = {
        "joint_velocity": [0.2 * way, 0.0],
        "joint_position": [1.99 + 0.2 * way, 0.0],
        "joint_effort": [held[0] + 3.0 * way, held[1]],
    }
    if kind == "joint_trajectory":
        points = [{"time": 0.0, "positions": BEYOND, "velocities": [0.0, 0.0]},
                  {"time": 1.0, "positions": [1.99 + 0.2 * way, 0.0], "velocities": [0.0, 0.0]}]  # fmt: skip
        return {"names": JOINTS, "points": points}, BEYOND
    return {"values": values[kind]}, {"joint_position": BEYOND, "joint_effort": held}.get(kind, [0.0, 0.0])


@pytest.mark.parametrize("kind", KINDS[:4])
@pytest.mark.parametrize("way", [1, -1])
def test_a_joint_that_is_beyond_its_limit_may_only_move_back(profile, kind, way):
    body, rest = near(kind, way)
    events = [e for k in range(5) for e in told(k / 50, BEYOND)]
    for k in range(10):
        t = round(0.1 + k / 50, 3)
        events += told(t, BEYOND)
        if kind != "joint_trajectory" or k == 0:
            events.append({"t": t, "type": "command", "channel": kind, **body})
    rows, _ = run(profile, events)
    last = decisions(rows, kind)[-1]
    moved = last["allowed"][0] - rest[0]
    assert moved == pytest.approx(0.0, abs=1e-6) if way > 0 else moved < -1e-3
    if way > 0:
        named = {limit["name"] for row in decisions(rows, kind) for limit in row["limits"]}
        assert any("joint_position" in name for name in named)


# A description that cannot be used.


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["robot"]["model"].update(urdf="nowhere.urdf"), ["nowhere.urdf"]),
        (lambda d: d["channels"]["joint_velocity"].update(joints=["shoulder", "knee"]), ["knee"]),
        (lambda d: d["channels"]["gripper"].update(fingers=["thumb"]), ["thumb"]),
        (lambda d: d["channels"]["pose"].update(link="tail"), ["tail"]),
        (lambda d: d["channels"]["wrench"].update(measured="ankle"), ["ankle"]),
        (lambda d: d["channels"]["joint_effort"].update(damping=[1.0]), ["damping"]),
        (lambda d: d["robot"]["model"].update(armature={"knee": 0.1}, armature_source=SAID), ["knee"]),
    ],
    ids=["no urdf", "joints", "fingers", "link", "source", "damping", "armature"],
)  # fmt: skip
def test_a_profile_that_does_not_fit_is_refused_and_says_what(tmp_path, change, words):
    wrong = everything()
    change(wrong)
    with pytest.raises(ProfileError) as caught:
        arm(tmp_path, wrong)
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("</robot>", "", ["urdf"]),
        ('name="elbow" type="revolute"', 'name="elbow" type="bendy"', ["elbow", "bendy"]),
        ('<limit lower="-2" upper="2" velocity="3" effort="30"/>', "", ["elbow", "limit"]),
        ('<geometry><cylinder radius="0.03" length="0.2"/></geometry>',
         '<geometry><mesh filename="package://none/lower.stl"/></geometry>', ["lower.stl"]),
    ],
    ids=["malformed", "joint type", "no limits", "no mesh"],
)  # fmt: skip
def test_a_description_that_cannot_be_used_is_refused_and_says_where(tmp_path, old, new, words):
    assert LIFTING.count(old) == 1
    with pytest.raises(ProfileError) as caught:
        arm(tmp_path, everything(), LIFTING.replace(old, new))
    assert all(word in str(caught.value) for word in words)


def test_the_command_refuses_it_without_a_traceback(tmp_path, profile):
    arm(tmp_path, everything())
    (tmp_path / "arm.urdf").unlink()
    command = [
        sys.executable,
        "-m",
        "iatro_governor.cli.main",
        "govern",
        "--config",
        str(tmp_path / "profile.yaml"),
    ]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and "arm.urdf" in done.stderr and "Traceback" not in done.stderr


# Words.


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.tuples(st.integers(0, 150), st.text(max_size=30)), max_size=8),
    kind=st.sampled_from(KINDS),
)
def test_deleting_every_statement_changes_no_output_byte(profile, words, kind):
    events = [json.dumps(event) for event in [*stream(None, 0.0, 0.1), *stream(kind, 0.1, 0.3)]]
    spoken = list(events)
    for place, text in words:
        line = {"t": 0.2, "type": "statement", "plan_id": "p1", "text": text, "actions": [kind]}
        spoken.insert(min(place, len(spoken)), json.dumps(line))

    def out(lines):
        return [row for row in OfflineLoop(Governor(profile)).run(lines) if '"malformed"' not in row]

    assert out(spoken) == out(events)
