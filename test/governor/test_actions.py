"""What becomes of each channel's command, in a word, by members that are stubs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.actions import actions_of, clamps_of, lagging_of
from iatro_governor.governor.chart import places
from iatro_governor.governor.decision import Action
from iatro_governor.governor.freshness import Verdict


def member(name: str, at: slice, going: Any = None, executed: Any = None, clamps: Any = None) -> Any:
    chart = SimpleNamespace(going=going, executed=executed, clamps=lambda request: (clamps or {})[request])
    return SimpleNamespace(name=name, place=at, chart=chart)


LEFT, RIGHT = member("left", slice(0, 2)), member("right", slice(2, 3))


def action(given: list[float], asked: list[float], partly: Any, request: Any = "a command") -> Action:
    """Of the right one of two, whose component comes last."""
    requests: Any = {"left": "another", "right": request}
    return actions_of((LEFT, RIGHT), requests, given, asked, partly, None)["right"]


@pytest.mark.parametrize("partly", [None, Action.SCALED])
@pytest.mark.parametrize(
    ("given", "asked", "found"),
    [
        ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0], Action.HOLD),
        ([0.5, 0.5, 0.1], [0.5, 0.5, 0.0], Action.RAMPED),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.1], Action.RAMPED),
        ([0.0, 0.0, 0.1], [0.0, 0.0, 0.1], Action.RAMPED),
    ],
)
def test_without_a_command_it_is_held_at_rest_and_ramped_where_anything_moves(partly, given, asked, found):
    assert action(given, asked, partly, None) is found


def test_of_two_components_one_that_moves_is_enough():
    requests: Any = {"left": None, "right": None}
    found = actions_of((LEFT, RIGHT), requests, [0.0, 0.1, 0.0], [0.0, 0.0, 0.0], None, None)
    assert found == {"left": Action.RAMPED, "right": Action.HOLD}
    found = actions_of((LEFT, RIGHT), requests, [0.0, 0.0, 0.0], [0.1, 0.0, 0.0], None, None)
    assert found == {"left": Action.RAMPED, "right": Action.HOLD}


def test_a_command_passes_where_all_of_its_own_is_given_whatever_the_others_get():
    assert action([0.1, 0.1, 0.7], [0.5, 0.5, 0.7], None) is Action.PASS
    assert action([0.5, 0.5, 0.6], [0.5, 0.5, 0.7], None) is Action.RAMPED


@pytest.mark.parametrize("partly", [Action.SCALED, Action.SPLIT, Action.PROJECTED])
def test_what_is_made_of_less_than_the_whole_is_called_so_for_every_command(partly):
    assert action([0.5, 0.5, 0.7], [0.5, 0.5, 0.7], partly) is partly


def along(executed: Any, arrived: Any = None, limits: tuple[str, ...] = (), verdict: Any = Verdict.ACCEPTED):
    own = member("right", slice(2, 3), going=np.zeros(1), executed=executed)
    whose = {"own": own, "other": LEFT}.get(arrived)
    arrival: Any = arrived and SimpleNamespace(member=whose, verdict=verdict, limits=limits)
    requests: Any = {"left": "another", "right": "a command"}
    given = [0.0, 0.0, 0.4]
    return actions_of((LEFT, own), requests, given, given, Action.SPLIT, arrival)["right"]


def test_a_trajectory_passes_as_long_as_it_goes_on_and_is_scaled_as_it_begins_changed():
    assert along("its command") is Action.PASS
    assert along(None) is Action.STOP
    assert along("its command", "own") is Action.PASS
    assert along("its command", "own", ("speed",)) is Action.SCALED
    assert along("its command", "other", ("speed",)) is Action.PASS
    assert along("its command", "own", ("speed",), Verdict.REFUSED) is Action.PASS


def test_only_channels_with_a_command_that_is_cut_tell_of_it():
    cut = member("left", slice(0, 2), clamps={"wide": ["a report"], "narrow": []})
    requests: Any = {"left": "wide", "right": None}
    assert clamps_of((cut, RIGHT), requests) == {"left": ["a report"]}
    assert clamps_of((cut,), {"left": "narrow"}) == {}  # type: ignore[dict-item]


def test_only_channels_whose_command_leads_nowhere_tell_what_is_held():
    """One that has none, one that moves, one that follows, and one that does not."""
    stubs: Any = [
        SimpleNamespace(
            name=name, place=slice(2 * at, 2 * at + 2), chart=SimpleNamespace(lagging=lambda why: why)
        )
        for at, name in enumerate(("none", "moves", "follows", "held"))
    ]
    requests: Any = {"none": None, "moves": "the wrist", "follows": None, "held": "the elbow"}
    assert lagging_of(stubs, requests, [0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]) == {"held": "the elbow"}


def test_components_are_stacked_in_the_order_of_their_charts():
    charts: Any = {name: SimpleNamespace(size=size) for name, size in (("b", 3), ("a", 2), ("c", 4))}
    assert places(charts) == {"b": slice(0, 3), "a": slice(3, 5), "c": slice(5, 9)}
