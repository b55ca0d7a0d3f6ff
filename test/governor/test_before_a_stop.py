"""Commands from before a stop: fresh for longer than it lasts, they move nothing after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Malformed
from test.governor.arms import JOINTS, SAID, arm, channel, data

SLOWS = {
    mode: {"deceleration": [rate], "source": SAID}
    for mode, rate in (("controlled", 4.0), ("protective", 8.0))
}
OF = {"upper": "shoulder", "lower": "elbow"}


def two_channels(folder: Path) -> Governor:
    """A channel for each joint; a command counts for 5 s."""
    channels = {
        name: channel("joint_velocity", name, joints=[joint], stop_modes=SLOWS, command_timeout_s=5.0)
        for name, joint in OF.items()
    }
    rows: list[tuple[str, dict[str, Any]]] = [
        ("joint_velocity", {"bounds": [1.0]}),
        ("joint_position", {"margin": 0.02}),
    ]
    limits = [
        {"name": f"{name}_{kind}", "kind": kind, "channel": name, "source": SAID} | more
        for name in OF
        for kind, more in rows
    ]
    return Governor(arm(folder, data(channels, limits)))


@pytest.mark.parametrize("again", [(), ("lower",), ("upper", "lower")])
def test_a_command_from_before_a_stop_moves_nothing_after_it(tmp_path: Path, again: tuple[str, ...]) -> None:
    """The joints' state is garbled once; only channels that are commanded ``again`` after that move again."""
    governor = two_channels(tmp_path)
    q, speeds, before = np.zeros(2), np.zeros(2), np.zeros(2)
    for step in range(200):
        t = step / 100
        governor.handle(Joints(t, "joints", tuple(JOINTS), q.copy(), speeds.copy(), None, t))
        said = OF if step == 10 else again if step == 150 else ()
        if step == 50:
            before = speeds
            governor.handle(Malformed(t, "joints", "joints", "garbled"))
        for name in said:
            governor.handle(Command(t, name, (0.2,), t))
        allowed = {decision.channel: decision.allowed[0] for decision in governor.tick(t)}
        speeds = np.array([allowed[name] for name in OF])
        q = q + speeds * 0.01
        if 80 <= step < 150:
            assert not speeds.any()
    assert before == pytest.approx([0.2, 0.2])
    assert {name for name, speed in zip(OF, speeds, strict=True) if speed} == set(again)
