"""Event lines as the core takes them: every field, and what each stands for where it is left out."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from iatro_governor.governor import events
from iatro_governor.governor.line_models import PointsLine
from iatro_governor.governor.lines import BadLine, event_of, parse, subject_of
from iatro_governor.governor.offline import dumps

POSE, TWIST = [1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 0.9], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
COVARIANCE = [float(k) for k in range(36)]
OWN = {"node": "m", "gid": "h", "own": True}
POINT = {"time": 1.0, "positions": [0.1, 0.2]}
TAKEN = [
    ({"type": "command", "channel": "a", "values": [1.0, 2.0]}, events.Command(7.0, "a", (1.0, 2.0), 7.0)),
    (
        {"type": "command", "channel": "a", "values": [], "stamp": 6.5, "plan_id": "p", "frame": "f"},
        events.Command(7.0, "a", (), 6.5, "p", "f"),
    ),
    (
        {
            "type": "command",
            "channel": "a",
            "names": ["x", "y"],
            "points": [
                POINT,
                {"time": 2.0, "positions": [3.0, 4.0], "velocities": [5.0], "accelerations": [6.0]},
            ],
        },
        events.Command(
            7.0,
            "a",
            (3.0, 4.0),
            7.0,
            None,
            None,
            ("x", "y"),
            (events.Knot(1.0, (0.1, 0.2)), events.Knot(2.0, (3.0, 4.0), (5.0,), (6.0,))),
        ),
    ),
    (
        {"type": "command", "channel": "a", "names": [], "points": []},
        events.Command(7.0, "a", (), 7.0, None, None, (), ()),
    ),
    (
        {"type": "scan", "source": "s", "ranges": [1, 2.5], "angle_min": -1.0, "angle_increment": 0.5},
        events.Scan(7.0, "s", np.array([1.0, 2.5]), -1.0, 0.5, 0.0, math.inf, 7.0),
    ),
    (
        {
            "type": "scan",
            "source": "s",
            "ranges": [],
            "angle_min": -1.0,
            "angle_increment": 0.5,
            "range_min": 0.1,
            "range_max": 9.0,
            "stamp": 6.5,
        },
        events.Scan(7.0, "s", np.zeros(0), -1.0, 0.5, 0.1, 9.0, 6.5),
    ),
    ({"type": "points", "source": "s", "xyz": []}, events.Points(7.0, "s", np.zeros((0, 3)), 7.0)),
    (
        {"type": "points", "source": "s", "xyz": [[1, 2, 3], [4, 5, 6]], "stamp": 6.5},
        events.Points(7.0, "s", np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), 6.5),
    ),
    ({"type": "range", "source": "s", "range": 1.5}, events.Range(7.0, "s", 1.5, 0.0, math.inf, None, 7.0)),
    (
        {
            "type": "range",
            "source": "s",
            "range": 1.5,
            "range_min": 0.1,
            "range_max": 9.0,
            "field_of_view": 0.4,
            "stamp": 6.5,
        },
        events.Range(7.0, "s", 1.5, 0.1, 9.0, 0.4, 6.5),
    ),
    (
        {"type": "odom", "pose": POSE, "twist": TWIST},
        events.Odom(7.0, "odom", np.array(POSE), np.array(TWIST), 7.0),
    ),
    (
        {"type": "odom", "source": "s", "pose": POSE, "twist": TWIST, "stamp": 6.5},
        events.Odom(7.0, "s", np.array(POSE), np.array(TWIST), 6.5),
    ),
    (
        {"type": "map_pose", "source": "s", "pose": POSE, "sigma": [0.1, 0.2]},
        events.MapPose(7.0, "s", np.array(POSE), None, (0.1, 0.2), 7.0),
    ),
    (
        {"type": "map_pose", "source": "s", "pose": POSE, "covariance": COVARIANCE, "stamp": 6.5},
        events.MapPose(7.0, "s", np.array(POSE), np.array(COVARIANCE).reshape(6, 6), None, 6.5),
    ),
    (
        {"type": "joints", "names": ["x"], "position": [1], "velocity": [2]},
        events.Joints(7.0, "joints", ("x",), np.array([1.0]), np.array([2.0]), None, 7.0),
    ),
    (
        {
            "type": "joints",
            "source": "s",
            "names": ["x"],
            "position": [1],
            "velocity": [2],
            "effort": [3],
            "stamp": 6.5,
        },
        events.Joints(7.0, "s", ("x",), np.array([1.0]), np.array([2.0]), np.array([3.0]), 6.5),
    ),
    (
        {"type": "wrench", "source": "s", "force": [1, 2, 3], "torque": [4, 5, 6]},
        events.Wrench(7.0, "s", np.array([1, 2, 3]), np.array([4, 5, 6]), 7.0, None),
    ),
    (
        {
            "type": "wrench",
            "source": "s",
            "force": [1, 2, 3],
            "torque": [4, 5, 6],
            "frame": "f",
            "stamp": 6.5,
        },
        events.Wrench(7.0, "s", np.array([1, 2, 3]), np.array([4, 5, 6]), 6.5, "f"),
    ),
    ({"type": "bodies", "source": "s", "bodies": []}, events.Bodies(7.0, "s", "odom", (), 7.0)),
    (
        {"type": "bodies", "source": "s", "frame": "f", "bodies": [], "stamp": 6.5},
        events.Bodies(7.0, "s", "f", (), 6.5),
    ),
    (
        {"type": "flags", "source": "s", "a": True, "b": False},
        events.Flags(7.0, "s", {"a": True, "b": False}, 7.0),
    ),
    ({"type": "flags", "source": "s", "stamp": 6.5}, events.Flags(7.0, "s", {}, 6.5)),
    ({"type": "estop", "pressed": True}, events.EStop(7.0, True, None)),
    ({"type": "estop", "pressed": False, "source": "s"}, events.EStop(7.0, False, "s")),
    ({"type": "reset", "token": "k"}, events.Reset(7.0, "k")),
    (
        {"type": "recover", "channel": "a", "values": [1.0], "id": "i", "count": 1, "token": "k"},
        events.Recover(7.0, "a", (1.0,), "i", 1, 7.0, "k"),
    ),
    (
        {
            "type": "recover",
            "channel": "a",
            "values": [1.0],
            "id": "i",
            "count": 3,
            "token": "k",
            "stamp": 6.5,
        },
        events.Recover(7.0, "a", (1.0,), "i", 3, 6.5, "k"),
    ),
    (
        {"type": "publishers", "topic": "o", "endpoints": [{"node": "n", "gid": "g"}, OWN]},
        events.Publishers(7.0, "o", (events.Endpoint("n", "g", False), events.Endpoint("m", "h", True))),
    ),
    ({"type": "statement", "text": "hello"}, None),
    ({"type": "tick"}, None),
    ({"type": "sync", "id": [1, "x", None]}, None),
]


def line(**given):
    return json.dumps({"t": 7.0} | given)


@pytest.mark.parametrize(("given", "event"), TAKEN)
def test_a_line_is_an_event(given, event):
    found = event_of(parse(line(**given, somebody="else's") if given["type"] != "flags" else line(**given)))
    if event is None:
        assert found is None
        return
    assert found is not None and type(found) is type(event)
    for part in dataclasses.fields(event):
        told, wanted = getattr(found, part.name), getattr(event, part.name)
        if isinstance(wanted, np.ndarray):
            assert told.shape == wanted.shape and told.tolist() == wanted.tolist() and told.dtype.kind in "fi"
        else:
            assert told == wanted, part.name


def test_the_values_of_a_trajectory_are_those_of_its_last_point():
    points = [{"time": float(k), "positions": [0.25 * k]} for k in range(4)]
    sent = event_of(parse(line(type="command", channel="a", names=["x"], points=points)))
    assert isinstance(sent, events.Command) and list(sent.values) == [0.75]


def test_a_body_has_its_place_and_perhaps_a_region():
    ann = {"id": "ann", "position": [1, 2, 3], "velocity": [4, 5, 6], "region": "chest"}
    bob = {"id": "bob", "position": [1, 2, 3], "velocity": [4, 5, 6]}
    found = event_of(parse(line(type="bodies", source="s", bodies=[ann, bob])))
    assert isinstance(found, events.Bodies)
    first, second = found.bodies
    assert (first.id, first.region, second.id, second.region) == ("ann", "chest", "bob", None)
    assert first.position.tolist() == [1, 2, 3] and first.velocity.tolist() == [4, 5, 6]


JOINTS = {"type": "joints", "names": ["x", "y"], "position": [1, 2], "velocity": [3, 4]}
SCAN = {"type": "scan", "source": "s", "ranges": [1.0], "angle_min": 0.0, "angle_increment": 0.1}
BAD = [
    ({"type": "command", "channel": "a"}, "give either values, or names and points"),
    (
        {"type": "command", "channel": "a", "values": [1.0], "names": ["x"], "points": [POINT]},
        "give either values",
    ),
    ({"type": "command", "channel": "a", "values": [1.0], "names": ["x"]}, "give either values"),
    ({"type": "command", "channel": "a", "points": [POINT]}, "give either values"),
    ({"type": "command", "channel": "a", "names": ["x"]}, "give either values"),
    ({"type": "command", "channel": "a", "values": ["1.0"]}, "valid number"),
    ({"type": "command", "channel": "a", "names": ["x"], "points": [POINT | {"time": "1"}]}, "points.0.time"),
    (
        {
            "type": "command",
            "channel": "a",
            "names": ["x"],
            "points": [{"time": 1, "positions": [0.0] * 257}],
        },
        "at most 256",
    ),
    ({"type": "command", "channel": "a", "names": ["x"] * 257, "points": [POINT]}, "at most 256"),
    ({"type": "command", "channel": "a", "names": ["x"], "points": [POINT] * 10_001}, "at most 10000"),
    (
        {
            "type": "command",
            "channel": "a",
            "names": ["x"],
            "points": [{"time": 0, "positions": []}] * 10_001,
        },
        "10000",
    ),
    (JOINTS | {"position": [1]}, "2 names need as many positions, velocities and efforts"),
    (JOINTS | {"velocity": [1, 2, 3]}, "2 names need as many"),
    (JOINTS | {"effort": [1]}, "2 names need as many"),
    (JOINTS | {"names": ["x"] * 257}, "at most 256"),
    ({"type": "map_pose", "source": "s", "pose": POSE}, "give either covariance, or sigma"),
    (
        {"type": "map_pose", "source": "s", "pose": POSE, "sigma": [1, 2], "covariance": COVARIANCE},
        "give either",
    ),
    ({"type": "wrench", "source": "s", "force": [1, 2], "torque": [1, 2, 3]}, "at least 3 items"),
    ({"type": "wrench", "source": "s", "force": [1, 2, 3], "torque": [1, 2, 3, 4]}, "at most 3 items"),
    ({"type": "points", "source": "s", "xyz": [[1, 2, 3, 4]]}, "at most 3 items"),
    ({"type": "flags", "source": "s", "a": 1}, "a: "),
    ({"type": "estop", "pressed": 1}, "pressed"),
    ({"type": "publishers", "topic": "o", "endpoints": [{"node": "n", "gid": "g", "own": 1}]}, "own"),
    (
        {
            "type": "bodies",
            "source": "s",
            "bodies": [{"id": 1, "position": [1, 2, 3], "velocity": [1, 2, 3]}],
        },
        "id",
    ),
    (SCAN | {"source": 1}, "source"),
    (SCAN | {"range_min": True}, "range_min"),
]


@pytest.mark.parametrize(("given", "why"), BAD)
def test_a_line_that_is_no_event_says_why(given, why):
    with pytest.raises(BadLine) as caught:
        parse(line(**given))
    assert why in str(caught.value) and (caught.value.t, caught.value.of) == (7.0, given["type"])


def test_a_line_may_be_as_long_as_it_may_be():
    names = ["x"] * 256
    found = event_of(parse(line(type="joints", names=names, position=[1] * 256, velocity=[2] * 256)))
    assert isinstance(found, events.Joints) and len(found.names) == 256
    many = [{"time": k, "positions": [0.0] * 2} for k in range(10_000)]
    sent = event_of(parse(line(type="command", channel="a", names=names, points=many)))
    assert isinstance(sent, events.Command) and sent.points is not None and len(sent.points) == 10_000


def test_a_cloud_may_have_a_million_points():
    """By what the shape of its line says: to read as many takes long."""
    assert PointsLine.model_json_schema()["properties"]["xyz"]["maxItems"] == 1_000_000


@pytest.mark.parametrize("identity", [math.nan, {"a": [math.inf]}])
def test_what_is_told_again_has_to_be_strict_json(identity):
    with pytest.raises(BadLine, match="Out of range float values are not JSON compliant"):
        parse(line(type="sync", id=identity))


def test_whom_a_line_is_for():
    assert subject_of(parse(line(type="command", channel="a", values=[]))) == "a"
    assert subject_of(parse(line(type="tick"))) is None
    assert subject_of(parse(line(**SCAN))) == "s"
    assert dumps({"a": [1, "ä"]}) == '{"a": [1, "ä"]}'
