"""What a group tells its channels, and what they tell it: a light base whose chart and stream a test listens to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, LimitReport, State, Trap
from iatro_governor.governor.events import Command, Fault, Flags, Odom, Recover
from iatro_governor.limits.limit import Strain
from test.governor.cart import WELL, Cart, feeling_cart, unseeing


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return unseeing(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def cart(profile):
    return Cart(profile)


def listened(monkeypatch: pytest.MonkeyPatch, of: Any, name: str) -> list[tuple[Any, ...]]:
    """What ``of`` is told from now on by a call of ``name``."""
    told: list[tuple[Any, ...]] = []
    does = getattr(of, name)

    def spied(*given: Any) -> Any:
        told.append(given)
        return does(*given)

    monkeypatch.setattr(of, name, spied)
    return told


def test_a_chart_is_told_when_a_decision_begins_and_what_it_says_of_itself_stops_the_group(cart, monkeypatch):
    (member,) = cart.group.members
    looks, began = listened(monkeypatch, member.chart, "look"), cart.t
    monkeypatch.setattr(member.chart, "astray", "it wanders", raising=False)
    cart.go(2)
    assert looks[0] == (began,)
    assert [f.detail for f in cart.last.faults if f.name == "off_course"] == ["it wanders"]
    assert cart.last.state is State.CONTROLLED_STOP


def test_every_stop_has_the_stream_forget_and_the_chart_halt(cart, monkeypatch):
    (member,) = cart.group.members
    cart.go(20, 0.1)
    drops, halts = listened(monkeypatch, member.stream, "drop"), listened(monkeypatch, member.chart, "halt")
    cart.fault("inactive")
    cart.tick()
    assert len(drops) == 1 and halts == [(False,)]
    cart.fault("internal_error")
    cart.tick()
    assert halts == [(False,), (True,)]


def test_whoever_was_absent_or_failed_has_braked_and_lets_nothing_go_on(cart, monkeypatch):
    (member,) = cart.group.members
    cart.go(20, 0.1)
    drops, absent = (
        listened(monkeypatch, member.stream, "drop"),
        listened(monkeypatch, member.chart, "absent"),
    )
    cart.group.absent(cart.t, 0.05)
    assert len(drops) == len(absent) == 1
    cart.tick()
    before = cart.last.allowed[0]
    cart.group.failed(cart.t)
    assert len(drops) == len(absent) == 2
    assert cart.tick().allowed[0] == pytest.approx(before - 0.8 * 0.01), (
        "for the period since the last output"
    )


def test_what_is_owed_is_told_when_the_stop_is_over_and_not_before(cart):
    cart.go(20, 0.1)
    cart.fault("inactive")
    cart.go(5)
    assert cart.faults == {"inactive"}


def test_what_leads_to_no_finite_motion_is_garbled_and_moves_nothing(cart, monkeypatch):
    (member,) = cart.group.members
    monkeypatch.setattr(member.chart, "wanted", lambda *_: np.array([0.1, 0.0, np.nan]))
    assert cart.tick(0.1).allowed == (0.0,) * 6
    cart.tick()
    told = [f.detail for f in cart.last.faults if f.name == "command_malformed"]
    assert told == ["base: leads to no finite motion"]


def test_who_cannot_form_an_output_yet_is_asked_for_none(cart, monkeypatch):
    (member,) = cart.group.members
    asked = listened(monkeypatch, member.chart, "wanted")
    monkeypatch.setattr(type(member.chart), "ready", False)
    cart.governor.handle(Command(cart.t, "base", (0.1, 0.0, 0.0, 0.0, 0.0, 0.0), cart.t, "a plan"))
    assert asked == []


def test_what_is_wanted_is_for_a_period_at_least_and_for_all_of_a_pause(cart, monkeypatch):
    """Two decisions may come at one moment."""
    (member,) = cart.group.members
    asked = listened(monkeypatch, member.chart, "wanted")
    cart.command(0.1)
    cart.command(0.1)
    cart.t += 0.15
    cart.command(0.1)
    assert [seconds for _, seconds in asked] == pytest.approx([0.01, 0.01, 0.15])


def test_what_a_channels_own_numbers_cut_is_scaled_and_told(cart, monkeypatch):
    (member,) = cart.group.members
    cut = LimitReport("width", "width", "m", 0.2, 0.1, -0.1, "a test")
    cart.go(20, 0.1)
    assert (cart.last.state, cart.last.action) == (State.NOMINAL, Action.PASS)
    monkeypatch.setattr(member.chart, "clamps", lambda request: [cut])
    told = cart.tick(0.1)
    assert (told.state, told.action, told.limits) == (State.LIMITED, Action.SCALED, (cut,))
    assert cart.tick(0.2).action is Action.RAMPED, "which it is besides"


def test_a_command_from_before_the_sources_spoke_moves_nothing_after(profile):
    governor = Governor(profile)
    governor.handle(Command(0.0, "base", (0.1, 0, 0, 0, 0, 0.0), 0.0, "a plan"))
    governor.handle(Odom(0.005, "odom", np.eye(7)[6], np.zeros(6), 0.005))
    governor.handle(Flags(0.005, "flags", dict(WELL), 0.005))
    (decision,) = governor.tick(0.01)
    assert "closed" not in {fault.name for fault in decision.faults} and decision.allowed == (0.0,) * 6


def test_a_body_that_is_meant_to_leave_what_it_feels_and_feels_more_is_stopped_hardest(profile, monkeypatch):
    cart, felt = feeling_cart(profile, monkeypatch)
    felt.pushes = Strain(1.0, 0.25, True)
    cart.go(10, 0.1)
    assert "contact_collision" not in cart.faults
    felt.pushes = Strain(1.2, 0.25, True)
    assert cart.tick(0.1).state is not State.PROTECTIVE_STOP
    felt.pushes = Strain(1.3, 0.25, True)
    assert cart.tick(0.1).state is State.PROTECTIVE_STOP and "contact_collision" in cart.faults


class Asking:
    """Takes no hold; says what the group answers to whether it is unready."""

    trap: Any = None
    hold: Any = None
    withdrawn = 0

    def held(self, t: float) -> Any:
        return self.hold

    def end(self, t: float) -> None:
        """Nothing is held."""

    def withdraw(self) -> None:
        self.withdrawn += 1

    def take(self, event: Any, unready: Any, limits: Any, look: Any) -> str | None:
        why: str | None = unready()
        return why


@pytest.fixture
def asking(cart):
    cart.group.recovery = Asking()
    return cart


def asked(cart: Cart) -> str | None:
    event = Recover(cart.t, "base", (0.05, 0, 0, 0, 0, 0), "a trap", 1, cart.t, "")
    return cart.group.permit(event, cart.governor.process)


@pytest.mark.parametrize("name", ["inactive", "internal_error"])
def test_nobody_recovers_a_group_that_is_stopped(asking, name):
    assert asked(asking) is None
    asking.governor.handle(Fault(asking.t, name, True, "by the test"))
    asking.group.ladder.hold("off_course", asking.t, True)
    assert asked(asking) == f"a stop is in force: {name}, off_course"


def test_nobody_recovers_a_group_that_moves_unless_by_the_same_operator(asking):
    asking.go(20, 0.1)
    assert asked(asking) == "the robot is not at rest"
    asking.group.recovery.hold = "a hold"
    assert asked(asking) is None


@pytest.mark.parametrize(("binds", "answer"), [(("north",), None), ((), "there is a way out by now")])
def test_a_trap_with_a_way_out_by_now_is_withdrawn(asking, monkeypatch, binds, answer):
    asking.group.recovery.trap = Trap("a trap", "ab", ("north",))
    monkeypatch.setattr(asking.group.admissible.standstill, "binding", lambda *_: binds)
    why = asked(asking)
    assert why is None if answer is None else why is not None and why.startswith(answer)
    assert asking.group.recovery.withdrawn == (answer is not None)


def test_without_a_trap_nobody_looks_for_a_way_out(asking, monkeypatch):
    monkeypatch.setattr(asking.group.admissible.standstill, "binding", lambda *_: ())
    assert asked(asking) is None and asking.group.recovery.withdrawn == 0
