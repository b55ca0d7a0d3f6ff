"""The faults that only an arm can have: event lines that bring each about, on the small arm of the governor's tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from iatro_governor.profile.load import Profile
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of

Line = dict[str, Any]
WAY, SPEED, PLACE = "way", "speed", "place"
REST = [0.3, -0.8]
FEELS = {
    "name": "touch", "kind": "contact_force", "channel": SPEED, "wrench": "wrist", "report": [10.0, 2.0],
    "stop": [30.0, 6.0], "retreat_speed": 0.1, "source": SAID,
}  # fmt: skip
WRIST = {"type": "wrench", "topic": "wrist", "frame": "hand", "timeout_s": 0.1}
RATES = [
    {"name": f"way_{kind}", "kind": kind, "channel": WAY, "bounds": [3.0, 3.0], "source": SAID}
    for kind in ("joint_acceleration", "joint_deceleration")
]


def profile_of(folder: Path) -> Profile:
    """An arm with joint speeds, set-points, trajectories and a wrist that feels."""
    channels = {
        WAY: channel("joint_trajectory", WAY, policy="refuse"),
        SPEED: channel("joint_velocity", SPEED),
        PLACE: channel("joint_position", PLACE),
    }
    given = data(channels, [*limits_of(WAY), *limits_of(SPEED), *limits_of(PLACE), *RATES, FEELS])
    given["sources"] = given["sources"] | {"wrist": WRIST}
    return arm(folder, given)


def senses(t: float, position: list[float], velocity: list[float], force: float = 0.0) -> list[Line]:
    """What the joints and the wrist tell at ``t``."""
    return [
        {"t": t, "type": "joints", "names": JOINTS, "position": position, "velocity": velocity},
        {"t": t, "type": "wrench", "source": "wrist", "force": [0.0, 0.0, force], "torque": [0.0, 0.0, 0.0]},
    ]


def speeds(t: float, first: float) -> Line:
    """A command for the joints' speeds."""
    return {"t": t, "type": "command", "channel": SPEED, "values": [first, 0.0]}


def trajectory(t: float, seconds: float = 2.0, way: float = 0.4) -> Line:
    """From rest to rest, along a quintic."""
    points = []
    for step in range(9):
        s = step / 8
        share, pace = 10 * s**3 - 15 * s**4 + 6 * s**5, (30 * s**2 - 60 * s**3 + 30 * s**4) / seconds
        points.append({
            "time": s * seconds, "positions": [REST[0] + way * share, REST[1]], "velocities": [way * pace, 0.0],
        })  # fmt: skip
    return {"t": t, "type": "command", "channel": WAY, "names": JOINTS, "points": points, "plan_id": "p"}


def _times(seconds: float) -> Iterator[float]:
    return (round(step * 0.01, 6) for step in range(round(seconds * 100)))


def contact() -> list[Line]:
    """It drives its hand upward for 0.5 s, is pushed down by 60 N for half a second, and drives on."""
    out, q = [], REST[0]
    for t in _times(4.0):
        pushed = 0.5 <= t < 1.0
        moves = min(t, 0.2) if t < 0.5 else 0.0
        q += moves * 0.01
        out += senses(t, [q, REST[1]], [moves, 0.0], -60.0 if pushed else 0.0)
        if t < 2.2 or t > 3.0:
            out.append(speeds(t, 0.2))
    return out


def off_course() -> list[Line]:
    """A trajectory begins, and the joints stand still all the while."""
    out = []
    for t in _times(4.0):
        out += senses(t, REST, [0.0, 0.0])
        if t == 0.2:
            out.append(trajectory(t))
    return out


def refused() -> list[Line]:
    """A trajectory that is far too fast."""
    out = []
    for t in _times(1.0):
        out += senses(t, REST, [0.0, 0.0])
        if t == 0.2:
            out.append(trajectory(t, seconds=0.1))
    return out


def taken() -> list[Line]:
    """Speeds for the joints, and a trajectory for the same ones."""
    out = []
    for t in _times(1.5):
        moving = 0.2 if 0.1 < t < 0.6 else 0.0
        out += [*senses(t, REST, [moving, 0.0]), speeds(t, moving)]
        if t == 0.3:
            out.append(trajectory(t))
    return out


def stuck() -> list[Line]:
    """Set-points a radian away for 2 s, and back again; the joints stand still all the while."""
    out = []
    for t in _times(4.0):
        first = REST[0] + (1.0 if t < 2.0 else 0.0)
        out += senses(t, REST, [0.0, 0.0])
        out.append({"t": t, "type": "command", "channel": PLACE, "values": [first, REST[1]]})
    return out


ROWS: dict[str, Callable[[], list[Line]]] = {
    "contact_collision": contact,
    "off_course": off_course,
    "trajectory_refused": refused,
    "not_followed": stuck,
    "joints_taken": taken,
}


def at_rest(row: dict[str, Any]) -> bool:
    """Whether a decision on speeds asks for none."""
    return all(math.isclose(value, 0.0, abs_tol=1e-12) for value in row["allowed"])
