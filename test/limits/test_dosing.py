"""Doses: what a stricter limit is, for every kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.limits.dosing import doseable, dosed
from iatro_governor.limits.limit import LimitConfig
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.profile.base import Part
from iatro_governor.resources import shared

EVERY = sorted(KINDS)
SHIPPED: list[Any] = [
    limit for name in ("amr", "panda") for limit in load_profile(shared(f"config/{name}.yaml")).limits
]


def example(kind, **changes):
    channel = {"name": "it", "kind": kind, "channel": "base", "source": "made up for a test"}
    return KINDS[kind].model.model_validate(channel | KINDS[kind].model.example | changes)


def numbers(value):
    """Every number in ``value``, by where it stands."""
    if isinstance(value, dict):
        return {(key, *at): n for key, each in value.items() for at, n in numbers(each).items()}
    if isinstance(value, list | tuple):
        return {(i, *at): n for i, each in enumerate(value) for at, n in numbers(each).items()}
    return {(): value} if type(value) is float else {}


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_either_has_a_dose_or_says_why_not(kind):
    doses = KINDS[kind].model.doses
    assert doses and (isinstance(doses, str) or set(doses) <= set(KINDS[kind].model.model_fields))


def test_one_that_says_neither_is_refused_not_left_as_it_is():
    class Silent(LimitConfig):
        """A kind whose author forgot."""

    config = Silent(name="it", kind="silent", channel="base", source="a test")
    assert dosed(config, 1.0) == config
    with pytest.raises(ValueError, match=r"silent do not say .* Silent\.doses"):
        dosed(config, 2.0)


@pytest.mark.parametrize("kind", [kind for kind in EVERY if not doseable(example(kind))])
def test_how_a_body_comes_to_rest_is_not_dosed(kind):
    assert dosed(example(kind), 3.0) == example(kind)


def test_a_kind_that_says_why_it_has_no_dose_has_none():
    assert doseable(example("speed")) and not doseable(example("command_rate"))


def test_a_part_that_is_no_limit_has_no_dose():
    class Lease(Part):
        """Something else that a profile has."""

        seconds: float = 1.5

    assert not doseable(Lease()) and dosed(Lease(), 2.0) == Lease()


@pytest.mark.parametrize("limit", SHIPPED, ids=lambda limit: limit.name)
def test_dose_one_is_as_configured(limit):
    assert dosed(limit, 1.0) == limit


@pytest.mark.parametrize(
    ("kind", "changes", "dose", "key", "expected"),
    [
        ("speed", {"bound": 0.8}, 2.0, "bound", 0.4),
        ("acceleration", {"bound": 0.8}, 0.5, "bound", 1.6),
        ("obstacle", {"margin": 0.08}, 3.0, "margin", 0.24),
        ("time_to_collision", {"bound": 0.8}, 1.5, "bound", 1.2),
        ("zone", {"margin": 0.0}, 2.0, "margin", 0.05),
        ("zone", {"margin": 0.0}, 0.5, "margin", 0.0),
        ("separation", {"intrusion": 0.2}, 2.0, "intrusion", 0.4),
        ("contact_force", {"report": [10.0, 2.0], "stop": [30.0, 6.0]}, 2.0, "stop", (15.0, 3.0)),
        ("joint_velocity", {"bounds": [1.0, 2.0]}, 4.0, "bounds", (0.25, 0.5)),
        ("payload", {"share": 0.5}, 0.25, "share", 1.0),
    ],
)
def test_a_dose_is_what_it_says(kind, changes, dose, key, expected):
    assert getattr(dosed(example(kind, **changes), dose), key) == pytest.approx(expected)


def test_what_a_body_bears_is_dosed_and_how_it_gives_way_is_not():
    touch = next(limit for limit in SHIPPED if limit.kind == "power_and_force")
    strict: Any = dosed(touch, 2.0)
    head, before = strict.regions["head"], touch.regions["head"]
    assert (head.force, head.clamped_force) == (before.force / 2, before.clamped_force / 2)
    assert (head.stiffness, head.mass, strict.velocity_noise) == (
        before.stiffness,
        before.mass,
        touch.velocity_noise,
    )


@given(limit=st.sampled_from(SHIPPED), low=st.floats(0.2, 5.0), more=st.floats(1.01, 3.0))
def test_a_higher_dose_is_stricter_in_every_number_that_it_changes(limit, low, more):
    lax, strict = dosed(limit, low), dosed(limit, low * more)
    before, after = numbers(lax.model_dump()), numbers(strict.model_dump())
    larger = {"margin", "intrusion", "human_speed", "threshold", "least", "distance"}
    for at, value in after.items():
        grows = bool(larger & set(at)) or (limit.kind == "time_to_collision" and at == ("bound",))
        assert value >= before[at] if grows else value <= before[at]


@pytest.mark.parametrize("dose", [0.0, -1.0, float("nan")])
def test_no_limit_has_a_dose_of_nothing(dose):
    with pytest.raises(ValueError, match="more than 0"):
        dosed(example("speed"), dose)
