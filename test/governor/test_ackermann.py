"""A steered base: no output asks for a curve that its wheels cannot steer, not even on the way between two commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Command, Odom, Scan
from iatro_governor.limits.registry import load_profile

CART = Path(__file__).parents[2] / "config/ackermann.yaml"
PROFILE = load_profile(CART)
RADIUS = 1.2
PERIOD = 0.01


class Cart:
    """A cart that does at once what it is told, in a hall without walls nearby."""

    def __init__(self) -> None:
        self.governor = Governor(PROFILE)
        self.t, self.pose, self.twist = 0.0, np.zeros(3), np.zeros(6)
        self.out: list[Decision] = []

    def drive(self, vx: float, wz: float, seconds: float) -> None:
        """Command this for so long."""
        for _ in range(round(seconds / PERIOD)):
            self.t += PERIOD
            x, y, yaw = self.pose
            turn = (0.0, 0.0, np.sin(yaw / 2), np.cos(yaw / 2))
            self.governor.handle(Odom(self.t, "odom", np.array([x, y, 0.0, *turn]), self.twist, self.t))
            step = round(self.t / PERIOD)
            if step % 5 == 0:
                self.governor.handle(
                    Scan(self.t, "lidar", np.full(360, 8.0), -np.pi, np.pi / 180, 0.1, 12.0, self.t)
                )
            decisions = self.governor.handle(Command(self.t, "base", (vx, 0.0, 0.0, 0.0, 0.0, wz), self.t))
            decisions = [*decisions, *self.governor.tick(self.t)]
            self.out += decisions
            self.twist = np.array(decisions[-1].allowed)
            self.pose += PERIOD * np.array(
                [self.twist[0] * np.cos(yaw), self.twist[0] * np.sin(yaw), self.twist[5]]
            )


def steerable(decision: Decision) -> bool:
    vx, wz = decision.allowed[0], decision.allowed[5]
    return abs(wz) * RADIUS <= abs(vx) + 1e-6


def started() -> Cart:
    cart = Cart()
    cart.drive(0.0, 0.0, 0.7)
    return cart


def test_a_curve_is_kept_while_it_is_driven_slower() -> None:
    cart = started()
    cart.drive(2.0, 1.0, 3.0)
    vx, wz = cart.out[-1].allowed[0], cart.out[-1].allowed[5]
    assert wz == pytest.approx(0.5 * vx) and 0.3 < vx <= 1.0


def test_a_tighter_curve_than_the_wheels_steer_is_malformed() -> None:
    cart = started()
    cart.drive(0.5, 0.5 / RADIUS + 0.01, 0.05)
    assert "command_malformed" in {fault.name for one in cart.out for fault in one.faults}
    assert not any(any(one.allowed) for one in cart.out)
    assert any("tightest circle" in fault.detail for one in cart.out for fault in one.faults)


def test_it_comes_to_rest_before_it_drives_the_other_way() -> None:
    cart = started()
    cart.drive(0.8, 0.5, 2.0)
    cart.drive(-0.3, 0.2, 3.0)
    assert all(map(steerable, cart.out))
    assert cart.out[-1].allowed[0] == pytest.approx(-0.3) and cart.out[-1].allowed[5] == pytest.approx(0.2)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)), min_size=2, max_size=4))
def test_no_output_asks_for_more_than_the_wheels_steer(asked: list[tuple[float, float]]) -> None:
    cart = started()
    for vx, share in asked:
        cart.drive(vx, share * abs(vx) / RADIUS, 0.4)
    assert all(map(steerable, cart.out))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"turn_radius": None, "turn_radius_source": None}, "needs turn_radius"),
        ({"turn_radius_source": None}, "go together"),
        ({"allow_split": True}, "keeps the command's curvature"),
        ({"base": "differential"}, "no other takes it"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object], told: str) -> None:
    data = yaml.safe_load(CART.read_text(encoding="utf-8"))
    channel = data["channels"]["base"]
    channel.update(change)
    data["channels"]["base"] = {key: value for key, value in channel.items() if value is not None}
    file = tmp_path / "cart.yaml"
    file.write_text(yaml.safe_dump(data))
    with pytest.raises(ProfileError, match=told):
        load_profile(file)
