"""What differs from robot to robot in a trial: profile, scenarios, plant, and what is looked at in a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.plant.base import BaseSpec
from iatro_governor.plant.drone import DroneSpec
from iatro_governor.plant.mobile import MobileSpec
from iatro_governor.profile.base import Part
from iatro_governor.trial import arm_run, drone_run, mobile_run, mobile_script, run
from iatro_governor.trial.arm_scenario import ArmScenario
from iatro_governor.trial.drone_scenario import DroneScenario
from iatro_governor.trial.loop import Governor
from iatro_governor.trial.mobile_scenario import MobileScenario
from iatro_governor.trial.scenario import Scenario

ARM_MASS = 18.0
"""kg; nothing beside an arm weighs it."""
SLOWING_S = 0.1
"""Over which a deceleration is taken, s."""


@dataclass(frozen=True, slots=True)
class RobotKind:
    """One kind of robot.

    ``profile``: the shipped one; ``channels``: those that its scenarios command.
    ``play(scenario, seed, governor)`` runs it; ``speeds`` are its true speeds (m/s) along the trace, signed where it
    can go back, ``places`` (n, 2) m where it was; ``seen`` is what rules about a moment may look at, at a row of the
    trace.
    """

    profile: str
    channels: tuple[str, ...]
    model: type[Part]
    play: Callable[[Any, int, Governor | None], Any]
    speeds: Callable[[Any], np.ndarray]
    places: Callable[[Any], np.ndarray]
    seen: Callable[[Any, int], Mapping[str, float]]
    mass: float


def _slowing(speeds: np.ndarray, t: np.ndarray, row: int) -> float:
    """Deceleration (m/s2) around ``row``."""
    step = max(round(SLOWING_S / float(t[1] - t[0])), 1) if len(t) > 1 else 1
    before, after = max(row - step, 0), min(row + step, len(t) - 1)
    return 0.0 if after == before else float((speeds[before] - speeds[after]) / (t[after] - t[before]))


def _base_speeds(trace: Any) -> np.ndarray:
    return np.asarray(trace.measured[:, 0])


def _base_places(trace: Any) -> np.ndarray:
    return np.asarray(trace.pose[:, :2])


def _base_seen(trace: Any, row: int) -> dict[str, float]:
    speeds = _base_speeds(trace)
    return {
        "speed": float(speeds[row]),
        "turning": abs(float(trace.measured[row, 2])),
        "slowing": _slowing(speeds, trace.t, row),
        "person_gap": float(trace.gap[row]),
    }


def _arm_speeds(trace: Any) -> np.ndarray:
    if len(trace.t) < 2:
        return np.zeros(len(trace.t))
    moved = np.linalg.norm(np.gradient(trace.tool, trace.t, axis=0), axis=1)
    return np.asarray(moved)


def _arm_places(trace: Any) -> np.ndarray:
    return np.asarray(trace.tool[:, :2])


def _arm_seen(trace: Any, row: int) -> dict[str, float]:
    speeds, (x, y, z) = _arm_speeds(trace), trace.tool[row]
    return {
        "speed": float(speeds[row]),
        "slowing": _slowing(speeds, trace.t, row),
        "reach": float(np.hypot(x, y)),
        "height": float(z),
        "force": float(np.max(trace.force[row], initial=0.0)),
    }


def _mobile_speeds(trace: Any) -> np.ndarray:
    return np.asarray(trace.speed)


def _mobile_seen(trace: Any, row: int) -> dict[str, float]:
    speeds = _mobile_speeds(trace)
    return {
        "speed": float(speeds[row]),
        "slowing": _slowing(speeds, trace.t, row),
        "reach": float(np.hypot(*(trace.tool[row, :2] - trace.pose[row, :2]))),
        "height": float(trace.tool[row, 2]),
        "person_gap": float(trace.gap[row]),
    }


def _drone_speeds(trace: Any) -> np.ndarray:
    return np.asarray(trace.airspeed)


def _drone_places(trace: Any) -> np.ndarray:
    return np.asarray(trace.place[:, :2])


def _drone_seen(trace: Any, row: int) -> dict[str, float]:
    speeds = _drone_speeds(trace)
    return {
        "speed": float(speeds[row]),
        "slowing": _slowing(speeds, trace.t, row),
        "height": float(trace.place[row, 2]),
        "climbing": float(trace.velocity[row, 2]),
        "person_gap": float(trace.gap[row]),
    }


ROBOTS: dict[str, RobotKind] = {
    "base": RobotKind(
        "config/amr.yaml",
        ("base",),
        Scenario,
        run.run,
        _base_speeds,
        _base_places,
        _base_seen,
        BaseSpec().mass,
    ),
    "arm": RobotKind(
        "config/panda.yaml",
        ("arm", "gripper"),
        ArmScenario,
        arm_run.run,
        _arm_speeds,
        _arm_places,
        _arm_seen,
        ARM_MASS,
    ),
    "drone": RobotKind(
        "config/iris.yaml",
        ("base",),
        DroneScenario,
        drone_run.run,
        _drone_speeds,
        _drone_places,
        _drone_seen,
        DroneSpec().mass,
    ),
    "mobile": RobotKind(
        mobile_run.ROBOT,
        (mobile_script.BASE, mobile_script.ARM),
        MobileScenario,
        mobile_run.run,
        _mobile_speeds,
        _base_places,
        _mobile_seen,
        MobileSpec().mass,
    ),
}
