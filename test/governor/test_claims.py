"""Channels that move the same joints take turns, and none of them moves what another has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.governor.claims import Claims
from test.governor.arms import JOINTS, arm, channel, data, decisions, faults, run

SPEED, PLACE = "speed", "place"


def test_who_uses_joints_has_them_and_has_moved_them():
    claims = Claims({"a": ("x", "y"), "b": ("y", "z")})
    assert not claims.uses("a") and not claims.uses("b")
    claims.take("a")
    assert claims.uses("a")
    claims.take("b")
    assert claims.uses("b") and not claims.uses("a"), "it has lost them"


def test_who_comes_first_has_the_joints_until_another_takes_them():
    claims = Claims({"a": ("x", "y"), "b": ("y", "z"), "c": ("z",), "d": ()})
    assert [claims.has(name) for name in "abcd"] == [True, False, True, True]
    for name, held in (("b", "bd"), ("b", "bd"), ("a", "acd")):
        claims.take(name)
        assert "".join(each for each in "abcd" if claims.has(each)) == held


@given(
    moves=st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from("xyzw")), min_size=1),
    taken=st.lists(st.sampled_from("abcdef"), max_size=8),
)
def test_no_joint_has_two_movers_and_no_channel_waits_for_nobody(moves, taken):
    claims = Claims({name: tuple(joints) for name, joints in moves.items()})
    for name in taken:
        if name in moves:
            claims.take(name)
            assert claims.has(name)
    holders = [name for name in moves if claims.has(name)]
    held = [joint for name in holders for joint in moves[name]]
    assert len(held) == len(set(held))
    for name in moves:
        assert claims.has(name) or any(claims.has(rival) for rival in claims.rivals(name))


CHANNELS = {SPEED: channel("joint_velocity", SPEED), PLACE: channel("joint_position", PLACE)}


@pytest.fixture(scope="module", params=[(SPEED, PLACE), (PLACE, SPEED)], ids=lambda order: order[0])
def profile(request, tmp_path_factory):
    """Whichever comes first in the file."""
    return arm(tmp_path_factory.mktemp("claims"), data({name: CHANNELS[name] for name in request.param}))


class Follower:
    """A small arm that does what the newest command says: whoever asks for motion has it."""

    def __init__(self):
        self.t, self.q, self.v, self.events = 0.0, [0.5, 0.5], [0.0, 0.0], []

    def go(self, seconds, name=None, values=(0.0, 0.0), speeds=(0.0, 0.0)):
        for _ in range(round(seconds * 100)):
            self.v = list(speeds)
            self.events.append(
                {"t": self.t, "type": "joints", "names": JOINTS, "position": list(self.q), "velocity": self.v}
            )
            if name:
                self.events.append({"t": self.t, "type": "command", "channel": name, "values": list(values)})
            self.q = [q + v * 0.01 for q, v in zip(self.q, self.v, strict=True)]
            self.t = round(self.t + 0.01, 6)
        return self


def test_a_command_for_joints_that_another_channel_moves_is_refused_and_stops_nobody(profile):
    body = Follower().go(0.3, SPEED, (0.3, 0.0), (0.3, 0.0))
    body.events.append({"t": body.t, "type": "command", "channel": PLACE, "values": [0.9, 0.5]})
    rows, loop = run(profile, body.go(0.3, SPEED, (0.3, 0.0), (0.3, 0.0)).events)
    refused = [row for row in decisions(rows, PLACE) if row["action"] == "refused"]
    assert len(refused) == 1 and refused[0]["faults"][0]["name"] == "joints_taken"
    assert SPEED in refused[0]["faults"][0]["detail"]
    assert refused[0]["state"] == "NOMINAL" and loop.malformed == 0
    assert decisions(rows, SPEED)[-1]["allowed"] == [pytest.approx(0.3), 0.0]


def test_speeds_for_joints_on_their_way_to_a_setpoint_are_refused(profile):
    body = Follower().go(0.3, PLACE, (0.9, 0.5), (0.3, 0.0))
    body.events.append({"t": body.t, "type": "command", "channel": SPEED, "values": [0.2, 0.0]})
    rows, _ = run(profile, body.go(0.1, PLACE, (0.9, 0.5), (0.3, 0.0)).events)
    assert "joints_taken" in faults(rows)
    assert all(row["allowed"] == [0.0, 0.0] for row in decisions(rows, SPEED))


def test_a_setpoint_that_stands_since_before_others_moved_the_joints_pulls_nothing_back(profile):
    """0.5 rad further by speeds; the channel of set-points begins from there, and says so only when it is asked."""
    body = Follower().go(0.1).go(1.0, SPEED, (0.5, 0.0), (0.5, 0.0)).go(0.5, SPEED)
    first = len(body.events)
    rows, _ = run(profile, body.events)
    assert decisions(rows, PLACE)[-1]["allowed"] == pytest.approx([0.5, 0.5])
    asked = (
        Follower().go(0.1).go(1.0, SPEED, (0.5, 0.0), (0.5, 0.0)).go(0.5, SPEED).go(0.3, PLACE, (1.1, 0.5))
    )
    assert asked.events[:first] == body.events
    rows, _ = run(profile, asked.events)
    said = [row["allowed"][0] for row in decisions(rows, PLACE) if row["t"] >= 1.6 - 1e-9]
    assert said[0] >= 1.0 - 1e-6 and said == sorted(said) and said[-1] > 1.01
    assert faults(rows) == set()


def test_the_setpoint_from_before_is_a_command_like_any_other_once_joints_have_moved(profile):
    body = Follower().go(0.1).go(1.0, SPEED, (0.5, 0.0), (0.5, 0.0)).go(0.5, SPEED).go(0.3, PLACE, (0.5, 0.5))
    rows, _ = run(profile, body.events)
    said = [row["allowed"][0] for row in decisions(rows, PLACE) if row["t"] >= 1.6 - 1e-9]
    assert 0.95 < said[0] <= 1.0 + 1e-9 and said == sorted(said, reverse=True)


def test_what_one_channel_does_is_not_counted_again_for_the_other(profile):
    """A joint near its end, coming nearer slowly: counted twice it would have to stop much sooner."""
    body = Follower()
    body.q = [1.6, 0.5]
    rows, _ = run(profile, body.go(0.5, SPEED, (0.5, 0.0), (0.5, 0.0)).events)
    assert decisions(rows, SPEED)[-1]["allowed"] == [pytest.approx(0.5), 0.0] and faults(rows) == set()
