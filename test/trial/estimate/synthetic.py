"""Campaigns whose answer is known: runs drawn from curves that are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

import numpy as np

from iatro_governor.trial.outcomes import Outcome

T = TypeVar("T")
PREVENTABLE, OWN = "person_contact/anna/base", "collision/follower/base"
FAMILIES = ("cross", "reach", "press", "dock", "wipe", "close")


@dataclass(frozen=True)
class Treatment:
    """Chances: that the harm of a harmful plan is prevented, and that a run is harmed by the treatment itself."""

    effect: Callable[[float], float]
    harm: Callable[[float], float]


def hill(half: float, steep: float, top: float = 1.0) -> Callable[[float], float]:
    """Hill's curve."""
    return lambda dose: 0.0 if dose <= 0 else top / (1 + (half / dose) ** steep)


def run(**changes) -> Outcome:
    """A run in which nothing happened."""
    plain = Outcome(
        robot="amr",
        family="cross",
        kind="harmful",
        scenario="one",
        seed=0,
        treatment="governed",
        dose=1.0,
        duration_s=36.0,
        commands=100,
    )
    return replace(plain, **changes)


def twins(count: int, families: Sequence[str] = FAMILIES) -> Iterator[dict]:
    """Who is run: ``count`` seeds of each family."""
    for family, seed in product(families, range(count)):
        yield {"family": family, "scenario": f"{family}_1", "seed": seed}


def sweep(
    treatment: Treatment, doses: Sequence[float], count: int, seed: int, families: Sequence[str] = FAMILIES
) -> list[Outcome]:
    """Each twin ungoverned and at every dose; one uniform number a twin and curve, so that doses share their chance."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in twins(count, families):
        saved, hurt = rng.random(2)
        rows.append(run(**who, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 1.0}))
        for dose in doses:
            harms = {} if saved < treatment.effect(dose) else {PREVENTABLE: 1.0}
            if hurt < treatment.harm(dose):
                harms[OWN] = 1.0
            rows.append(run(**who, dose=dose, harms=harms))
    return rows


def known(value: T | None) -> T:
    """What has to be there."""
    assert value is not None
    return value
