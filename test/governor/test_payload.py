"""How much the hand may carry, of all that a profile says about it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from iatro_governor.governor.payload import Payload
from iatro_governor.limits.payload import Held, PayloadConfig
from iatro_governor.limits.tip_over import TipOverConfig


def profile(*limits: Any, model: Any = None) -> Any:
    """A profile of no more than this."""
    return SimpleNamespace(data=SimpleNamespace(robot=SimpleNamespace(model=model)), limits=limits)


def carried(mass: float, held: Held | None = None) -> PayloadConfig:
    """A limit on what is carried, unchecked."""
    return PayloadConfig.model_construct(mass=mass, held=held)


GRIPPED = Held.model_construct(flags="gripper", flag="gripped")


def test_a_robot_of_which_nothing_is_said_carries_nothing():
    assert Payload.of(profile()) == Payload(0.0, ())


def test_the_most_of_the_model_and_of_every_limit_counts():
    upright, hand = TipOverConfig.model_construct(payload=2.0), SimpleNamespace(payload=3.0)
    assert Payload.of(profile(model=hand)).mass == 3.0
    assert Payload.of(profile(upright, model=hand)).mass == 3.0
    assert Payload.of(profile(upright)).mass == 2.0
    assert Payload.of(profile(upright, carried(4.0), carried(1.0), model=hand)).mass == 4.0


def test_the_hand_is_empty_where_each_limit_names_what_says_so():
    assert Payload.of(profile(carried(4.0, GRIPPED), carried(1.0, GRIPPED))).held == (GRIPPED, GRIPPED)
    assert Payload.of(profile(carried(4.0, GRIPPED), carried(1.0))).held == ()
