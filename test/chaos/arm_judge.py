"""An independent judge of what a governed arm is told: ``python -m test.chaos.arm_judge PROFILE OUT``.

It shares no code with what it judges. Bounds are read from the profile's text, the joints' ends from the data sheet.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from test.chaos.judge import LONGEST_S, PERIOD_S, change
from test.chaos.places import Places
from test.chaos.speakers import NEAR, ROGUE_OFFSET, Speakers, begins

LOWER = (-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973)
UPPER = (2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973)
"""Of the Panda's joints, rad, as its data sheet has them."""
JITTER_S = 0.1
"""How far the time between two outputs may be from the one that they were made for: no stamp tells that, and a busy
machine holds one up between its decision and its way."""
MEASURED = 0.01
"""By how much a joint may be further than it is told to be, rad: it is measured a little ago."""
HANDOVER = 0.1
"""Two that stop the arm from what they heard last may differ by so much, rad/s, while one takes over."""


@dataclass(frozen=True)
class Bounds:
    """What the profile says, for each joint: rad/s; what is gained, and lost, in a second; and surely braked by."""

    speed: tuple[float, ...]
    gain: tuple[float, ...]
    brake: tuple[float, ...]
    ease: tuple[float, ...]

    @classmethod
    def of(cls, profile: Path) -> Bounds:
        """As ``config/panda.yaml`` names them."""
        data = yaml.safe_load(profile.read_text(encoding="utf-8"))
        bound = {one["name"]: one for one in data["limits"]}
        modes = data["channels"]["arm"]["stop_modes"]
        return cls(
            tuple(bound["joint_speed"]["bounds"]),
            tuple(bound["joint_acceleration"]["bounds"]),
            tuple(modes["protective"]["deceleration"]),
            tuple(modes["controlled"]["deceleration"]),
        )


class Judge:
    """Sees every output, in its order."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._last: tuple[float, tuple[float, ...]] | None = None
        self._speakers = Speakers()
        self.seen = self.moving = self.lives = 0
        self.wrong: list[str] = []

    def see(
        self, sent: float, number: int, values: tuple[float, ...], at: tuple[float, ...] | None
    ) -> list[str]:
        """What is wrong with ``values`` (rad/s), sent at ``sent`` s with the joints ``at`` (rad); kept in ``wrong``."""
        found = self._faults(sent, number, values, at)
        self.wrong += found
        self.seen += 1
        self.moving += any(abs(value) > 0.05 for value in values)
        self._last = sent, values
        return found

    def _faults(
        self, sent: float, number: int, values: tuple[float, ...], at: tuple[float, ...] | None
    ) -> list[str]:
        if len(values) != len(LOWER) or not all(map(math.isfinite, values)):
            return [f"output {number} is no seven finite numbers: {values}"]
        bounds, found = self._bounds, []
        for joint, (value, most) in enumerate(zip(values, bounds.speed, strict=True)):
            if abs(value) > most + NEAR:
                found.append(f"output {number}: joint {joint} at {value:.4f}, at most {most}")
            if at is not None and value and self._beyond(joint, value, at[joint]):
                found.append(
                    f"output {number}: joint {joint} at {value:.4f} from {at[joint]:.4f} passes its end"
                )
        return found + self._changes(sent, number, values)

    def _beyond(self, joint: int, speed: float, at: float) -> bool:
        """Whether the joint passes its end before it can come to rest."""
        ends = at + speed * PERIOD_S + speed * abs(speed) / (2 * self._bounds.ease[joint])
        return ends > UPPER[joint] + MEASURED if speed > 0 else ends < LOWER[joint] - MEASURED

    def _changes(self, sent: float, number: int, values: tuple[float, ...]) -> list[str]:
        last, speaker = self._last, self._speakers.speaking
        lost = self._speakers.hear(number, sent)
        if lost is None or last is None:
            self.lives += 1
            return begins([] if last is None else [last[1]], values)
        spare = 0.0 if self._speakers.speaking == speaker else HANDOVER
        dt = min(max(sent - last[0], PERIOD_S) + JITTER_S, LONGEST_S * (lost + 1) + JITTER_S)
        found = []
        for joint, (was, now) in enumerate(zip(last[1], values, strict=True)):
            rise, fall = change(was, now)
            if (
                rise > self._bounds.gain[joint] * dt + NEAR + spare
                or fall > self._bounds.brake[joint] * dt + NEAR + spare
            ):
                found.append(f"output {number}: joint {joint} from {was:.4f} to {now:.4f} in {dt:.4f} s")
        return found

    def summary(self) -> dict[str, Any]:
        """For who asks at the end."""
        told = {
            "seen": self.seen,
            "moving": self.moving,
            "missed": self._speakers.missed,
            "lives": self.lives,
        }
        return {**told, "wrong": self.wrong[:50], "wrongs": len(self.wrong)}


def main(profile: str, out: str) -> int:
    """Listen until a signal, then write what was seen."""
    from rclpy.node import Node
    from rclpy.qos import QoSProfile
    from sensor_msgs.msg import JointState
    from std_msgs.msg import Float64MultiArray

    from iatro_governor.nodes import qos, run

    judge = Judge(Bounds.of(Path(profile)))

    class Bench(Node):
        """The judge's place."""

        def __init__(self) -> None:
            super().__init__("judge")
            self._places: Places[tuple[float, ...]] = Places()
            self.foreign = 0
            self.create_subscription(JointState, "raw/joint_states", self._stand, qos.INPUT)
            self.create_subscription(Float64MultiArray, "arm/velocity", self._see, QoSProfile(depth=1000))
            self.get_logger().info("judge ready")

        def _stand(self, message: JointState, info: dict[str, Any]) -> None:
            told = dict(zip(message.name, message.position, strict=True))
            at = tuple(told[f"panda_joint{number}"] for number in range(1, len(LOWER) + 1))
            self._places.hear(info["source_timestamp"] * 1e-9, at)

        def _see(self, message: Float64MultiArray, info: dict[str, Any]) -> None:
            if message.layout.data_offset == ROGUE_OFFSET:
                self.foreign += 1
                return
            if judge.seen == 0:
                self.get_logger().info("judge hears the governor")
            sent = info["source_timestamp"] * 1e-9
            number = info["publication_sequence_number"]
            for wrong in judge.see(sent, number, tuple(message.data), self._places.at(sent)):
                print(wrong, flush=True)

        def destroy_node(self) -> None:
            Path(out).write_text(json.dumps(judge.summary() | {"foreign": self.foreign}), encoding="utf-8")
            super().destroy_node()

    return run.run("judge", Bench, args=[])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
