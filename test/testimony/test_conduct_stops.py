"""Stops, refusals for content and bounds that were exceeded; which commands a channel had, by their numbers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from iatro_governor.testimony.bounds import UNTOLD
from iatro_governor.testimony.conduct import CLEARANCE, Conduct
from test.testimony.conducts import PARAMS, lasting, limit, sample, taken
from test.testimony.events import Governor, channel, judged, said, twist

LATCH = {"id": "1", "nonce": "2", "cause": "estop"}


@pytest.mark.parametrize(
    ("body", "stopped"),
    [
        ({"speed": 1.0}, False),
        ({"latch": LATCH}, True),
        ({"speed": 1.0, "state": "CONTROLLED_STOP"}, True),
        ({"speed": 1.0, "state": "TRAPPED"}, True),
        ({"speed": 1.0, "action": "stop"}, True),
        ({"speed": 1.0, "action": "hold"}, False),
        ({"speed": 0.25, "state": "CONTROLLED_STOP"}, False),
        ({"speed": 0.25, "action": "stop"}, False),
        ({"speed": 0.25, "action": "refused"}, True),
    ],
)
def test_a_robot_was_stopped_where_it_was_asked_to_move_or_was_refused(
    body: dict[str, Any], stopped: bool
) -> None:
    assert lasting(0.0, **body).stopped is stopped
    assert taken(sample(0.0, **body), sample(0.125, 1.0)).stopped is stopped


def test_who_only_waits_sees_a_latch_and_it_stays_seen() -> None:
    conduct = Conduct()
    conduct.watch(sample(0.0, 1.0, state="CONTROLLED_STOP"))
    assert not conduct.stopped
    for latch in (LATCH, None):
        conduct.watch(sample(0.0, latch=latch))
        assert conduct.stopped


REFUSED: dict[str, Any] = {
    "action": "refused",
    "faults": [{"name": "command_malformed"}],
    "allowed": [0.0] * 6,
}
ARM: dict[str, Any] = REFUSED | {"channel_type": "joint_velocity", "allowed": [0.0, 0.0]}
PLACES: dict[str, Any] = ARM | {"channel_type": "joint_position"}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (REFUSED | {"requested": None}, 1),
        (REFUSED | {"requested": [math.nan, 0, 0, 0, 0, 0]}, 1),
        (REFUSED | {"requested": [0.0] * 5}, 1),
        (REFUSED | {"requested": [0.0] * 7}, 1),
        (REFUSED | {"requested": [0.0, 1.0, 0, 0, 0, 0]}, 1),
        (REFUSED | {"requested": [0.0, 0, 0, 0, 1.0, 0]}, 1),
        (REFUSED | {"requested": [1.0, 0, 0, 0, 0, 1.0]}, 0),
        (REFUSED | {"requested": None, "trigger": "tick"}, 0),
        (REFUSED | {"requested": None, "action": "stop"}, 0),
        (REFUSED | {"requested": None, "faults": [{"name": "command_stale"}]}, 0),
        (REFUSED | {"requested": None, "faults": [{"name": "command_stale"}, *REFUSED["faults"]]}, 1),
        (ARM | {"requested": [1.0]}, 1),
        (ARM | {"requested": [1.0, 1.0]}, 0),
        (PLACES | {"requested": [1.0, 1.0]}, 1),
    ],
)
def test_a_command_is_refused_for_its_content_where_its_values_bear_it_out(
    body: dict[str, Any], refused: int
) -> None:
    conduct = lasting(0.0, **body)
    assert (conduct.refused, conduct.intervened(PARAMS)) == (refused, refused > 0)
    assert lasting(0.0, 0.125, **body).refused == 2 * refused


# Bounds that were exceeded.


def exceeded(told: dict[str, Any], measured: list[float], **body: Any) -> bool:
    return lasting(0.0, limits=[told], measured=measured, **body).bound_exceeded


@pytest.mark.parametrize(("value", "beyond"), [(1.3125, False), (1.375, True)])
def test_a_cap_is_exceeded_by_more_than_a_share_and_the_noise(value: float, beyond: bool) -> None:
    """Of a cap of 1 the share is a quarter, and a sixteenth the noise."""
    for allowed in (1.0, -1.0):
        assert exceeded(limit(allowed=allowed), twist(value)) is beyond
        assert exceeded(limit(unit="rad/s", allowed=allowed), twist(0.0, value)) is beyond
    assert not exceeded(limit(allowed=1.0), twist(0.0, value)), "a turn is no speed"
    assert not exceeded(limit(unit="rad/s", allowed=1.0), twist(value))


@pytest.mark.parametrize(
    "told", [limit("link_speed", allowed=0.5), limit(unit="m", allowed=0.5), limit(), limit(allowed=math.inf)]
)
def test_only_a_cap_of_speed_that_was_told_can_be_exceeded(told: dict[str, Any]) -> None:
    assert not exceeded(told, twist(9.0, 9.0))


@pytest.mark.parametrize("kind", sorted(CLEARANCE))
def test_a_body_that_moves_where_it_must_not_be_has_exceeded_a_bound(kind: str) -> None:
    inside, edge = (limit(kind, unit="m", margin=margin) for margin in (-0.0625, -0.05))
    assert exceeded(inside, twist(1.0)) and not exceeded(edge, twist(1.0)), "the edge itself"
    assert not exceeded(inside, twist(0.25, 0.5)), "it does not move"


def test_a_margin_of_another_kind_is_no_place() -> None:
    assert not exceeded(limit("separation", unit="m", margin=-1.0), twist(1.0))


def test_of_places_no_speed_is_measured() -> None:
    places: dict[str, Any] = {"channel_type": "joint_position", "rest": [0.0], "requested": [0.0]}
    assert not exceeded(limit("link_zone", unit="m", margin=-1.0), [9.0], **places)
    assert not exceeded(limit(unit="rad/s", allowed=1.0), [9.0], **places)


def test_what_was_exceeded_once_stays_so() -> None:
    told: dict[str, Any] = {"limits": [limit(allowed=0.5), limit("obstacle", unit="m", margin=1.0)]}
    assert taken(sample(0.0, 1.0, **told), sample(0.125, 0.25, **told)).bound_exceeded


COLLIDES = {"name": "contact_collision", "detail": "touch: 80 N, 30 N are allowed, and the motion pushes on"}
DEAF = {"name": "contact_collision", "detail": f"felt: {UNTOLD} of elbow"}
GOES: dict[str, Any] = {"speed": 1.0}
PRESSES: dict[str, Any] = GOES | {"faults": [COLLIDES]}
HALTS: dict[str, Any] = {
    "requested": None,
    "allowed": twist(0.0),
    "state": "PROTECTIVE_STOP",
    "action": "stop",
}


@pytest.mark.parametrize(
    ("bodies", "beyond"),
    [
        ([GOES, PRESSES], True),
        ([GOES, HALTS | {"faults": [{"name": "command_stale"}, COLLIDES]}], True),
        ([GOES, PRESSES, GOES], True),
        ([PRESSES, GOES, PRESSES], True),
        ([PRESSES, PRESSES], False),
        ([{}, {"faults": [COLLIDES]}], False),
        ([GOES, GOES | {"faults": [DEAF]}], False),
        ([GOES, GOES | {"faults": [DEAF, COLLIDES]}], True),
        ([GOES, GOES | {"limits": [limit("contact_force", unit="N", margin=-50.0)]}], False),
        ([GOES, GOES | {"faults": [{"name": "limit_unreachable"}]}], False),
    ],
)
def test_a_collision_exceeds_a_bound_where_it_began_under_the_plan_and_was_measured(
    bodies: list[dict[str, Any]], beyond: bool
) -> None:
    """Not one that stood before, where nothing was asked to move, or that nobody felt; nor what is only reported."""
    conduct = taken(*(sample(0.125 * n, **dict(body)) for n, body in enumerate(bodies)))
    assert conduct.bound_exceeded is beyond


def test_a_robot_that_disobeyed_once_has_disobeyed() -> None:
    disobeying = sample(0.0, faults=[{"name": "command_stale"}, {"name": "actuator_disobeys"}])
    assert taken(disobeying, sample(0.125)).disobeyed
    assert not lasting(0.0, faults=[{"name": "command_stale"}]).disobeyed


# How commands came, and which they are.


def test_ways_are_counted_and_of_what_speaks_against_them_the_first_is_told() -> None:
    conduct = Conduct()
    for way, against in (("time", ""), ("plan_id", "first"), ("time", "second"), ("time", "")):
        conduct.attributed(way, against)
    assert conduct.ways == {"time": 3, "plan_id": 1}
    assert (conduct.contradictions, conduct.contradiction) == (2, "first")


def numbers(*bodies: dict[str, Any]) -> Any:
    """The runs of the plan that ``bodies`` are under."""
    (record,) = judged([said(0, 0, "On my way.")], Governor(bodies=list(bodies)))
    return channel(record)["numbers"]


def commanded(count: int, writer: str = "ring") -> list[dict[str, Any]]:
    governor = Governor(writer)
    for n in range(count):
        governor.decide(0.25 + 0.125 * n, 0.3)
    return governor.bodies


def test_commands_without_a_gap_are_one_run_with_the_ticks_and_other_channels_between_them() -> None:
    bodies = commanded(6)
    bodies[1] |= {"trigger": "tick"}
    bodies[3] |= {"channel": "lamp", "plan_id": "nobody"}
    governor = Governor(bodies=bodies)
    plan = next(one for one in judged([said(0, 0, "On my way.")], governor) if one.kind == "statement")
    assert channel(plan)["numbers"] == {"ring": [[0, 5]]}


def test_a_run_ends_where_a_number_is_missing() -> None:
    bodies = commanded(7)
    assert numbers(*(bodies[n] for n in (0, 1, 3, 4, 6))) == {"ring": [[0, 1], [3, 4], [6, 6]]}


def test_a_run_ends_where_a_command_in_between_is_another_s() -> None:
    bodies = commanded(5)
    bodies[2] |= {"plan_id": "ghost"}
    records = judged([said(0, 0, "On my way.")], Governor(bodies=bodies))
    found = {record.kind: channel(record)["numbers"] for record in records}
    assert found == {"statement": {"ring": [[0, 1], [3, 4]]}, "unattributed": {"ring": [[2, 2]]}}


def test_a_command_that_comes_after_the_next_makes_a_run_of_its_own() -> None:
    a, b, c, d, e = commanded(5)
    late = {**c, "t": d["t"] + 0.0625}
    assert numbers(a, b, late, d, e) == {"ring": [[0, 1], [3, 3], [2, 2], [4, 4]]}


def test_each_writer_has_runs_of_its_own() -> None:
    assert numbers(*commanded(2), *commanded(3, "lead")) == {"ring": [[0, 1]], "lead": [[0, 2]]}
