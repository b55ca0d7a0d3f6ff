"""Obstacles: what a margin has to hold, and how far a tolerance goes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from test.limits.situations import make, situation


def test_a_margin_holds_its_floor_and_its_noise():
    assert make("obstacle", margin=0.01 + 0.02, floor=0.01, noise=0.02).bound == 0.01 + 0.02
    with pytest.raises(ValidationError, match="floor"):
        make("obstacle", margin=0.029, floor=0.01, noise=0.02)


@pytest.mark.parametrize(
    ("ends", "tolerance", "clear"),
    [(0.068, 0.0, False), (0.068, 0.5, True), (0.055, 0.5, False), (0.068, 0.01, False), (0.075, 0.01, True)],
)
def test_a_way_keeps_the_margin_but_for_a_tolerance_up_to_the_noise(ends, tolerance, clear):
    """0.09 m before a return; 0.08 m are kept, and 0.02 m are noise. Driven for 0.01 s and braked by 1 m/s2."""
    speed = -0.01 + math.sqrt(0.01**2 + 2 * (0.09 - ends))
    at = situation(np.array([[0.22 + 0.09, 0.0]]))
    found = make("obstacle").clear(at.roll_out(np.array([[speed, 0.0, 0.0]])), at, tolerance)
    assert (found is None or bool(found[0])) == clear  # None: nothing is near enough to matter
