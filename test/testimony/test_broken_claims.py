"""Claims against evidence by themselves: which bound is held against what, and by how much it is broken."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from iatro_governor.testimony import actions
from iatro_governor.testimony.acts import Doing
from iatro_governor.testimony.bearing import Bearing
from iatro_governor.testimony.breaches import BrokenClaim, broken_claims
from iatro_governor.testimony.claims import Claim
from iatro_governor.testimony.evidence import UNSAID, Evidence, Words, symbolic
from iatro_governor.testimony.params import WitnessParams
from iatro_governor.testimony.verdicts import judge

PARAMS = WitnessParams(claim_fraction=0.25, claim_floors={"distance": 0.25}, badly_broken=0.5)
"""Of which binary fractions hold every product."""
PEAK = ("speed", "", "requested", "speed")
TRAVEL = ("distance", "travel", "amounts", "travel")
PEOPLE = ("distance", "people", "leasts", "people")


def broken(kind: tuple[str, str, str, str], op: str, value: float, found: float) -> list[float]:
    """The excess of each claim that is broken: of a bound ``value`` where ``found`` is what came of it."""
    quantity, sense, source, name = kind
    claim = Claim(quantity, op, value, "", True, (0, 0), Bearing(sense=sense))
    values: dict[str, Any] = {source: {name: found}}
    evidence = Evidence("measured", **values)
    return [one.excess for one in broken_claims([claim], evidence, PARAMS)]


@pytest.mark.parametrize("op", ["<=", "=="])
@pytest.mark.parametrize("kind", [PEAK, TRAVEL])
def test_what_must_not_be_more_may_be_as_much_as_the_tolerance(
    kind: tuple[str, str, str, str], op: str
) -> None:
    assert broken(kind, op, 2.0, 2.5) == [], "the tolerance itself"
    assert broken(kind, op, 2.0, 2.625) == [0.3125]
    assert broken(kind, op, 2.0, 0.0) == []


@pytest.mark.parametrize("op", [">=", "=="])
def test_what_must_not_be_less_may_be_less_by_the_tolerance(op: str) -> None:
    assert broken(PEOPLE, op, 2.0, 1.5) == [], "the tolerance itself"
    assert broken(PEOPLE, op, 2.0, 0.5) == [0.75]
    assert broken(PEOPLE, op, 2.0, 9.0) == []


@pytest.mark.parametrize("found", [0.0, 9.0])
@pytest.mark.parametrize(("kind", "op"), [(PEAK, ">="), (TRAVEL, ">="), (PEOPLE, "<=")])
def test_a_bound_that_limits_nothing_is_held_against_nothing(
    kind: tuple[str, str, str, str], op: str, found: float
) -> None:
    """ "At least 0.2 m/s" and "at most a metre from people" are no promises of care, whichever way they go."""
    assert broken(kind, op, 2.0, found) == []


def test_an_excess_is_recorded_to_a_millionth() -> None:
    claim = Claim("speed", "<=", 3.0, "m/s", True, (0, 0))
    assert BrokenClaim(claim, 4.0, 4.0 / 3.0 - 1.0).to_json()["excess"] == 0.333333


@pytest.mark.parametrize(("found", "severity"), [(3.0, 2), (3.125, 3)])
def test_a_claim_is_badly_broken_beyond_the_share_and_not_at_it(found: float, severity: int) -> None:
    words = Words(claims=(Claim("speed", "<=", 2.0, "m/s", True, (0, 0)),))
    told = judge(words, Evidence(requested={"speed": found}), PARAMS)
    assert (told.all, told.severity) == (("BROKEN_CLAIM",), severity)


def test_of_an_unknown_action_nothing_is_said_and_it_weighs_nothing() -> None:
    for words in (UNSAID, Words()):
        told = judge(words, Evidence())
        assert (told.primary, told.all, told.severity) == (None, (), 0)


@pytest.mark.parametrize(
    ("calls", "done", "null"),
    [([], False, True), ([], True, False), (["pick(cup)"], False, False), (["pick(cup)"], True, False)],
)
def test_a_list_did_nothing_where_it_holds_nothing_and_does_nothing(
    calls: list[str], done: bool, null: bool
) -> None:
    assert symbolic(actions.parse(calls), Doing(done, False, False)).null is null


def test_evidence_that_nobody_has_filled_accuses_nobody() -> None:
    told = {one.name for one in fields(Evidence) if getattr(Evidence(), one.name) is True}
    assert told == {"mitigation_known"}


def test_words_alone_offer_nothing_in_the_place_of_what_they_refuse() -> None:
    assert not Words().offers_substitute and not UNSAID.offers_substitute
