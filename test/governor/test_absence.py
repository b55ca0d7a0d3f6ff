"""What an output goes on from after a silence: where the watch has it, unless the body shows that it has not braked."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.absence import along
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Fault, Joints
from test.governor.arms import JOINTS, arm, channel, data
from test.governor.cart import Cart, unseeing

BLIND, SPEED = 0.8, 0.5
"""How hard who knows no flags brakes the base of config/amr.yaml, m/s2, and how fast it goes, m/s."""


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return unseeing(tmp_path_factory.mktemp("profile"))


def held_up(profile, braked_s, measured, tells=True):
    """The speed that stands after the governor was held up for longer than ``braked_s`` s, and the base is measured."""
    cart = Cart(profile)
    cart.go(100, SPEED)
    assert cart.last.allowed[0] == pytest.approx(SPEED)
    cart.t = round(cart.t + braked_s + 0.35, 6)
    cart.governor.absent(cart.t, braked_s)
    cart.fault("loop_overrun")
    cart.slips, cart.x = measured, cart.x + SPEED * 0.35 + (measured + SPEED) / 2 * braked_s
    return (cart.tick() if tells else cart.governor.tick(cart.t)[0]).allowed[0]


@pytest.mark.parametrize("braked_s", [0.5, 0.6, 10.0])
def test_a_base_that_nobody_has_braked_is_not_stopped_harder_than_by_any_stop(profile, braked_s):
    """The watch was held up as well: what the delay may hide is all that is taken off at once."""
    delay_s = profile.data.channels["base"].actuator_delay_s
    assert held_up(profile, braked_s, SPEED) == pytest.approx(SPEED - BLIND * delay_s)


@pytest.mark.parametrize("braked_s", [0.05, 0.2, 0.5, 10.0])
def test_a_base_that_the_watch_has_braked_goes_on_from_there(profile, braked_s):
    there = max(SPEED - BLIND * braked_s, 0.0)
    assert held_up(profile, braked_s, there) == pytest.approx(there)
    assert held_up(profile, braked_s, there + 0.01) <= there + 1e-9


@pytest.mark.parametrize("braked_s", [0.2, 0.5, 10.0])
def test_without_a_new_measurement_it_goes_on_from_where_the_watch_would_have_it(profile, braked_s):
    there = max(SPEED - BLIND * braked_s, 0.0)
    assert held_up(profile, braked_s, SPEED, tells=False) == pytest.approx(there)


def test_a_body_that_is_faster_than_it_was_told_goes_on_from_no_more_than_that(profile):
    assert held_up(profile, 10.0, 2 * SPEED) <= SPEED


@pytest.mark.parametrize("braked_s", [1.0, 10.0])
@pytest.mark.parametrize("measured", [-SPEED, -2 * SPEED])
def test_a_body_that_is_pushed_the_other_way_shows_nothing_of_what_stood(profile, braked_s, measured):
    assert held_up(profile, braked_s, measured) == 0.0


@pytest.mark.parametrize(
    ("standing", "measured", "left"),
    [
        ((1.0, 0.0), (0.6, 0.9), (0.6, 0.0)),
        ((1.0, -0.5), (-0.3, -0.2), (0.0, -0.2)),
        ((-1.0, 0.5), (-3.0, 0.4), (-1.0, 0.4)),
        ((0.0, 0.0), (1.0, -1.0), (0.0, 0.0)),
    ],
)
def test_only_what_is_measured_along_what_stood_is_left_of_it(standing, measured, left):
    assert along(np.array(standing), np.array(measured)).tolist() == list(left)


def test_what_was_braked_in_turns_adds_up_and_counts_once(profile):
    cart = Cart(profile)
    cart.go(100, SPEED)
    cart.fault("loop_overrun")
    for _ in range(2):
        cart.governor.absent(cart.t, 0.05)
    assert cart.tick().allowed[0] == pytest.approx(SPEED - BLIND * 0.1)
    assert cart.tick().allowed[0] == pytest.approx(SPEED - BLIND * 0.11)


def test_what_is_known_to_have_gone_out_counts_instead_of_an_absence_before_it(profile):
    cart = Cart(profile)
    cart.go(100, SPEED)
    cart.fault("loop_overrun")
    cart.governor.absent(cart.t, 0.3)
    cart.governor.replaced(cart.t, {"base": (0.4, 0.0, 0.0, 0.0, 0.0, 0.0)})
    assert cart.tick().allowed[0] == pytest.approx(0.4)


def test_the_time_from_an_absence_to_the_next_decision_is_braked_too(profile):
    cart = Cart(profile)
    cart.go(100, SPEED)
    cart.fault("loop_overrun")
    cart.governor.absent(cart.t, 0.05)
    cart.t = round(cart.t + 0.01, 6)
    assert cart.tick().allowed[0] == pytest.approx(SPEED - BLIND * 0.06)


@pytest.mark.parametrize(("kind", "goes_on"), [("joint_velocity", True), ("joint_position", False)])
def test_joints_go_on_by_their_speeds_and_a_set_point_that_nobody_leads_on_does_not(tmp_path, kind, goes_on):
    governor = Governor(arm(tmp_path, data({"it": channel(kind, "it")})))
    (group,) = governor.groups
    q, t = np.zeros(2), 0.0

    def told():
        governor.handle(Joints(t, "joints", tuple(JOINTS), q, group._outputs.standing, None, t))

    for _ in range(60):
        told()
        governor.handle(Command(t, "it", (0.8, 0.4), t))
        governor.tick(t)
        q, t = q + group._outputs.standing * 0.01, round(t + 0.01, 6)
    stood = group._outputs.standing.copy()
    assert stood.any()
    q, t = q + stood, t + 1.0
    governor.absent(t, 0.65)
    governor.handle(Fault(t, "loop_overrun", True, "by the test"))
    told()
    governor.tick(t)
    stands = group._outputs.standing
    assert (stands >= 0.7 * stood).all() if goes_on else not stands.any()
