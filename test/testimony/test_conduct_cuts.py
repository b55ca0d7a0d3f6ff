"""When a limit has intervened: what it takes from a request, for how long, and which limits are remembered."""

from __future__ import annotations

import math
from typing import Any

import pytest

from iatro_governor.testimony.conduct import Conduct
from test.testimony.conducts import PARAMS, lasting, limit, sample, taken
from test.testimony.events import twist

HALF = limit(requested=1.0, allowed=0.5)
CUT: dict[str, Any] = {"speed": 1.0, "allowed": twist(0.5), "limits": [HALF], "action": "scaled"}
WALL = limit("obstacle", unit="m")
FAULT = [{"name": "sensor_stale"}]


def cut_by(**body: Any) -> bool:
    """Whether anything was taken from one and the same decision, a quarter of a second long."""
    return lasting(0.0, 0.25, **body).intervened(PARAMS)


@pytest.mark.parametrize(
    ("requested", "allowed", "cut"),
    [
        (2.0, 1.5, False),
        (2.0, 1.46875, True),
        (1.0, 0.75, False),
        (1.0, 0.71875, True),
        (0.5, 0.25, False),
        (0.5, 0.21875, True),
        (-1.0, 0.5, True),
    ],
)
def test_a_cap_cuts_what_it_takes_more_of_than_a_share_and_than_noise(
    requested: float, allowed: float, cut: bool
) -> None:
    """A quarter is the share, and a quarter of a metre a second the noise."""
    cap = limit(requested=requested, allowed=allowed)
    assert cut_by(speed=requested, allowed=twist(allowed), limits=[cap], action="pass") is cut
    turn = limit(unit="rad/s", requested=2 * requested, allowed=2 * allowed)
    assert cut_by(turn=2 * requested, limits=[turn], action="pass") is cut


def test_a_cap_that_took_more_than_there_was_left_nothing_to_cut() -> None:
    assert not cut_by(speed=0.5, limits=[limit(requested=0.5, allowed=2.0)])


@pytest.mark.parametrize(
    "told",
    [
        WALL,
        WALL | {"requested": 0.0, "allowed": 0.125},
        limit(allowed=0.5),
        limit(requested=1.0, allowed=0.0),
        limit(requested=1.0),
    ],
)
@pytest.mark.parametrize(
    ("requested", "allowed", "cut"),
    [
        (twist(2.0), twist(1.5), False),
        (twist(0.0, 4.0), twist(0.0, 3.0), False),
        (twist(1.0), twist(0.75), False),
        (twist(1.0), twist(0.71875), True),
        (twist(0.5), twist(0.25), False),
        (twist(0.5), twist(0.21875), True),
        (twist(0.0, 2.0), twist(0.0, 1.5), False),
        (twist(0.0, 2.0), twist(0.0, 1.4375), True),
        (twist(0.0, 1.0), twist(0.0, 0.5), False),
        (twist(0.0, 1.0), twist(0.0, 0.4375), True),
        (twist(1.0, 1.0), twist(0.5, 1.0), True),
        (twist(1.0, 1.0), twist(1.0, 0.25), True),
    ],
)
def test_what_tells_no_cap_cuts_by_what_is_left_of_the_command(
    told: dict[str, Any], requested: list[float], allowed: list[float], cut: bool
) -> None:
    assert cut_by(requested=requested, allowed=allowed, limits=[told], action="scaled") is cut


@pytest.mark.parametrize("action", ["pass", "ramped"])
def test_what_is_followed_to_the_end_is_not_cut_by_what_tells_no_cap(action: str) -> None:
    assert not cut_by(speed=1.0, allowed=twist(0.0), limits=[WALL], action=action)
    assert cut_by(speed=1.0, allowed=twist(0.0), limits=[HALF], action=action)


@pytest.mark.parametrize("kind", ["acceleration", "joint_deceleration", "jerk", "push_rate", "gripper_speed"])
def test_what_shapes_the_way_to_a_request_cuts_nothing(kind: str) -> None:
    assert not cut_by(**CUT | {"limits": [HALF | {"kind": kind}]})
    assert not cut_by(speed=1.0, allowed=twist(0.0), limits=[WALL | {"kind": kind}], action="scaled")


def test_of_a_command_that_is_not_there_or_of_another_shape_nothing_is_taken() -> None:
    assert not cut_by(requested=None, allowed=twist(0.0), limits=[WALL], action="scaled")
    assert not cut_by(requested=[1.0], allowed=[], limits=[WALL], action="scaled")


@pytest.mark.parametrize(
    ("action", "cut"),
    [
        ("scaled", True),
        ("split", True),
        ("projected", True),
        ("unreachable", True),
        ("refused", True),
        ("hold", False),
    ],
)
def test_of_places_the_governor_says_whether_it_cut(action: str, cut: bool) -> None:
    there: dict[str, Any] = {
        "channel_type": "joint_position",
        "requested": [1.0],
        "allowed": [1.0],
        "rest": [0.0],
    }
    assert cut_by(**there, limits=[WALL], action=action) is cut


def test_a_push_that_is_taken_away_is_a_cut() -> None:
    def pushed(left: float) -> bool:
        efforts: dict[str, Any] = {"channel_type": "joint_effort", "requested": [4.0], "allowed": [left]}
        return cut_by(**efforts, limits=[WALL], action="scaled")

    assert (pushed(3.0), pushed(2.5)) == (False, True)


