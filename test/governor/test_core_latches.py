"""What the core makes of latches and resets by itself: two carts that nobody senses."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Latch, State
from iatro_governor.governor.events import EStop, Fault, Recover, Reset
from iatro_governor.governor.resetting import token_of
from test.governor.carts import faults, one_cart, told, two_carts

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return one_cart(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return two_carts(tmp_path_factory.mktemp("two"))


def test_what_latches_on_one_of_two_stops_both_and_of_one_is_told_once(one, two):
    both, alone = Governor(two), Governor(one)
    for governor in (both, alone):
        governor.channels["base"].ladder.hold("actuator_disobeys", 0.0, True, "it goes on")
        governor.tick(0.0)
    assert told(both)["latched"] == "actuator_disobeys of base, until a signed reset"
    assert {d.state for d in both.tick(0.01)} == {State.PROTECTIVE_STOP}
    assert "latched" not in told(alone) and alone.latch is not None


def test_a_latch_that_stood_before_the_restart_stands_after_it(one):
    latch = Latch("amr-7-1", "ab", "self_test", ("estop",), ("estop",))
    governor = Governor(one, latch=latch)
    assert faults(governor, 0.0)["latched"] == (
        "self_test, estop latched before the restart, until a signed reset"
    )
    assert governor.latch == latch and governor.tick(0.01)[0].state is State.PROTECTIVE_STOP
    assert "latched" not in faults(Governor(one), 0.0)


def reset(governor: Governor, t: float) -> dict[str, str]:
    """As the operator does; what the next decision says of it."""
    latch = governor.latch
    governor.handle(Reset(t, "00" if latch is None else token_of(KEY, latch.id, latch.nonce)))
    return {name: text for name, text in faults(governor, t).items() if name.startswith("reset_")}


def test_a_latch_from_before_a_restart_that_is_released_is_over_in_half_a_second(one):
    latch = Latch("amr-7-1", "ab", "self_test")
    governor = Governor(one, latch=latch, key=KEY)
    governor.tick(0.0)
    assert reset(governor, 0.2) == {"reset_accepted": "latch amr-7-1 was released"}
    assert "latched" in faults(governor, 0.49) and "latched" not in faults(governor, 0.51)


def test_a_reset_that_comes_before_any_decision_is_of_the_latch_that_there_would_be(one):
    governor = Governor(one, key=KEY)
    governor.handle(EStop(0.0, True, "estop"))
    governor.handle(EStop(0.0, False, "estop"))
    assert "does not fit" in reset(governor, 0.0)["reset_refused"]


def test_a_signed_reset_releases_all_that_latched_and_every_press(two):
    governor = Governor(two, key=KEY)
    governor.channels["cart"].ladder.hold("actuator_disobeys", 0.0, True, "it goes on")
    governor.handle(EStop(0.0, True, "estop"))
    governor.tick(0.0)
    latch = governor.latch
    assert latch is not None and latch.pressed == ("estop",)
    assert "stands while its cause does" in reset(governor, 0.1)["reset_refused"]
    governor.channels["cart"].ladder.hold("actuator_disobeys", 0.2, False)
    governor.handle(EStop(0.2, False, "estop"))
    assert reset(governor, 0.2) == {"reset_accepted": f"latch {latch.id} was released"}
    governor.tick(0.71)
    for channel in ("base", "cart"):
        left = faults(governor, 0.72, channel)
        assert not {"latched", "estop", "actuator_disobeys"} & left.keys()
    governor.handle(Fault(0.8, "internal_error", True, "by the test"))
    governor.handle(Fault(0.8, "self_test", True, "by the test"))
    governor.tick(0.8)
    again = governor.latch
    assert again is not None and again.causes == ("self_test",) and again.pressed == ()
    assert again.id != latch.id


def test_stops_from_before_a_reset_are_not_counted_after_it(two):
    """Four stops, both groups twice, then a reset, and a fifth."""
    governor, t = Governor(two, key=KEY), 0.0
    for name in ("internal_error", "self_test", "internal_error"):
        governor.handle(Fault(t, name, True, "by the test"))
        governor.tick(t)
        governor.handle(Fault(t, name, False, ""))
        if name == "self_test":
            assert "reset_accepted" in reset(governor, t + 0.1)
        for step in range(1, 12):
            governor.tick(t + 0.1 * step + 0.1)
        t += 2.0
    assert governor.latch is None


def recover(governor: Governor, channel: str) -> None:
    governor.handle(Recover(0.0, channel, (0.05, 0, 0, 0, 0, 0), "a trap", 1, 0.0, "00"))


def test_an_operator_moves_no_channel_that_is_none_nor_any_while_a_latch_stands_and_is_told_why(two):
    governor = Governor(two, latch=Latch("amr-7-1", "ab", "self_test"), key=KEY)
    with pytest.raises(EventError, match="no channel 'tram'; known: base, cart"):
        recover(governor, "tram")
    recover(governor, "cart")
    assert faults(governor, 0.0, "cart")["recover_refused"] == "latch amr-7-1 stands"
    assert "recover_refused" not in faults(governor, 0.0, "base")


def test_without_a_latch_the_group_says_whether_an_operator_may_move_it(two, monkeypatch):
    governor = Governor(two, key=KEY)
    answers = iter(["it is not trapped", None])
    monkeypatch.setattr(governor.channels["cart"], "permit", lambda event, process: next(answers))
    recover(governor, "cart")
    assert faults(governor, 0.0, "cart")["recover_refused"] == "it is not trapped"
    governor.tick(0.01)
    recover(governor, "cart")
    assert "recover_refused" not in faults(governor, 0.02, "cart")


def test_whatever_was_absent_or_failed_was_so_for_every_group(two, monkeypatch):
    governor, told = Governor(two), list[tuple[Any, ...]]()
    for group in governor.groups:
        monkeypatch.setattr(group, "absent", lambda *given: told.append(("absent", *given)))
        monkeypatch.setattr(group, "replaced", lambda *given: told.append(("replaced", *given)))
        monkeypatch.setattr(group, "failed", lambda *given: told.append(("failed", *given)))
    governor.absent(3.0, 0.25)
    assert told == [("absent", 3.0, 0.25)] * 2
    governor.replaced(3.25, sent := {"base": (0.5,) * 6})
    assert told[2:] == [("replaced", 3.25, sent)] * 2
    monkeypatch.setattr(governor.groups[1], "decide", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        governor.tick(3.5)
    assert told[4:] == [("failed", 3.5)] * 2
