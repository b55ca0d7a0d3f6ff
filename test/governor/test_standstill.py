"""How long a command has brought no motion to speak of, and whether there is a way out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.resolve import Resolution
from iatro_governor.governor.standstill import Standstill
from test.governor.passing import Moment, Stub

WANTED = np.array([0.5, 0.0, 0.0])


def member(freeze_s: float, trapped_s: float, creeps: list[list[float]], place: slice) -> Any:
    config = SimpleNamespace(freeze_s=freeze_s, trapped_s=trapped_s)
    return SimpleNamespace(chart=SimpleNamespace(config=config, creeps=np.array(creeps)), place=place)


def made() -> Standstill:
    """Two channels, of two components and one: the longer times of both count."""
    first = member(0.5, 1.0, [[0.1, 0.0], [-0.1, 0.2]], slice(0, 2))
    second = member(0.25, 2.0, [[0.3]], slice(2, 3))
    return Standstill([first, second], 3)


def lasts(it: Standstill, t: float, scale: float | None, wanted: np.ndarray = WANTED) -> bool:
    return it.lasts(Resolution(scale, wanted), wanted, t)


@pytest.mark.parametrize(("scale", "stuck"), [(0.0, True), (0.0199, True), (0.02, False), (None, False)])
def test_a_scale_below_two_hundredths_is_no_motion_to_speak_of(scale, stuck):
    it = made()
    assert not lasts(it, 1.0, scale) and not lasts(it, 1.4375, scale)
    assert lasts(it, 1.5, scale) is stuck


def test_what_is_stuck_moves_again_from_a_tenth_on():
    it = made()
    lasts(it, 1.0, 0.01)
    assert lasts(it, 1.5, 0.0999)
    assert not lasts(it, 1.75, 0.1) and not lasts(it, 2.0, 0.05), "0.05 is motion before it is stuck"
    assert not lasts(it, 3.0, 0.01) and lasts(it, 3.5, 0.01)


def test_what_is_not_asked_to_move_is_not_stuck():
    it = made()
    lasts(it, 1.0, 0.0)
    assert not lasts(it, 2.0, 0.0, np.zeros(3)) and not lasts(it, 2.25, 0.0)
    it.over()
    assert not lasts(it, 2.75, 0.0) and lasts(it, 3.25, 0.0)


class Here(Moment):
    """It keeps for how long outputs are held."""

    held_s: float | None = None

    def lasting(self, period: float) -> Here:
        self.held_s = period
        return self


def only(*numbers: int) -> Any:
    """Lets pass the outputs of these numbers."""
    return lambda outputs, _view: np.isin(np.arange(len(outputs)), numbers)


class Capping(Stub):
    """Caps what moves the third component, at ``scale``."""

    def cap(self, command: np.ndarray, view: Any) -> Any:
        return super().cap(command, view) if command[2] else None


def test_it_is_trapped_when_it_has_lasted_and_no_creep_is_left():
    it, here, none = made(), Here(), Stub("none", only())
    limits: Any = [none]
    assert it.trapped(9.0, here, limits) == (), "it is not stuck"
    lasts(it, 1.0, 0.0)
    assert it.trapped(2.9375, here, limits) == ()
    assert it.trapped(3.0, here, limits) == ("none",)
    assert here.held_s == 1.0, "a way out can be kept up for a second"
    assert none.asked[0].tolist() == [[0.1, 0.0, 0.0], [-0.1, 0.2, 0.0], [0.0, 0.0, 0.3]]


@pytest.mark.parametrize(
    ("free", "scale", "binding"),
    [
        ((0, 1, 2), None, ()),
        ((0,), 0.0, ()),  # it is not what is capped
        ((2,), None, ()),
        ((2,), 0.02, ()),  # motion to speak of
        ((2,), 0.019, ("wall", "cap")),
        ((), 0.019, ("wall",)),
    ],
)
def test_what_binds_is_who_refuses_and_who_caps_what_is_left(free, scale, binding):
    limits: Any = [Stub("wall", only(*free)), Capping("cap", scale=scale)]
    assert made().binding(Here(), limits) == binding


def test_each_limit_that_binds_is_named_once():
    everything: Any = [Stub("wall", only(0, 2)), Stub("cap", scale=0.0)]
    assert made().binding(Here(), everything) == ("wall", "cap")
