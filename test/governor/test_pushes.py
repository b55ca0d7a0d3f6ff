"""Whether a push is known to drive a body: by its work on what is measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.events import Wrench
from iatro_governor.governor.pushes import pushed
from test.governor.bases import Base, config

BY = {"wrench": "ring", "force": 4.0, "torque": 2.0, "source": "a test"}


def never() -> Any:
    raise AssertionError("nobody has to look")


def feeling(force: tuple[float, ...], torque: tuple[float, ...] = (0.0, 0.0, 0.0), stamp: float = 0.0) -> Any:
    """A ring that feels this, in the frame "ring", with a time-out of 0.25 s."""
    felt = Wrench(stamp, "ring", np.array(force), np.array(torque), stamp)
    source = SimpleNamespace(timeout_s=0.25, frame="ring")
    return SimpleNamespace(wrenches={"ring": felt}, sources={"ring": source})


def base(*twist: float, **changes: Any) -> Any:
    """One that is measured to move so."""
    made = Base(config(**changes)).tell(0.0, twist=twist[:3], level=twist)
    return SimpleNamespace(name="base", chart=made.chart)


def test_nothing_is_known_of_pushes_where_the_profile_or_the_sensor_says_nothing():
    assert not pushed(base(0.5, 0.0, 0.0), feeling((9.0, 0.0, 0.0)), 0.0, never)
    deaf = SimpleNamespace(wrenches={}, sources={})
    assert not pushed(base(0.5, 0.0, 0.0, pushed_by=BY), deaf, 0.0, never)  # type: ignore[arg-type]


@pytest.mark.parametrize(("t", "known"), [(3.0, True), (3.25, True), (3.2501, False)])
def test_a_push_is_known_while_its_sensor_is_not_stale(t, known):
    assert pushed(base(0.5, 0.0, 0.0, pushed_by=BY), feeling((9.0, 0.0, 0.0), stamp=3.0), t, never) is known


@pytest.mark.parametrize(
    ("force", "torque", "push"),
    [
        ((4.0, 0.0, 0.0), (0.0, 0.0, 2.0), False),  # not beyond either
        ((4.1, 0.0, 0.0), (0.0, 0.0, 0.0), True),
        ((2.5, 2.5, 2.5), (0.0, 0.0, 0.0), True),  # 4.33 N
        ((0.1, 0.0, 0.0), (0.0, 2.1, 0.0), True),
        ((0.1, 0.0, 0.0), (1.2, 1.2, 1.0), False),  # 1.97 Nm
    ],
)
def test_a_push_is_one_that_is_larger_than_the_sensors_own_noise(force, torque, push):
    assert pushed(base(0.5, 0.0, 0.5, pushed_by=BY), feeling(force, torque), 0.0, never) is push


@pytest.mark.parametrize(
    ("twist", "force", "torque", "drives"),
    [
        ((0.5, 0.0, 0.0), (-9.0, 9.0, 9.0), (0.0, 0.0, 0.0), False),  # against it
        ((0.5, 0.25, 0.0), (-4.0, 9.0, 0.0), (0.0, 0.0, 0.0), True),  # -2 + 2.25 W
        ((0.5, 0.25, 0.0), (-5.0, 9.0, 0.0), (0.0, 0.0, 0.0), False),  # -2.5 + 2.25 W
        ((0.5, 0.0, 0.5), (-4.0, 0.0, 0.0), (9.0, 9.0, 4.5), True),  # -2 + 2.25 W
        ((0.5, 0.0, 0.5), (-5.0, 0.0, 0.0), (9.0, 9.0, 4.5), False),
        ((0.0, 0.5, 0.0), (9.0, 0.0, 9.0), (9.0, 9.0, 9.0), False),  # across it: no work
    ],
)
def test_a_push_drives_a_base_where_it_does_work_on_its_twist(twist, force, torque, drives):
    assert pushed(base(*twist, pushed_by=BY), feeling(force, torque), 0.0, never) is drives


def test_in_the_air_a_push_upwards_drives_what_rises():
    flying = base(0.0, 0.0, 0.5, 0.25, base="aerial", pushed_by=BY)
    assert pushed(flying, feeling((0.0, 0.0, 5.0), (0.0, 0.0, -9.0)), 0.0, never)  # 2.5 - 2.25 W
    assert not pushed(flying, feeling((0.0, 0.0, 4.2), (0.0, 0.0, -9.0)), 0.0, never)  # 2.1 - 2.25 W


TURNED = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""The ring's x is the base's y."""


class Posture:
    """A ring that is turned, and moves with three joints: x by the first, y by the second, about z by the third."""

    def link(self, frame: str) -> np.ndarray:
        assert frame == "ring"
        out = np.eye(4)
        out[:3, :3] = TURNED
        out[:3, 3] = 7.0
        return out

    def frame_jacobian(self, frame: str) -> np.ndarray:
        assert frame == "ring"
        out = np.zeros((6, 3))
        out[0, 0] = out[1, 1] = out[5, 2] = 1.0
        return out


@pytest.mark.parametrize(
    ("force", "torque", "drives"),
    [
        ((9.0, 0.0, 0.0), (0.0, 0.0, 0.0), True),  # along the base's y: 2.25 W
        ((0.0, 9.0, 0.0), (0.0, 0.0, 0.0), False),  # against the base's x, which is another channel's
        ((9.0, 0.0, 0.0), (0.0, 0.0, 4.0), True),  # 2.25 - 2 W
        ((9.0, 0.0, 0.0), (0.0, 0.0, 5.0), False),
    ],
)
def test_a_push_on_a_link_drives_joints_where_the_torques_that_it_makes_do_work(force, torque, drives):
    """The channel moves the second and the third joint, at 0.25 and -0.5."""
    situation = SimpleNamespace(now=Posture(), joints={"arm": np.array([1, 2])})
    chart = SimpleNamespace(
        config=SimpleNamespace(pushed_by=SimpleNamespace(**BY)), measured=np.array([0.25, -0.5])
    )
    member: Any = SimpleNamespace(name="arm", chart=chart)
    assert pushed(member, feeling(force, torque), 0.0, lambda: situation) is drives
