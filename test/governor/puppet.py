"""An arm that does what it is told when it is said to, for any shipped profile with a channel `arm` of speeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.body.model import ArmModel
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.arms import SAID
from test.shipped import shipped

PERIOD = 0.01


def projecting(folder: Path, name: str, weights: dict[str, list[float]], **channel: Any) -> Profile:
    """config/``name``, the channels of ``weights`` asking for the nearest command, but where ``channel`` says scale."""
    if robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    data = shipped(shared(f"config/{name}"))
    for key, own in weights.items():
        if channel.get("resolution") != "scale":
            data["channels"][key] |= {"resolution": "project", "weights_source": SAID, "weights": own}
        data["channels"][key] |= channel
    if (semantics := data["robot"]["model"].get("srdf", "")) and not semantics.startswith("package:"):
        (folder / semantics).write_text(shared(f"config/{semantics}").read_text())
    path = folder / name
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return load_profile(path)


class Puppet:
    """Joints at ``q``, in the order of the channel `arm`. decisions: all of that channel. least: of each limit that
    keeps a distance, the least room beyond its margin so far, m.

    share: of the longest delay that the profile names, what its commands truly take until they act."""

    def __init__(self, profile: Profile, q: np.ndarray, share: float = 1.0) -> None:
        self.governor = Governor(profile)
        self.names = self.governor.senses.joint_tracks["joints"].names
        channel = profile.data.channels["arm"]
        self.own = [self.names.index(name) for name in channel.joints]  # type: ignore[union-attr]
        self.late = [np.zeros(len(q))] * round(share * channel.actuator_delay_s / PERIOD)
        self.q, self.rest, self.rates = np.array(q, dtype=float), np.array(q, dtype=float), np.zeros(len(q))
        self.people: tuple[events.Body, ...] = ()
        self.cycle = 0
        self.decisions: list[Decision] = []
        self.least: dict[str, float] = {}

    @property
    def model(self) -> ArmModel:
        """Of the whole body."""
        model = self.governor.profile.body
        assert model is not None
        return model

    @property
    def group(self) -> Any:
        """Its only one."""
        return self.governor.groups[0]

    @property
    def t(self) -> float:
        """s."""
        return self.cycle * PERIOD

    def situation(self) -> Any:
        """As the limits see it now."""
        return self.group._body.situation(self.t, self.group._outputs)

    def limit(self, name: str) -> Limit[Any]:
        """The limit called ``name``."""
        return next(limit for limit in self.group.limits if limit.config.name == name)

    def sense(self) -> None:
        """Tell the joints, a wrist that feels nothing, and who is there."""
        t, zero, sources = self.t, np.zeros(3), self.governor.profile.data.sources
        position, velocity = np.zeros(len(self.names)), np.zeros(len(self.names))
        position[self.own], velocity[self.own] = self.q, self.rates
        self.governor.handle(
            events.Joints(t, "joints", self.names, position, velocity, np.zeros(len(self.names)), t)
        )
        if "wrist" in sources:
            self.governor.handle(events.Wrench(t, "wrist", zero, zero, t))
        if "people" in sources:
            self.governor.handle(events.Bodies(t, "people", "panda_link0", self.people, t))

    def step(self, command: np.ndarray) -> Decision:
        """One cycle with ``command``."""
        self.sense()
        decisions = self.governor.handle(events.Command(self.t, "arm", tuple(map(float, command)), self.t))
        self.decisions.append(next(d for d in decisions if d.channel == "arm"))
        self.late.append(np.array(self.decisions[-1].allowed))
        self.rates = self.late.pop(0)
        self.q = self.q + self.rates * PERIOD
        self.cycle += 1
        return self.decisions[-1]

    def look(self) -> None:
        """Keep the least room of each limit, as it is now."""
        self.sense()
        at = self.situation()
        for limit in self.group.limits:
            if limit.keeps and (clearance := limit.clearance(at)) is not None:
                room = clearance.now - clearance.required
                self.least[limit.config.name] = min(room, self.least.get(limit.config.name, np.inf))
