"""A trapped robot and the operator who brings it out: what is not theirs moves nothing, and what is moves it slowly."""

from __future__ import annotations

import hashlib
import hmac
import math
import pickle
from itertools import count
from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, EStop, Malformed, Publishers, Recover
from iatro_governor.governor.permit import Permits, recover_token
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr

KEY = bytes(range(32))
CREEP = 0.05
MARGIN = 0.08
SIMULATED = 0.004
"""What a lidar of half a degree does not see of a round post at 2 m, m."""
ASIDE = 0.05
"""How near the walls of the box that the robot stands in come, m."""


def boxed(tmp_path, way_out: bool = False, **changes) -> Drive:
    """A robot with walls all around it at less than its margin, one of them open where ``way_out``, and trapped."""
    angle = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    direction = np.column_stack([np.cos(angle), np.sin(angle)])
    reach = 1.0 / np.maximum(np.abs(direction[:, 0]) / 0.45, np.abs(direction[:, 1]) / 0.30)
    ring = np.column_stack([direction * reach[:, None], np.full(90, 0.01)])
    if way_out:
        ring = ring[ring[:, 0] > -0.44]
    drive = Drive(Governor(amr(tmp_path, BOX, **changes), key=KEY), Hall(ring))
    drive.run(3.0, (0.3, 0.0, 0.4))
    return drive


@pytest.fixture(scope="module")
def stuck(tmp_path_factory):
    """It, once for all tests."""
    drive = boxed(tmp_path_factory.mktemp("boxed"))
    assert drive.last.state is State.TRAPPED
    return pickle.dumps(drive)


@pytest.fixture
def drive(stuck):
    """One of its own for each test."""
    return pickle.loads(stuck)


class Operator:
    """Signs as the documentation says, without our own code."""

    def __init__(self, drive: Drive) -> None:
        self.drive, self.counts = drive, count(1)
        assert drive.last.trap is not None
        self.trap = drive.last.trap
        self.refused: list[str] = []
        """Why each message was refused, empty: it was taken."""

    def message(self, values, t: float, key: bytes = KEY, **changed) -> Recover:
        said: dict[str, Any] = {
            "trap_id": self.trap.id,
            "nonce": self.trap.nonce,
            "count": next(self.counts),
            "stamp": t,
        }
        said |= changed
        numbers = ",".join(repr(float(value)) for value in values)
        parts = (
            "recover",
            said["trap_id"],
            said["nonce"],
            said["count"],
            repr(said["stamp"]),
            "base",
            numbers,
        )
        token = hmac.new(key, "|".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()
        return Recover(t, "base", tuple(values), said["trap_id"], said["count"], said["stamp"], token)

    def hold(
        self, seconds: float, vx: float, wz: float = 0.0, every: int = 10, command=None, **changed
    ) -> None:
        """Hold for ``seconds``: a message every ``every`` ticks."""
        for _ in range(round(seconds / self.drive.governor.period / every)):
            t = self.drive.k * self.drive.governor.period
            event = self.message((vx, 0.0, 0.0, 0.0, 0.0, wz), t, **changed)
            self.refused.append(self.drive.governor.recover(event) or "")
            self.drive.run(every * self.drive.governor.period, command)


def fastest(drive: Drive, since: int = 0) -> float:
    return max(float(np.abs(decision.allowed).max()) for decision in drive.decisions[since:])


def faults(drive: Drive) -> set[str]:
    return {fault.name for fault in drive.last.faults}


def test_the_token_is_the_hmac_that_the_documentation_says(tmp_path):
    signed = hmac.new(KEY, b"recover|amr-7-trap|abcd|3|12.5|base|0.05,0.0,-0.1", hashlib.sha256).hexdigest()
    assert recover_token(KEY, ("amr-7-trap", "abcd"), 3, 12.5, "base", (0.05, 0, -0.1)) == signed


def test_trapped_it_offers_an_id_a_nonce_and_every_limit_that_binds(drive):
    trap = drive.last.trap
    assert trap is not None and len(trap.nonce) == 32 and "obstacles" in trap.limits
    assert drive.last.to_json()["trap"] == {"id": trap.id, "nonce": trap.nonce, "limits": list(trap.limits)}
    drive.run(1.0, None)
    assert drive.last.trap == trap, "it stays, whether or not anybody asks it to move"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": b"another key of 32 bytes, say, 01"}, "does not fit"),
        ({"trap_id": "amr-1-trap"}, "does not fit"),
        ({"nonce": "ab" * 16}, "does not fit"),
        ({"stamp": 0.5}, "stamped"),
        ({"stamp": 1e6}, "stamped"),
        ({"stamp": math.nan}, "stamped"),
    ],
)
def test_what_is_not_signed_fresh_for_this_trap_moves_nothing(drive, wrong, why):
    drive.run(0.5, None)
    before = len(drive.decisions)
    operator = Operator(drive)
    operator.hold(0.2, -0.05, **wrong)
    assert all(why in told for told in operator.refused)
    assert fastest(drive, before) == 0.0
    assert "recover_refused" in {f.name for d in drive.decisions[before:] for f in d.faults}


