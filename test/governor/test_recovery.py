"""What an operator's good message has a trapped base do, and when no more."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.decision import Trap
from iatro_governor.governor.events import Recover
from iatro_governor.governor.recovery import Recovery, config_of, motion_of
from test.governor.bases import Base, config

HOLD_S, SPEED = 0.25, 0.125
TRAP = Trap("robot-1", "a nonce", ("wall", "fence"))
HAND = {"speed": SPEED, "hold_s": HOLD_S, "eases": ["wall", "door"], "source": "a test"}


class Limit:
    """One that gives way where it is asked to."""

    def __init__(self, name: str, now: float) -> None:
        self.config = SimpleNamespace(name=name, kind="zone", margin=0.5)
        self._now = now
        self.eased_at: list[tuple[float, float]] = []

    def clearance(self, situation: Any) -> Any:
        assert situation == "here"
        return SimpleNamespace(required=0.5, now=self._now)

    def eased(self, kept: float, speed: float) -> Limit:
        self.eased_at.append((kept, speed))
        return Limit(f"eased {self.config.name}", self._now)


def member(name: str = "base", **changes: Any) -> Any:
    return SimpleNamespace(name=name, chart=Base(config(**({"recover": HAND} | changes))).chart)


class Operator:
    """Trapped, with an operator whose messages are all permitted but for what ``refused`` says."""

    def __init__(self) -> None:
        self.base, self.lift = member(), member("lift")
        self.recovery = Recovery([self.base, self.lift, member("cart", recover=None)], b"key")
        self.refused: str | None = None
        self.asked: list[float] = []
        permits: Any = SimpleNamespace(refusal=self._refusal)
        self.recovery.permits = permits
        self.recovery.offer(TRAP)
        self.limits = [Limit("wall", 0.375), Limit("fence", 0.25), Limit("door", 0.25)]
        self.unready: str | None = None

    def _refusal(self, event: Recover, trap: Trap | None, hold_s: float) -> str | None:
        assert trap is self.recovery.trap
        self.asked.append(hold_s)
        return self.refused

    def send(
        self, t: float, vx: float = 0.0625, wz: float = 0.0, channel: str = "base", count: int = 1
    ) -> str | None:
        event = Recover(t, channel, (vx, 0.0, 0.0, 0.0, 0.0, wz), TRAP.id, count, t, "")
        limits: Any = self.limits
        return self.recovery.take(event, lambda: self.unready, limits, lambda: "here")

    def moves(self, t: float) -> list[float] | None:
        held = self.recovery.held(t)
        return None if held is None else held.motion.tolist()


def test_a_message_moves_the_group_for_as_long_as_it_holds():
    it = Operator()
    assert it.moves(1.0) is None
    assert it.send(1.0, count=7) is None and it.asked == [HOLD_S]
    held = it.recovery.held(1.25)
    assert held is not None and held.member is it.base
    assert held.told == "an operator moves base, message 7 of trap robot-1"
    assert it.moves(1.25) == [0.0625, 0.0, 0.0]
    assert it.moves(1.2501) is None and it.moves(1.0) is None, "and does not come back"


@pytest.mark.parametrize(
    ("asked", "slow"),
    [((0.125, 0.0625), (0.125, 0.0625)), ((0.5, 0.25), (0.125, 0.0625)), ((0.25, -1.0), (0.03125, -0.125))],
)
def test_its_largest_component_is_no_faster_than_the_profile_says_and_its_direction_stays(asked, slow):
    it = Operator()
    it.send(1.0, *asked)
    assert it.moves(1.0) == [slow[0], 0.0, slow[1]]


def test_what_is_not_permitted_moves_nothing():
    it = Operator()
    it.refused = "the token does not fit"
    assert it.send(1.0) == "the token does not fit" and it.moves(1.0) is None


def test_a_channel_of_which_the_profile_says_nothing_is_not_moved():
    it = Operator()
    for name in ("cart", "nobody"):
        assert it.send(1.0, channel=name) == f"the profile lets nobody recover channel {name!r}"
    assert it.asked == [0.0, 0.0] and it.moves(1.0) is None


def test_a_group_that_is_not_ready_is_not_moved():
    it = Operator()
    it.unready = "a fault is in force"
    assert it.send(1.0) == "a fault is in force" and it.moves(1.0) is None


def test_what_is_no_motion_of_the_channel_is_refused():
    it = Operator()
    told = it.send(1.0, vx=float("nan")) or ""
    assert "finite" in told and it.moves(1.0) is None


def test_one_channel_at_a_time_is_moved():
    it = Operator()
    it.send(1.0)
    assert it.send(1.125, channel="lift") == "channel base is being recovered; let go of it first"
    assert it.send(1.125) is None
    assert it.moves(1.5) is None and it.send(1.5, channel="lift") is None


def test_after_a_stop_the_operator_has_to_let_go_first():
    """What held until 1.25 s was ended at 1.125 s: no message may come until 1.25 s, nor 0.25 s after one that did."""
    it = Operator()
    it.send(1.0)
    it.recovery.end(1.125)
    assert it.moves(1.125) is None
    told = "a stop has ended the motion; let go for 0.25 s first"
    assert it.send(1.25) == told, "it still holds what held"
    assert it.send(1.5) == told
    assert it.send(1.7501) is None


def test_a_stop_of_what_nobody_moves_bars_nobody():
    it = Operator()
    it.recovery.end(1.0)
    assert it.send(1.0) is None


def test_a_fault_in_force_counts_before_what_was_not_let_go_and_that_is_noted_too():
    it = Operator()
    it.send(1.0)
    it.recovery.end(1.125)
    it.unready = "a fault is in force"
    assert it.send(1.25) == "a fault is in force"
    it.unready = None
    assert it.send(1.5) == "a stop has ended the motion; let go for 0.25 s first"


def test_what_is_withdrawn_is_neither_offered_nor_moved():
    it = Operator()
    it.send(1.0)
    it.recovery.withdraw()
    assert it.recovery.trap is None and it.moves(1.0) is None
    assert it.send(1.125) == "the profile lets nobody recover channel 'base'", (
        "there is nothing to recover from"
    )


def names(it: Operator, t: float) -> list[str]:
    held = it.recovery.held(t)
    assert held is not None
    return [limit.config.name for limit in held.limits]


def test_limits_that_trap_and_may_give_way_do_so_once_for_each_trap():
    """The wall traps and may; the fence traps and may not; the door may and does not trap. It is 0.125 m too near."""
    it = Operator()
    it.send(1.0)
    assert names(it, 1.0) == ["eased wall", "fence", "door"]
    assert it.limits[0].eased_at == [(0.375, SPEED)]
    it.send(1.125)
    assert it.limits[0].eased_at == [(0.375, SPEED)], "or every new hold could go a little further"
    it.recovery.offer(Trap("robot-2", "n", ("door",)))
    it.send(1.25)
    assert names(it, 1.25) == ["wall", "fence", "eased door"]


def test_a_motion_of_joints_is_as_many_finite_speeds_as_there_are_joints():
    arm: Any = SimpleNamespace(name="arm", chart=SimpleNamespace(size=2, config=SimpleNamespace()))
    made = motion_of(arm, (0.25, -0.5), 1.0)
    assert isinstance(made, np.ndarray) and made.tolist() == [0.25, -0.5]
    for wrong in ((0.25,), (0.25, 0.5, 0.75), (0.25, float("inf"))):
        assert motion_of(arm, wrong, 1.0) == "2 finite speeds are needed, one a joint"
    assert config_of(arm) is None
