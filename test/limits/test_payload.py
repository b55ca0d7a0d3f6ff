"""Payload: numbers by hand, and what must not be taken for an empty hand."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.limits.sensed import Sensed
from test.limits.bodies import body_situation
from test.limits.situations import make

HELD = {"flags": "cell", "flag": "payload_held"}


def cap(rates, flags=None, **changes):
    at = body_situation(np.zeros(2), None, Sensed(flags=flags or {}))
    return make("payload", **changes).cap(np.array(rates, dtype=float), at)


@pytest.mark.parametrize(("mass", "allowed"), [(0.0, 1.0), (1.0, 0.75), (2.0, 0.5)])
def test_the_share_by_hand(mass, allowed):
    """Half the speed with 2 kg, the rest on a straight line."""
    found = cap([1.5, 0.2], mass=mass)
    assert found.allowed == pytest.approx(allowed) and found.scale == pytest.approx(allowed / 1.5)
    assert make("payload", mass=mass).each == pytest.approx((allowed, allowed))


@pytest.mark.parametrize(
    ("flags", "empty"),
    [
        ({"cell": {"payload_held": False}}, True),
        ({"cell": {"payload_held": True}}, False),
        ({"cell": {}}, False),
        ({}, False),
        ({"other": {"payload_held": False}}, False),
    ],
)
def test_only_a_trusted_no_makes_the_hand_empty(flags, empty):
    assert (cap([0.9, 0.0], flags, held=HELD).scale == 1.0) == empty


def test_without_a_flag_the_load_is_always_there():
    assert cap([0.9, 0.0], {"cell": {"payload_held": False}}).scale == pytest.approx(0.75 / 0.9)


def test_more_than_the_hand_may_carry_is_refused():
    with pytest.raises(ValidationError, match="at most rated"):
        make("payload", mass=2.1)
