"""What a group decides where an operator holds it, or no way is clear: a light base, and a limit of a test's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State, Trap
from iatro_governor.governor.outputs import SAME_S
from iatro_governor.governor.recovery import Hold
from iatro_governor.governor.resolve import Resolution
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


class Held:
    """An operator who holds the cart at ``speed`` until ``ends`` says when that was ended."""

    def __init__(self, cart: Cart, speed: float) -> None:
        (member,) = cart.group.members
        motion = np.array([speed, 0.0, 0.0])
        self.hold: Hold | None = Hold(member, motion, np.inf, cart.group.limits, "an operator moves base")
        self.trap: Any = None
        self.ends: list[float] = []

    def held(self, t: float) -> Hold | None:
        return self.hold

    def end(self, t: float) -> None:
        self.ends.append(t)
        self.hold = None

    def withdraw(self) -> None:
        self.trap = None


def held(cart: Cart, speed: float) -> Held:
    cart.group.recovery = Held(cart, speed)  # type: ignore[assignment]
    return cart.group.recovery  # type: ignore[return-value]


def test_who_is_held_by_an_operator_moves_as_that_says_and_says_so(cart):
    held(cart, 0.05)
    moved = cart.tick()
    assert (moved.state, moved.action) == (State.TRAPPED, Action.RAMPED)
    assert moved.allowed[0] == pytest.approx(SOFT)
    assert [f.detail for f in moved.faults if f.name == "recovering"] == ["an operator moves base"]


def test_what_an_operator_may_not_ask_for_whole_is_scaled_and_nothing_is_held(cart):
    """0.8 m/s are allowed."""
    held(cart, 1.6)
    assert cart.go(3).action is Action.SCALED
    resting = Cart(cart.governor.profile)
    held(resting, 0.0)
    assert resting.tick().action is Action.HOLD


@pytest.mark.parametrize("name", ["inactive", "internal_error"])
def test_every_stop_ends_what_an_operator_holds(cart, name):
    operator = held(cart, 0.05)
    cart.go(5)
    cart.fault(name)
    began = cart.t
    assert cart.tick().action is Action.STOP and operator.ends[0] == began


def test_what_alarms_ends_what_an_operator_holds(feeling):
    cart, felt = feeling
    operator = held(cart, 0.05)
    cart.go(5)
    felt.why, began = "pushed", cart.t
    assert cart.tick().state is State.PROTECTIVE_STOP and operator.ends == [began]


def test_before_its_sources_have_spoken_no_operator_moves_it(profile):
    cart = Cart(profile)
    cart.governor = Governor(profile)
    (cart.group,) = cart.governor.groups
    operator = held(cart, 0.05)
    (decision,) = cart.governor.tick(0.0)
    assert decision.allowed == (0.0,) * 6 and operator.ends == [0.0]


def test_a_planner_is_refused_while_an_operator_holds_and_has_to_begin_anew_after(cart):
    cart.go(3, 0.0)
    operator = held(cart, 0.05)
    assert cart.tick(0.1).action is Action.REFUSED
    operator.hold = None
    assert cart.tick(0.1).action is Action.REFUSED and "awaiting_rearm" in cart.faults
    cart.go(80)
    assert cart.tick(0.1).action is Action.RAMPED


def test_a_stream_is_told_that_it_has_to_begin_anew_from_now_on_for_as_long_as_an_operator_holds(
    cart, monkeypatch
):
    (member,) = cart.group.members
    held(cart, 0.05)
    told: list[tuple[object, ...]] = []
    for name in ("drop", "stopped", "cleared"):
        monkeypatch.setattr(member.stream, name, lambda *given, name=name: told.append((name, *given)))
    began = cart.t
    cart.tick()
    assert {("drop",), ("stopped", "rearm"), ("cleared", began)} <= set(told)


def test_where_no_way_is_clear_that_was_before_it_brakes_hardest_and_names_what_is_in_the_way(
    feeling, monkeypatch
):
    cart, felt = feeling
    cart.go(40, 0.2)
    felt.room = -1.0
    (member,) = cart.group.members
    halts: list[bool] = []
    monkeypatch.setattr(member.chart, "halt", halts.append)
    stopped = cart.tick(0.2)
    assert halts == [True]
    assert (stopped.state, stopped.action) == (State.CONTROLLED_STOP, Action.UNREACHABLE)
    assert stopped.allowed[0] == pytest.approx(0.2 - HARD) and stopped.stop is not None
    told = [f.detail for f in stopped.faults if f.name == "limit_unreachable"]
    assert told == ["no way to rest that was verified before keeps felt"]
    felt.room = 9.0
    assert cart.tick().requested is None, "what was asked before is forgotten"


def test_where_no_step_is_clear_and_the_way_verified_before_is_it_brakes_along_that(feeling):
    cart, felt = feeling
    cart.go(40, 0.2)
    felt.room, felt.last_resort = -1.0, True
    eased = cart.tick(0.2)
    assert (eased.state, eased.action, eased.allowed[0]) == (
        State.LIMITED,
        Action.SCALED,
        pytest.approx(0.2 - SOFT),
    )
    assert cart.faults == set()


def test_who_stands_where_no_step_is_clear_stays_and_is_not_stopped(feeling):
    cart, felt = feeling
    cart.go(5, 0.0)
    felt.room = -1.0
    stays = cart.tick(0.2)
    assert (stays.state, stays.action, stays.allowed) == (State.LIMITED, Action.SCALED, (0.0,) * 6)
    assert cart.faults == set()


@pytest.mark.parametrize("action", [Action.SPLIT, Action.PROJECTED])
def test_all_of_a_part_or_of_a_nearer_command_is_called_what_it_is(cart, monkeypatch, action):
    target = np.array([0.0, 0.0, 0.1])
    monkeypatch.setattr(cart.group.admissible, "resolve", lambda *_: (Resolution(1.0, target), action))
    assert cart.tick(0.1).action is action


def test_who_is_trapped_says_by_what_and_keeps_its_offer(cart, monkeypatch):
    trap = Trap("amr-1-trap", "ab", ("north",))
    cart.group.recovery.offer(trap)
    monkeypatch.setattr(cart.group.admissible.standstill, "trapped", lambda *_: ("north",))
    told = cart.tick(0.1)
    assert told.state is State.TRAPPED and cart.group.bound_by == ("north",) and told.trap is trap
    cart.fault("inactive")
    cart.tick()
    assert cart.group.bound_by == (), "nobody looked"


def test_a_stop_ends_standing_still_for_a_command(cart, monkeypatch):
    ended = []
    monkeypatch.setattr(cart.group.admissible.standstill, "over", lambda: ended.append(cart.t))
    cart.go(3, 0.1)
    assert ended == []
    cart.fault("inactive")
    cart.tick()
    assert len(ended) == 1


def test_what_a_late_loop_missed_is_not_made_up_for(cart, monkeypatch):
    """A set-point goes on by a period, and the last digits of one, at most."""
    (member,) = cart.group.members
    publish, said = member.chart.publish, []

    def spied(output: Any, dt: float) -> Any:
        said.append(dt)
        return publish(output, dt)

    monkeypatch.setattr(member.chart, "publish", spied)
    cart.tick()
    cart.t += 0.15
    cart.tick()
    assert said == [pytest.approx(STEP_S, abs=1e-9), STEP_S + SAME_S]


def given_to(monkeypatch: pytest.MonkeyPatch, cart: Cart) -> list[float]:
    """The moments at which a way to rest was verified, from now on."""
    moments: list[float] = []
    monkeypatch.setattr(cart.group._verified, "now", lambda situation: moments.append(situation.t))
    return moments


@pytest.mark.parametrize("speed", [None, 0.05], ids=["by itself", "held"])
def test_a_step_that_is_clear_leaves_the_way_that_is_followed_where_none_is(feeling, monkeypatch, speed):
    cart, felt = feeling
    cart.go(3, 0.0)
    if speed is not None:
        held(cart, speed)
    moments, began = given_to(monkeypatch, cart), cart.t
    cart.tick()
    assert set(moments) == {began}
    felt.room = -1.0
    cart.tick()
    assert set(moments) == {began}, "where none is clear nothing is verified"


def test_who_is_held_is_judged_by_a_step_of_a_period_at_least_and_of_all_of_a_pause(feeling, monkeypatch):
    """Two decisions may come at one moment."""
    cart, _ = feeling
    cart.go(3, 0.0)
    held(cart, 0.05)
    step, said = cart.group.admissible.step, []

    def spied(targets: Any, dt: float) -> Any:
        said.append(dt)
        return step(targets, dt)

    monkeypatch.setattr(cart.group.admissible, "step", spied)
    seconds = []
    for late_s in (0.0, 0.0, 0.15):
        cart.t += late_s
        said.clear()
        cart.command(0.0)
        seconds.append((min(said), max(said)))
    assert seconds == [pytest.approx((last, last)) for last in (STEP_S, STEP_S, 0.15)]


def test_what_nothing_alone_is_in_the_way_of_is_put_down_to_all_together(feeling, monkeypatch):
    cart, felt = feeling
    cart.go(40, 0.2)
    felt.room, nowhere = -1.0, Resolution(None, np.zeros(3))
    monkeypatch.setattr(cart.group.admissible, "resolve", lambda *_: (nowhere, Action.SCALED))
    told = [f.detail for f in cart.tick(0.2).faults if f.name == "limit_unreachable"]
    assert told == ["no way to rest that was verified before keeps the limits together"]
