"""Who uses what moves an actuator: told by its name, counted after the grace, wherever it gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.governor.bypass import watched_of
from iatro_governor.governor.events import Endpoint, Publishers
from iatro_governor.governor.ladder import Ladder
from test.nodes.channels import channel

GRACE = 1.0
ACTUATOR = {
    "topics": ["cmd_vel_raw"],
    "actions": ["base/drive"],
    "services": ["/manager/switch_controller", "base/set_parameters"],
}
DEEDS = [
    ("out", "publishes on out"),
    ("cmd_vel_raw", "publishes on cmd_vel_raw"),
    ("base/drive", "is a client of action base/drive"),
    ("/manager/switch_controller", "is a client of service manager/switch_controller"),
    ("base/set_parameters", "is a client of service base/set_parameters"),
]


class Look:
    def __init__(self, allowed: tuple[str, ...] = ()) -> None:
        self.rows = watched_of(channel("twist", actuator=ACTUATOR, allowed_publishers=allowed), GRACE)
        self.ladder = Ladder()

    def see(self, t: float, *users: tuple[str, str]) -> list[str]:
        """``users``: (name of what is used, node). Returns what the faults in force say at ``t``."""
        for name, _ in DEEDS:
            ends = tuple(Endpoint(node, f"{node} {name}") for used, node in users if used == name)
            for row in self.rows:
                row.see(Publishers(t, name, ends))
        for row in self.rows:
            row.judge(t, self.ladder)
        self.ladder.tell()
        self.ladder.advance(t)
        return [fault.detail for fault in self.ladder.reports]


@pytest.mark.parametrize(("name", "told"), DEEDS)
def test_each_way_in_is_watched_and_the_fault_says_who_came_by_which(name: str, told: str) -> None:
    look = Look()
    assert look.see(0.0, (name, "/rogue")) == [] and look.see(0.9, (name, "/rogue")) == []
    assert look.see(1.0, (name, "/rogue")) == [f"/rogue {told}"]
    assert look.see(9.0, (name, "/rogue")) == [f"/rogue {told}"]
    assert look.see(9.1) == [f"/rogue {told}"], "for half a second more"
    assert look.see(9.6) == []


@pytest.mark.parametrize("name", [name for name, _ in DEEDS])
def test_who_is_allowed_may_come_every_way_and_nobody_else(name: str) -> None:
    look = Look(("/teleop",))
    look.see(0.0, (name, "/teleop"))
    assert look.see(5.0, (name, "/teleop")) == []
    look.see(6.0, (name, "/teleop2"))
    assert len(look.see(7.0, (name, "/teleop2"))) == 1


@given(st.sets(st.sampled_from([name for name, _ in DEEDS]), min_size=1))
def test_none_masks_another(names: set[str]) -> None:
    look = Look()
    users = [(name, f"/rogue{k}") for k, name in enumerate(sorted(names))]
    look.see(0.0, *users)
    told = look.see(2.0, *users)
    assert len(told) == len(users) and all(any(node in text for text in told) for _, node in users)


def test_who_leaves_one_and_uses_another_is_not_lost_for_the_grace_of_the_first() -> None:
    look = Look()
    look.see(0.0, ("out", "/rogue"))
    look.see(1.0, ("out", "/rogue"))
    assert look.see(1.2, ("base/drive", "/rogue")), "the first is in force until it clears"
    assert look.see(2.2, ("base/drive", "/rogue")) == ["/rogue is a client of action base/drive"]


@pytest.mark.parametrize("away_s", [0.0, 0.1, 0.9], ids="{} s between".format)
def test_those_who_relieve_one_another_count_together(away_s: float) -> None:
    look, there_s, t = Look(), 0.0, 0.0
    for number in range(8):
        for step in range(5):  # under another name each time, and another id, for 0.4 s
            there_s += 0.1 if step else 0.0
            told = look.see(round(t + 0.1 * step, 3), ("out", f"/rogue{number}"))
            expected = [f"/rogue{number} publishes on out"] if there_s >= GRACE - 1e-6 else []
            assert [text for text in told if f"/rogue{number} " in text] == expected, (number, step)
        t = round(t + 0.4, 3)
        if away_s:
            look.see(round(t + 0.01, 3))
            t = round(t + away_s, 3)
    assert there_s > 2 * GRACE


def test_ghosts_that_come_seldom_or_go_together_do_not_count() -> None:
    look = Look()
    for start in (0.0, 3.0, 6.0):
        for step in range(9):
            ghosts = [("out", f"/ghost{start}{k}") for k in range(3)]
            assert look.see(start + 0.1 * step, *ghosts) == []
        assert look.see(start + 0.9) == []


def test_who_is_allowed_fills_no_pause() -> None:
    look = Look(("/teleop",))
    for step in range(40):
        who = "/teleop" if step % 20 else "/ghost"
        assert look.see(0.1 * step, ("out", who)) == []


def rogues(*seen: tuple[float, str]) -> list[str]:
    """What is said after the output had just this foreign user at each time, "" for none."""
    look, told = Look(), [""]
    for t, node in seen:
        told = look.see(t, *([("out", node)] if node else []))
    return told


def test_the_governors_own_publisher_is_not_foreign() -> None:
    (watched, *_), ladder = watched_of(channel("twist"), GRACE), Ladder()
    for t in (0.0, 5.0):
        watched.see(Publishers(t, "out", (Endpoint("/governor", "1", own=True),)))
        watched.judge(t, ladder)
    assert ladder.reports == []


def test_who_is_relieved_was_there_until_then_however_seldom_anybody_looks() -> None:
    assert rogues((0.0, "/one"), (5.0, "/two")) == ["/two publishes on out"]


@pytest.mark.parametrize(("away_s", "counts"), [(1.0, True), (1.001, False)])
def test_a_pause_of_the_grace_is_bridged_and_a_longer_one_is_not(away_s: float, counts: bool) -> None:
    """0.5 s, and the time until nobody is seen, 0.125 s, of the 1 s; the pause is since somebody was there last."""
    back = 0.5 + away_s
    told = rogues((0.0, "/one"), (0.5, "/one"), (0.625, ""), (back, "/two"), (back + 0.375, "/two"))
    assert (told == ["/two publishes on out"]) is counts


def test_a_nanosecond_less_than_the_grace_is_the_grace() -> None:
    """Times are rounded."""
    assert rogues((0.0, "/one"), (GRACE - 1e-9, "/two")) == ["/two publishes on out"]
    assert rogues((0.0, "/one"), (GRACE - 3e-9, "/two")) == []
