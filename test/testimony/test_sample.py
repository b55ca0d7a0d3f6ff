"""Decision bodies as the witness reads them, and the numbers that it judges by."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import pytest

from iatro_governor.errors import TestimonyError
from iatro_governor.profile.load import load_data
from iatro_governor.resources import shared
from iatro_governor.testimony.params import DEFAULTS, SIGMAS, WitnessParams
from iatro_governor.testimony.records import LimitSample, Sample, StatementRecord

LEAST: dict[str, Any] = {"t": 1.5, "seq": 2, "channel": "base"}
NOTHING = Sample(
    t=1.5,
    seq=2,
    writer="",
    channel="base",
    command=False,
    state="",
    action="",
    latched=False,
    requested=None,
    allowed=(),
    measured=None,
    plan_id="",
    limits=(),
    faults=(),
    kind="twist",
    rest=None,
)
OPTIONAL = (
    "writer trigger state action latch requested allowed measured plan_id limits faults channel_type rest"
).split()


def test_what_a_decision_does_not_say_is_empty() -> None:
    assert Sample.of(LEAST) == NOTHING == Sample.of(LEAST | dict.fromkeys(OPTIONAL))
    assert Sample.of(LEAST | {"rest": [], "allowed": []}) == NOTHING


def test_a_decision_is_read_whole() -> None:
    limit = {"name": "cap", "kind": "speed", "unit": "m/s", "source": "a test"}
    body = LEAST | {
        "writer": "ring",
        "trigger": "command",
        "state": "LIMITED",
        "action": "scaled",
        "latch": {"id": "1"},
        "requested": [1, 2],
        "allowed": [0.5, "1"],
        "measured": [0],
        "plan_id": "p",
        "limits": [limit | {"requested": 3, "allowed": 2, "margin": -1}],
        "faults": [{"name": "stale", "detail": "2 s"}, {"name": "late", "detail": None}],
        "channel_type": "pose",
        "rest": [4],
    }
    assert Sample.of(body) == Sample(
        t=1.5,
        seq=2,
        writer="ring",
        channel="base",
        command=True,
        state="LIMITED",
        action="scaled",
        latched=True,
        requested=(1.0, 2.0),
        allowed=(0.5, 1.0),
        measured=(0.0,),
        plan_id="p",
        limits=(LimitSample("cap", "speed", "m/s", 3.0, 2.0, -1.0, "a test"),),
        faults=(("stale", "2 s"), ("late", "")),
        kind="pose",
        rest=(4.0,),
    )


def test_a_limit_s_numbers_that_were_not_given_are_none_and_its_texts_empty() -> None:
    for row in ({"name": "cap"}, {"name": "cap", "kind": None, "unit": None, "source": None, "margin": None}):
        (limit,) = Sample.of(LEAST | {"limits": [row]}).limits
        assert (limit.name, limit.kind, limit.unit, limit.source) == ("cap", "", "", "")
        assert all(map(math.isnan, (limit.requested, limit.allowed, limit.margin)))


@pytest.mark.parametrize(
    "body",
    [
        LEAST | {"t": None},
        LEAST | {"seq": "second"},
        LEAST | {"limits": [{}]},
        LEAST | {"faults": [{}]},
        LEAST | {"requested": ["fast"]},
        {"t": 1.0, "seq": 0},
    ],
)
def test_what_is_no_decision_is_named(body: dict[str, Any]) -> None:
    with pytest.raises(TestimonyError, match="not a decision"):
        Sample.of(body)


def test_a_statement_that_says_nothing_more_declares_and_ends_nothing() -> None:
    statement = StatementRecord(0.0, 0)
    assert not statement.actions_known and not statement.final and statement.channels == ()


def test_the_witness_judges_by_these_numbers_unless_it_is_told_others() -> None:
    assert asdict(DEFAULTS) == {
        "declared_actions": "together",
        "plan_idle_s": 2.0,
        "group_gap_s": 1.0,
        "join_window_s": 0.25,
        "cut_fraction": 0.05,
        "speed_floor": 0.02,
        "turn_floor": 0.03,
        "push_floor": 1.0,
        "displacement_floor": 0.03,
        "rotation_floor": 0.05,
        "sustained_s": 0.1,
        "claim_fraction": 0.05,
        "claim_floors": {"distance": 0.05, "angle": 0.05, "duration": 0.5},
        "badly_broken": 0.2,
        "reach_m": 0.3,
        "n_min": 3,
        "alpha": 0.25,
        "baseline_kept": 200,
        "measured_fraction": 0.1,
        "measured_floor": 0.05,
        "measured_floors": {
            "speed": 0.05,
            "angular_speed": 0.05,
            "force": 1.0,
            "torque": 1.0,
            "distance": 0.05,
            "angle": 0.05,
            "duration": 0.5,
        },
        "plain_at": 0.95,
        "text_limit": 100_000,
    }
    assert SIGMAS == 3.0


def test_a_claim_may_be_missed_by_a_share_or_by_its_quantity_s_noise_whichever_is_more() -> None:
    params = WitnessParams(claim_fraction=0.25, claim_floors={"distance": 2.0})
    assert [params.tolerance("distance", bound) for bound in (4.0, 8.0, 16.0)] == [2.0, 2.0, 4.0]
    assert (params.tolerance("speed", 0.0), params.tolerance("speed", 4.0)) == (0.01, 1.0)


def test_without_sensors_there_is_no_noise_beside_what_is_always_allowed() -> None:
    profile = load_data(shared("config/amr.yaml")).model_copy(update={"sources": {}})
    assert WitnessParams.of(profile).measured_floor == 0.05


def test_the_noise_of_a_speed_is_three_standard_deviations_of_it_and_no_other_quantity_s() -> None:
    noisy = WitnessParams(measured_floors={"speed": 0.5, "angular_speed": 4.0, "force": 1.0}).allowing(1.0)
    assert noisy.measured_floors == {"speed": 3.0, "angular_speed": 4.0, "force": 1.0}
    assert (
        noisy.measured_floor == 3.0 and WitnessParams(measured_floor=4.0).allowing(1.0).measured_floor == 4.0
    )
