"""A governor that notes what it is told, and one that is told the same again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Latch, Trap
from iatro_governor.governor.events import EStop, Fault, Recover, Reset
from iatro_governor.governor.group import Group
from iatro_governor.governor.resetting import token_of
from iatro_governor.governor.told import (
    NOBODY,
    NotingGovernor,
    ToldPermits,
    ToldResets,
    beginning,
    call,
    restored,
)
from test.governor.profiles import amr

KEY = bytes(range(32))
LATCH = Latch("amr-7-1", "ab" * 16, "estop")
TRAP = Trap("amr-7-trap", "cd" * 16, ("obstacle",))
MESSAGE = Recover(2.0, "base", (0.05, 0.0, 0.0, 0.0, 0.0, 0.0), "amr-7-trap", 3, 2.0, "00")


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("told"))


def noting(profile, key=KEY):
    """A governor, and what it notes."""
    notes: list[tuple] = []
    core = NotingGovernor(profile, lambda latch_id, seq: f"nonce of {latch_id} at {seq}", key=key)
    core.note = notes.append
    return core, notes


def test_what_it_is_told_is_noted_before_and_what_chance_and_the_key_made_of_it_after(profile):
    """A stop is pressed and released, the latch is reset by guessing and then by its token."""
    core, notes = noting(profile)
    assert core.next_seq == 0 and core.tick(1.0)[0].seq == 0
    pressed, guess = EStop(1.01, True), Reset(1.03, "00")
    assert core.handle(pressed) == [] and notes == [("tick", 1.0), ("handle", pressed)]
    core.tick(1.02)
    assert core.latch is not None
    made = core.latch.nonce
    assert notes[2:] == [("tick", 1.02), ("nonce", core.latch.id, made)] and "at 1" in made
    core.handle(released := EStop(1.025, False))
    core.handle(guess)
    right = Reset(1.04, token_of(KEY, core.latch.id, made))
    wrong = f"the token does not fit latch {core.latch.id}"
    core.handle(right)
    assert notes[4:] == [
        ("handle", released),
        ("handle", guess),
        ("refusal", wrong),
        ("handle", right),
        ("refusal", None),
    ]
    assert core.latch is None


def test_a_number_is_noted_where_it_changes_the_next_one(profile):
    core, notes = noting(profile)
    for seq in (7, 7, 3):
        core.skip_to(seq)
    assert notes == [("skip_to", 7)] and core.next_seq == 7


def test_an_operators_message_is_noted_once_whichever_way_it_comes_and_so_is_what_came_of_it(profile):
    core, notes = noting(profile)
    nothing = "nothing is trapped"
    noted = [("handle", MESSAGE), ("permit", nothing)]
    core.handle(MESSAGE)
    assert notes == noted
    assert core.recover(MESSAGE) == nothing and notes == noted * 2
    why = core.groups[0].recovery.permits.refusal(MESSAGE, TRAP, 0.5)
    assert why == "the token does not fit trap amr-7-trap" and notes[4:] == [("permit", why)]


def test_an_absence_is_noted_and_taken(profile):
    core, notes = noting(profile)
    taken: list[tuple] = []
    core.groups = [SimpleNamespace(absent=lambda *given: taken.append(given))]
    core.absent(3.5, 0.25)
    assert notes == [("absent", 3.5, 0.25)] and taken == [(3.5, 0.25)]


def test_what_went_out_instead_is_noted_as_it_was_then_and_taken(profile):
    core, notes = noting(profile)
    taken: list[tuple] = []
    core.groups = [SimpleNamespace(replaced=lambda *given: taken.append(given))]
    sent: dict[str, tuple[float, ...]] = {"base": (0.5,) * 6}
    core.replaced(3.5, sent)
    assert taken == [(3.5, sent)]
    sent["base"] = ()
    assert notes == [("replaced", 3.5, {"base": (0.5,) * 6})]


def test_what_went_out_undecided_or_did_not_is_noted_and_told_to_its_channel(profile):
    core, notes = noting(profile)
    taken: list[object] = []
    chart = SimpleNamespace(unsent=lambda: taken.append("unsent"), passed=taken.append)
    core.channels = {"way": SimpleNamespace(member={"way": SimpleNamespace(chart=chart)}.__getitem__)}
    core.unsent("way")
    core.passed(3.5, "way")
    assert notes == [("unsent", "way"), ("passed", 3.5, "way")] and taken == ["unsent", 3.5]


def test_the_state_is_all_but_the_key_and_whom_to_tell_and_names_stand_for_chance_and_the_operator(profile):
    core, _ = noting(profile)
    packed: list[tuple] = []

    def pack(own, named):
        packed.append((own, named))
        return b"packed"

    assert core.state(pack) == b"packed"
    ((own, named),) = packed
    assert set(vars(core)) - set(own) == {"note", "_drawn", "_key"}
    assert all(value is vars(core)[name] for name, value in own.items())
    permits = core.groups[0].recovery.permits
    assert set(named) == {"nonce", "resets", "permits 0"} and named["permits 0"] is permits


def test_a_state_with_the_key_in_it_goes_nowhere(profile):
    """Without a key there is none that could be in it."""
    (core, _), (keyless, _) = noting(profile), noting(profile, key=None)
    with pytest.raises(EventError, match="the operator's key would be in the journal"):
        core.state(lambda own, named: b"before" + KEY + b"after")
    assert core.state(lambda own, named: KEY[:-1]) == KEY[:-1]
    assert keyless.state(lambda own, named: KEY) == KEY


def reset(resets, latch=LATCH):
    return resets.refusal(2.0, "any token", latch, ())


def permitted(permits, trap=TRAP):
    return permits.refusal(MESSAGE, trap, 0.5)


@pytest.mark.parametrize(
    ("made", "ask", "nothing"),
    [(ToldResets, reset, "nothing is latched"), (ToldPermits, permitted, "nothing is trapped")],
)
def test_an_operator_is_refused_again_what_was_refused_and_nothing_else_until_no_more_was_told(
    made, ask, nothing
):
    told = made(["wrong token", None, None, "too late"])
    assert ask(told) == "wrong token" and ask(told) is None
    assert ask(told, None) == nothing and ask(told, None) == "too late"
    assert ask(told) == NOBODY == ask(told, None)


def test_under_another_policy_who_reset_then_does_again(profile):
    calls = [("tick", 1.0), ("refusal", "wrong token"), ("nonce", "a", "b"), ("refusal", None)]
    governor = beginning(profile, 40, calls, followed=True)
    governor.handle(EStop(1.0, True))
    assert governor.tick(1.0)[0].seq == 40
    governor.handle(EStop(1.01, False))
    governor.handle(Reset(1.02, "any token"))
    assert governor.latch is not None
    governor.handle(Reset(1.03, "any token"))
    assert governor.latch is None


@pytest.mark.parametrize("followed", [True, False])
def test_obedience_is_judged_only_of_a_robot_that_follows_this_policy(profile, monkeypatch, followed):
    ended = []
    monkeypatch.setattr(Group, "unfollowed", lambda group: ended.append(group))
    governor = beginning(profile, 0, [], followed=followed)
    assert ended == ([] if followed else list(governor.groups))


def test_a_state_is_restored_with_chance_and_the_operator_as_they_were_told():
    calls = [
        ("tick", 1.0),
        ("nonce", "amr-7-1", "drawn then"),
        ("permit", "too old"),
        ("refusal", "wrong token"),
        ("nonce", "amr-9-1", "drawn later"),
        ("absent", 2.0, 0.5),
    ]

    def unpack(state, told):
        assert state == b"packed"
        return {"period": 0.125, "told": told}

    governor = restored(b"packed", calls, unpack)
    assert type(governor) is Governor and governor.period == 0.125
    told = vars(governor)["told"]
    assert [told["nonce"](name, 5) for name in ("amr-9-1", "amr-7-1", "another")] == [
        "drawn later",
        "drawn then",
        "",
    ]
    assert reset(told["resets"]) == "wrong token" and reset(told["resets"]) == NOBODY
    assert told["permits 0"] is told["permits 3"]
    assert permitted(told["permits 0"]) == "too old" and permitted(told["permits 3"]) == NOBODY


def test_another_is_told_every_call_as_it_was_made_and_nothing_of_how_things_came_out():
    made: list[tuple] = []

    def keep(name, answer):
        def taken(*given):
            made.append((name, *given))
            return answer

        return taken

    silent = dict.fromkeys(("absent", "replaced", "passed", "unsent", "skip_to"))
    names = {"handle": ["of handle"], "tick": ["of tick"], **silent}
    governor = SimpleNamespace(**{name: keep(name, answer) for name, answer in names.items()})
    event = Fault(1.0, "loop_overrun", True, "held up")
    sent = {"base": (0.5,) * 6}
    calls = [
        ("handle", event),
        ("tick", 1.5),
        ("absent", 2.0, 0.5),
        ("replaced", 2.5, sent),
        ("passed", 2.5, "way"),
        ("unsent", "way"),
        ("skip_to", 7),
    ]
    told = [("nonce", "a", "b"), ("refusal", None), ("permit", "too old")]
    answers = [call(governor, each) for each in calls + told]  # type: ignore[arg-type]
    assert made == calls and answers == [["of handle"], ["of tick"], *[[]] * 8]
