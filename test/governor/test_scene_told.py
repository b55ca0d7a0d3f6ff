"""What an operator's screen says in words and arrows: by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.scene import Drawn, Scene, headroom, told
from test.governor.profiles import amr


def decided(
    asked=(0.6, 0.8), allowed=(0.3, 0.4), kind="twist", limits=(), faults=(), state=State.LIMITED
) -> Any:
    return SimpleNamespace(
        channel="base",
        channel_type=kind,
        state=state,
        action=Action.SCALED,
        requested=asked,
        allowed=allowed,
        limits=[SimpleNamespace(name=name, allowed=0.51234, unit="m/s", margin=0.0256) for name in limits],
        faults=[SimpleNamespace(name=name) for name in faults],
    )


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ({}, 0.5),
        ({"kind": "joint_velocity"}, 0.5),
        ({"kind": "joint_position"}, None),
        ({"asked": None}, None),
        ({"asked": ()}, None),
        ({"asked": (0.6, 0.8, 0.0)}, None),
        ({"asked": (0.0, 0.0)}, None),
        ({"asked": (math.nan, 0.0)}, None),
        ({"asked": (math.inf, 0.0)}, None),
        ({"asked": (0.2, 0.0), "allowed": (0.05, 0.0)}, 0.25),
    ],
)
def test_the_share_of_the_speed_that_is_allowed(given, share):
    assert headroom(decided(**given)) == (None if share is None else pytest.approx(share))


def words(**given):
    return told([decided(**given)]).split("; ")


def test_a_line_says_state_share_what_binds_and_what_is_wrong():
    first, share, limit, fault = words(limits=("speed",), faults=("estop",))
    assert first == "base: LIMITED, scaled" and share == "50% of what is asked"
    assert limit == "speed 0.512 m/s (margin 0.0256)" and fault == "estop"
    assert words(asked=None) == [first]
    assert told([]) == "no decision yet"
    assert len(told([decided(), decided()]).split("\n")) == 2


@pytest.mark.parametrize(
    ("limits", "last"), [(3, "limit 2"), (4, "limit 3"), (5, "and 1 more"), (7, "and 3 more")]
)
def test_of_many_four_are_told_and_how_many_more_there_are(limits, last):
    """Beside the share."""
    said = words(limits=[f"limit {k}" for k in range(limits - 1)], faults=["limit " + str(limits - 1)])
    assert len(said) == min(limits, 4) + 2 + (limits > 4)
    assert said[-1].startswith(last)


def motion(folder, **given):
    governor = Governor(amr(folder))
    drawn = Scene(governor.profile, governor.senses).drawn({"base": decided(**given)})
    return {one.name: one for one in drawn if one.name.startswith("base_")}, drawn


def test_motion_is_an_arrow_a_second_long_above_the_ground(tmp_path):
    arrows, _ = motion(tmp_path, asked=(0.6, 0.8, 9.0), allowed=(0.3, 0.0, 9.0))
    assert arrows["base_asked"].lines.tolist() == [[[0.0, 0.0, 0.1], [0.6, 0.8, 0.1]]]
    assert arrows["base_allowed"].lines.tolist() == [[[0.0, 0.0, 0.1], [0.3, 0.0, 0.1]]]
    assert [arrow.tone for arrow in arrows.values()] == ["asked", "allowed"]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"kind": "joint_velocity"}, []),
        ({"asked": None}, ["base_allowed"]),
        ({"asked": (0.5,)}, ["base_allowed"]),
        ({"asked": (0.5, math.nan)}, ["base_allowed"]),
        ({"asked": (0.0, 0.0, 0.7)}, ["base_allowed"]),
        ({"asked": (0.0, 0.4), "allowed": (0.0, 0.0)}, ["base_asked"]),
    ],
)
def test_what_is_no_motion_has_no_arrow(tmp_path, given, names):
    assert list(motion(tmp_path, **given)[0]) == names


@pytest.mark.parametrize(
    ("states", "tone"),
    [
        ([State.NOMINAL], "free"),
        ([State.NOMINAL, State.LIMITED], "bound"),
        ([State.TRAPPED, State.NOMINAL], "bound"),
        ([State.NOMINAL, State.PROTECTIVE_STOP, State.LIMITED], "stopped"),
    ],
)
def test_a_body_is_shown_as_the_worst_of_its_channels_is(tmp_path, states, tone):
    governor = Governor(amr(tmp_path))
    decisions = {str(k): decided(state=state) for k, state in enumerate(states)}
    drawn = {one.name: one for one in Scene(governor.profile, governor.senses).drawn(decisions)}
    assert drawn["footprint"].tone == drawn["state"].tone == tone
    assert "links" not in drawn


def test_what_has_no_lines_binds_nothing():
    nothing = Drawn("a", "odom", "out")
    assert nothing.lines.shape == (0, 2, 3) and nothing.lines.dtype == np.float64 and not nothing.binds
