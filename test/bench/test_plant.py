"""How fast the simulated robots are."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("mujoco", reason="MuJoCo is not installed")

from bench import plant
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.simulation import Plant


def test_every_budget_has_its_rate() -> None:
    found = plant.measure(turns=2, seconds=0.1)
    assert found.keys() == plant.BUDGET.keys()
    for row in found.values():
        assert 0 < row["lowest"] <= row["times_real_time"] <= row["highest"] and row["simulated_s"] == 0.2
        assert row["period"]["samples"] == 20 and row["period"]["wall"]["samples"] == 20


@pytest.mark.parametrize(("robot", "kind"), [("base", Plant), ("arm", ArmPlant)])
def test_what_is_timed_is_a_robot_that_moves(robot: str, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wrong answer: a command that the plant does not take, or a step that does not happen."""
    made: list[Any] = []
    begin = kind.__init__

    def kept(self: Any, *given: Any) -> None:
        begin(self, *given)
        made.append(self)

    monkeypatch.setattr(kind, "__init__", kept)
    period = getattr(plant, robot)()
    for number in range(40):
        period(number)
    [moved] = made
    truth = moved.truth()
    speed = truth.twist if isinstance(moved, Plant) else truth.velocity
    assert moved.t == pytest.approx(0.4) and max(abs(speed)) > 0.05
