"""Where a stop harms is found, said in words, and held against what the labels say."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.trial.estimate.contraindications import Contraindications, Labelled, contraindications
from iatro_governor.trial.estimate.rules import rules
from iatro_governor.trial.estimate.table import Table
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.outcomes import Outcome
from test.trial.estimate.synthetic import OWN, PREVENTABLE, run, twins

STOP = Labelled("stop", "protective", ("payload_held",))


def world(
    seed: int, warns: tuple[str, ...] = (), count: int = 20, mode: str = "protective"
) -> Contraindications:
    """A protective stop that runs into a close follower, but only when the robot is fast."""
    rng, rows = np.random.default_rng(seed), list[Outcome]()
    for who in twins(count):
        close, held, speed = bool(rng.random() < 0.5), bool(rng.random() < 0.3), float(rng.uniform(0, 1))
        moment = {
            "follower_close": close,
            "payload_held": held,
            "speed": speed,
            "clearance": float(rng.uniform(0, 2)),
        }
        rows.append(run(**who, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 0.3}))
        harms = {OWN: 1.0} if close and speed > 0.5 else {}
        rows.append(run(**who, harms=harms, moment=moment, stop_mode=mode, binding=("obstacles",)))
    return contraindications(Table.of(rows, ()), Weights(), [Labelled("stop", "protective", warns)])


def test_chance_alone_is_seldom_called_a_contraindication() -> None:
    called = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        moments = [
            {
                "follower_close": bool(rng.random() < 0.5),
                "speed": float(rng.random()),
                "gap": float(rng.random()),
            }
            for _ in range(60)
        ]
        called += bool(rules(moments, rng.normal(size=60), seed))
    assert called <= 6  # 5% of 40, and what chance adds to it once in fifty times


def test_a_treatment_that_helps_everywhere_has_none() -> None:
    moments = [{"follower_close": bool(k % 2), "speed": k / 40} for k in range(40)]
    assert rules(moments, np.full(40, -1.0)) == []
    assert rules(moments, np.zeros(40)) == []
    assert rules([], np.zeros(0)) == []


def test_the_planted_state_is_found_in_words() -> None:
    found = world(1).found
    assert len(found) == 1
    rule = found[0].rule
    assert {(c.name, c.op) for c in rule.conditions} == {("follower_close", "is"), ("speed", ">=")}
    assert 0.3 <= next(c.cut for c in rule.conditions if c.name == "speed") <= 0.65
    assert rule.text().startswith("follower_close and speed >= 0.")
    assert rule.runs >= 15
    assert rule.net > 0
    assert not found[0].documented


def test_a_state_the_label_warns_of_is_documented() -> None:
    found = world(1, ("follower_close",))
    assert found.found[0].documented
    assert found.undocumented == ()
    assert [(row.when, row.shown) for row in found.documented] == [("follower_close", "shows")]


def test_a_documented_state_that_never_shows_is_said() -> None:
    found = world(2, ("on_slope", "payload_held"), count=40)
    shown = {row.when: row.shown for row in found.documented}
    assert shown["on_slope"] == "not tried"
    assert shown["payload_held"] in ("never shows", "shows")
    rows = [run(**who, treatment="ungoverned", dose=0.0, harms={PREVENTABLE: 1.0}) for who in twins(3)]
    rows += [run(**who, moment={"payload_held": True}, stop_mode="protective") for who in twins(3)]
    (never,) = contraindications(Table.of(rows, ()), Weights(), [STOP]).documented
    assert (never.shown, never.runs) == ("never shows", 18)


def test_a_label_that_is_kept_shows_as_replaced() -> None:
    rows = [run(**who, treatment="ungoverned", dose=0.0) for who in twins(1)]
    rows += [run(**who, moment={"payload_held": True}, stop_mode="controlled") for who in twins(1)]
    (row,) = contraindications(Table.of(rows, ()), Weights(), [STOP]).documented
    assert (row.shown, row.runs) == ("replaced", 6)


@pytest.mark.parametrize("apart", [True, False])
def test_a_limit_is_held_against_the_governor_without_it(apart: bool) -> None:
    rows = []
    for place, who in enumerate(twins(10)):
        close = place % 2 == 0
        rows.append(run(**who, treatment="ungoverned", dose=0.0))
        rows.append(
            run(**who, moment={"follower_close": close}, harms={OWN: 1.0} if close else {}, binding=("hard",))
        )
        # What harms stays when this limit is left out: it is not this one's.
        rows += [run(**who, off=("hard",), harms={OWN: 1.0} if close else {})] if apart else []
    found = contraindications(Table.of(rows, ("hard",)), Weights(), [Labelled("limit", "hard", ())]).found
    assert [one.against for one in found] == ([] if apart else ["no governor"])