def test_three_wrong_tokens_a_minute_are_looked_at_and_then_not_even_the_right_one(drive):
    operator = Operator(drive)
    operator.hold(0.3, -0.05, key=b"guess")
    operator.hold(0.2, -0.05)
    assert ["3 wrong tokens" in told for told in operator.refused] == [False] * 3 + [True] * 2
    permits, trap = Permits(KEY), operator.trap
    for t, key, refused in (
        (0, b"guess", True),
        (1, b"guess", True),
        (2, b"guess", True),
        (59, KEY, True),
        (61, KEY, False),
    ):
        event = operator.message((-0.05, 0, 0, 0, 0, 0), float(t), key)
        assert (permits.refusal(event, trap, 0.3) is not None) == refused


def test_a_message_that_was_taken_is_good_for_nothing_again(drive):
    operator = Operator(drive)
    t = drive.k * drive.governor.period
    first, second = (operator.message((-0.05, 0, 0, 0, 0, 0), t) for _ in range(2))
    assert drive.governor.recover(second) is None
    assert "each is good once" in drive.governor.recover(second)
    assert "each is good once" in drive.governor.recover(first)


def test_sending_one_again_buys_no_more_guesses(drive):
    """Whoever hears the operator's messages can send them, and holds no key."""
    operator = Operator(drive)
    permits, twist = Permits(KEY), (-0.05, 0, 0, 0, 0, 0)
    heard = operator.message(twist, 0.0)
    assert permits.refusal(heard, operator.trap, 0.3) is None
    told = []
    for _ in range(3):
        told.append(permits.refusal(operator.message(twist, 1.0, b"guess"), operator.trap, 0.3))
        permits.refusal(heard, operator.trap, 0.3)
    told.append(permits.refusal(operator.message(twist, 1.0, b"guess"), operator.trap, 0.3))
    assert ["3 wrong tokens" in (one or "") for one in told] == [False] * 3 + [True]


def test_other_values_than_the_signed_ones_move_nothing(drive):
    event = Operator(drive).message((-0.05, 0, 0, 0, 0, 0), drive.k * drive.governor.period)
    changed = Recover(
        event.t, "base", (0.05, 0, 0, 0, 0, 0), event.trap_id, event.count, event.stamp, event.token
    )
    assert "does not fit" in drive.governor.recover(changed)


def test_without_a_key_nobody_recovers_anything(drive):
    operator = Operator(drive)
    event = operator.message((-0.05, 0, 0, 0, 0, 0), 3.0)
    assert "no operator key" in (Permits(None).refusal(event, operator.trap, 0.3) or "")


def test_where_nothing_is_trapped_a_signed_message_moves_nothing(tmp_path):
    drive = Drive(Governor(amr(tmp_path, BOX), key=KEY), Hall(np.zeros((0, 3))))
    drive.run(1.0, None)
    event = Recover(1.0, "base", (0.05, 0, 0, 0, 0, 0), "amr-1-trap", 1, 1.0, "00")
    assert drive.governor.recover(event) == "nothing is trapped"


def test_held_it_moves_at_creep_speed_however_fast_it_is_asked_and_never_beyond_what_was_broken(drive):
    before, worst = len(drive.decisions), drive.gaps[-1]
    operator = Operator(drive)
    operator.hold(1.0, -3.0)
    assert operator.refused == [""] * 10
    assert 0.0 < fastest(drive, before) <= CREEP
    assert abs(drive.hall.pose[0]) > 0.003
    operator.hold(1.5, -3.0)
    held = [d for d in drive.decisions[before:] if "recovering" in {f.name for f in d.faults}]
    assert held and {d.state for d in held} == {State.TRAPPED} and all(d.requested is None for d in held)
    assert min(drive.gaps) >= min(worst, ASIDE) - 0.02 - SIMULATED, (
        "the noise of the obstacle limit, and no more"
    )
    assert min(drive.gaps) > 0.01, "what counts as touching is kept always"


