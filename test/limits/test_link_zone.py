"""Keep-out volumes: when nothing is near, and what it is to be in one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.link_zone import LinkKeepingConfig
from test.limits.bodies import body_situation
from test.limits.situations import make

AT = body_situation(np.zeros(2))
BESIDE = {"sphere": {"centre": [0.9, 0.5, 0.0], "radius": 0.1}}
"""0.36 m beside the lower link."""


@pytest.mark.parametrize(
    ("misses", "swept", "idle"), [(True, 0.1, True), (True, 0.5, True), (False, 0.3, True), (False, 0.35, False)]
)  # fmt: skip
def test_it_is_idle_for_what_misses_it_or_leaves_its_margin_of_two_centimetres(misses, swept, idle):
    reach = SimpleNamespace(misses=lambda _: misses, swept_capsules=np.full(2, swept), swept=np.zeros(2))
    assert make("link_zone", volume=BESIDE).idle(AT, reach) == idle


def test_a_link_that_touches_it_is_in_it():
    thick = float(AT.model.capsule_radius[1])
    touching = {"box": {"size": [8.0, 2 * thick, 8.0], "pose": [0.0, 2 * thick, 0.0, 0.0, 0.0, 0.0]}}
    assert make("link_zone", volume=touching, links=["lower"]).present(AT) is True
    assert make("link_zone", volume=BESIDE).present(AT) is False


def test_what_a_profile_does_not_say_of_a_volume_is_no_margin_and_a_slow_retreat():
    fields = LinkKeepingConfig.model_fields
    assert (fields["margin"].default, fields["retreat_speed"].default) == (0.0, 0.1)
