"""Emergency stop inputs by themselves: who presses what, what silence says, and who has to speak before a reset."""

from __future__ import annotations

import pytest

from iatro_governor.governor.decision import Latch
from iatro_governor.governor.emergency import EmergencyStops
from iatro_governor.governor.events import EStop
from iatro_governor.governor.ladder import Ladder
from iatro_governor.profile.sources import EstopSource


def source(timeout_s: float = 0.5, required: bool = False, stale_is_pressed: bool = False) -> EstopSource:
    told = {"required": required, "stale_is_pressed": stale_is_pressed}
    return EstopSource.model_validate({"type": "estop", "topic": "stop", "timeout_s": timeout_s} | told)


def latch(*causes: str, pressed: tuple[str, ...] = ()) -> Latch:
    return Latch("a robot-1-1", "ab", causes[0], causes[1:], pressed)


def stops(*names: str, before: Latch | None = None) -> EmergencyStops:
    return EmergencyStops({name: source() for name in names}, before)


def reports(ladder: Ladder) -> list[str]:
    return [fault.detail for fault in ladder.reports if fault.name == "estop"]


@pytest.mark.parametrize(
    ("before", "pressed"),
    [
        (None, set()),
        (latch("self_test"), set()),
        (latch("self_test", pressed=("gate",)), set()),
        (latch("estop", pressed=("gate",)), {"gate"}),
        (latch("self_test", "estop", pressed=("gate", "desk")), {"gate", "desk"}),
        (latch("estop"), {"gate", "desk", "wall"}),
        (latch("estop", pressed=("gate", "shed")), {"gate", "desk", "wall"}),
        (latch("estop", pressed=("shed",)), {"gate", "desk", "wall"}),
    ],
)
def test_a_latch_from_before_a_restart_says_which_were_pressed_or_it_may_have_been_any(before, pressed):
    assert stops("gate", "desk", "wall", before=before).pressed == pressed


def test_one_that_says_which_it_is_presses_and_releases_itself():
    made, ladder = stops("gate", "desk"), Ladder()
    assert made.take(EStop(1.0, True, "gate"), ladder) == ["gate"]
    assert made.pressed == {"gate"}
    assert reports(ladder) == ["the emergency stop gate is pressed or was, until a signed reset"]
    assert [fault.name for fault in ladder.unfinished] == ["estop"]
    assert made.take(EStop(1.1, False, "desk"), ladder) == ["desk"]
    assert [fault.name for fault in ladder.unfinished] == ["estop"], "another one's release"
    assert made.take(EStop(1.2, False, "gate"), ladder) == ["gate"]
    assert ladder.unfinished == [] and made.pressed == {"gate"}, "pressed it was, until a reset"
    made.release()
    assert made.pressed == set()


def test_of_several_one_that_does_not_say_which_it_is_presses_all_and_releases_none():
    made, ladder = stops("gate", "desk"), Ladder()
    assert made.take(EStop(1.0, True), ladder) == ["gate", "desk"]
    assert made.pressed == {"gate", "desk"}
    assert reports(ladder) == ["the emergency stop is pressed or was, until a signed reset"]
    assert made.take(EStop(1.1, False), ladder) == []
    made.take(EStop(1.2, True, "gate"), ladder)
    assert len(reports(ladder)) == 2, "each is told by itself"


def test_the_only_one_there_is_need_not_say_which_it_is():
    made, ladder = stops("gate"), Ladder()
    assert made.take(EStop(1.0, True), ladder) == ["gate"]
    assert reports(ladder) == ["the emergency stop gate is pressed or was, until a signed reset"]
    assert made.take(EStop(1.1, False), ladder) == ["gate"] and ladder.unfinished == []


@pytest.mark.parametrize("names", [(), ("gate",), ("gate", "desk")])
def test_one_that_nobody_declared_stops_the_robot_as_well(names):
    made, ladder = stops(*names), Ladder()
    assert made.take(EStop(1.0, True, "shed"), ladder) == []
    assert made.pressed == {"shed"} and len(ladder.unfinished) == 1


def test_where_none_is_declared_one_that_says_nothing_stops_the_robot():
    made, ladder = stops(), Ladder()
    assert made.take(EStop(1.0, True), ladder) == []
    assert made.pressed == set() and len(ladder.unfinished) == 1


@pytest.mark.parametrize(
    ("t", "silent"), [(0.5, False), (0.5 + 1e-9, False), (0.501, True), (1.4, True), (9.0, True)], ids=str
)
def test_silence_for_longer_than_its_time_out_is_as_good_as_pressing(t, silent):
    """Last heard at 0 s, and the time-out is 0.5 s."""
    made, ladder = EmergencyStops({"gate": source(0.5, stale_is_pressed=True)}), Ladder()
    made.take(EStop(0.0, False, "gate"), ladder)
    made.watch(t, ladder)
    assert made.pressed == ({"gate"} if silent else set())
    told = "the emergency stop gate was silent for over 0.5 s, as if pressed, until a signed reset"
    assert reports(ladder) == ([told] if silent else [])


def test_silence_of_one_that_does_not_say_so_or_was_never_heard_presses_nothing():
    silent = {"gate": source(), "desk": source(stale_is_pressed=True), "wall": source(stale_is_pressed=True)}
    made, ladder = EmergencyStops(silent), Ladder()
    made.take(EStop(0.0, False, "gate"), ladder)
    made.take(EStop(9.0, False, "wall"), ladder)
    made.watch(9.2, ladder)
    assert made.pressed == set() and reports(ladder) == []
    made.watch(9.6, ladder)
    assert made.pressed == {"wall"}, "each by its own silence"


def test_before_a_reset_the_required_and_those_that_latched_have_to_speak():
    sources = {"gate": source(required=True), "desk": source(), "wall": source()}
    made, ladder = EmergencyStops(sources, latch("estop", pressed=("desk",))), Ladder()
    assert made.unheard == ["gate", "desk"]
    made.take(EStop(0.0, False, "gate"), ladder)
    assert made.unheard == ["desk"]
    made.take(EStop(0.0, False, "desk"), ladder)
    assert made.unheard == []


def test_one_that_pressed_by_a_message_without_its_name_was_heard():
    made, ladder = EmergencyStops({"gate": source(required=True), "desk": source()}), Ladder()
    made.take(EStop(0.0, False), ladder)
    assert made.unheard == ["gate"]
    made.take(EStop(0.0, True), ladder)
    assert made.unheard == []
