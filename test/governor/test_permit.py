"""Which of an operator's messages are good: signed for this trap, new, and not older than they hold."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest

from iatro_governor.governor.decision import Trap
from iatro_governor.governor.events import Recover
from iatro_governor.governor.permit import Permits, recover_token

KEY = bytes(range(32))
TRAP = Trap("robot-1", "a nonce", ())
HOLD_S = 0.25


def message(t: float = 0.0, count: int = 1, trap: Trap = TRAP, **changes: Any) -> Recover:
    """Signed as its fields say; ``changes`` are made before."""
    made = replace(Recover(t, "base", (0.25, -0.5), trap.id, count, t, ""), **changes)
    signed = recover_token(KEY, (trap.id, trap.nonce), made.count, made.stamp, made.channel, made.values)
    return replace(made, token=signed)


def refusal(permits: Permits, event: Recover, trap: Trap | None = TRAP) -> str:
    return permits.refusal(event, trap, HOLD_S) or ""


def test_a_token_signs_the_trap_the_count_the_stamp_the_channel_and_the_motion():
    text = b"recover|robot-1|a nonce|3|10.5|base|0.25,-0.5,2.0"
    signed = recover_token(KEY, ("robot-1", "a nonce"), 3, 10.5, "base", (0.25, -0.5, 2))
    assert signed == hmac.new(KEY, text, hashlib.sha256).hexdigest()


def test_nothing_is_permitted_without_a_trap_or_a_key():
    assert refusal(Permits(KEY), message(), None) == "nothing is trapped"
    assert refusal(Permits(None), message()) == "no operator key is configured, so trap robot-1 stands"


def test_what_is_signed_for_something_else_is_refused():
    for event in (
        replace(message(), count=2),
        replace(message(), values=(0.25, -0.25)),
        replace(message(), channel="arm"),
        replace(message(), stamp=0.125),
        replace(message(), trap_id="robot-2"),
        message(trap=Trap("robot-1", "another", ())),
    ):
        assert refusal(Permits(KEY), event) == "the token does not fit trap robot-1"
    assert refusal(Permits(KEY), message()) == ""


def test_each_message_is_good_once_and_in_order_and_another_trap_begins_anew():
    permits, other = Permits(KEY), Trap("robot-2", "n", ())
    assert refusal(permits, message(count=5)) == ""
    told = "message 5 of trap robot-1 comes after 5; each is good once"
    assert refusal(permits, message(count=5)) == told
    assert "comes after 5" in refusal(permits, message(count=4))
    assert refusal(permits, message(count=6)) == ""
    assert refusal(permits, message(count=1, trap=other), other) == ""
    assert "comes after 1" in refusal(permits, message(count=1, trap=other), other)


@pytest.mark.parametrize(
    ("ago", "fine"), [(0.0, True), (HOLD_S, True), (0.2501, False), (-0.05, True), (-0.0501, False)]
)
def test_a_message_holds_from_when_it_was_signed(ago, fine):
    assert (refusal(Permits(KEY), message(stamp=-ago)) == "") is fine


def test_the_operators_clock_may_be_ahead():
    assert refusal(Permits(KEY), message(1.0, stamp=3.0, offset=2.0)) == ""
    assert refusal(Permits(KEY), message(1.0, stamp=1.0, offset=2.0)) != "", "by its own clock it is 2 s old"


def test_a_message_that_is_too_old_is_used_all_the_same():
    permits = Permits(KEY)
    assert (
        refusal(permits, message(1.0, count=3, stamp=0.5)) == "stamped 0.500 s ago; 0 to 0.25 s are allowed"
    )
    assert "comes after 3" in refusal(permits, message(1.0, count=3))


def test_nobody_guesses_more_than_three_times_and_who_has_the_key_begins_anew():
    permits, wrong = Permits(KEY), replace(message(), token="00")
    for _ in range(2):
        assert "does not fit" in refusal(permits, wrong)
    assert refusal(permits, message(count=1)) == ""
    for _ in range(3):
        assert "does not fit" in refusal(permits, wrong)
    assert "3 wrong tokens" in refusal(permits, message(count=2))
    assert refusal(permits, message(61.0, count=2)) == ""


def test_a_message_sent_again_is_no_guess():
    permits = Permits(KEY)
    refusal(permits, message(count=9))
    for _ in range(5):
        assert "comes after 9" in refusal(permits, message(count=9))
    assert refusal(permits, message(count=10)) == ""
