"""A loop that is late for the first time, by no more than the profile says that it may be."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.planar import Array
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints
from iatro_governor.governor.execution import Execution, Following, Stop
from iatro_governor.profile.volumes import Volume3
from test.body.paths import through
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of

MARGIN = 0.01
TABLE = {"box": {"size": [2.0, 2.0, 1.0], "pose": [0.0, 0.0, -0.65, 0.0, 0.0, 0.0]}}
KEPT = {"name": "table", "kind": "link_zone", "channel": "way", "volume": TABLE, "margin": MARGIN}
RATES = [
    {"name": f"way_{kind}", "kind": f"joint_{kind}", "channel": "way", "bounds": [6.0, 6.0], "source": SAID}
    for kind in ("acceleration", "deceleration")
]
DOWN = (-1.0, 0.0)


def lowered(profile, late: int, missed: int):
    """Places of the joints on their way down, where the loop misses some periods; and the names of all faults."""
    governor, q, velocity = Governor(profile), np.array([0.6, -0.6]), np.zeros(2)
    trail, faults = [], set()
    for k in range(130):
        t = k * governor.period
        if not late <= k < late + missed:
            governor.handle(Joints(t, "joints", tuple(JOINTS), q, velocity, None, t))
            decisions = [*governor.handle(Command(t, "way", DOWN, t)), *governor.tick(t)]
            velocity = np.array(decisions[-1].allowed)
            faults |= {fault.name for decision in decisions for fault in decision.faults}
        q = q + velocity * governor.period
        trail.append(q)
    return np.array(trail), faults


@pytest.mark.parametrize("missed", [4, 15])
def test_in_a_gap_that_is_covered_an_arm_keeps_its_margin(tmp_path, missed):
    """Wherever on its way it comes, and without a stop; one that is not covered costs the margin."""
    channels = {"way": channel("joint_velocity", "way", actuator_delay_s=0.0)}
    given = data(channels, [*limits_of("way"), *RATES, KEPT | {"links": ["lower"], "source": SAID}])
    profile = arm(tmp_path, given | {"loop": {"covered_gap_s": (missed + 1) * 0.01}})
    assert profile.body is not None
    which = np.flatnonzero(profile.body.capsule_body == 2)
    volume, radius = Volume3.model_validate(TABLE).volume(), profile.body.capsule_radius[which]
    least: list[float] = []
    faults: set[str] = set()
    for late in range(48, 84, 6):
        trail, told = lowered(profile, late, missed)
        distance = volume.distance(posture(profile.body, trail).capsules()[:, which], radius)
        least.append(float(distance.min()))
        faults |= told
    assert min(least) >= MARGIN and max(least) < MARGIN + 0.01 and faults <= {"closed"}


def test_a_trajectory_is_followed_as_far_as_a_covered_gap_lets_it_go_on_before_its_stop():
    """At 0.5 rad/s, so much further; then it brakes as it did."""
    path, ends = through([0, 2], [[0.0], [1.0]], [[0.5], [0.5]], entry=[0.5]), []
    for covered_s in (0.0, 0.1):
        brakes: dict[Stop, Array] = {"controlled": np.array([4.0]), "protective": np.array([8.0])}
        execution = Execution(Following(("elbow",), brakes, np.array([0.1]), 0.05, 0.01, covered_s))
        execution.begin(0.0, path, (), Command(0.0, "way", (1.0,), 0.0))
        ends.append(float(execution.course(0.5, 0.5, np.zeros(1)).positions[-1, 0]))
    assert ends[1] - ends[0] == pytest.approx(0.5 * (0.1 - 0.01), abs=1e-3)
