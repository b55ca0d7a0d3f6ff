"""What a group decides, cycle by cycle, of one light base that sees nothing, and of a limit that a test has feel."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State, Trap
from iatro_governor.governor.events import Command, Odom
from test.governor.cart import HARD, SOFT, STEP_S, Cart, feeling_cart, unseeing


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return unseeing(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def cart(profile):
    return Cart(profile)


@pytest.fixture
def feeling(profile, monkeypatch):
    return feeling_cart(profile, monkeypatch)


def test_it_is_at_rest_where_nothing_is_published_and_nothing_measured(cart):
    assert cart.group.at_rest
    cart.go(20, 0.4)
    cart.moves = 0.0
    cart.governor.handle(Odom(cart.t, "odom", np.array([cart.x, 0, 0, 0, 0, 0, 1.0]), np.zeros(6), cart.t))
    assert not cart.group.at_rest, "it is told to move"
    cart.go(100, 0.0)
    assert cart.group.at_rest
    cart.slips = 0.3
    cart.tick()
    assert not cart.group.at_rest, "it moves though nobody told it to"


def test_a_command_ramps_up_and_then_passes(cart):
    """0.8 m/s2: a step of 8 mm/s, so that 0.1 m/s are there in the 13th."""
    first = cart.tick(0.1)
    assert (first.state, first.action, first.allowed[0]) == (
        State.LIMITED,
        Action.RAMPED,
        pytest.approx(SOFT),
    )
    assert [limit.name for limit in first.limits] == ["travel_acceleration"]
    last = cart.go(12, 0.1)
    assert (last.state, last.action, last.allowed[0]) == (State.NOMINAL, Action.PASS, 0.1)
    assert last.limits == () and last.requested is not None


def test_a_command_beyond_a_limit_is_scaled_and_says_so(cart):
    """0.8 m/s are allowed."""
    last = cart.go(130, 1.6)
    assert (last.state, last.action, last.allowed[0]) == (State.LIMITED, Action.SCALED, pytest.approx(0.8))
    assert [limit.name for limit in last.limits] == ["travel_speed"]


def test_silence_while_it_moves_is_a_fault_and_at_rest_it_is_none(cart):
    cart.go(20, 0.1)
    cart.go(24)
    assert "command_stale" not in cart.faults
    cart.go(3)
    assert "command_stale" in cart.faults and cart.last.state is State.CONTROLLED_STOP
    rested = Cart(cart.governor.profile)
    rested.go(5, 0.0)
    for _ in range(60):
        rested.tick()
        assert "command_stale" not in rested.faults


@pytest.mark.parametrize(
    ("name", "owed"), [("loop_overrun", "awaiting_command"), ("inactive", "awaiting_rearm")]
)
def test_after_a_stop_a_stream_owes_what_the_fault_asks_for(cart, name, owed):
    cart.go(20, 0.1)
    cart.fault(name)
    cart.go(20, 0.1)
    cart.fault(name, False)
    cart.go(60, None)
    assert cart.faults == {owed} and cart.last.allowed[0] == 0.0
    assert cart.last.state is State.CONTROLLED_STOP and cart.last.stop is not None


def test_a_channels_own_fault_is_owed_as_strictly(cart):
    cart.go(20, 0.1)
    cart.group.ladder.hold("off_course", cart.t, True, "by the test")
    cart.go(20, 0.1)
    cart.group.ladder.hold("off_course", cart.t, False)
    cart.go(60, None)
    assert cart.faults == {"awaiting_rearm"}


@pytest.mark.parametrize(("after_s", "action"), [(0.48, Action.REFUSED), (0.51, Action.RAMPED)])
@pytest.mark.parametrize("own", [True, False], ids=["the channel's fault", "the process's"])
def test_only_a_command_stamped_after_the_fault_cleared_moves_it_again(cart, own, after_s, action):
    """Half a second after it was in force last."""
    ladder, name = (cart.group.ladder, "off_course") if own else (cart.governor.process, "loop_overrun")
    ladder.hold(name, cart.t, True, "by the test")
    cart.go(80)
    over = cart.t - STEP_S
    ladder.hold(name, cart.t, False)
    cart.go(51)
    assert cart.tick(0.1, stamp=over + after_s).action is action


@pytest.mark.parametrize("name", ["inactive", "internal_error"])
def test_a_command_in_a_stop_is_refused_and_obeyed_by_nobody_after_it(cart, name):
    cart.go(20, 0.1)
    cart.fault(name)
    stopped = cart.tick(0.1)
    assert stopped.action is Action.REFUSED and stopped.requested is not None
    assert cart.go(30).action is Action.STOP and cart.last.requested is None


@pytest.mark.parametrize(
    ("name", "own", "state", "less"),
    [
        ("inactive", False, State.CONTROLLED_STOP, SOFT),
        ("internal_error", False, State.PROTECTIVE_STOP, HARD),
        ("off_course", True, State.CONTROLLED_STOP, SOFT),
        ("foreign_publisher", True, State.PROTECTIVE_STOP, HARD),
        ("limit_unreachable", True, State.CONTROLLED_STOP, HARD),
    ],
)
def test_a_stop_brakes_as_the_strongest_fault_asks_of_whichever_ladder(cart, name, own, state, less):
    cart.go(40, 0.2)
    ladder = cart.group.ladder if own else cart.governor.process
    ladder.hold(name, cart.t, True, "by the test")
    stopped = cart.tick()
    assert (stopped.state, stopped.action, stopped.allowed[0]) == (
        state,
        Action.STOP,
        pytest.approx(0.2 - less),
    )


def test_what_alarms_stops_hardest_in_the_same_decision(feeling):
    cart, felt = feeling
    cart.go(40, 0.2)
    felt.why = "pushed"
    stopped = cart.tick(0.2)
    assert (stopped.state, stopped.allowed[0]) == (State.PROTECTIVE_STOP, pytest.approx(0.2 - HARD))
    assert [f.detail for f in stopped.faults if f.name == "contact_collision"] == ["felt: pushed"]


def test_what_alarms_in_a_stop_that_still_moves_has_it_stop_harder(feeling):
    cart, felt = feeling
    cart.go(40, 0.2)
    cart.fault("inactive")
    assert cart.tick().allowed[0] == pytest.approx(0.2 - SOFT)
    felt.why = "pushed"
    stopped = cart.tick()
    assert (stopped.state, stopped.allowed[0]) == (State.PROTECTIVE_STOP, pytest.approx(0.2 - SOFT - HARD))
    asked = felt.asked
    cart.tick()
    assert felt.asked == asked, "harder it cannot stop"


def test_what_has_come_to_rest_in_a_stop_alarms_nobody(feeling):
    cart, felt = feeling
    cart.fault("inactive")
    cart.go(3)
    felt.why = "leant on"
    assert cart.go(3).state is State.CONTROLLED_STOP and "contact_collision" not in cart.faults


def test_before_its_sources_have_spoken_each_command_is_refused_and_a_tick_is_not(profile):
    governor = Governor(profile)
    (refused,) = governor.handle(Command(0.0, "base", (0.1, 0, 0, 0, 0, 0.0), 0.0, "a plan"))
    assert refused.action is Action.REFUSED and refused.plan_id == "a plan"
    (zeros,) = governor.handle(Command(0.005, "base", (0.0,) * 6, 0.005, "a plan"))
    assert zeros.action is Action.REFUSED and zeros.requested == (0.0,) * 6
    (ticked,) = governor.tick(0.01)
    assert ticked.action is Action.HOLD and ticked.requested is None


def test_a_trap_is_good_until_it_moves_by_itself_again(cart):
    trap = Trap("amr-1-trap", "ab", ("north",))
    cart.group.recovery.offer(trap)
    cart.go(3, 0.0)
    assert cart.group.recovery.trap is trap
    cart.tick(0.1)
    assert cart.group.recovery.trap is None


def test_a_robot_that_was_absent_goes_on_from_where_it_was_braked_to_and_obeys_nothing_from_before(cart):
    """0.05 s by the 0.8 m/s2 of who knows no flags, and then as silence has it: to rest."""
    cart.go(40, 0.2)
    cart.group.absent(cart.t, 0.05)
    after = cart.tick()
    assert after.requested is None and after.allowed[0] == pytest.approx(0.2 - 0.8 * 0.05)
    assert cart.tick().allowed[0] == pytest.approx(0.2 - 0.8 * 0.05 - SOFT)
