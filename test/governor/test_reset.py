"""Latches and their resets: what latches, who may release it, and when."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Latch, State
from iatro_governor.governor.events import EStop, Fault, Reset
from iatro_governor.governor.resetting import Resets, token_of
from test.governor.profiles import amr
from test.governor.room import Room

KEY = bytes(range(32))
ESTOPS = {
    "estop": {"type": "estop", "topic": "estop", "timeout_s": 1.0, "required": True},
    "gate": {"type": "estop", "topic": "gate", "timeout_s": 0.5, "required": False},
}


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def two_estops(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"), sources=ESTOPS)


def governed(profile, **more):
    """A governor whose robot stands in an open room, and the robot."""
    return Room(profile, key=KEY, **more)


def token(latch, key=KEY):
    """As an operator computes it, without our own code."""
    return hmac.new(key, f"{latch.id}|{latch.nonce}".encode(), hashlib.sha256).hexdigest()


def refusals(made):
    """The newest refusal first."""
    told = (fault for decision in reversed(made.decisions) for fault in decision.faults)
    return [fault.detail for fault in told if fault.name == "reset_refused"]


def test_the_token_is_the_hmac_of_id_and_nonce():
    assert token_of(KEY, "amr-7-1", "ab" * 16) == token(Latch("amr-7-1", "ab" * 16, "estop"))
    assert token_of(b"another", "amr-7-1", "ab" * 16) != token(Latch("amr-7-1", "ab" * 16, "estop"))


def test_release_of_the_button_clears_nothing_and_the_right_token_then_does(profile):
    made = governed(profile)
    made.go(1.0, command=0.5)
    made.tell(EStop(made.t, True))
    made.go(1.0, command=0.5)
    latch = made.last.latch
    assert latch is not None and latch.cause == "estop" and made.last.state is State.PROTECTIVE_STOP
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1, command=0.5)
    assert made.last.latch == latch and "is pressed or was" in refusals(made)[0]
    made.tell(EStop(made.t, False))
    made.go(2.0, command=0.5)
    assert made.last.latch == latch and made.last.state is State.PROTECTIVE_STOP
    made.tell(Reset(made.t, token(latch)))
    made.go(0.4, command=0.5)
    assert made.last.latch is None and made.last.state is State.PROTECTIVE_STOP, "each fault has its clear_s"
    made.go(1.0, command=0.5)
    assert made.faults == {"awaiting_rearm"} and not any(made.last.allowed), "a reset moves nothing"
    made.go(0.6)
    made.go(1.0, command=0.5)
    assert made.last.allowed[0] == pytest.approx(0.5)


def test_a_token_works_once_and_for_its_own_latch(profile):
    made = governed(profile)
    used = made.latched_and_released(token)
    made.tell(EStop(made.t, True), EStop(made.t, False))
    made.go(0.1)
    again = made.last.latch
    assert again is not None and (again.id, again.nonce) != (used.id, used.nonce)
    made.tell(Reset(made.t, token(used)))
    made.go(0.1)
    assert made.last.latch == again and "does not fit" in refusals(made)[0]


def test_nothing_else_is_a_token(profile):
    made = governed(profile)
    made.tell(EStop(made.t, True), EStop(made.t, False))
    made.go(0.1)
    latch = made.last.latch
    wrong = [
        "",
        "0" * 64,
        token(latch).upper(),
        token(latch)[:-1],
        token(latch, b"other"),
        "\ud800",
        "é" * 64,
    ]
    for text in wrong:
        made.tell(Reset(made.t, text))
        made.go(61.0, step=0.5)
        assert made.last.latch == latch, text
    assert made.last.state is State.PROTECTIVE_STOP


def test_after_three_wrong_tokens_even_the_right_one_has_to_wait_and_is_told_how_long(profile):
    made = governed(profile)
    made.tell(EStop(made.t, True), EStop(made.t, False))
    made.go(0.1)
    latch = made.last.latch
    for _ in range(3):
        made.tell(Reset(made.t, "00" * 32))
        made.go(1.0)
        assert "does not fit" in refusals(made)[0]
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1)
    assert made.last.latch == latch and "looked at in 57.0 s" in refusals(made)[0]
    made.go(56.8, step=0.1)
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1)
    assert made.last.latch == latch
    made.go(0.2)
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1)
    assert made.last.latch is None


def test_a_clock_that_goes_back_grants_no_more_tries():
    judge, latch = Resets(KEY), Latch("a", "b", "estop")

    def why(t, text):
        return judge.refusal(t, text, latch, []) or ""

    for t in (100.0, 90.0, 50.0):
        assert "does not fit" in why(t, "x")
    assert "60.0 s" in why(40.0, token(latch))
    assert why(99.0, token(latch))
    assert not why(100.1, token(latch))


def test_without_a_key_no_token_does(profile):
    made = Room(profile)
    made.tell(EStop(made.t, True), EStop(made.t, False))
    made.go(0.1)
    for key in (b"", KEY):
        made.tell(Reset(made.t, token(made.last.latch, key)))
        made.go(0.1)
        assert made.last.latch is not None and "no operator key" in refusals(made)[0]


def test_of_several_causes_none_is_masked_and_all_must_be_over(profile):
    made = governed(profile)
    made.tell(Fault(made.t, "self_test", True, "limit speed does not bound"))
    made.go(0.2)
    latch = made.last.latch
    made.tell(EStop(made.t, True))
    made.go(0.2)
    both = made.last.latch
    assert (both.id, both.nonce, both.cause) == (latch.id, latch.nonce, "self_test")
    assert both.causes == ("self_test", "estop") and {"estop", "self_test"} <= made.faults
    for over, left in ((EStop(made.t, False), "self_test"), (Fault(made.t, "self_test", False, ""), None)):
        made.tell(over)
        made.tell(Reset(made.t, token(both)))
        made.go(0.1)
        assert (made.last.latch is None) == (left is None)
        assert left is None or (left in refusals(made)[0] and "estop" not in refusals(made)[0])


def test_after_a_restart_the_same_latch_stands_with_all_its_causes(profile):
    stood = Latch("amr-7-1", "ab" * 16, "estop", ("self_test",))
    made = governed(profile, latch=stood)
    made.go(1.0, command=0.2)
    assert made.last.latch == stood and made.last.state is State.PROTECTIVE_STOP
    told = {fault.name: fault.detail for fault in made.last.faults}
    assert "estop, self_test" in told["latched"]
    made.tell(EStop(made.t, False), Reset(made.t, token(stood)))
    made.go(1.2)
    made.go(0.6, command=0.2)
    assert made.last.latch is None and made.last.allowed[0] > 0


def test_after_a_restart_a_required_emergency_stop_has_to_be_heard_first(two_estops):
    stood = Latch("amr-7-1", "ab" * 16, "self_test")
    made = governed(two_estops, latch=stood)
    made.tell(Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch == stood and "estop has not been heard" in refusals(made)[0]
    made.tell(EStop(made.t, False, "estop"))
    made.tell(Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch is None


def test_after_a_restart_an_optional_button_that_latched_has_to_be_heard_released(tmp_path):
    stood = Latch("amr-7-1", "ab" * 16, "self_test", ("estop",), ("gate",))
    optional = {name: {**row, "required": False} for name, row in ESTOPS.items()}
    made = governed(amr(tmp_path, sources=optional), latch=stood)
    made.tell(EStop(made.t, False, "estop"), Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch == stood and "gate has not been heard" in refusals(made)[0]
    made.tell(EStop(made.t, True, "gate"), Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch == stood and "gate is pressed" in refusals(made)[0]
    made.tell(EStop(made.t, False, "gate"), Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch is None
    made.tell(Fault(made.t, "self_test", True, ""), Fault(made.t, "self_test", False, ""))
    made.go(0.1)
    again = made.decisions[-1].latch
    assert again is not None and again.pressed == (), "that one is over"


@pytest.mark.parametrize("pressed", [(), ("gone",), ("gate", "gone")])
def test_after_a_restart_every_button_has_to_be_heard_where_nobody_knows_which_one_latched(tmp_path, pressed):
    optional = {name: {**row, "required": False} for name, row in ESTOPS.items()}
    stood = Latch("amr-7-1", "ab" * 16, "estop", (), pressed)
    made = governed(amr(tmp_path, sources=optional), latch=stood)
    for name, other in (("estop", "gate"), ("gate", None)):
        made.tell(Reset(made.t, token(stood)))
        made.tell(EStop(made.t, False, name), Reset(made.t, token(stood)))
        made.go(0.1)
        assert (made.last.latch is None) == (other is None)
        assert other is None or f"{other} has not been heard" in refusals(made)[0]


def test_an_optional_button_that_did_not_latch_need_not_be_there(two_estops):
    stood = Latch("amr-7-1", "ab" * 16, "estop", (), ("estop",))
    made = governed(two_estops, latch=stood)
    made.tell(EStop(made.t, False, "estop"), Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch is None


def test_a_latch_names_the_buttons_that_made_it(tmp_path):
    silent = {"gate": {**ESTOPS["gate"], "stale_is_pressed": True}}
    made = governed(amr(tmp_path, sources={**ESTOPS, **silent}))
    made.tell(EStop(made.t, False, "gate"), EStop(made.t, True, "estop"))
    made.go(0.1)
    assert made.last.latch.pressed == ("estop",)
    made.go(1.0)
    assert made.last.latch.pressed == ("estop", "gate"), "it fell silent, as if pressed"


def test_each_emergency_stop_is_released_by_itself(two_estops):
    made = governed(two_estops)
    made.tell(EStop(made.t, False, "estop"), EStop(made.t, True, "gate"), EStop(made.t, True, "estop"))
    made.go(0.1)
    latch = made.last.latch
    made.tell(EStop(made.t, False, "estop"))
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1)
    assert made.last.latch == latch and "gate" in refusals(made)[0]
    made.tell(EStop(made.t, False, "gate"), EStop(made.t, False, "estop"))
    made.tell(Reset(made.t, token(latch)))
    made.go(0.1)
    assert made.last.latch is None


def test_a_release_that_names_no_button_releases_none_of_several(two_estops):
    stood = Latch("amr-7-1", "ab" * 16, "estop")
    made = governed(two_estops, latch=stood)
    made.tell(EStop(made.t, False), Reset(made.t, token(stood)))
    made.go(0.1)
    assert made.last.latch == stood and "has not been heard" in refusals(made)[0]


def test_a_press_that_names_no_button_is_one_of_each(two_estops):
    made = governed(two_estops)
    made.tell(EStop(made.t, False, "estop"), EStop(made.t, False, "gate"), EStop(made.t, True))
    made.go(0.1)
    assert made.last.latch is not None and made.last.latch.pressed == ("estop", "gate")


@pytest.mark.parametrize("means_pressed", [False, True])
def test_silence_of_an_emergency_stop_is_what_the_profile_says(tmp_path, means_pressed):
    silent = {**ESTOPS["gate"], "stale_is_pressed": means_pressed}
    made = governed(amr(tmp_path, sources={"estop": {"required": False}, "gate": silent}))
    made.go(2.0)
    assert made.last.latch is None, "it never spoke, and need not"
    made.tell(EStop(made.t, False, "gate"))
    made.go(0.45)
    assert made.last.latch is None
    made.go(0.2)
    assert (made.last.latch is not None) == means_pressed
    if means_pressed:
        latch = made.last.latch
        made.tell(Reset(made.t, token(latch)))
        made.go(0.1)
        assert made.last.latch == latch and "silent for over 0.5 s" in refusals(made)[0]
        made.tell(EStop(made.t, False, "gate"), Reset(made.t, token(latch)))
        made.go(0.05)
        assert made.last.latch is None


def test_protective_stops_that_come_again_and_again_latch(tmp_path):
    few = {"count": 3, "within_s": 30.0, "source": "a test"}
    made = governed(amr(tmp_path, repeated_stops=few))
    for count in (1, 2, 3):
        made.tell(Fault(made.t, "internal_error", True, "again"))
        made.go(0.1)
        assert (made.last.latch is not None) == (count == 3)
        made.tell(Fault(made.t, "internal_error", False, ""))
        made.go(1.0)
    assert made.last.latch.cause == "repeated_stops"
    made.tell(Reset(made.t, token(made.last.latch)))
    made.go(1.0)
    assert made.last.latch is None
    made.tell(Fault(made.t, "internal_error", True, "again"))
    made.go(0.1)
    assert made.last.latch is None, "an operator looked at those before"


def test_protective_stops_far_apart_do_not_latch(tmp_path):
    few = {"count": 2, "within_s": 10.0, "source": "a test"}
    made = governed(amr(tmp_path, repeated_stops=few))
    for _ in range(3):
        made.tell(Fault(made.t, "internal_error", True, "again"))
        made.go(0.1)
        made.tell(Fault(made.t, "internal_error", False, ""))
        made.go(10.5, step=0.1)
    assert made.last.latch is None


def test_the_key_is_in_nothing_that_is_shown(profile):
    made = governed(profile)
    made.tell(EStop(made.t, True))
    made.go(0.1)
    shown = repr(made.governor.__dict__) + repr(made.last) + repr(made.governor._resets)
    assert KEY.hex() not in shown and repr(KEY) not in shown and isinstance(made.governor, Governor)
