"""An arm between two volumes that it may not come near to, and the operator who brings it out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, State
from iatro_governor.governor.events import Command, Joints, Recover
from iatro_governor.governor.permit import recover_token
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of

KEY = bytes(range(32))
REST = np.array([0.3, -0.8])
CREEP = 0.04
MARGIN, NOISE = 0.03, 0.002
ABOVE, BELOW = 0.02, 0.012
"""How far the volumes are from the forearm's end, m."""


def between(kind: str) -> dict[str, Any]:
    """The small arm with a slab above its hand and one below, both nearer than the margin."""
    made = channel(kind, "arm")
    made["recover"] = {"speed": CREEP, "hold_s": 0.3, "eases": ["ceiling", "table"], "source": SAID}
    given = data({"arm": made}, limits_of("arm"))
    hand, radius = np.array([0.4622, 0.0, -0.0072]), 0.03
    for name, way, gap in (("ceiling", 1.0, ABOVE), ("table", -1.0, BELOW)):
        z = hand[2] + way * (gap + radius + 0.01)
        box = {"size": [0.04, 0.2, 0.02], "pose": [float(hand[0]), 0.0, float(z), 0.0, 0.0, 0.0]}
        row = {"name": name, "kind": "link_zone", "channel": "arm", "volume": {"box": box}, "margin": MARGIN}
        given["limits"].append({**row, "noise": NOISE, "links": ["lower"], "source": SAID})
    return given


class Boxed:
    """It, and joints that do at once what they are told."""

    def __init__(self, folder: Any, kind: str) -> None:
        self.kind = kind
        self.governor = Governor(arm(folder, between(kind)), key=KEY)
        self.t, self.q, self.v = 0.0, REST.copy(), np.zeros(2)
        self.stuck = False
        self.last: Any = None
        self.decisions: list[Decision] = []

    def go(
        self,
        seconds: float,
        asked: tuple[float, float] | None = None,
        held: tuple[float, float] | None = None,
    ) -> None:
        for step in range(round(seconds / 0.01)):
            self.governor.handle(Joints(self.t, "joints", tuple(JOINTS), self.q, self.v, None, self.t))
            if asked is not None:
                values = asked if self.kind == "joint_velocity" else tuple(self.q + np.array(asked))
                self.governor.handle(Command(self.t, "arm", values, self.t, "p"))
            if held is not None and step % 10 == 0:
                assert self.governor.recover(self.signed(held)) is None
            self.decisions += self.governor.tick(self.t)
            self.last = self.decisions[-1]
            out = np.array(self.last.allowed)
            self.v = out if self.kind == "joint_velocity" else (out - self.q) / 0.01
            self.v = np.zeros(2) if self.stuck else self.v
            self.q = self.q + self.v * 0.01
            self.t = round(self.t + 0.01, 9)

    def signed(self, values: tuple[float, float]) -> Recover:
        trap, count = self.last.trap, round(self.t * 1000) + 1
        token = recover_token(KEY, (trap.id, trap.nonce), count, self.t, "arm", values)
        return Recover(self.t, "arm", values, trap.id, count, self.t, token)

    def gaps(self) -> tuple[float, float]:
        """Distances of the forearm from the slabs, by the limits' own word."""
        (group,) = self.governor.groups
        look = group.look(self.t)
        named = {limit.config.name: limit.clearance(look) for limit in group.limits}
        found = [gap.now for name in ("ceiling", "table") if (gap := named[name]) is not None]
        return found[0], found[1]


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position"])
def test_an_arm_between_two_volumes_creeps_out_by_its_operator_alone(tmp_path, kind):
    made = Boxed(tmp_path, kind)
    made.go(3.0, asked=(0.0, 0.3))
    assert made.last.state is State.TRAPPED, [limit.name for limit in made.last.limits]
    assert set(made.last.trap.limits) == {"ceiling", "table"}
    worst, stood = min(made.gaps()), made.q.copy()
    made.go(1.0)
    made.go(0.6, held=(0.0, 1.0))
    assert np.abs(made.q - stood).max() > 0.001, "it moved"
    speeds = np.abs(made.v).max()
    assert speeds <= CREEP + 1e-9
    assert min(made.gaps()) >= worst - NOISE - 1e-6
    made.go(0.5)
    assert not made.v.any() and "awaiting_rearm" in {fault.name for fault in made.last.faults}


def test_an_operator_winds_no_set_point_up_ahead_of_a_joint_that_something_holds(tmp_path):
    """Once it lets go, the arm would do at once what was held back, and not at the operator's pace."""
    made = Boxed(tmp_path, "joint_position")
    made.go(2.2, asked=(0.0, 0.3))
    made.stuck = True
    made.go(9.0, held=(0.38, -1.0))
    assert 0.29 < np.abs(np.array(made.last.allowed) - made.q).max() < 0.301


def test_the_hand_is_where_the_slabs_are(tmp_path):
    """Or nothing above means anything."""
    made = Boxed(tmp_path, "joint_velocity")
    (group,) = made.governor.groups
    model = group.body.model  # type: ignore[attr-defined]
    assert posture(model, REST).link("hand")[:3, 3] == pytest.approx([0.4622, 0.0, -0.0072], abs=1e-3)
