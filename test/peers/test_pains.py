"""Fifteen ways in which users of other limiters, monitors and stops were hurt or annoyed; none of them here.

Each test names the pain. Where a whole file holds the property in general, the test here is only its shortest sentence.
"""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import Command, EStop, Odom, Scan
from iatro_governor.governor.ladder import TABLE, Level
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.governor.self_test import self_test
from iatro_governor.ledger.ring import Ring
from iatro_governor.limits.limit import Cap
from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.speed import SpeedLimit
from test.faults.base_rows import KEY, Rig, no_pose, publishers
from test.governor.profiles import amr
from test.governor.room import STEP_S
from test.limits.situations import make

SPEED = 0.4
BRAKE, BRAKE_HARD, GAIN = 0.8, 1.6, 0.8
"""Of config/amr.yaml, m/s2."""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A base that drives as it is asked, in an open room."""
    made = Rig(amr(tmp_path))
    made.go(0.8, SPEED)
    assert made.last.allowed[0] == pytest.approx(SPEED)
    return made


def names(rig: Rig) -> set[str]:
    return {fault.name for fault in rig.last.faults}


def test_pain_1_the_last_command_lives_on_when_its_source_dies(rig: Rig) -> None:
    rig.go(1.5)
    assert rig.last.allowed == (0.0,) * 6
    published = len(rig.decisions)
    rig.go(1.0)
    assert len(rig.decisions) >= published + 50, "a stop is said again and again, not once"


def test_pain_2_a_dead_sensor_reads_as_free_space(rig: Rig, tmp_path: Path) -> None:
    rig.lidar = False
    rig.go(1.5, SPEED)
    assert rig.last.allowed[0] == 0.0 and "lidar" in rig.detail("sensor_stale")
    with pytest.raises(ProfileError, match="timeout_s"):
        amr(tmp_path, sources={"lidar": {"timeout_s": 0.0}})


def before_a_wall(rig: Rig, vx: float) -> float:
    """What is allowed of ``vx`` when a wall stands 0.25 m ahead of the base's middle, 30 mm from its rim."""
    ranges = np.full(360, 9.0)
    bearings = np.linspace(-math.pi, math.pi, 360, endpoint=False)
    ahead = np.abs(bearings) < 1.0
    ranges[ahead] = 0.25 / np.cos(bearings[ahead])
    governor, still = Governor(rig.governor.profile), np.zeros(6)
    allowed = 0.0
    for step in range(100):
        t = step * STEP_S
        pose = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
        governor.handle(Odom(t, "odom", pose, still, t))
        governor.handle(Scan(t, "lidar", ranges, -math.pi, 2 * math.pi / 360, 0.05, 12.0, t))
        governor.handle(Command(t, "base", (vx, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        allowed = governor.tick(t)[0].allowed[0]
    return allowed


def test_pain_3_stopped_at_an_obstacle_and_no_way_out(rig: Rig) -> None:
    assert before_a_wall(rig, 0.3) == 0.0
    assert before_a_wall(rig, -0.3) < -0.05


def test_pain_4_the_safety_check_silently_did_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = amr(tmp_path)
    assert self_test(profile) == []
    monkeypatch.setattr(SpeedLimit, "cap", lambda *_: Cap(1.0, 0.0, 1.0))
    found = {finding.limit for finding in self_test(profile) if finding.refuses}
    assert {"travel_speed", "turn_speed"} <= found


def test_pain_5_a_lagging_robot_is_limited_far_below_its_limit(tmp_path: Path) -> None:
    rig = Rig(amr(tmp_path))
    rig.follow = lambda _t, asked, moves: moves + (asked - moves) * 0.15
    rig.go(SPEED / GAIN + 0.1, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED), (
        "the ramp goes on from the last command, not from what lags"
    )


def test_pain_6_no_idea_which_limit_was_it(rig: Rig) -> None:
    rig.go(2.0, 5.0)
    bound = next(limit for limit in rig.last.limits if limit.name == "travel_speed")
    assert (bound.requested, bound.unit) == (5.0, "m/s") and bound.allowed == pytest.approx(0.8)
    assert bound.source and "travel_speed" in json.dumps(rig.last.to_json())


def test_pain_7_the_old_goal_goes_on_after_a_stop(rig: Rig) -> None:
    rig.tell(EStop(rig.t, True), EStop(rig.t, False))
    rig.go(1.0, SPEED)
    rig.sign()
    rig.go(2.0, SPEED)
    assert rig.last.allowed[0] == 0.0 and names(rig) == {"awaiting_rearm"}
    rig.go(0.7)
    rig.go(0.8, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED)


@pytest.mark.parametrize("value", [1e308, 10.0, math.inf, math.nan])
def test_pain_8_a_language_model_publishes_raw_unbounded_commands(rig: Rig, value: float) -> None:
    rig.go(1.5, value)
    assert all(math.isfinite(one.allowed[0]) and abs(one.allowed[0]) <= 0.8 + 1e-9 for one in rig.decisions)
    if not math.isfinite(value):
        assert rig.last.allowed[0] == 0.0


def test_pain_9_there_is_a_path_around_the_governor(rig: Rig) -> None:
    publishers(rig, "/teleop")
    rig.go(1.5, SPEED)
    assert rig.last.state is State.PROTECTIVE_STOP and "/teleop" in rig.detail("foreign_publisher")


@pytest.mark.parametrize(
    "change", [{"report": [40.0, 2.0]}, {"stop": [math.inf, 6.0]}, {"stop": [0.0, 6.0]}, {"source": ""}]
)
def test_pain_10_force_limits_are_set_to_a_hundred_or_off(change: dict[str, Any]) -> None:
    """Contact and collision are two thresholds, finite, in their order, and each says where it comes from."""
    with pytest.raises(ValueError):
        make("contact_force", **change)
    make("contact_force")


@pytest.mark.parametrize(("fault", "brake"), [("sensor_malformed", BRAKE), ("estop", BRAKE_HARD)])
def test_pain_11_a_stop_is_a_slam_or_takes_too_long(rig: Rig, fault: str, brake: float) -> None:
    at = len(rig.decisions) - 1
    for _ in range(50):
        if fault == "estop":
            rig.tell(EStop(rig.t, True))
        else:
            no_pose(rig)
        rig.go(STEP_S, SPEED)
    speeds = [(one.t, one.allowed[0]) for one in rig.decisions[at:] if not one.on_command]
    steps = [
        (a - b) / (after - t) for (t, a), (after, b) in itertools.pairwise(speeds) if b > 0 and after > t
    ]
    assert steps and max(steps) <= brake * 1.001 and max(steps) > brake * 0.9
    assert rig.last.allowed == (0.0,) * 6


def noisy(near: float, beams: int = 1) -> np.ndarray:
    """A scan of an open room with some beams ahead that are none of it, ``near`` m away."""
    ranges = np.full(360, 11.0)
    ranges[180 : 180 + beams] = near
    return ranges


@pytest.mark.parametrize("every", [1000, 2, 3, 7], ids=lambda every: f"one scan in {every}")
def test_pain_12_one_noisy_point_makes_it_stop_in_jerks(rig: Rig, every: int) -> None:
    """One beam that asks for less speed, in one scan or again and again: it slows by a ramp, and by a ramp goes on."""
    at = len(rig.decisions) - 1
    for scan in range(75):
        rig.ranges = noisy(0.5) if scan % every == 0 else np.full(360, 11.0)
        rig.go(STEP_S, SPEED)
    speeds = [one.allowed[0] for one in rig.decisions[at:] if not one.on_command]
    changes = [b - a for a, b in itertools.pairwise(speeds)]
    assert min(changes) < -0.9 * BRAKE * STEP_S, "the beam does matter"
    assert min(changes) >= -BRAKE * STEP_S - 1e-9, (
        "it slows along the ramp of ordinary driving, and no harder"
    )
    assert max(changes) <= GAIN * STEP_S + 1e-9, "and gains speed no faster than at any other time"
    assert min(speeds) >= SPEED - 2 * BRAKE * STEP_S, "one scan costs one step of the ramp"
    rig.ranges = 11.0
    rig.go(0.2, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED) and not names(rig), (
        "and goes on without anybody's help"
    )


@pytest.mark.parametrize(("beams", "min_points", "stops"), [(1, 1, True), (1, 2, False), (2, 2, True)])
def test_pain_12_a_point_within_the_stopping_distance_counts_unless_the_scanner_is_said_to_speckle(
    tmp_path: Path, beams: int, min_points: int, stops: bool
) -> None:
    """It may be somebody: a stop, and a stream that begins anew. ``min_points`` says that it takes more than that."""
    rig = Rig(amr(tmp_path, sources={"lidar": {"min_points": min_points}}))
    rig.go(0.8, SPEED)
    rig.ranges = noisy(0.4, beams)
    rig.go(STEP_S, SPEED)
    assert (rig.last.stop is not None) == stops == ("limit_unreachable" in names(rig))
    rig.ranges = 11.0
    rig.go(2.0, SPEED)
    assert names(rig) == ({"awaiting_rearm"} if stops else set())
    rig.go(2.0)
    rig.go(0.8, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED)


def test_pain_13_a_timeout_is_noticed_and_nothing_is_done(rig: Rig) -> None:
    """Each fault has a level and a way to brake in one table, and the first does not hide the second."""
    assert all(row.mode and row.clears for row in TABLE.values())
    rig.lidar = False
    rig.go(0.5, SPEED)
    publishers(rig, "/teleop")
    rig.go(1.0, SPEED)
    assert {"sensor_stale", "foreign_publisher"} <= names(rig)
    assert (
        rig.last.state is State.PROTECTIVE_STOP and TABLE["foreign_publisher"].level is Level.PROTECTIVE_STOP
    )


def test_pain_14_the_record_is_missing_when_it_is_needed(tmp_path: Path) -> None:
    """What was decided is on disk before it takes effect: a process that dies takes none of it along."""
    ring = Ring.open(tmp_path / "a.ring")
    ring.append(0, b"stopped")
    (tmp_path / "copy.ring").write_bytes((tmp_path / "a.ring").read_bytes())
    ring.close()
    with Ring.open(tmp_path / "copy.ring") as again:
        assert list(again.unacknowledged()) == [(0, b"stopped")] and again.next_number == 1


def test_pain_15_a_clock_that_is_set_makes_old_things_young(tmp_path: Path) -> None:
    lines = [{"t": 10.0, "type": "tick"}, {"t": 9.0, "type": "tick"}, {"t": 100.0, "type": "tick"}]
    loop = OfflineLoop(Governor(load_profile(amr(tmp_path).file), key=KEY))
    rows = [json.loads(row) for row in loop.run(map(json.dumps, lines))]
    assert any(row.get("type") == "malformed" and "goes back" in row["message"] for row in rows)
    assert any("clock_jump" in {fault["name"] for fault in row.get("faults", ())} for row in rows)
    assert {row["action"] for row in rows if "action" in row} <= {Action.STOP.value, Action.HOLD.value}