def test_once_there_is_a_way_out_there_is_nothing_to_recover_from(drive):
    operator = Operator(drive)
    drive.run(0.3, None)
    drive.hall.posts = np.zeros((0, 3))
    drive.run(0.1, None)
    operator.hold(0.1, -0.05)
    assert "way out" in operator.refused[0] and drive.last.trap is None
    drive.run(0.6, (-0.3, 0.0, 0.0))
    assert drive.hall.pose[0] < -0.02


def test_silence_ends_it_and_the_planner_begins_anew(drive):
    operator = Operator(drive)
    operator.hold(0.5, -0.05, command=(-0.05, 0.0, 0.0))
    drive.run(0.31 - 0.1, (-0.05, 0.0, 0.0))
    silent = len(drive.decisions)
    drive.run(0.3, (-0.05, 0.0, 0.0))
    assert fastest(drive, silent + 20) == 0.0
    assert "awaiting_rearm" in faults(drive)
    operator.hold(0.2, -0.05)
    assert operator.refused[-1] == "", "who has only let go may hold again"


def test_a_planner_cannot_move_what_an_operator_holds(drive):
    operator = Operator(drive)
    operator.hold(1.0, 0.0, command=(-0.05, 0.0, 0.0))
    assert drive.hall.twist.any() == np.False_ and not any(drive.last.allowed)
    assert {d.action.value for d in drive.decisions[-60:] if d.on_command} == {"refused"}


STOPS = {
    "estop": lambda drive, t: drive.governor.handle(EStop(t, True)),
    "garbled command": lambda drive, t: drive.governor.handle(Command(t, "base", (math.nan,) * 6, t)),
    "garbled sensor": lambda drive, t: drive.governor.handle(Malformed(t, "scan", "lidar", "no scan")),
    "no line": lambda drive, t: drive.governor.handle(Malformed(t, "line", None, "no JSON")),
    "bypass": lambda drive, t: [
        drive.governor.handle(Publishers(t - 0.6, "cmd_vel", foreign())),
        drive.governor.handle(Publishers(t, "cmd_vel", foreign())),
    ],
}


def foreign():
    from iatro_governor.governor.events import Endpoint

    return (Endpoint("/rogue", "ab" * 16),)


@pytest.mark.parametrize("name", STOPS)
def test_every_stop_ends_it_and_letting_go_is_needed_before_it_begins_again(drive, name):
    operator = Operator(drive)
    operator.hold(0.5, -0.05)
    STOPS[name](drive, drive.k * drive.governor.period)
    drive.run(0.01, None)
    stopped = len(drive.decisions)
    assert drive.last.state in (State.CONTROLLED_STOP, State.PROTECTIVE_STOP)
    operator.hold(1.2, -0.05)
    assert all(operator.refused[5:]), "it is held all the time, and was not let go of"
    assert fastest(drive, stopped + 10) == 0.0


def test_a_latch_stands_before_every_recovery(drive):
    operator = Operator(drive)
    t = drive.k * drive.governor.period
    drive.governor.handle(EStop(t, True))
    drive.run(0.1, None)
    drive.governor.handle(EStop(drive.k * drive.governor.period, False))
    drive.run(0.7, None)
    assert drive.last.latch is not None
    operator.hold(0.3, -0.05)
    assert all("latch" in told for told in operator.refused)


def test_limits_that_the_profile_does_not_name_stay_whole(tmp_path):
    """A speed below the creep bounds the operator, too."""
    row = {"name": "crawl", "kind": "speed", "channel": "base", "axis": "planar", "bound": 0.01}
    slow = boxed(tmp_path, limits=[{**row, "source": "a test"}])
    before = len(slow.decisions)
    Operator(slow).hold(0.5, -0.05)
    assert 0.0 < fastest(slow, before) <= 0.01 + 1e-9


@pytest.mark.parametrize("name", ["travel_speed", "nothing", "time_to_collision"])
def test_only_limits_that_may_give_way_can_be_named(tmp_path, name):
    changes: dict[str, Any] = {"base": {"recover": {"eases": [name]}}}
    with pytest.raises(ProfileError, match="recover"):
        amr(tmp_path, BOX, channels=changes)


def test_it_is_an_event_line_too(tmp_path):
    from iatro_governor.governor.lines import event_of, parse

    line = '{"t": 3.0, "type": "recover", "channel": "base", "values": [0.05, 0, 0, 0, 0, 0], "id": "amr-1-trap",'
    event = event_of(parse(line + ' "count": 2, "stamp": 2.9, "token": "ab"}'))
    assert event == Recover(3.0, "base", (0.05, 0, 0, 0, 0, 0), "amr-1-trap", 2, 2.9, "ab")