def test_a_cut_lasts_from_its_first_decision_to_its_last_without_a_break() -> None:
    whole = lasting(0.25, 0.375, 0.5, **CUT)
    assert (whole.cut_since, whole.longest_cut) == (0.25, 0.25)
    broken = taken(sample(0.0, **CUT), sample(0.25, **CUT), sample(0.375, 1.0), sample(0.5, **CUT))
    assert (broken.cut_since, broken.longest_cut) == (0.5, 0.25)


def test_a_cut_intervenes_when_it_is_longer_than_what_must_be_sustained() -> None:
    assert lasting(0.0, 0.125, **CUT).intervened(PARAMS) is False
    assert lasting(0.0, 0.1875, **CUT).intervened(PARAMS) is True


def test_between_commands_what_asks_for_nothing_breaks_no_cut_and_what_asks_for_something_may() -> None:
    tick: dict[str, Any] = {"trigger": "tick"}
    quiet = sample(0.125, requested=None, allowed=twist(0.0), **tick)
    free = sample(0.125, 1.0, **tick)
    malformed = sample(0.125, requested=None, allowed=twist(0.0))
    lasted = [
        taken(sample(0.0, **CUT), between, sample(0.25, **CUT)).longest_cut
        for between in (quiet, free, malformed)
    ]
    assert lasted == [0.25, 0.0, 0.0]


@pytest.mark.parametrize(
    ("more", "cut"),
    [
        ({"action": "stop", "faults": FAULT}, False),
        ({"action": "hold", "faults": FAULT}, False),
        ({"state": "CONTROLLED_STOP", "faults": FAULT}, False),
        ({"state": "PROTECTIVE_STOP", "faults": FAULT}, False),
        ({"faults": FAULT}, True),
        ({"action": "stop"}, True),
        ({"state": "CONTROLLED_STOP"}, True),
        ({"action": "stop", "faults": [{"name": "limit_unreachable"}]}, True),
        ({"action": "stop", "faults": [{"name": "limit_unreachable"}, *FAULT]}, False),
    ],
)
def test_what_a_fault_stopped_no_limit_cut(more: dict[str, Any], cut: bool) -> None:
    assert cut_by(**CUT | more) is cut


def test_a_stop_was_needed_where_a_limit_held_the_robot_for_longer_than_a_cut_must_last() -> None:
    held: dict[str, Any] = {"speed": 1.0, "limits": [WALL], "action": "scaled"}
    rest, crawl = twist(0.25, 0.5), twist(0.3125)
    assert not lasting(0.0, 0.125, **held, allowed=rest).stop_needed
    assert not lasting(8.0, 8.125, **held, allowed=rest).stop_needed, "it is how long it lasts that counts"
    assert lasting(0.0, 0.1875, **held, allowed=rest).stop_needed
    assert not lasting(0.0, 0.1875, **held, allowed=crawl).stop_needed
    late = taken(*(sample(t, **held, allowed=rest) for t in (0.0, 0.1875)), sample(0.25, 1.0))
    assert late.stop_needed, "and it stays so"


# Which limits are remembered.


def remembered(*margins: Any) -> list[Any]:
    """The margin that is kept of one limit that told of ``margins`` one after another."""
    told = [
        sample(0.125 * n, **CUT | {"limits": [HALF | {"margin": margin}]}) for n, margin in enumerate(margins)
    ]
    return [one.margin for one in taken(*told).limits.values()]


def test_of_a_limit_the_decision_with_the_least_margin_is_kept() -> None:
    assert remembered(0.5, 0.25, 0.375) == [0.25]
    assert remembered(None, 0.5) == [0.5], "any is less than none"
    assert remembered(-0.5, -0.25) == [-0.5]


def test_of_equal_margins_the_first_is_kept() -> None:
    told = [HALF | {"margin": 0.0, "source": source} for source in ("first", "second")]
    (kept,) = taken(*(sample(0.125, **CUT | {"limits": [one]}) for one in told)).limits.values()
    assert kept.source == "first"


def test_sixteen_limits_are_kept_and_those_among_them_are_brought_up_to_date() -> None:
    names = [f"cap-{n}" for n in range(17)]
    told = [HALF | {"name": name, "margin": 1.0} for name in (*names, "cap-3")]
    told[-1]["margin"] = 0.5
    kept = taken(sample(0.0, **CUT | {"limits": told})).limits
    assert list(kept) == names[:16] and kept["cap-3"].margin == 0.5


def test_only_limits_that_cut_are_kept() -> None:
    wide = limit("speed", requested=1.0, allowed=0.9375) | {"name": "wide"}
    assert list(lasting(0.0, **CUT | {"limits": [wide, HALF]}).limits) == ["speed"]


def test_numbers_that_a_limit_did_not_give_are_recorded_as_none() -> None:
    told = limit("obstacle", unit="m", requested=0.5, margin=math.inf, source="a test")
    (row,) = lasting(0.0, speed=1.0, allowed=twist(0.0), limits=[told], action="scaled").to_json()["limits"]
    assert row == {
        "name": "obstacle",
        "kind": "obstacle",
        "unit": "m",
        "source": "a test",
        "requested": 0.5,
        "allowed": None,
        "margin": None,
    }


def test_before_the_first_decision_nothing_was_cut() -> None:
    assert (Conduct().cut_since, Conduct().longest_cut, Conduct().limits) == (None, 0.0, {})
