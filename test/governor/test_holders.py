"""Who has the joints that channels share, and who may move: by what each publishes, is asked and is measured to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.claims import Claims
from iatro_governor.governor.holders import Holders
from iatro_governor.governor.outputs import Outputs


class Channel:
    """``told`` what became of its claim."""

    def __init__(self, name: str, first: int, last: int) -> None:
        self.name, self.place = name, slice(first, last)
        self.told: list[str] = []
        self.request: float | None = None
        self.measured_rest = True
        self.going: object = None
        self.chart: Any = self
        self.stream = SimpleNamespace(live=self._live)

    def _live(self, t: float) -> float | None:
        assert t == 5.0
        return self.request

    def asks(self, request: float) -> bool:
        return request != 0.0

    def take(self) -> None:
        self.told.append("take")

    def lose(self) -> None:
        self.told.append("lose")


class Group:
    """`a` and `b` share a joint, which `a`, of two components, has at first; `c` has one of its own."""

    def __init__(self) -> None:
        self.a, self.b, self.c = Channel("a", 0, 2), Channel("b", 2, 3), Channel("c", 3, 4)
        self.claims = Claims({"a": ("j",), "b": ("j",), "c": ("k",)})
        self.outputs = Outputs(4, 0.0, 9.0)
        members: Any = {"a": self.a, "b": self.b, "c": self.c}
        self.holders = Holders(members, self.claims, self.outputs)

    def publish(self, *output: float) -> None:
        self.outputs.publish(1.0, np.array(output), 0.01)

    def taken(self, channel: Any) -> str | None:
        return self.holders.taken(channel, 5.0)

    def take(self, channel: Any) -> None:
        self.holders.take(channel)

    def rests(self, channel: Any) -> bool:
        return self.holders.rests(channel)


def test_who_takes_joints_knows_it_and_rivals_lose_them():
    group = Group()
    group.take(group.b)
    assert (group.a.told, group.b.told, group.c.told) == (["lose"], ["take"], [])
    group.take(group.b)
    assert (group.a.told, group.b.told) == (["lose", "lose"], ["take"]), "it has them already"


def test_who_has_joints_again_because_another_took_some_of_a_third_s_begins_anew():
    """`both` moved the elbow, too: once `up` takes the shoulder from it, `fore` has the elbow, and it is elsewhere."""
    up, fore, both = Channel("up", 0, 1), Channel("fore", 1, 2), Channel("both", 2, 4)
    members: Any = {"up": up, "fore": fore, "both": both}
    claims = Claims({"up": ("shoulder",), "fore": ("elbow",), "both": ("shoulder", "elbow")})
    holders = Holders(members, claims, Outputs(4, 0.0, 9.0))
    for channel in (both, up):
        holders.take(members[channel.name])
    assert (both.told, up.told, fore.told) == (["take", "lose"], ["lose", "take"], ["lose", "take"])
    holders.take(members["fore"])
    assert fore.told == ["lose", "take"] and both.told == ["take", "lose", "lose"], "it has it already"


def test_what_was_asked_of_a_channel_before_it_lost_its_joints_keeps_nobody_from_moving_them():
    """A set-point that was reached asks for nothing, and for anything once the joints are another's."""
    group = Group()
    group.take(group.b)
    group.a.request = 0.5
    assert group.taken(group.b) is None
    group.take(group.a)
    assert group.taken(group.b) == "a"


def test_joints_that_rest_and_are_not_asked_to_move_are_nobodys():
    group = Group()
    assert group.taken(group.b) is None and group.taken(group.c) is None


@pytest.mark.parametrize(("request_", "taken"), [(0.5, "a"), (0.0, None), (None, None)])
def test_joints_are_taken_by_who_is_asked_to_move_them(request_, taken):
    group = Group()
    group.a.request = request_
    assert group.taken(group.b) == taken and group.taken(group.c) is None


def test_joints_are_taken_by_who_moves_them_or_goes_on():
    group = Group()
    group.publish(0.25, 0.0, 0.0, 0.0)
    assert group.taken(group.b) == "a" and group.taken(group.a) is None
    group = Group()
    group.publish(0.0, 0.0, 0.0, 0.25)
    assert group.taken(group.b) is None, "what another joint does is nothing to it"
    group.a.going = np.zeros(2)
    assert group.taken(group.b) == "a"


def test_joints_that_were_moved_and_have_not_come_to_rest_are_taken():
    group = Group()
    group.a.measured_rest = False
    assert group.taken(group.b) is None, "nobody has moved them by it"
    group.take(group.a)
    group.a.measured_rest = True
    assert group.taken(group.b) is None
    group.a.measured_rest = False
    assert group.taken(group.b) == "a" and group.taken(group.a) is None
    group.take(group.b)
    assert group.taken(group.b) is None, "who has them may go on"
    group.b.measured_rest = False
    assert group.taken(group.a) == "b"


def test_a_channel_rests_where_output_and_measurement_say_so_or_the_joints_are_anothers():
    group = Group()
    assert group.rests(group.a)
    group.a.measured_rest = group.b.measured_rest = False
    assert not group.rests(group.a) and group.rests(group.b)
    group.a.measured_rest = True
    group.publish(0.25, 0.0, 0.125, 0.0)
    assert not group.rests(group.a) and not group.rests(group.b) and group.rests(group.c)
